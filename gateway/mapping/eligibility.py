"""May this customer borrow? The answer to Patron Information (64) as a verdict, with every obstacle in words.

ill.md, duty 1 ("eligibility by 63"); sip2.md, "Meaning". Pure, and it quotes nothing of the customer: words name the obstacle
and the library's own limits, never an amount owed, a count or what the screen says. Where the circulation system could
not be asked or its answer can't be read, the verdict is "not checked", which never approves by itself.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Final

from gateway.mapping.circulation import is_valid
from gateway.sip2.codec import Reply
from gateway.sip2.dates import parse_due_date
from gateway.sip2.profiles import Profile, ScreenMeaning, explain
from gateway.workflow.limits import FLAGS, Limits, Obstacle
from gateway.workflow.values import Record


class Clearance(StrEnum):
    """What the check comes to."""

    ELIGIBLE = "eligible"
    BLOCKED = "blocked"
    NOT_CHECKED = "not checked"


WORDS: Final[Mapping[Obstacle, str]] = {
    Obstacle.CHARGE_DENIED: "The customer may not check anything out.",
    Obstacle.RENEWAL_DENIED: "The customer may not renew anything.",
    Obstacle.RECALL_DENIED: "The customer may not recall anything.",
    Obstacle.HOLD_DENIED: "The customer may not place holds.",
    Obstacle.CARD_LOST: "The card was reported lost.",
    Obstacle.TOO_MANY_CHARGED: "The customer has too many items checked out.",
    Obstacle.TOO_MANY_OVERDUE: "The customer has too many items overdue.",
    Obstacle.TOO_MANY_RENEWALS: "The customer has renewed too often.",
    Obstacle.TOO_MANY_CLAIMS: "The customer has claimed too many items returned.",
    Obstacle.TOO_MANY_LOST: "The customer has lost too many items.",
    Obstacle.EXCESSIVE_FINES: "The customer owes too much in fines.",
    Obstacle.EXCESSIVE_FEES: "The customer owes too much in fees.",
    Obstacle.RECALL_OVERDUE: "A recalled item is overdue.",
    Obstacle.TOO_MANY_BILLED: "The customer was billed for too many items.",
    Obstacle.NO_SUCH_CARD: "The circulation system knows no such card. Compare the number with the card.",
    Obstacle.CARD_NOT_VALID: "The circulation system says that the card is not valid.",
    Obstacle.WRONG_PIN: "The PIN is wrong.",
    Obstacle.PIN_NOT_CONFIRMED: "The circulation system does not say whether the PIN is right.",
    Obstacle.EXPIRED: "The card has expired.",
    Obstacle.FEES_OVER_LIMIT: "The customer owes more than the library's limit for borrowing from other libraries.",
    Obstacle.FEES_UNREADABLE: "What the customer owes can't be read: look in the ILS.",
    Obstacle.HOLDS_AT_LIMIT: "The customer has as many holds as the library's limit allows.",
    Obstacle.LOANS_AT_LIMIT: "The customer has as many items checked out as the library's limit allows.",
    Obstacle.OVERDUE_OVER_LIMIT: "The customer has more items overdue than the library's limit allows.",
    Obstacle.BLOCKED_BY_SCREEN: "The circulation system's message says that the account is blocked.",
}


class Eligibility(Record, frozen=True, kw_only=True):
    """The verdict, what stands in the way, and why nothing could be checked, where so."""

    verdict: Clearance
    obstacles: tuple[Obstacle, ...] = ()
    why_not_checked: str = ""

    @property
    def words(self) -> str:
        """The verdict in sentences for staff."""
        if self.verdict is Clearance.NOT_CHECKED:
            return f"Not checked: {self.why_not_checked}"
        return " ".join(WORDS[obstacle] for obstacle in self.obstacles) or "The customer may borrow."


def eligibility(
    reply: Reply | None, limits: Limits, *, profile: Profile, zone: tzinfo, at: datetime, with_pin: bool = False
) -> Eligibility:
    """Judge a 64, or None where the circulation system could not be asked; `at` is aware, `with_pin`: the 63 carried a PIN.

    One "no such card" is no proof (sip2.md, "One negative answer is not proof either"): who relies on it asks again later.
    """
    why_not = _unreadable(reply)
    if reply is None or why_not:
        return Eligibility(verdict=Clearance.NOT_CHECKED, why_not_checked=why_not)
    found = list(_card(reply, limits, profile, zone, at))
    if not _is_unknown(reply):
        found += [*_pin(reply, with_pin=with_pin), *_flags(reply), *_fees(reply, limits), *_counts(reply, limits)]
        found += _screen(reply, profile)
    obstacles = tuple(each for each in found if each not in limits.ignored)
    return Eligibility(verdict=Clearance.BLOCKED if obstacles else Clearance.ELIGIBLE, obstacles=obstacles)


def _unreadable(reply: Reply | None) -> str:
    """Why an answer is none; empty where it can be judged."""
    if reply is None:
        return "The circulation system could not be asked."
    if reply.code != "64":
        return "The circulation system answered something else."
    if _is_unknown(reply):
        return ""
    if is_valid(reply) is None:
        return "The circulation system does not say whether it knows the card."
    return "" if len(_status(reply)) == len(FLAGS) else "The account's blocks can't be read."


def _is_unknown(reply: Reply) -> bool:
    """BL is N for a card that is not valid, too: only one without a name is nobody's."""
    return is_valid(reply) is False and not reply.first("AE")


def _status(reply: Reply) -> str:
    return reply.fixed.get("patron_status", "")


def _card(reply: Reply, limits: Limits, profile: Profile, zone: tzinfo, at: datetime) -> Iterator[Obstacle]:
    """An expired card is told as such, whether the system calls it valid or not."""
    expiry = parse_due_date(reply.first(limits.expiry_field), profile, zone) if limits.expiry_field else None
    if _is_unknown(reply):
        yield Obstacle.NO_SUCH_CARD
    elif expiry is not None and expiry < at:
        yield Obstacle.EXPIRED
    elif is_valid(reply) is False:
        yield Obstacle.CARD_NOT_VALID


def _pin(reply: Reply, *, with_pin: bool) -> Iterator[Obstacle]:
    """CQ counts only where a PIN was sent; a wrong one still brings all the data (sip2.md, "Patron")."""
    if with_pin and reply.first("CQ") != "Y":
        yield Obstacle.WRONG_PIN if reply.first("CQ") == "N" else Obstacle.PIN_NOT_CONFIRMED


def _flags(reply: Reply) -> Iterator[Obstacle]:
    return (flag for flag, mark in zip(FLAGS, _status(reply), strict=True) if mark == "Y")


def _fees(reply: Reply, limits: Limits) -> Iterator[Obstacle]:
    owed_text = reply.first("BV")
    if limits.max_fees is None or not owed_text:
        return
    owed = _amount(owed_text)
    if owed is None:
        yield Obstacle.FEES_UNREADABLE
    elif owed > limits.max_fees:
        yield Obstacle.FEES_OVER_LIMIT


def _amount(text: str) -> Decimal | None:
    """An amount with or without a currency sign, thousands apart or not, with a point or a comma before the cents."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    whole = re.sub(r"[.,' ]", "", found["whole"])
    return Decimal(f"{found['sign']}{whole}.{found['cents'] or '0'}")


_AMOUNT: Final = re.compile(
    r"[^\d.,+-]{0,5}(?P<sign>-?)[^\d.,+-]{0,5}(?P<whole>\d{1,3}(?:[.,' ]\d{3}){0,3}|\d{1,9})(?:[.,](?P<cents>\d{1,2}))?[^\d.,+-]{0,5}",
    re.ASCII,
)


def _counts(reply: Reply, limits: Limits) -> Iterator[Obstacle]:
    """A blank count, or one that is no number, tells nothing and blocks nothing."""
    for name, limit, obstacle in (
        ("hold_items_count", limits.max_holds, Obstacle.HOLDS_AT_LIMIT),
        ("charged_items_count", limits.max_loans, Obstacle.LOANS_AT_LIMIT),
        (
            "overdue_items_count",
            None if limits.max_overdue is None else limits.max_overdue + 1,
            Obstacle.OVERDUE_OVER_LIMIT,
        ),
    ):
        count = reply.fixed.get(name, "").strip()
        if limit is not None and count.isdecimal() and int(count) >= limit:
            yield obstacle


def _screen(reply: Reply, profile: Profile) -> Iterator[Obstacle]:
    """Some products tell of a block in AF alone; the profile's patterns know how."""
    if ScreenMeaning.BLOCKED in explain(reply.fields.get("AF", ()), profile):
        yield Obstacle.BLOCKED_BY_SCREEN
