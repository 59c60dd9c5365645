"""What `ill-gateway doctor` tries of partners' systems: each that the gateway knows, connected to once, without a message.

A gateway that runs is asked to try them, if the settings name a token: it knows all of them, and it is the one that must reach them. Else they are tried from
here: those of the store, if no gateway has it open, and those that the settings name if there is none.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import aiohttp
import msgspec

from gateway.app.doctor_asking import NotAskedError, asking_gateway, opened_store
from gateway.app.findings import DoctorFinding, Level
from gateway.clock import SystemTime
from gateway.config import Settings
from gateway.desk.structs.directory import PeerList, PeerTried
from gateway.workflow.partners import Peer

_SUBJECT: Final = "partners' systems"
_NONE: Final = DoctorFinding(_SUBJECT, Level.UNSEEN, "None is known that has an address.")


async def try_peers(settings: Settings, *, is_running: bool) -> list[DoctorFinding]:
    """Connect to the system of each partner, and tell what came of it."""
    words = ""
    try:
        if is_running:
            return await _by_gateway(settings) or [_NONE]
        peers = await _known(settings)
    except NotAskedError as why:
        peers, words = settings.peer_seeds(), f"Only those that the settings name were tried: {why}"
    findings = await _from_here(settings, [peer for peer in peers if peer.enabled and peer.url])
    if words:
        findings.append(DoctorFinding(_SUBJECT, Level.UNSEEN, words))
    return findings or [_NONE]


async def _by_gateway(settings: Settings) -> list[DoctorFinding]:
    """Have the gateway try them. Raises NotAskedError."""
    async with asking_gateway(settings) as (http, api):
        async with http.get(f"{api}/peers") as answer:
            listed = msgspec.json.decode(await answer.read(), type=PeerList)
        names = [peer.id for peer in listed.peers if peer.enabled and peer.url]
        return list(await asyncio.gather(*(_tried(http, f"{api}/peers", name) for name in names)))


async def _tried(http: aiohttp.ClientSession, address: str, peer: str) -> DoctorFinding:
    async with http.post(f"{address}/{peer}/try", data=b"{}") as answer:
        tried = msgspec.json.decode(await answer.read(), type=PeerTried)
    return _finding(peer, ok=tried.ok, words=tried.words)


async def _known(settings: Settings) -> Sequence[Peer]:
    """Return the systems that can be known of from here. Raises NotAskedError."""
    async with opened_store(settings) as store:
        return settings.peer_seeds() if store is None else await store.peers()


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
