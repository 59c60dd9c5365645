"""The inspection on loopback: one login, one line, harmless questions, and what came kept as it came."""

import re
from collections.abc import Mapping

import pytest
from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.errors import Inexpressible, Outcome, Reason
from gateway.sip2.evidence import About, Inspection
from gateway.sip2.inspection import inspect
from gateway.sip2.profiles import Credentials, LoginKind, Profile, customise
from tests.sip2.hostile import Act, Answer, HostileAcs
from tests.sip2.talking import ASK_CUSTOMER, ASK_ITEM, AT, QUICK, STATUS

QUESTIONS = {About.ITEM: ASK_ITEM, About.CUSTOMER: ASK_CUSTOMER}


async def inspected(
    acs: HostileAcs, profile: Profile = QUICK, questions: Mapping[About, SIPRequest] = QUESTIONS
) -> Inspection:
    async with acs.serve():
        return await inspect(acs.address, profile, Credentials("gw", "hush"), questions)


async def test_it_asks_what_it_was_given_and_nothing_that_changes_the_books():
    acs = HostileAcs()
    found = await inspected(acs)
    assert acs.codes() == ["93", "99", "99", "17", "63"]
    assert acs.connections == 1
    assert (list(found.heard), found.not_open, dict(found.lost)) == ([*About][:3], None, {})


async def test_what_came_is_kept_with_its_terminator():
    acs = HostileAcs({"99": [STATUS, b"98YYYYNN999002" + b"20260828    120000" + b"2.00AOEXV|\r\n"]})
    found = await inspected(acs, questions={})
    assert found.heard[About.STATUS].raw.endswith(b"2.00AOEXV|\r\n")
    assert found.greeting.startswith(b"941")


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ({"93": ["940"]}, Reason.LOGIN),
        ({"93": [Act.SILENCE]}, Reason.CONNECT),
        ({"93": [Act.HANG_UP]}, Reason.CONNECT),
        ({"99": ["98NYYYNN999002" + "20260828    120000" + "2.00AOEXV|"]}, Reason.OFFLINE),
    ],
    ids=["refused", "silent", "hung up", "off line"],
)
async def test_one_login_is_tried_and_no_more(script: dict[str, list[Answer]], reason: Reason):
    acs = HostileAcs(script)
    found = await inspected(acs)
    assert (found.not_open, dict(found.heard)) == (reason, {})
    assert acs.codes().count("93") == 1
    assert acs.connections == 1


async def test_prompts_are_seen_where_a_93_was_expected():
    found = await inspected(HostileAcs({"93": [Act.HANG_UP]}, greeting=b"Welcome\r\nlogin: "))
    assert found.greeting == b"Welcome\r\nlogin: "


async def test_a_lost_reply_ends_it_and_what_came_before_counts():
    acs = HostileAcs({"17": [Act.SILENCE]})
    found = await inspected(acs)
    assert dict(found.lost) == {About.ITEM: Outcome.TIMEOUT}
    assert list(found.heard) == [About.STATUS]
    assert "63" not in acs.codes(), "the line is spoiled: a late reply would be taken for the next one"


NO_ITEMS = STATUS.replace("BX", "BXYYYYYYYYYYNYYYYY|ZZ")


async def test_what_its_98_denies_is_asked_last():
    acs = HostileAcs({"99": [STATUS, NO_ITEMS]})
    found = await inspected(acs)
    assert list(found.heard) == [About.STATUS, About.CUSTOMER, About.ITEM]
    assert acs.codes()[-1] == "17"


async def test_a_denied_question_that_breaks_the_line_costs_nothing_else():
    acs = HostileAcs({"99": [STATUS, NO_ITEMS], "17": [Act.HANG_UP]})
    found = await inspected(acs)
    assert (list(found.heard), dict(found.lost)) == ([About.STATUS, About.CUSTOMER], {About.ITEM: Outcome.CLOSED})


async def test_what_the_configuration_denies_is_not_asked():
    acs = HostileAcs()
    found = await inspected(acs, customise(QUICK, {"supports": ["63"]}))
    assert (list(found.heard), "17" in acs.codes()) == ([About.STATUS, About.CUSTOMER], False)


async def test_a_line_that_closes_between_two_questions_is_no_failed_login():
    acs = HostileAcs({"17": [Act.HANG_UP]})
    found = await inspected(acs)
    assert (found.not_open, dict(found.lost)) == (None, {About.ITEM: Outcome.CLOSED})


async def test_what_can_not_be_said_is_told_and_not_sent():
    acs = HostileAcs()
    with pytest.raises(Inexpressible):
        await inspected(acs, questions={About.ITEM: requests.item_information(QUICK, AT, "3|9")})
    assert "17" not in acs.codes()


async def test_without_a_login_the_status_comes_first():
    acs = HostileAcs()
    await inspected(acs, customise(QUICK, {"login": LoginKind.NONE}), {})
    assert set(acs.codes()) == {"99"}


async def test_nobody_there_is_an_oserror():
    acs = HostileAcs()
    async with acs.serve():
        gone = acs.address
    with pytest.raises(OSError, match=re.compile("connect", re.IGNORECASE)):
        await inspect(gone, QUICK, Credentials(), {})


async def test_its_representation_tells_nothing_of_the_customer():
    found = await inspected(HostileAcs())
    assert "Doe" not in f"{found!r} {found.heard[About.CUSTOMER]!r}"
