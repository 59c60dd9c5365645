"""The lines: what is written once, what may be written again, and what happens when connecting fails."""

import asyncio

import pytest

from gateway.sip2 import requests
from gateway.sip2.breaker import LoginGate
from gateway.sip2.connection import Exchange
from gateway.sip2.errors import Inexpressible, NotSent, Outcome, Reason, Unknown
from gateway.sip2.lines import Limits
from gateway.sip2.profiles import Profile
from tests.sip2.hostile import DATE, Act, Answer, HostileAcs, until
from tests.sip2.open_lines import AT, CHECKOUT, FEW_MESSAGES, ITEM, QUICK, Clock, Script, lines_on

# What is written once


async def test_a_request_finds_a_connection_then_is_marked_then_is_written() -> None:
    order: list[str] = []

    async def mark() -> None:
        order.extend(acs.codes())
        order.append("mark")

    async with HostileAcs().serve() as acs, lines_on(acs) as lines:
        reply = await lines.exchange(CHECKOUT, before_write=mark)
    assert reply.first("AH") == "2026-10-28"
    assert [*order, acs.codes()[-1]] == ["93", "99", "mark", "11"]


async def test_while_a_row_is_marked_no_connection_stands_idle_for_it() -> None:
    marked = asyncio.Event()

    async with HostileAcs().serve() as acs, lines_on(acs, size=1) as lines:
        await lines.exchange(ITEM)
        waiting = asyncio.create_task(lines.exchange(CHECKOUT, before_write=marked.wait))
        assert (await lines.exchange(ITEM)).code == "18"
        assert acs.codes().count("11") == 0
        marked.set()
        assert (await waiting).code == "12"
        assert acs.connections == 1


async def test_a_request_that_can_not_be_marked_is_not_written() -> None:
    async def fail() -> None:
        raise ZeroDivisionError

    async with HostileAcs().serve() as acs, lines_on(acs) as lines:
        with pytest.raises(ZeroDivisionError):
            await lines.exchange(CHECKOUT, before_write=fail)
        assert (lines.status().idle, acs.codes()) == (1, ["93", "99"])
        await lines.exchange(CHECKOUT)
        assert acs.connections == 1


async def test_a_request_for_which_it_is_too_late_once_there_is_a_connection_is_not_written() -> None:
    async with HostileAcs().serve() as acs, lines_on(acs) as lines:
        with pytest.raises(NotSent) as caught:
            await lines.exchange(CHECKOUT, may_write=lambda: "99" not in acs.codes())
        assert caught.value.reason is Reason.LATE
        assert (lines.status().idle, acs.codes()) == (1, ["93", "99"])
        assert (await lines.exchange(CHECKOUT, may_write=lambda: True)).code == "12"


@pytest.mark.parametrize("lost", [Act.SILENCE, Act.HANG_UP, f"121NUN{DATE}AOEXV|AA29999000001234|AB1|", b"\xff\r"])
async def test_an_act_whose_reply_is_lost_is_unknown_and_written_once(lost: Answer) -> None:
    async with HostileAcs({"11": [lost]}).serve() as acs, lines_on(acs) as lines:
        with pytest.raises(Unknown):
            await lines.exchange(CHECKOUT)
        assert acs.codes().count("11") == 1
        assert lines.status().connections == 0


@pytest.mark.parametrize("lost", [Act.SILENCE, Act.HANG_UP, f"18030001{DATE}AB1|AJx|", b"\xff\r"])
async def test_a_question_whose_reply_is_lost_is_asked_again_on_another_connection(lost: Answer) -> None:
    marks: list[None] = []

    async def mark() -> None:
        marks.append(None)

    async with HostileAcs({"17": [lost]}).serve() as acs, lines_on(acs) as lines:
        reply = await lines.exchange(ITEM, before_write=mark)
        assert (reply.first("AB"), acs.codes().count("17"), acs.connections, len(marks)) == ("3999", 2, 2, 1)


@pytest.mark.parametrize(("allowed", "asked"), [("000", 1), ("001", 2), ("999", 3), ("050", 3)])
async def test_the_98_says_how_often_and_the_profile_sets_a_limit(allowed: str, asked: int) -> None:
    status = f"98YYYYNN999{allowed}{DATE}2.00AOEXV|"
    script: Script = {"99": [status] * 9, "17": [Act.HANG_UP] * 9}
    async with HostileAcs(script).serve() as acs, lines_on(acs) as lines:
        with pytest.raises(Unknown) as caught:
            await lines.exchange(ITEM)
        assert (caught.value.outcome, acs.codes().count("17")) == (Outcome.CLOSED, asked)


async def test_a_question_once_written_is_unknown_even_when_the_next_connection_fails() -> None:
    async with HostileAcs({"17": [Act.HANG_UP], "93": ["941", Act.HANG_UP]}).serve() as acs, lines_on(acs) as lines:
        with pytest.raises(Unknown):
            await lines.exchange(ITEM)


async def test_a_96_is_followed_by_one_resend_of_anything() -> None:
    async with HostileAcs({"11": [b"96AZFEF6\r"]}).serve() as acs, lines_on(acs) as lines:
        assert (await lines.exchange(CHECKOUT)).code == "12"
        first, second = [request for request in acs.heard if request.startswith("11")]
        assert first == second


async def test_a_request_that_can_not_be_written_touches_nothing() -> None:
    async with HostileAcs().serve() as acs, lines_on(acs) as lines:
        with pytest.raises(Inexpressible):
            await lines.exchange(requests.item_information(QUICK, AT, "a|b"))
        assert acs.connections == 0


# Connections


async def test_a_connection_is_used_again() -> None:
    async with HostileAcs().serve() as acs, lines_on(acs) as lines:
        for _ in range(3):
            await lines.exchange(CHECKOUT)
        assert (acs.connections, acs.codes()) == (1, ["93", "99", "11", "11", "11"])


async def test_an_idle_connection_that_was_closed_is_replaced_without_fuss() -> None:
    async with HostileAcs().serve() as acs, lines_on(acs) as lines:
        await lines.exchange(CHECKOUT)
        acs.hang_up()
        await until(lambda: lines.status().connections == 0)
        assert (await lines.exchange(CHECKOUT)).code == "12"
        assert (acs.connections, acs.codes().count("11")) == (2, 2)


async def test_a_connection_that_dies_while_the_row_is_marked_is_replaced_and_the_row_marked_once() -> None:
    marks: list[None] = []

    async def mark() -> None:
        marks.append(None)
        acs.hang_up()
        await until(lambda: not connection.usable)

    async with HostileAcs().serve() as acs, lines_on(acs) as lines:
        await lines.exchange(ITEM)
        (connection,) = lines._live
        assert (await lines.exchange(CHECKOUT, before_write=mark)).code == "12"
        assert (len(marks), acs.codes().count("11"), acs.connections) == (1, 1, 2)


async def test_never_more_connections_than_its_size_and_everyone_is_served() -> None:
    async with HostileAcs().serve() as acs, lines_on(acs, size=2) as lines:
        replies = await asyncio.gather(*(lines.exchange(CHECKOUT) for _ in range(20)))
        assert (len(replies), acs.most_at_once, lines.status().idle) == (20, 2, 2)


async def test_connections_go_to_whoever_waited_longest() -> None:
    order: list[str] = []

    async def ask(name: str) -> None:
        for _ in range(5):
            await lines.exchange(ITEM)
            order.append(name)

    async with HostileAcs().serve() as acs, lines_on(acs, size=1) as lines:
        await asyncio.gather(ask("a"), ask("b"), ask("c"))
    assert "".join(order) == "abc" * 5


async def test_a_turn_that_comes_together_with_a_cancellation_goes_to_the_next_in_line() -> None:
    def cancel_first_just_when_its_turn_comes(exchange: Exchange) -> None:
        if exchange.code == "17":
            asyncio.get_running_loop().call_soon(first.cancel)

    hook = cancel_first_just_when_its_turn_comes
    async with (
        HostileAcs({"17": [Act.SILENCE]}).serve() as acs,
        lines_on(acs, profile=Profile(error_detection=False), size=1, hook=hook) as lines,
    ):
        holder = asyncio.create_task(lines.exchange(ITEM))
        await until(lambda: "17" in acs.codes())
        first, second = (asyncio.create_task(lines.exchange(CHECKOUT)) for _ in range(2))
        await until(lambda: len(lines._waiting) == 2)
        acs.say(b"18030001" + b" " * 18 + b"AB3999|\r")
        assert [(await task).code for task in (holder, second)] == ["18", "12"]
        assert first.cancelled()
        assert (acs.connections, lines.status().idle, acs.codes().count("11")) == (1, 1, 1)


async def test_an_acs_at_its_connection_limit_leaves_the_work_to_the_connections_that_live() -> None:
    clock = Clock()

    async def six() -> list[str]:
        return [reply.code for reply in await asyncio.gather(*(lines.exchange(CHECKOUT) for _ in range(6)))]

    limits = Limits(grow_pause_s=60)
    script: Script = {"93": ["941", *[Act.SILENCE] * 9]}
    async with HostileAcs(script).serve() as acs, lines_on(acs, clock, size=2, limits=limits) as lines:
        tried = []
        for wait_s in (0, 59, 1):
            clock.now += wait_s
            assert await six() == ["12"] * 6
            await until(lambda: not lines._growing)
            tried.append(acs.connections)
        assert (tried, lines.status().connections) == ([2, 2, 3], 1)


# Sharing the ACS with other pools


async def test_a_pool_that_may_have_fewer_connections_closes_idle_ones_at_once_and_others_when_they_are_free() -> None:
    async with HostileAcs().serve() as acs, lines_on(acs, size=4) as lines:
        acs.held = frozenset({"11"})
        first = [asyncio.create_task(lines.exchange(CHECKOUT)) for _ in range(4)]
        await until(lambda: acs.codes().count("11") == 4)
        acs.free.set()
        await asyncio.gather(*first)
        acs.free.clear()
        busy = [asyncio.create_task(lines.exchange(CHECKOUT)) for _ in range(2)]
        await until(lambda: lines.status().idle == 2)
        lines.resize(1)
        assert (lines.in_use, lines.status().idle) == (2, 0)
        await until(lambda: acs.lines() == 2)
        acs.free.set()
        assert [(await task).code for task in busy] == ["12", "12"]
        await until(lambda: acs.lines() == 1)
        assert (lines.in_use, lines.status().connections, lines.status().idle) == (1, 1, 1)
        assert [reply.code for reply in await asyncio.gather(*(lines.exchange(CHECKOUT) for _ in range(4)))] == [
            "12"
        ] * 4
        assert acs.connections == 4, "and opens no more than it may have"


async def test_a_pool_that_may_have_more_connections_gives_them_to_those_who_wait() -> None:
    async with HostileAcs({"17": [Act.SILENCE]}).serve() as acs, lines_on(acs, profile=Profile(), size=1) as lines:
        stuck = asyncio.create_task(lines.exchange(ITEM))
        await until(lambda: "17" in acs.codes())
        waiting = asyncio.create_task(lines.exchange(CHECKOUT))
        await until(lambda: len(lines._waiting) == 1)
        lines.resize(2)
        assert (await waiting).code == "12"
        stuck.cancel()


async def test_a_pool_without_a_seat_sends_nothing_and_says_so_to_those_who_wait() -> None:
    async with HostileAcs({"17": [Act.SILENCE]}).serve() as acs, lines_on(acs, profile=Profile(), size=1) as lines:
        busy = asyncio.create_task(lines.exchange(ITEM))
        await until(lambda: "17" in acs.codes())
        waiting = asyncio.create_task(lines.exchange(CHECKOUT))
        await until(lambda: len(lines._waiting) == 1)
        lines.resize(0)
        for task in (waiting, asyncio.create_task(lines.exchange(CHECKOUT))):
            with pytest.raises(NotSent) as caught:
                await task
            assert caught.value.reason is Reason.NO_SEAT
        assert lines.in_use == 1
        busy.cancel()
        await until(lambda: acs.lines() == 0)
        assert (lines.in_use, acs.codes().count("11")) == (0, 0)
        lines.resize(1)
        assert (await lines.exchange(CHECKOUT)).code == "12"


async def test_a_pool_that_is_cut_has_no_connection_at_once() -> None:
    async with HostileAcs({"17": [Act.SILENCE]}).serve() as acs, lines_on(acs, profile=Profile(), size=2) as lines:
        busy = asyncio.create_task(lines.exchange(ITEM))
        await until(lambda: "17" in acs.codes())
        await lines.exchange(CHECKOUT)
        lines.cut()
        with pytest.raises(Unknown):
            await busy
        await until(lambda: acs.lines() == 0)
        assert lines.in_use == 0


async def test_a_pool_whose_connections_stay_in_use_is_busy() -> None:
    profile = Profile(reply_timeout_s=60)
    async with (
        HostileAcs({"17": [Act.SILENCE]}).serve() as acs,
        lines_on(acs, profile=profile, size=1, limits=Limits(busy_timeout_s=0.05)) as lines,
    ):
        stuck = asyncio.create_task(lines.exchange(ITEM))
        await until(lambda: "17" in acs.codes())
        with pytest.raises(NotSent) as caught:
            await lines.exchange(ITEM)
        assert caught.value.reason is Reason.BUSY
        await lines.aclose()
        with pytest.raises(Unknown):
            await stuck


async def test_a_cancelled_request_gives_its_place_back() -> None:
    async with HostileAcs({"17": [Act.SILENCE]}).serve() as acs, lines_on(acs, profile=Profile(), size=1) as lines:
        task = asyncio.create_task(lines.exchange(ITEM))
        await until(lambda: "17" in acs.codes())
        waiting = asyncio.create_task(lines.exchange(CHECKOUT))
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert (await waiting).code == "12"


async def test_connecting_is_tried_again_within_seconds_then_told() -> None:
    async with HostileAcs().serve() as acs:
        clock = Clock()
        lines = lines_on(acs, clock)
    with pytest.raises(NotSent, match="ConnectionRefusedError") as caught:
        await lines.exchange(CHECKOUT)
    assert (caught.value.reason, len(clock.slept)) == (Reason.CONNECT, 2)
    assert all(0 < seconds <= 3 for seconds in clock.slept)


@pytest.mark.parametrize("script", [{"93": [Act.SILENCE]}, {"99": [FEW_MESSAGES, Act.SILENCE]}], ids=["93", "99"])
async def test_no_opening_lasts_until_others_take_it_for_a_refused_login(script: Script) -> None:
    patient = Profile(login_timeout_s=3600, reply_timeout_s=3600, reply_timeout_floor_s=3600)
    async with HostileAcs(script).serve() as acs, lines_on(acs, profile=patient, limits=Limits(opening_s=0.1)) as lines:
        with pytest.raises(NotSent, match=r"no session within 0\.1 s") as caught:
            await lines.exchange(CHECKOUT)
        assert (caught.value.reason, lines.status().refused_logins) == (Reason.CONNECT, 0)
        await until(lambda: acs.lines() == 0)
        assert (await lines.exchange(CHECKOUT)).code == "12"
    assert Limits().opening_s < LoginGate().try_s


async def test_a_closed_pool_sends_nothing() -> None:
    async with HostileAcs().serve() as acs:
        async with lines_on(acs) as lines:
            await lines.exchange(ITEM)
        with pytest.raises(NotSent) as caught:
            await lines.exchange(ITEM)
        assert (caught.value.reason, lines.status().connections) == (Reason.CLOSED, 0)
