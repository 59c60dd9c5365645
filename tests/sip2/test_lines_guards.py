"""The lines: when it stops trying, how it keeps its lines alive, and what it learns on them."""

import asyncio

import msgspec
import pytest

from gateway.sip2.breaker import Breaker, BreakerState
from gateway.sip2.connection import Exchange
from gateway.sip2.errors import LoginRefused, NotSent, Reason, Unknown
from gateway.sip2.lines import Lines
from gateway.sip2.profiles import ChecksumPolicy, Profile
from tests.sip2.hostile import DATE, Act, Answer, HostileAcs, polite, until
from tests.sip2.open_lines import CHECKOUT, FEW_MESSAGES, ITEM, QUICK, Clock, Script, Ticking, lines_on


async def keep_alive(lines: Lines) -> None:
    """Send a 99 on every idle connection that is due, as the lines do by themselves."""
    await asyncio.gather(*(lines._ask_status(connection) for connection in lines._take_due()))


# Guards


async def test_failures_in_a_row_open_the_breaker_and_a_trial_closes_it() -> None:
    clock = Clock()
    breaker = Breaker(threshold=2, cooldown_s=30)
    async with HostileAcs({"11": [Act.HANG_UP] * 2}).serve() as acs, lines_on(acs, clock, breaker=breaker) as lines:
        for _ in range(2):
            with pytest.raises(Unknown):
                await lines.exchange(CHECKOUT)
        clock.now += 10
        with pytest.raises(NotSent) as caught:
            await lines.exchange(CHECKOUT)
        assert (caught.value.reason, caught.value.retry_after_s) == (Reason.BREAKER, 20)
        assert (lines.status().breaker, acs.codes().count("11")) == (BreakerState.OPEN, 2)
        clock.now += 20
        assert lines.status().breaker is BreakerState.HALF_OPEN
        assert (await lines.exchange(CHECKOUT)).code == "12"
        assert lines.status().breaker is BreakerState.CLOSED


async def test_those_who_waited_while_the_breaker_opened_are_told_so() -> None:
    breaker = Breaker(threshold=2, cooldown_s=30)
    async with HostileAcs({"93": [Act.HANG_UP] * 9}).serve() as acs, lines_on(acs, breaker=breaker) as lines:
        results = await asyncio.gather(*(lines.exchange(ITEM) for _ in range(6)), return_exceptions=True)
        reasons = [result.reason for result in results if isinstance(result, NotSent)]
        assert (reasons, acs.connections) == ([Reason.CONNECT] * 2 + [Reason.BREAKER] * 4, 2)


async def test_a_pool_closed_while_it_connects_sends_nothing() -> None:
    async with HostileAcs({"99": [Act.SILENCE]}).serve() as acs, lines_on(acs, profile=Profile()) as lines:
        task = asyncio.create_task(lines.exchange(CHECKOUT))
        await until(lambda: "99" in acs.codes())
        await lines.aclose()
        acs.say(f"98YYYYYY999002{DATE}2.00|\r".encode())
        with pytest.raises(NotSent) as caught:
            await task
        assert (caught.value.reason, acs.codes()) == (Reason.CLOSED, ["93", "99"])
        await until(lambda: acs.lines() == 0)


async def test_refused_logins_pause_then_stop_until_staff_resume() -> None:
    clock = Clock()
    async with HostileAcs({"93": ["940"] * 2}).serve() as acs, lines_on(acs, clock) as lines:
        reasons = []
        for wait_s in (0, 1, 88, 1, 100_000):
            clock.now += wait_s
            with pytest.raises(LoginRefused) as caught:
                await lines.exchange(CHECKOUT)
            reasons.append((caught.value.reason, caught.value.retry_after_s))
        login, stopped = Reason.LOGIN, Reason.STOPPED
        assert reasons == [
            (login, 90), (stopped, 89), (stopped, 1), (login, None), (stopped, None),
        ]  # fmt: skip
        assert (acs.codes().count("93"), lines.status().refused_logins, lines.status().stopped) == (2, 2, True)
        lines.try_now()
        with pytest.raises(LoginRefused):
            await lines.exchange(CHECKOUT)
        assert acs.codes().count("93") == 2, "who wants work done at once says nothing of the account"
        await lines.resume()
        assert (await lines.exchange(CHECKOUT)).code == "12"
        assert (lines.status().refused_logins, lines.status().stopped) == (0, False)


async def test_after_one_login_that_was_refused_all_goes_on_by_itself_when_the_pause_is_over() -> None:
    """A circulation system whose database restarts refuses whoever comes meanwhile."""
    clock = Clock()
    async with HostileAcs({"93": ["940"]}).serve() as acs, lines_on(acs, clock) as lines:
        with pytest.raises(LoginRefused) as caught:
            await lines.exchange(ITEM)
        assert caught.value.retry_after_s is not None
        clock.now += caught.value.retry_after_s
        assert (await lines.exchange(ITEM)).code == "18"
        assert (acs.codes().count("93"), lines.status().refused_logins, lines.status().stopped) == (2, 0, False)


@pytest.mark.parametrize(
    "answer",
    [b"940AY5AZFDF9\r", b"940AY0AZ0000\r", b"94NAY0AZFDE0\r", b"94AY0AZFE2E\r", b"96AZFEF6\r", b"94"],
    ids=["wrong AY", "damaged", "94N", "94 without ok", "96 each time", "half a 94"],
)
async def test_logins_that_are_answered_neither_yes_nor_no_stop_at_the_third_in_a_row(answer: Answer) -> None:
    clock = Clock()
    strict = msgspec.structs.replace(QUICK, checksum=ChecksumPolicy.STRICT)
    async with HostileAcs({"93": [answer] * 99}).serve() as acs, lines_on(acs, clock, strict) as lines:
        reasons = []
        for wait_s in (0, 1, 14, 1, 89, 100_000):
            clock.now += wait_s
            with pytest.raises(NotSent) as caught:
                await lines.exchange(CHECKOUT)
            reasons.append(caught.value.reason)
        connect, stopped = Reason.CONNECT, Reason.STOPPED
        assert reasons == [connect, stopped, connect, stopped, connect, stopped]
        assert (acs.connections, lines.status().stopped) == (3, True)
        acs.script.clear()
        await lines.resume()
        assert (await lines.exchange(CHECKOUT)).code == "12"


@pytest.mark.parametrize("end", [Act.SILENCE, Act.HANG_UP], ids=["silence", "hang-up"])
async def test_silence_and_hang_ups_in_and_after_the_login_stop_no_logins(end: Answer) -> None:
    clock = Clock()
    script: Script = {"93": [end] * 4, "99": [Act.HANG_UP] * 4}
    async with HostileAcs(script).serve() as acs, lines_on(acs, clock) as lines:
        for _ in range(8):
            clock.now += 60
            with pytest.raises(NotSent, match="could not be opened"):
                await lines.exchange(CHECKOUT)
        assert lines.status().refused_logins == 0
        clock.now += 60
        assert (await lines.exchange(CHECKOUT)).code == "12"


async def test_logins_are_tried_one_at_a_time() -> None:
    async with HostileAcs({"93": ["940"] * 9}).serve() as acs, lines_on(acs, size=5) as lines:
        results = await asyncio.gather(*(lines.exchange(ITEM) for _ in range(9)), return_exceptions=True)
        assert {type(result) for result in results} == {LoginRefused}
        assert (acs.most_at_once, acs.codes().count("93")) == (1, 1)


# Keep-alive and what it tells


async def test_an_idle_connection_is_kept_alive_by_99() -> None:
    clock = Clock()
    async with HostileAcs().serve() as acs, lines_on(acs, clock, Profile(keepalive_s=45)) as lines:
        await lines.exchange(ITEM)
        clock.now += 44
        await keep_alive(lines)
        assert acs.codes() == ["93", "99", "17"]
        clock.now += 1
        await keep_alive(lines)
        assert acs.codes() == ["93", "99", "17", "99"]


async def test_the_keep_alive_goes_out_at_the_moment_that_the_line_was_idle_for_its_span() -> None:
    clock = Ticking()
    async with HostileAcs().serve() as acs, lines_on(acs, clock, Profile(keepalive_s=25)) as lines:
        await lines.exchange(ITEM)
        await until(lambda: clock.slept == [25])
        clock.now += 10
        await lines.exchange(ITEM)
        clock.now += 15
        await until(lambda: clock.slept == [25, 10])
        assert acs.codes().count("99") == 1
        clock.now += 10
        await until(lambda: acs.codes().count("99") == 2)


async def test_a_line_that_stays_silent_makes_the_keep_alive_of_the_others_no_later() -> None:
    clock = Ticking()
    patient = Profile(keepalive_s=25, reply_timeout_s=60)
    async with HostileAcs().serve() as acs, lines_on(acs, clock, patient, size=2) as lines:
        acs.held = frozenset({"11"})
        busy = [asyncio.create_task(lines.exchange(CHECKOUT)) for _ in range(2)]
        await until(lambda: acs.codes().count("11") == 2)
        acs.free.set()
        await asyncio.gather(*busy)
        acs.script["99"] = [Act.SILENCE]
        clock.now += 25
        await until(lambda: acs.codes().count("99") == 4 and lines.status().idle == 1)
        await until(lambda: clock.slept == [25, 25])
        clock.now += 25
        await until(lambda: acs.codes().count("99") == 5)


async def test_a_connection_that_proves_dead_at_keep_alive_is_dropped() -> None:
    clock = Clock()
    script: Script = {"99": [f"98YYYYYY999002{DATE}2.00", Act.HANG_UP]}
    async with HostileAcs(script).serve() as acs, lines_on(acs, clock) as lines:
        await lines.exchange(ITEM)
        clock.now += 100
        await keep_alive(lines)
        assert lines.status().connections == 0
        assert (await lines.exchange(ITEM)).code == "18"


async def test_status_and_hook_tell_how_things_stand() -> None:
    clock = Clock()
    seen: list[Exchange] = []
    async with HostileAcs().serve() as acs, lines_on(acs, clock, hook=seen.append) as lines:
        before = lines.status()
        assert (before.connections, before.last_reply_at, before.acs, lines.supports("15")) == (0, None, None, None)
        await lines.exchange(ITEM)
        after = lines.status()
        assert (after.connections, after.idle, after.last_reply_at) == (1, 1, 1000)
        assert (lines.supports("17"), lines.supports("29")) == (True, None)
        assert [exchange.code for exchange in seen] == ["93", "99", "17"]


async def test_a_98_that_denies_what_was_not_denied_before_is_asked_for_again_and_one_alone_does_not_count() -> None:
    async with HostileAcs({"99": [FEW_MESSAGES]}).serve() as acs, lines_on(acs) as lines:
        await lines.exchange(CHECKOUT)
        assert acs.codes() == ["93", "99", "99", "11"]
        assert (lines.supports("17"), lines.supports("15")) == (None, None)


async def test_a_98_that_says_the_same_again_counts_and_is_not_asked_for_a_third_time() -> None:
    async with HostileAcs({"99": [FEW_MESSAGES] * 9}).serve() as acs, lines_on(acs, size=2) as lines:
        acs.held = frozenset({"11"})
        busy = [asyncio.create_task(lines.exchange(CHECKOUT)) for _ in range(2)]
        await until(lambda: acs.codes().count("11") == 2)
        acs.free.set()
        await asyncio.gather(*busy)
        assert (acs.connections, acs.codes().count("99")) == (2, 3)
        assert (lines.supports("17"), lines.supports("15"), lines.supports("63")) == (False, False, None)


async def test_a_connection_with_a_stray_98_is_outvoted_by_the_others_however_long_it_lives() -> None:
    """Each 98 counts once, when it comes: not again whenever its connection is given back."""
    clock = Clock()
    good = f"98YYYYNN999002{DATE}2.00AOEXV|BXYYYYYYYYYYYYYYYY|"
    async with HostileAcs({"99": [good, FEW_MESSAGES, good]}).serve() as acs, lines_on(acs, clock) as lines:
        await lines.exchange(CHECKOUT)
        clock.now += 100
        await keep_alive(lines)
        for _ in range(5):
            await lines.exchange(CHECKOUT)
        assert (acs.connections, acs.codes().count("99"), lines.supports("17")) == (1, 2, None)


async def test_a_message_that_was_answered_stays_in_use_until_it_goes_unanswered_while_bx_denies_it() -> None:
    clock = Clock()
    status = f"98YYYYNN999000{DATE}2.00AOEXV|BXYYYYYYYYYYYYYYYY|"
    script: Script = {"99": [status, *[FEW_MESSAGES] * 9], "17": [polite("17|AB3999|"), *[Act.HANG_UP] * 9]}
    async with HostileAcs(script).serve() as acs, lines_on(acs, clock) as lines:
        await lines.exchange(ITEM)
        for _ in range(3):
            clock.now += 100
            await keep_alive(lines)
        assert lines.supports("17") is True
        with pytest.raises(Unknown):
            await lines.exchange(ITEM)
        assert lines.supports("17") is False


async def test_a_98_that_can_not_be_confirmed_ends_the_line_like_any_opening_that_fails() -> None:
    async with HostileAcs({"99": [FEW_MESSAGES, Act.SILENCE]}).serve() as acs, lines_on(acs) as lines:
        with pytest.raises(NotSent) as caught:
            await lines.exchange(CHECKOUT)
        assert (caught.value.reason, acs.codes(), lines.status().connections) == (Reason.CONNECT, ["93", "99", "99"], 0)


async def test_the_profiles_word_on_messages_stands_above_bx() -> None:
    async with HostileAcs().serve() as acs, lines_on(acs, profile=Profile(supports=frozenset({"15"}))) as lines:
        await lines.exchange(ITEM)
        assert (lines.supports("15"), lines.supports("17")) == (True, False)


async def test_the_hook_runs_in_the_task_that_asked() -> None:
    tasks: set[object] = set()
    async with HostileAcs().serve() as acs, lines_on(acs, hook=lambda _e: tasks.add(asyncio.current_task())) as lines:
        await lines.exchange(ITEM)
        assert tasks == {asyncio.current_task()}
