"""A partner's account under test: what the circulation system says of it, in words, and nothing of whose it is."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.dispatch.accounts import NO_ACCOUNT, AccountTest, account_test
from gateway.dispatch.acs import Acs
from gateway.mapping.circulation import Terminal
from gateway.sip2.errors import Outcome, Unknown
from gateway.sip2.profiles import Profile
from tests.dispatch.house import ACCOUNT, DATE, ScriptedAcs, SipAnswer, sip2
from tests.fakes.clock import FakeTime

TERMINAL = Terminal(profile=Profile(), zone=ZoneInfo("UTC"), location="ILL", pickup="ILL")


def answer(flags: str = " " * 14, valid: str = "Y", name: str = "Valley, Vera") -> SipAnswer:
    return sip2(f"64{flags}000{DATE}000000000000000000000000AOEX|AA{ACCOUNT}|AE{name}|BL{valid}|")


async def ask(reply: SipAnswer, *, account: str | None = ACCOUNT) -> AccountTest:
    line = ScriptedAcs()
    line.answers["63"] = reply
    return await account_test(account, acs=Acs(line, TERMINAL, FakeTime()), at=FakeTime().now())


@pytest.mark.parametrize(
    ("reply", "can", "word"),
    [
        (answer(), (True, True, True, True), "nothing is in its way"),
        (answer("Y" + " " * 13), (True, False, False, False), "may not check anything out"),
        (answer("   Y" + " " * 10), (True, True, False, True), "may not place holds"),
        (answer(" Y" + " " * 12), (True, True, True, False), "may not renew"),
        (answer(valid="N", name=""), (False, False, False, False), "knows no such card"),
        (answer(valid="N"), (True, False, False, False), "is not valid"),
        (answer("short", valid=""), (None, None, None, None), "can't be read"),
    ],
)
async def test_what_an_account_can_do(reply: SipAnswer, can: Any, word: str):
    found = await ask(reply)
    assert (found.exists, found.can_borrow, found.can_place_holds, found.can_renew) == can
    assert word in " ".join(found.words)
    assert not any(secret in str(found) for secret in (ACCOUNT, "Vera"))


async def test_a_circulation_system_that_does_not_answer_leaves_it_open():
    found = await ask(Unknown("63", Outcome.TIMEOUT))
    assert (found.exists, found.words) == (None, (f"Not checked: {Unknown('63', Outcome.TIMEOUT)}",))


async def test_without_an_account_there_is_nothing_to_ask():
    assert await ask(answer(), account=None) == NO_ACCOUNT
