"""What we say as requesting agency: requests with every fact that they can carry, and the actions that the borrowing table says.

Pure; derived from the table's rows and the mapping.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from msgspec.structs import replace

from gateway.conformance.elements import MOMENT
from gateway.iso18626.codes import Action, RequestType, ServiceType, Version
from gateway.iso18626.dialects import DIALECTS, outgoing
from gateway.iso18626.messages import Message
from gateway.mapping.requested import action_message, request_message
from gateway.workflow.borrowing import say
from gateway.workflow.borrowing.table import BORROWING
from gateway.workflow.borrowing_events import LenderSaid, LenderSays
from gateway.workflow.borrowing_records import Borrowing, LenderLine
from gateway.workflow.effects import SendAction, SendRequest
from gateway.workflow.partners import OurLibrary
from gateway.workflow.records import Request, Role, State
from gateway.workflow.values import Identifier, Money, PostalAddress, Wanted

LIBRARY: Final = OurLibrary(
    name="Example Valley Library",
    address=PostalAddress(line1="1 Example Street", line2="x", locality="x", postal_code="x", region="x", country="XX"),
)
_LENDER: Final = LenderLine(partner="sampleton", peer="sampleton", agency="ISIL:XX-SAMPLETON")
_FORMER: Final = LenderSaid(at=MOMENT, says=LenderSays.WILL_SUPPLY, attempt=1)
_REQUEST: Final = Request(
    id="B-1",
    role=Role.BORROWING,
    state=State.LOANED,
    peer="sampleton",
    requesting_agency="ISIL:XX-EXAMPLEVALLEY",
    supplying_agency="ISIL:XX-SAMPLETON",
    partner_request_id="B-1",
    created_at=MOMENT,
    updated_at=MOMENT,
    state_since=MOMENT,
    level="Rush",
    need_before=MOMENT,
    wanted=Wanted(
        title="The Imaginary Almanac",
        author="x",
        record_id="x",
        identifiers=(Identifier(code="ISBN", value="x"), Identifier(code="OCLC", value="x")),
        edition="x",
        volumes=("x",),
        issue="x",
        pages="x",
        article_title="x",
        article_author="x",
        publisher="x",
        published="x",
    ),
    note="Words.",
    max_cost=Money(amount=Decimal(15), currency="EUR"),
    deliver_to=LIBRARY.address,
    deliver_by_mail_to="ill@library.example",
    borrowing=Borrowing(pickup_branch="MAIN", copyright="US-CCG", asked=(_LENDER, _LENDER), lender_request_id="S-1"),
)


def actions_said() -> tuple[Action, ...]:
    """The actions that any row of the borrowing table says, in the order of the standard."""
    said = {effect.action for effect in _said()}
    return tuple(action for action in Action if action in said)


def requests(version: Version) -> Iterator[Message]:
    """A request for a loan and one for a copy, New and Retry, as the version has them."""
    for service in (ServiceType.LOAN, ServiceType.COPY):
        for kind, attempt in ((RequestType.NEW, 1), (RequestType.RETRY, 2)):
            effect = SendRequest(kind=kind, attempt=attempt, lender=_LENDER)
            of = replace(_REQUEST, service=service)
            yield _fitted(request_message(effect, of, LIBRARY, version=version, at=MOMENT), version)


def actions(version: Version) -> Iterator[Message]:
    """Each action with a note, as the version has it; what it does not have is told by other words."""
    for effect in _said():
        yield _fitted(action_message(replace(effect, note="Words."), _REQUEST, at=MOMENT), version)


def _fitted(message: Message, version: Version) -> Message:
    return outgoing(DIALECTS["plain"], message, version)


def _said() -> Iterator[SendAction]:
    for row in BORROWING.steps:
        for action in row.do:
            if action.__module__ == say.__name__:
                draft = BORROWING.draft(_REQUEST, MOMENT)
                action(draft, _FORMER)
                yield from (effect for effect in draft.effects if isinstance(effect, SendAction))
