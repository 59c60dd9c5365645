"""A gateway under a flood: bounded memory, a fair share for the others, refusals in the protocol's terms, and none lost.

`FLOOD=10000 pytest tests/guards` for the flood at full length.
"""

import asyncio
import os
from datetime import UTC, datetime
from math import ceil

import pytest

from gateway.iso18626 import messages as iso
from gateway.iso18626.codec import encode
from gateway.iso18626.values import AgencyId
from tests.guards.conftest import HILL, VALLEY, Start
from tests.guards.crowd import flood, heard, request, silent, steady

FLOOD = int(os.environ.get("FLOOD", "1500"))
CONNECTIONS = 60
MOST_MB = 120
"""What a flood may add to the process. Measured: 20 MB for 10,000 requests, 50 MB for 2,000 of 100 KB at once."""
FAIR_S = 2.0
"""What half of the others' messages wait at most meanwhile, with room for a busy machine. Measured: 24 ms; at most 41 ms."""

OF_A_TURN = 0.2
"""How often the others, who pause between messages, are answered for one answer on each of the flood's connections. Measured:
0.4 to 0.7, the less the faster the machine, for their pause (20 ms) stays the same."""


def new_request(agency: str, number: int, padding: int = 0) -> bytes:
    header = iso.Header(
        supplying_agency_id=AgencyId.of("ISIL:XX-EXAMPLE"),
        requesting_agency_id=AgencyId.of(f"ISIL:{agency}"),
        timestamp=datetime(2031, 5, 6, tzinfo=UTC),
        requesting_agency_request_id=f"{agency}-{number}",
    )
    info = iso.BibliographicInfo(title="The Imaginary Almanac", sponsor="x" * padding or None)
    return encode(iso.Request(header=header, bibliographic_info=info))


def of_hill(count: int, padding: int = 0) -> list[bytes]:
    return [new_request("XX-HILL", number, padding) for number in range(count)]


def of_valley(count: int) -> list[bytes]:
    return [new_request("XX-VALLEY", number) for number in range(count)]


@pytest.mark.timed
async def test_a_flood_is_taken_in_without_loss_and_the_others_get_their_share(start: Start) -> None:
    gateway = start()
    before_mb, files = gateway.resident_mb, gateway.open_files
    async with steady(gateway.port, VALLEY, of_valley(FLOOD), 0.02) as valley:
        hill = await flood(gateway.port, HILL, of_hill(FLOOD), CONNECTIONS)
    assert hill.statuses == {200: FLOOD}
    assert set(valley.statuses) == {200}
    assert len(valley.seconds) >= OF_A_TURN * FLOOD / CONNECTIONS
    assert valley.median_s < FAIR_S
    assert gateway.resident_mb - before_mb < MOST_MB
    assert gateway.metric("ill_confirmations_sent_total{") > 0
    assert gateway.metric('ill_messages_received_total{peer="hill",result="ok",type="request"}') == FLOOD
    assert gateway.is_ready()
    assert gateway.open_files < files + 20, "connections that are closed leave nothing behind"


@pytest.mark.timed
async def test_beyond_its_rate_a_peer_is_told_when_to_come_back_and_the_others_notice_nothing(start: Start) -> None:
    per_minute = max(60, FLOOD // 5)
    gateway = start(hill_per_minute=per_minute)
    async with steady(gateway.port, VALLEY, of_valley(FLOOD), 0.02) as valley:
        hill = await flood(gateway.port, HILL, of_hill(FLOOD), CONNECTIONS)
    assert set(hill.statuses) == {200, 429}
    longest_s = sum(hill.seconds) / CONNECTIONS
    assert per_minute <= hill.statuses[200] <= per_minute + ceil(per_minute / 60 * (longest_s + 5))
    assert hill.retry_after_s == {1}
    assert set(valley.statuses) == {200}
    assert valley.median_s < FAIR_S
    refused = gateway.metric('ill_messages_received_total{peer="hill",result="too_many",type="unknown"}')
    assert refused == hill.statuses[429]
    lines = gateway.process.log.read_text().count("too_many")
    assert 0 < lines < 60, "the log tells, and is not flooded"


async def test_large_messages_at_once_are_taken_or_put_off_and_memory_stays_bounded(start: Start) -> None:
    gateway = start()
    before_mb = gateway.resident_mb
    hill = await flood(gateway.port, HILL, of_hill(200, padding=100_000), CONNECTIONS)
    assert set(hill.statuses) <= {200, 503}
    assert hill.statuses[200] >= 150
    assert gateway.resident_mb - before_mb < MOST_MB
    assert gateway.is_ready()


async def test_guessing_secrets_is_slowed_down_and_locks_nobody_out(start: Start) -> None:
    gateway = start()
    guesses = await flood(gateway.port, "a-guess", of_hill(200), 10)
    assert set(guesses.statuses) == {401, 429}
    assert guesses.statuses[401] < 40
    right = await flood(gateway.port, HILL, of_hill(3), 1)
    assert right.statuses == {200: 3}
    log = gateway.process.log.read_text()
    assert "a-guess" not in log
    assert HILL not in log


SLOW = "read_timeout_s = 3.0\nidle_timeout_s = 6.0\nmax_connections = 100\nmax_connections_per_address = 80"
"""On a busy machine even those who say all at once may pause for a second."""
HALF = request(HILL, b"x" * 5000)[:2000]


@pytest.mark.parametrize(
    ("said", "last_words"),
    [
        (b"", b""),
        (HALF[:40], b""),
        (HALF, b"HTTP/1.1 408 Request Timeout"),
    ],
    ids=["silent", "half a head", "half a body"],
)
async def test_slow_and_half_open_connections_are_closed_and_the_others_are_served(
    start: Start, said: bytes, last_words: bytes
) -> None:
    gateway = start(http_more=SLOW)
    async with silent(gateway.port, 50, said) as readers:
        valley = await flood(gateway.port, VALLEY, of_valley(30), 5)
        assert valley.statuses == {200: 30}
        assert await heard(readers) == {last_words: 50}


async def test_of_more_connections_than_there_is_room_for_those_that_say_nothing_give_way(start: Start) -> None:
    """Three addresses that hold all the room and say nothing keep nobody out, however often they come back."""
    gateway = start(http_more=SLOW.replace("idle_timeout_s = 6.0", "idle_timeout_s = 600.0"))
    files = gateway.open_files
    async with silent(gateway.port, 200) as readers, silent(gateway.port, 60, source="127.0.0.9"):
        assert await heard(readers[:120]) == {b"": 120}
        assert (await flood(gateway.port, VALLEY, of_valley(5), 1)).statuses == {200: 5}
    assert gateway.metric('ill_connections_turned_away_total{listener="http",why="gave_way"}') >= 160
    async with asyncio.timeout(60):
        while gateway.open_files > files + 5:
            await asyncio.sleep(0.05)
    assert gateway.process.log.read_text().count("gave_way") < 60, "the log tells, and is not flooded"
