"""Each line of sip2.md about what replies mean: asked over a socket, and made into an outcome, a status or a finding.

The server is the tests' own; `quirks.LINES` says which test shows which line.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gateway.mapping.circulation import (
    LookKind,
    Terminal,
    copy_status,
    not_possible,
    outcome_of,
    question_request,
    request_for,
)
from gateway.mapping.looking import QUESTIONS, judge
from gateway.sip2.codec import Reply
from gateway.sip2.lines import Lines
from gateway.sip2.profiles import Credentials, HoldMode, Profile, ScreenMeaning, customise, explain
from gateway.sip2.redaction import redact, screen_text
from gateway.workflow.effects import Look
from gateway.workflow.policy import DEFAULT_STATUS_RULES, Availability
from gateway.workflow.records import Act, Copy, Finding, Outcome
from tests.sip2.hostile import DATE, Answer, HostileAcs
from tests.sip2.talking import QUICK

ZONE = ZoneInfo("America/Chicago")
TERMINAL = Terminal(profile=QUICK, zone=ZONE, location="ILL", pickup="ILL")
AT = datetime(2026, 8, 28, 12, tzinfo=UTC)
OURS, OTHERS, ITEM = "29999000001234", "29999000007777", "39999000000011"
COPY = Copy(item_barcode=ITEM, branch="EXC")


async def said(script: dict[str, Iterable[Answer]], act: Act) -> Reply:
    """What the server answers to an act, over a socket."""
    async with (
        HostileAcs(script).serve() as acs,
        Lines(acs.address, QUICK, Credentials("gw", "hush")) as lines,
    ):
        return await lines.exchange(request_for(act, item=ITEM, account=OURS, at=AT, terminal=TERMINAL))


async def seen(script: dict[str, Iterable[Answer]], *questions: LookKind) -> dict[LookKind, Reply]:
    """What the server answers to questions."""
    async with (
        HostileAcs(script).serve() as acs,
        Lines(acs.address, QUICK, Credentials("gw", "hush")) as lines,
    ):
        return {
            question: await lines.exchange(
                question_request(question, item=ITEM, account=OURS, at=AT, terminal=TERMINAL)
            )
            for question in questions
        }


def item(status: str = "03", more: str = "", title: str = "The Imaginary Almanac") -> str:
    return f"18{status}0001{DATE}AB{ITEM}|AJ{title}|{more}"


def customer(counts: str = "000000000000000000000000", more: str = "", blocks: str = "") -> str:
    return f"64{blocks:14}000{DATE}{counts}AOEXV|AA{OURS}|AEDoe, Jo|BLY|{more}"


def hold(ok: str = "1", more: str = "") -> str:
    return f"16{ok}Y{DATE}AOEXV|AA{OURS}|AB{ITEM}|{more}"


def look(act: Act, answered: Outcome | None, **known) -> Look:
    return Look(act=act, item_barcode=ITEM, answered=answered, **known)


async def test_what_a_customer_did_is_learned_by_asking() -> None:
    replies = await seen({"17": [item("04", "AH20261028    235959|"), item("03")]}, LookKind.ITEM)
    assert copy_status(COPY, replies[LookKind.ITEM], TERMINAL).status == "04"


async def test_a_hold_answered_ok_that_was_never_stored() -> None:
    answer = outcome_of(Act.HOLD, await said({"15": [hold()]}, Act.HOLD), account=OURS, terminal=TERMINAL)
    assert answer.outcome is Outcome.DONE
    empty = await seen({"63": [customer(), customer()]}, LookKind.HOLDS, LookKind.UNAVAILABLE_HOLDS)
    assert judge(look(Act.HOLD, Outcome.DONE, queue_length=0), empty, TERMINAL) is Finding.NO


async def test_a_check_in_answered_no_that_did_trap_a_hold() -> None:
    reply = f"100YNY{DATE}AOEXV|AB{ITEM}|AQEXC|AJx|CV01|CY{OURS}|AFItem was not checked out|"
    answer = outcome_of(Act.ARRIVE, await said({"09": [reply]}, Act.ARRIVE), account=OURS, terminal=TERMINAL)
    assert answer.outcome is Outcome.UNKNOWN, "not refused: it has to be looked up"
    at_hand = await seen({"17": [item("08")]}, LookKind.ITEM)
    assert judge(look(Act.ARRIVE, Outcome.UNKNOWN), at_hand, TERMINAL) is Finding.YES


async def test_a_hold_refused_in_words_alone() -> None:
    reply = await said({"15": [hold("1", "AFHold limit reached|")]}, Act.HOLD)
    answer = outcome_of(Act.HOLD, reply, account=OURS, terminal=TERMINAL)
    assert (answer.outcome, answer.words) == (Outcome.DONE, "Hold limit reached")
    empty = await seen({"63": [customer(), customer()]}, LookKind.HOLDS, LookKind.UNAVAILABLE_HOLDS)
    assert judge(look(Act.HOLD, Outcome.DONE, queue_length=0), empty, TERMINAL) is Finding.NO


@pytest.mark.parametrize("act", Act)
def test_there_is_a_question_for_every_act(act: Act) -> None:
    assert QUESTIONS[act]
    assert judge(look(act, None), {}, TERMINAL) is Finding.UNCLEAR


async def test_a_checkout_is_never_repeated_blindly() -> None:
    """The item is charged and nobody heard the answer: only the account's own list says whose loan it is."""
    listed = await seen({"63": [customer("000000000001000000000000", f"AU{ITEM}|")]}, LookKind.CHARGED)
    assert judge(look(Act.CHECKOUT, None), listed, TERMINAL) is Finding.YES
    charged = await seen({"17": [item("04")]}, LookKind.ITEM)
    assert judge(look(Act.CHECKOUT, None), charged, TERMINAL) is Finding.UNCLEAR


@pytest.mark.parametrize(
    ("act", "script", "questions"),
    [
        (Act.CHECKOUT, {"63": [customer("            0001        ", "AUThe Imaginary Almanac|")]}, (LookKind.CHARGED,)),
        (Act.HOLD, {"63": [customer("000200000000000000000000")], "17": [item()]}, (LookKind.HOLDS, LookKind.ITEM)),
        (Act.RENEW, {"17": [item("04", "AHsoon|")]}, (LookKind.ITEM,)),
        (Act.CHECKIN, {"17": [item("01")]}, (LookKind.ITEM,)),
    ],
    ids=["a list of titles", "a count without a list", "a date that can't be read", "a status that says nothing"],
)
async def test_what_no_reply_shows_is_unclear(act: Act, script: dict[str, list[str]], questions) -> None:
    replies = await seen({code: list(answers) for code, answers in script.items()}, *questions)
    assert judge(look(act, None, due_at=AT), replies, TERMINAL) is Finding.UNCLEAR


async def test_no_such_item_and_no_such_customer_prove_nothing() -> None:
    nobody = customer().replace("BLY", "BLN")
    replies = await seen(
        {"63": [nobody, nobody], "17": [item("01", title="")]}, LookKind.HOLDS, LookKind.CHARGED, LookKind.ITEM
    )
    for act in Act:
        assert (
            judge(look(act, None), {key: replies[key] for key in QUESTIONS[act] if key in replies}, TERMINAL)
            is Finding.UNCLEAR
        )


@pytest.mark.parametrize("status", [f"{number:02}" for number in range(1, 14)])
async def test_every_circulation_status(status: str) -> None:
    replies = await seen({"17": [item(status)]}, LookKind.ITEM)
    told = copy_status(COPY, replies[LookKind.ITEM], TERMINAL)
    assert told.status == status
    rule = DEFAULT_STATUS_RULES[status]
    assert (rule.availability is Availability.CANDIDATE) is (status in {"03", "09", "10"})


@pytest.mark.parametrize(
    ("text", "length"), [("CF0|", 0), ("CF12|", 12), ("", 0), ("CF|", 0), ("CFmany|", 1), ("CF 3 |", 3)]
)
async def test_the_queue_is_read_from_cf(text: str, length: int) -> None:
    replies = await seen({"17": [item("08", text)]}, LookKind.ITEM)
    assert copy_status(COPY, replies[LookKind.ITEM], TERMINAL).queue_length == length


@pytest.mark.parametrize(
    ("alert", "more", "outcome", "route"),
    [
        ("Y", f"CV01|CY{OURS}|DADoe, Jo|", Outcome.DONE, "EXC"),
        ("Y", f"CV01|CY{OTHERS}|DARoe, Di|", Outcome.REFUSED, "EXC"),
        ("Y", "CV02|CTHILL|", Outcome.REFUSED, "HILL"),
        ("Y", "CV04|CTThe Hill Branch|", Outcome.DONE, "The Hill Branch"),
        ("N", "", Outcome.DONE, "EXC"),
    ],
    ids=["for us", "for somebody else", "at another branch", "a name for a code", "alert always N"],
)
async def test_whom_a_trapped_hold_is_for_and_where_an_item_goes(
    alert: str, more: str, outcome: Outcome, route: str
) -> None:
    reply = await said({"09": [f"101YN{alert}{DATE}AOEXV|AB{ITEM}|AQEXC|{more}"]}, Act.ARRIVE)
    assert outcome_of(Act.ARRIVE, reply, account=OURS, terminal=TERMINAL).outcome is outcome
    assert outcome_of(Act.CHECKIN, reply, account=OURS, terminal=TERMINAL).route_to == route


async def test_a_customer_as_replies_tell_of_him() -> None:
    text = customer(blocks="YY  Y", more="CQN|CC10.00|BHUSD|BV25.00|PA20320101    235900|AFAccount blocked|")
    reply = (await seen({"63": [text]}, LookKind.HOLDS))[LookKind.HOLDS]
    assert reply.fixed["patron_status"] == "YY  Y         "
    assert [reply.first(code) for code in ("BL", "CQ", "CC", "BV", "PA")] == [
        "Y",
        "N",
        "10.00",
        "25.00",
        "20320101    235900",
    ]
    assert screen_text(reply) == "Account blocked"


@pytest.mark.parametrize(
    ("holds", "waiting", "lists", "finding"),
    [
        ("0001", "0000", f"AS{ITEM}|", Finding.YES),
        ("0000", "0000", "", Finding.UNCLEAR),
        ("0000", "0001", "", Finding.UNCLEAR),
        ("0001", "0001", "AS39999000000099|", Finding.UNCLEAR),
        ("0002", "0000", "AS39999000000099|", Finding.UNCLEAR),
    ],
    ids=["listed", "none by the counts alone", "unavailable ones apart", "one of two lists", "fewer than counted"],
)
async def test_holds_are_counted_in_more_than_one_way(holds: str, waiting: str, lists: str, finding: Finding) -> None:
    replies = await seen({"63": [customer(f"{holds}{'0000' * 4}{waiting}", lists)]}, LookKind.HOLDS)
    assert judge(look(Act.HOLD, Outcome.DONE), replies, TERMINAL) is finding


async def test_unavailable_holds_are_asked_for_apart() -> None:
    both = [customer(f"{'0000' * 5}0001"), customer(f"{'0000' * 5}0001", f"CD{ITEM}|")]
    replies = await seen({"63": both}, LookKind.HOLDS, LookKind.UNAVAILABLE_HOLDS)
    assert judge(look(Act.HOLD, Outcome.DONE), replies, TERMINAL) is Finding.YES


async def test_free_text_is_explained_by_the_profile() -> None:
    site = customise(QUICK, {"screen_patterns": [["nicht vorhanden", "no_such_item"]]})
    reply = (await seen({"17": [item(more="AFExemplar NICHT vorhanden|")]}, LookKind.ITEM))[LookKind.ITEM]
    assert explain(reply.fields["AF"], site) == {ScreenMeaning.NO_SUCH_ITEM}
    assert explain(reply.fields["AF"], QUICK) == frozenset()


async def test_a_hold_names_an_item_and_no_title() -> None:
    acs = HostileAcs({"15": [hold()]})
    async with acs.serve(), Lines(acs.address, QUICK, Credentials("gw", "hush")) as lines:
        await lines.exchange(request_for(Act.HOLD, item=ITEM, account=OURS, at=AT, terminal=TERMINAL))
    (heard,) = [line for line in acs.heard if line.startswith("15")]
    assert f"|AB{ITEM}|" in heard
    assert "|AJ" not in heard


async def test_what_a_hold_reply_says_of_pickup_and_expiry_is_not_relied_on() -> None:
    reply = await said({"15": [hold("1", "BSNOWHERE|BW20200101    000000|BR1|")]}, Act.HOLD)
    assert outcome_of(Act.HOLD, reply, account=OURS, terminal=TERMINAL).outcome is Outcome.DONE
    listed = await seen({"63": [customer("000100000000000000000000", f"AS{ITEM}|")]}, LookKind.HOLDS)
    assert judge(look(Act.HOLD, Outcome.DONE), listed, TERMINAL) is Finding.YES


async def test_a_cancelled_hold_that_is_still_there() -> None:
    reply = await said({"15": [hold()]}, Act.CANCEL_HOLD)
    assert outcome_of(Act.CANCEL_HOLD, reply, account=OURS, terminal=TERMINAL).outcome is Outcome.DONE
    still = await seen({"63": [customer("000100000000000000000000", f"AS{ITEM}|")]}, LookKind.HOLDS)
    assert judge(look(Act.CANCEL_HOLD, Outcome.DONE), still, TERMINAL) is Finding.NO


@pytest.mark.parametrize(
    ("act", "modes", "bx", "possible"),
    [
        (Act.HOLD, frozenset(HoldMode), None, True),
        (Act.HOLD, frozenset({HoldMode.CANCEL}), None, False),
        (Act.CANCEL_HOLD, frozenset({HoldMode.CANCEL}), None, True),
        (Act.HOLD, frozenset(HoldMode), False, False),
    ],
)
def test_a_hold_that_can_not_be_placed_or_cancelled_is_for_staff(
    act: Act,
    modes: frozenset[HoldMode],
    bx: bool | None,  # noqa: FBT001 - cases
    possible: bool,  # noqa: FBT001 - cases
) -> None:
    words = not_possible(act, Profile(hold_modes=modes), supported=bx)
    assert (words is None) is possible


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("20261028    235959", datetime(2026, 10, 29, 4, 59, 59, tzinfo=UTC)),
        ("20261028   Z225959", datetime(2026, 10, 28, 22, 59, 59, tzinfo=UTC)),
        ("202610280000235959", datetime(2026, 10, 29, 4, 59, 59, tzinfo=UTC)),
        ("2026-10-28 23:59:59", datetime(2026, 10, 29, 4, 59, 59, tzinfo=UTC)),
        ("2026-08-31 23:59:00 CEST", datetime(2026, 8, 31, 21, 59, tzinfo=UTC)),
        ("5/23/2026,23:59", datetime(2026, 5, 24, 4, 59, tzinfo=UTC)),
        ("08.06.2026", datetime(2026, 6, 9, 4, 59, 59, tzinfo=UTC)),
        ("4/19/2026", datetime(2026, 4, 20, 4, 59, 59, tzinfo=UTC)),
        ("2026-10-28", datetime(2026, 10, 29, 4, 59, 59, tzinfo=UTC)),
        ("next week", None),
    ],
)
async def test_due_dates_in_every_form(text: str, moment: datetime | None) -> None:
    reply = await said({"11": [f"121NUN{DATE}AOEXV|AA{OURS}|AB{ITEM}|AH{text}|"]}, Act.CHECKOUT)
    assert outcome_of(Act.CHECKOUT, reply, account=OURS, terminal=TERMINAL).due_at == moment


async def test_no_personal_data_comes_out_of_a_conversation() -> None:
    told: list[str] = []
    more = "BD1 Nowhere Road|BEjo@example.org|BF555-0100|PB19700101|AFHello Jo Doe, 29999000001234|"
    acs = HostileAcs({"63": [customer(more=more)]})
    async with (
        acs.serve(),
        Lines(
            acs.address,
            QUICK,
            Credentials("gw", "hush"),
            hook=lambda exchange: told.append(f"{exchange!r} {exchange.received}"),
        ) as lines,
    ):
        await lines.exchange(question_request(LookKind.HOLDS, item=ITEM, account=OURS, at=AT, terminal=TERMINAL))
    everything = " ".join(told)
    for secret in ("Doe", "Nowhere", "example.org", "555-0100", "19700101", OURS, "hush"):
        assert secret not in everything
    assert "…1234" in everything
    assert "Doe" not in redact(f"64{'':14}000{DATE}AEDoe, Jo|AFMr Doe|".encode())
