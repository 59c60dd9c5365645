"""The event loop's lag: seen where the loop stands still, told with the gateway's own share of it, and cheap."""

import asyncio
import time

import pytest
from structlog.testing import capture_logs

from gateway.app.watchdog import BEAT_S, STANDSTILL_S, Watchdog


async def beats(lags: list[float], count: int) -> None:
    """Wait until so many beats more have been measured."""
    wanted = len(lags) + count
    async with asyncio.timeout(30):
        while len(lags) < wanted:
            await asyncio.sleep(BEAT_S / 10)


def busy(seconds: float) -> None:
    """Use this much processor time, and give nothing back."""
    until = time.thread_time() + seconds
    while time.thread_time() < until:
        pass


@pytest.mark.parametrize(("stand", "is_own"), [(busy, True), (time.sleep, False)], ids=["own work", "somebody else"])
async def test_a_standstill_is_measured_and_whose_it_was_is_told(stand, is_own) -> None:
    lags: list[float] = []
    with capture_logs() as lines, Watchdog(lags.append):
        await beats(lags, 1)
        stand(STANDSTILL_S + BEAT_S)
        await beats(lags, 1)
    told = [each for each in lines if each["seconds"] >= STANDSTILL_S]  # a busy machine may add some of its own
    assert max(lags) >= STANDSTILL_S
    assert {(each["event"], each["log_level"]) for each in told} == {("the event loop stood still", "warning")}
    assert any(each["own_cpu_seconds"] > STANDSTILL_S / 2 for each in told) is is_own


async def test_many_standstills_do_not_fill_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.app.watchdog.STANDSTILL_S", 0.0)
    monkeypatch.setattr("gateway.app.watchdog.BEAT_S", 0.0)
    lags: list[float] = []
    with capture_logs() as lines, Watchdog(lags.append):
        await beats(lags, 100)
    assert len(lines) <= 12


async def test_a_beat_costs_nearly_nothing() -> None:
    lags: list[float] = []
    dog = Watchdog(lags.append)
    loop = asyncio.get_running_loop()
    began_s = time.thread_time()
    for _ in range(1_000):
        dog._arm(loop)
        assert dog._beat is not None
        dog._beat.cancel()
        dog._measure(loop)
        dog._beat.cancel()
    assert time.thread_time() - began_s < 1_000 * 0.0005, (
        "ten a second are to be less than half a percent: measured 0.01 %"
    )


async def test_it_ends_with_its_block() -> None:
    lags: list[float] = []
    with Watchdog(lags.append) as dog:
        await beats(lags, 1)
    assert dog._beat is not None
    assert dog._beat.cancelled()
