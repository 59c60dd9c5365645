"""What we say as requesting agency is taken by systems of other makers, and what they say as suppliers is read."""

from datetime import UTC, datetime

import pytest

from gateway.conformance.asked import actions, requests
from gateway.iso18626.codec import decode
from gateway.iso18626.codes import Action, Version
from gateway.iso18626.dialects import DIALECTS, encode_for, incoming
from gateway.iso18626.messages import Request, RequestingAgencyMessage
from gateway.iso18626.replies import Confirmed, Rejected, Reply, read_reply
from gateway.mapping.supplied import lender_said
from gateway.workflow.borrowing_events import LenderSaid, LenderSays
from tests.peers.foreign import OLD, RESHARE, STRICT, Foreign, Loan, Maker

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
ITS_DIALECT = {STRICT: "plain", RESHARE: "reshare", OLD: "plain"}


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize("maker", ITS_DIALECT, ids=lambda maker: maker.name)
def test_every_maker_takes_our_requests_and_actions(maker: Maker, version: Version):
    foreign, dialect = Foreign(maker), DIALECTS[ITS_DIALECT[maker]]
    for message in (*requests(version), *actions(version)):
        document = encode_for(dialect, message, version)
        status, answer = foreign.take(document, "application/xml")
        outcome = read_reply(Reply(status=status, data=answer.encode()), NOW)
        spoken = decode(document).message
        if isinstance(spoken, RequestingAgencyMessage) and spoken.action not in maker.actions:
            assert isinstance(outcome, Rejected)
            assert spoken.action is Action.LOST, "an action of 2021-2 that this maker does not know"
        elif maker.remembers and isinstance(spoken, Request) and isinstance(outcome, Rejected):
            assert outcome.error_value == "known already", "the same number for a loan and a copy, in this test alone"
        else:
            assert isinstance(outcome, Confirmed), (message, answer)


def said(foreign: Foreign, dialect: str, reason: str, status: str) -> LenderSaid:
    """What a maker's message comes to for us."""
    document = foreign.supplier_message(Loan("XX-EXAMPLEVALLEY", "B-1"), reason, status)
    heard = incoming(DIALECTS[dialect], decode(document.encode()).message)
    return lender_said(heard, at=NOW, by="foreign", attempt=1, due_before=NOW)


@pytest.mark.parametrize("maker", ITS_DIALECT, ids=lambda maker: maker.name)
def test_what_every_maker_says_as_supplier_is_read(maker: Maker):
    foreign, dialect = Foreign(maker), ITS_DIALECT[maker]
    assert said(foreign, dialect, "RequestResponse", "WillSupply").says is LenderSays.WILL_SUPPLY
    loaned = said(foreign, dialect, "StatusChange", "Loaned")
    assert loaned.says is LenderSays.LOANED
    volumes = ("30000000000001", "30000000000002") if maker is RESHARE else ("30000000000001",)
    assert loaned.lender_items == volumes
    assert loaned.due_at is not None
    assert loaned.note is None
    assert said(foreign, dialect, "RenewResponse", "Loaned").says is LenderSays.RENEWED
    assert said(foreign, dialect, "CancelResponse", "Loaned").says is LenderSays.NOT_CANCELLED
    assert said(foreign, dialect, "StatusChange", "LoanCompleted").says is LenderSays.COMPLETED
    assert said(foreign, dialect, "Notification", "Unfilled").says is LenderSays.WORDS
