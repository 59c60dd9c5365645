"""What `ill-gateway doctor` tries of partners' systems: each that the gateway knows, connected to once, without a message.

A gateway that runs is asked to try them, if the settings name a token: it knows all of them, and it is the one that must reach them. Else they are tried from
here: those of the store, if no gateway has it open, and those that the settings name if there is none.
"""

import asyncio
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

import aiohttp
import msgspec

from gateway.app.findings import DoctorFinding, Level
from gateway.clock import SystemTime
from gateway.config import Settings
from gateway.desk.structs.directory import PeerList, PeerTried
from gateway.workflow.partners import Peer

PATIENCE_S: Final = 30.0
"""For all that the gateway tries: it waits for each 10 s."""
_SUBJECT: Final = "partners' systems"
_NONE: Final = DoctorFinding(_SUBJECT, Level.UNSEEN, "None is known that has an address.")


class _NotAskedError(Exception):
    """The gateway that runs could not be asked; the text says why, and what to do."""


async def try_peers(settings: Settings, *, is_running: bool) -> list[DoctorFinding]:
    """Connect to the system of each partner, and tell what came of it."""
    words = ""
    try:
        if is_running:
            return await _by_gateway(settings) or [_NONE]
        peers, words = await _known(settings)
    except _NotAskedError as why:
        peers, words = settings.peer_seeds(), f"Only those that the settings name were tried: {why}"
    findings = await _from_here(settings, [peer for peer in peers if peer.enabled and peer.url])
    if words:
        findings.append(DoctorFinding(_SUBJECT, Level.UNSEEN, words))
    return findings or [_NONE]


async def _by_gateway(settings: Settings) -> list[DoctorFinding]:
    """Have the gateway try them. Raises _NotAskedError."""
    token = settings.api.admin_token
    if token is None:
        raise _NotAskedError("name [api] admin_token there, and the gateway tries all.")
    host = "127.0.0.1" if settings.api.host in {"0.0.0.0", "::"} else settings.api.host  # noqa: S104 - compared
    address = f"http://{host}:{settings.api.port}/api/v1/peers"
    headers = {"Authorization": f"Bearer {token.get_secret_value()}", "Content-Type": "application/json"}
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(PATIENCE_S), headers=headers) as http:
            async with http.get(address, raise_for_status=True) as answer:
                listed = msgspec.json.decode(await answer.read(), type=PeerList)
            names = [peer.id for peer in listed.peers if peer.enabled and peer.url]
            return list(await asyncio.gather(*(_tried(http, address, name) for name in names)))
    except aiohttp.ClientResponseError as error:
        raise _NotAskedError(_refusal(error.status)) from None
    except (aiohttp.ClientError, TimeoutError, OSError, msgspec.DecodeError):
        raise _NotAskedError(
            f"the gateway's API does not answer at {host}:{settings.api.port} ([api] host and port)."
        ) from None


def _refusal(status: int) -> str:
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return "the gateway refuses [api] admin_token as the settings have it now; it knows the one that it was started with."
    return f"the gateway's API answered with HTTP {status}; its log says why."


async def _tried(http: aiohttp.ClientSession, address: str, peer: str) -> DoctorFinding:
    async with http.post(f"{address}/{peer}/try", data=b"{}", raise_for_status=True) as answer:
        tried = msgspec.json.decode(await answer.read(), type=PeerTried)
    return _finding(peer, ok=tried.ok, words=tried.words)


async def _known(settings: Settings) -> tuple[Sequence[Peer], str]:
    """Return the systems that can be known of from here; if these may not be all, in which words."""
    from gateway.store.factory import open_store, sqlite_path  # noqa: PLC0415 - only if no gateway runs
    from gateway.store.place import is_new  # noqa: PLC0415
    from gateway.store.port import StoreError  # noqa: PLC0415

    url = settings.store_url().get_secret_value()
    path = sqlite_path(url)
    if path is not None and is_new(path):
        return settings.peer_seeds(), ""
    store = open_store(url)
    try:
        await store.open()
        try:
            return await store.peers(), ""
        finally:
            await store.close()
    except StoreError:
        raise _NotAskedError("the store can't be read.") from None


async def _from_here(settings: Settings, peers: Sequence[Peer]) -> list[DoctorFinding]:
    """Connect to each as the gateway would."""
    from gateway.app.ground import lay  # noqa: PLC0415
    from gateway.dispatch.connections import Connections  # noqa: PLC0415
    from gateway.iso18626.client import Iso18626Client, client_session  # noqa: PLC0415

    clock = SystemTime()
    ground = lay(settings, clock)
    ground.security.learn(peers)
    async with client_session(ground.destinations.socket) as session:
        poster = Iso18626Client(session, now=clock.now, sleep=clock.sleep, on_exchange=lambda _exchange: None)
        tried = Connections(ground.security.endpoint, poster)
        attempts = await asyncio.gather(*(tried.attempt(peer) for peer in peers))
    return [
        _finding(peer.id, ok=attempt.ok, words=attempt.words) for peer, attempt in zip(peers, attempts, strict=True)
    ]


def _finding(peer: str, *, ok: bool, words: str) -> DoctorFinding:
    act = "" if ok else f"Ask {peer}, or look at its record and what we show it."
    return DoctorFinding(f"peer {peer}", Level.WELL if ok else Level.WRONG, words, act)
