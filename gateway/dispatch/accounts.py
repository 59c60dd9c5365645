"""Does a partner's account on the circulation system work? One question (63), the answer in words.

Neither the account's number nor the name that the circulation system has for it is logged or given on.
"""

from datetime import datetime

import msgspec

from gateway.dispatch.acs import Acs
from gateway.mapping.eligibility import WORDS, Clearance, eligibility
from gateway.sip2.errors import Inexpressible, NotSent, Unknown
from gateway.sip2.requests import patron_information
from gateway.workflow.limits import NO_BEARING, Limits, Obstacle


class AccountTest(msgspec.Struct, frozen=True, kw_only=True):
    """What can be done with an account; None where that is not known."""

    exists: bool | None
    can_borrow: bool | None = None
    can_place_holds: bool | None = None
    can_renew: bool | None = None
    words: tuple[str, ...] = ()


NO_ACCOUNT = AccountTest(
    exists=None, words=("The partner has no account, and there is none for partners without one.",)
)


async def account_test(account: str | None, *, acs: Acs, at: datetime) -> AccountTest:
    """Ask about an account; whatever goes wrong is said in the words."""
    if not account:
        return NO_ACCOUNT
    try:
        reply = await acs.exchange(patron_information(acs.terminal.profile, at.astimezone(acs.terminal.zone), account))
    except (NotSent, Unknown, Inexpressible) as error:
        return AccountTest(exists=None, words=(f"Not checked: {error}",))
    found = eligibility(reply, Limits(ignored=frozenset()), profile=acs.terminal.profile, zone=acs.terminal.zone, at=at)
    if found.verdict is Clearance.NOT_CHECKED:
        return AccountTest(exists=None, words=(found.words,))
    return _tested({*found.obstacles})


def _tested(obstacles: set[Obstacle]) -> AccountTest:
    """Say what the obstacles leave; those to renewals and holds alone do not keep it from borrowing."""
    words = tuple(WORDS[each] for each in Obstacle if each in obstacles)
    if Obstacle.NO_SUCH_CARD in obstacles:
        return AccountTest(exists=False, can_borrow=False, can_place_holds=False, can_renew=False, words=words)
    blocked = obstacles - NO_BEARING - {Obstacle.HOLD_DENIED}
    return AccountTest(
        exists=True,
        can_borrow=not blocked,
        can_place_holds=not blocked and Obstacle.HOLD_DENIED not in obstacles,
        can_renew=not blocked and not obstacles & {Obstacle.RENEWAL_DENIED, Obstacle.TOO_MANY_RENEWALS},
        words=words or ("The account exists, and nothing is in its way.",),
    )
