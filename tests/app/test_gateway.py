"""The composed gateway on real sockets, in this process; between processes: tests/e2e."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from gateway.app.gateway import ANNOUNCED_AT_MOST, Gateway
from gateway.clock import SystemTime
from gateway.config import Settings
from gateway.demo.acs.running import serve as serve_acs
from gateway.demo.acs.settings import AcsSettings, Login
from gateway.iso18626 import messages as iso
from gateway.iso18626 import values
from gateway.iso18626.codec import decode, encode
from gateway.iso18626.codes import MessageStatus
from gateway.store.port import Change, StoreUnavailable
from tests.fakes.directory import put
from tests.fakes.small_settings import NOBODY_LISTENS, TOKEN, known_peer, small_settings

pytestmark = pytest.mark.usefixtures("laid")
DEADLINE_S = 60.0
ANNOUNCE_S = 1234.5
"""Seen by nothing but the time of a test."""


def settings(folder: Path, *, acs: int = NOBODY_LISTENS, http: int = 0, network: str = "127.0.0.0/8") -> Settings:
    return small_settings(folder, acs=acs, http=http, more=known_peer(network))


class Caller:
    """What the outside does: posts, asks, reads."""

    def __init__(self, gateway: Gateway, session: aiohttp.ClientSession) -> None:
        self.gateway = gateway
        self._session = session

    async def post(self, number: str = "R1") -> tuple[int, str | None, bytes]:
        data = encode(new_request(number))
        url = f"http://127.0.0.1:{self.gateway.ports['http']}/iso18626"
        async with self._session.post(url, data=data, headers={"Content-Type": "application/xml"}) as response:
            return response.status, response.headers.get("Retry-After"), await response.read()

    async def operations(self, path: str) -> tuple[int, str]:
        async with self._session.get(f"http://127.0.0.1:{self.gateway.ports['operations']}{path}") as response:
            return response.status, await response.text()

    async def api(self, path: str, token: str = TOKEN) -> tuple[int, Any]:
        url = f"http://127.0.0.1:{self.gateway.ports['api']}/api/v1{path}"
        async with self._session.get(url, headers={"Authorization": f"Bearer {token}"}) as response:
            return response.status, await response.json()


def new_request(number: str) -> iso.Request:
    header = iso.Header(
        supplying_agency_id=values.AgencyId.of("ISIL:XX-EXAMPLE"),
        requesting_agency_id=values.AgencyId.of("ISIL:XX-PARTNER"),
        timestamp=datetime(2026, 10, 28, tzinfo=UTC),
        requesting_agency_request_id=number,
    )
    return iso.Request(header=header, bibliographic_info=iso.BibliographicInfo(title="The Imaginary Almanac"))


@asynccontextmanager
async def running(given: Settings) -> AsyncIterator[Caller]:
    async with Gateway(given) as gateway, aiohttp.ClientSession() as session:
        yield Caller(gateway, session)


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not await condition():
            await asyncio.sleep(0.01)


async def test_without_a_circulation_system_peers_are_confirmed_and_readyz_says_what_is_missing(tmp_path: Path):
    async with running(settings(tmp_path)) as caller:
        status, _, confirmation = await caller.post()
        message = decode(confirmation).message
        assert isinstance(message, iso.RequestConfirmation)
        assert (status, message.confirmation_header.message_status) == (200, MessageStatus.OK)
        ready, told = await caller.operations("/readyz")
        assert ready == 200, "work is postponed, confirmations still go out"
        assert "its work is postponed" in told


async def test_a_message_goes_before_pages_until_it_is_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    async with running(settings(tmp_path)) as caller:
        way, commit, left_s = caller.gateway._ground.right_of_way, caller.gateway.store.commit, list[float]()

        async def look_and_commit(change: Change) -> None:
            left_s.append(await way.stand_aside(0.01))
            await commit(change)

        monkeypatch.setattr(caller.gateway.store, "commit", look_and_commit)
        await caller.post()
        monkeypatch.undo()
        assert left_s[0] == 0.0
        assert await way.stand_aside(DEADLINE_S) == DEADLINE_S


async def test_with_a_circulation_system_everything_is_well(tmp_path: Path):
    acs = await serve_acs(AcsSettings(login=Login("sip", "open")))
    async with acs, running(settings(tmp_path, acs=acs.port)) as caller:

        async def well() -> bool:
            status, told = await caller.operations("/readyz")
            return status == 200 and "postponed" not in told

        await until(well)
        assert (await caller.operations("/healthz"))[0] == 200


async def test_metrics_show_the_message_the_tasks_and_the_states(tmp_path: Path):
    async with running(settings(tmp_path)) as caller:
        await caller.post()
        _, text = await caller.operations("/metrics")
        assert 'ill_messages_received_total{peer="sample",result="ok",type="request"} 1.0' in text
        assert 'ill_requests{state="awaiting approval"} 1.0' in text
        assert 'ill_open_tasks{kind="approve partner"} 1.0' in text


async def test_while_draining_messages_are_taken_and_kept_for_whoever_works_next(tmp_path: Path):
    async with running(settings(tmp_path)) as caller:
        await caller.gateway.drain()
        assert (await caller.operations("/readyz"))[0] == 503
        assert (await caller.post())[0] == 200
        assert sum((await caller.gateway.store.count_by_state()).values()) == 1


async def test_a_gateway_that_leaves_says_so_and_takes_messages_meanwhile(tmp_path: Path):
    async with running(settings(tmp_path)) as caller:
        await caller.gateway.announce()
        assert (await caller.operations("/readyz"))[0] == 503
        assert (await caller.operations("/healthz"))[0] == 200
        assert (await caller.post())[0] == 200


class SlowProxy(SystemTime):
    """Time in which a proxy in front goes on sending while so many waits for it to notice pass, one message in each."""

    def __init__(self, notices_after: int) -> None:
        self.notices_after = notices_after
        self.waits = 0
        self.send: Callable[[str], Awaitable[object]]

    async def sleep(self, delay_s: float) -> None:
        if delay_s != ANNOUNCE_S:
            await super().sleep(delay_s)
            return
        self.waits += 1
        if self.waits <= self.notices_after:
            await self.send(f"R{self.waits}")


@pytest.mark.parametrize(("notices_after", "waits"), [(0, 1), (2, 3), (1000, ANNOUNCED_AT_MOST)])
async def test_it_stays_until_the_proxy_has_noticed_but_not_for_ever(tmp_path: Path, notices_after: int, waits: int):
    proxy = SlowProxy(notices_after)
    given = settings(tmp_path)
    announcing = given.operations.model_copy(update={"announce_s": ANNOUNCE_S})
    given = given.model_copy(update={"operations": announcing})
    async with Gateway(given, time=proxy) as gateway, aiohttp.ClientSession() as session:
        proxy.send = Caller(gateway, session).post
        await gateway.announce()
    assert proxy.waits == waits


async def test_who_is_not_known_is_not_let_in(tmp_path: Path):
    async with running(settings(tmp_path, network="192.0.2.0/24")) as caller:
        assert (await caller.post())[0] == 403


async def test_a_peer_that_is_switched_off_is_not_let_in_at_once(tmp_path: Path):
    async with running(settings(tmp_path)) as caller:
        assert (await caller.post())[0] == 200
        peer = caller.gateway.directory.peer("sample")
        assert peer is not None
        await put(caller.gateway.store, type(peer)(id=peer.id, agencies=peer.agencies, enabled=False))
        await caller.gateway._directory_changed()
        assert (await caller.post("R2"))[0] == 403


async def test_the_token_of_the_configuration_opens_the_api_and_no_other_does(tmp_path: Path):
    async with running(settings(tmp_path)) as caller:
        await caller.post()
        status, found = await caller.api("/requests")
        assert status == 200
        assert len(found["requests"]) == 1
        assert (await caller.api("/requests", token="admin.something-else-that-is-long-enough-too"))[0] == 401


async def test_what_was_confirmed_is_there_after_a_restart(tmp_path: Path):
    given = settings(tmp_path)
    async with running(given) as caller:
        _, _, first = await caller.post()
    async with running(given) as caller:
        _, _, again = await caller.post()
        assert again == first, "the stored confirmation"
        _, found = await caller.api("/requests")
        assert len(found["requests"]) == 1


async def test_a_second_gateway_on_the_same_file_is_refused_in_words(tmp_path: Path):
    given = settings(tmp_path)
    async with running(given):
        with pytest.raises(StoreUnavailable, match="already open"):
            async with running(given):
                pass


async def test_a_failed_start_leaves_nothing_open(tmp_path: Path):
    (tmp_path / "one").mkdir()
    async with running(settings(tmp_path / "one")) as caller:
        taken = settings(tmp_path, http=caller.gateway.ports["http"])
        words = rf"^\[http\] can't listen at 127.0.0.1:{taken.http.port}: another program listens there$"
        with pytest.raises(OSError, match=words):
            async with running(taken):
                pass
    async with running(settings(tmp_path)):
        pass


async def test_circulation_system_and_requests_are_compared_on_demand_and_by_the_clock_unless_that_is_switched_off(
    tmp_path: Path,
):
    def waits_for_the_night() -> bool:
        return "reconcile" in {task.get_name() for task in asyncio.all_tasks()}

    given = settings(tmp_path)
    async with running(given) as caller:
        assert waits_for_the_night()
        report = await caller.gateway.reconciler.run()
        assert (report.accounts, report.differences) == ((), ()), "no partner has an account"
    never = given.model_copy(update={"acs": given.acs.model_copy(update={"reconcile_at": ""})})
    async with running(never):
        assert not waits_for_the_night()
