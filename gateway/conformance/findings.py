"""What an answer to a probe means: accepted, repaired, refused or no answer, and whether that is as it should be. Pure."""

from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from gateway.iso18626.codec import Decoded
from gateway.iso18626.messages import (
    Confirmation,
    Message,
    RequestingAgencyMessage,
    RequestingAgencyMessageConfirmation,
    SupplyingAgencyMessage,
    SupplyingAgencyMessageConfirmation,
    kind_of,
)
from gateway.iso18626.replies import Confirmed, NotDelivered, Outcome, Rejected


class Need(StrEnum):
    """What the standard, or a loan, asks of the other side."""

    ACCEPT = "must accept"
    REFUSE = "must refuse"
    FREE = "may"


class Verdict(StrEnum):
    """What the other side did."""

    ACCEPTED = "accepted"
    REPAIRED = "repaired"
    """It accepted what deviates."""
    REFUSED = "refused"
    NO_ANSWER = "no answer"


class NeedFinding(Struct, frozen=True, kw_only=True):
    """One line of the table; `is_ok` is false where the need was not met, or no confirmation came at all."""

    group: str
    probe: str
    need: Need
    verdict: Verdict
    remarks: tuple[str, ...] = ()

    @property
    def is_ok(self) -> bool:
        """Whether it is as it should be."""
        match self.verdict:
            case Verdict.NO_ANSWER:
                return False
            case Verdict.REFUSED:
                return self.need is not Need.ACCEPT
            case _:
                return self.need is not Need.REFUSE


def judge(*, group: str, probe: str, need: Need, outcome: Outcome, sent: Message | None, deviates: bool) -> NeedFinding:
    """The finding of an outcome. `sent` is the message as it was meant; None where none could be."""
    match outcome:
        case Confirmed(confirmation=confirmation, repairs=repairs):
            verdict = Verdict.REPAIRED if deviates else Verdict.ACCEPTED
            remarks = (*echo_remarks(confirmation, sent), *repair_remarks(repair.kind for repair in repairs))
        case Rejected():
            verdict, remarks = Verdict.REFUSED, refusal_remarks(outcome)
        case NotDelivered(words=words):
            verdict, remarks = Verdict.NO_ANSWER, (words,)
    return NeedFinding(group=group, probe=probe, need=need, verdict=verdict, remarks=remarks)


def echo_remarks(confirmation: Confirmation, sent: Message | None) -> tuple[str, ...]:
    """What a confirmation should repeat and does not (iso18626.md, “Confirmations”)."""
    if sent is None or isinstance(sent, Confirmation):
        return ()
    header, remarks = confirmation.confirmation_header, []
    if kind_of(confirmation) != f"{kind_of(sent)}Confirmation":
        remarks.append(f"answered by a {kind_of(confirmation)}")
    if header.requesting_agency_request_id != sent.header.requesting_agency_request_id:
        remarks.append("does not repeat the request's id")
    if header.timestamp_received != sent.header.timestamp:
        remarks.append("timestampReceived is not the message's timestamp")
    match confirmation, sent:
        case RequestingAgencyMessageConfirmation(action=echo), RequestingAgencyMessage(action=action) if echo != action:
            remarks.append("does not repeat the action")
        case SupplyingAgencyMessageConfirmation(reason_for_message=echo), SupplyingAgencyMessage(message_info=info) if (
            echo != info.reason_for_message
        ):
            remarks.append("does not repeat the reason")
    return tuple(remarks)


def repair_remarks(kinds: Iterable[str]) -> tuple[str, ...]:
    """What we had to put right in what we were sent."""
    found = sorted(set(kinds))
    return (f"we repaired: {', '.join(found)}",) if found else ()


def refusal_remarks(outcome: Rejected) -> tuple[str, ...]:
    """Why the other side refused, in its own terms."""
    if outcome.confirmation is None:
        return (f"HTTP {outcome.http_status} without a confirmation",)
    value = f": {outcome.error_value}" if outcome.error_value else ""
    return (f"{outcome.error_type or 'no errorType'}{value}",)


def heard_remarks(decoded: Decoded) -> tuple[str, ...]:
    """How a message that came to us deviates."""
    return repair_remarks(repair.kind for repair in decoded.repairs)


def tally(findings: Iterable[NeedFinding]) -> dict[str, int]:
    """How many of each verdict there are, and how many lines are not as they should be."""
    counted = {verdict.value: 0 for verdict in Verdict} | {"not as it should be": 0}
    for finding in findings:
        counted[finding.verdict] += 1
        counted["not as it should be"] += not finding.is_ok
    return counted
