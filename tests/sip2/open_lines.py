"""Pools on a hostile server, and clocks that pass only when told."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from gateway.sip2 import requests
from gateway.sip2.lines import Lines
from gateway.sip2.profiles import Credentials, Profile
from tests.sip2.hostile import DATE, Answer, HostileAcs, until

AT = datetime(2026, 8, 28, 12, tzinfo=UTC)
QUICK = Profile(connect_timeout_s=2, login_timeout_s=0.1, reply_timeout_s=0.1, reply_timeout_floor_s=0.05)
ITEM = requests.item_information(QUICK, AT, "3999")
CHECKOUT = requests.checkout(QUICK, AT, customer="29999000001234", item="3999")
FEW_MESSAGES = f"98YYYYNN999002{DATE}2.00AOEXV|BXYYYYYYYYYYNYYNNY|"
Script = Mapping[str, Sequence[Answer]]


class Clock:
    """Seconds that pass only when told. Its sleep records and returns; a sleep of minutes waits for ever."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await (asyncio.sleep(0) if seconds < 10 else asyncio.Event().wait())


class Ticking(Clock):
    """A clock whose sleeps end when the time has come."""

    async def sleep(self, seconds: float) -> None:
        end = self.now + seconds
        self.slept.append(seconds)
        await until(lambda: self.now >= end)


def lines_on(acs: HostileAcs, clock: Clock | None = None, profile: Profile = QUICK, **options: Any) -> Lines:
    clock = clock or Clock()
    return Lines(acs.address, profile, Credentials("gw", "hush"), now=clock, sleep=clock.sleep, **options)
