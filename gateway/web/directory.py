"""Peers, partners and the lending policy over the API: JSON of the records, whole; pausing lending is a policy too."""

from collections.abc import Iterable
from typing import Annotated, Final
from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from gateway.iso18626.codes import Version
from gateway.web.answers import ConflictError, UnusableError, ok, read_json
from gateway.web.ports import Api, Call
from gateway.workflow.partners import Partner, Peer
from gateway.workflow.policy import Policy


class PolicyBody(msgspec.Struct, frozen=True, kw_only=True):
    """What `PUT policy` takes: the whole policy, and the version that it changes."""

    version: int
    policy: Policy


class PauseBody(msgspec.Struct, frozen=True, kw_only=True):
    """What `POST lending/pause` takes: the automatic answer, where it is to be another than before."""

    reason: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    """A code of ReasonRetry."""
    note: Annotated[str, msgspec.Meta(max_length=4000)] | None = None


async def list_peers(api: Api, _call: Call) -> web.Response:
    """GET peers: the systems that connect. Their secrets are elsewhere, and only named."""
    return ok({"peers": await api.store.peers()})


async def save_peer(api: Api, call: Call) -> web.Response:
    """PUT peers/{peer}: add or replace one."""
    peer = await read_json(call.http, Peer)
    _check(_peer_faults(peer, call.http.match_info["peer"]))
    await api.store.save_peer(peer)
    await api.directory_changed()
    return ok(peer)


async def list_partners(api: Api, _call: Call) -> web.Response:
    """GET partners: the libraries we lend to."""
    return ok({"partners": await api.store.partners()})


async def save_partner(api: Api, call: Call) -> web.Response:
    """PUT partners/{partner}: add or replace one; a symbol belongs to one partner."""
    partner = await read_json(call.http, Partner)
    peers = {peer.id for peer in await api.store.peers()}
    _check(_partner_faults(partner, call.http.match_info["partner"], peers, await api.store.partners()))
    await api.store.save_partner(partner)
    await api.directory_changed()
    return ok(partner)


async def show_policy(api: Api, _call: Call) -> web.Response:
    """GET policy: the one that counts now, and its version; version 0 is the built-in one."""
    version, policy = await _policy(api)
    return ok({"version": version, "policy": policy})


async def replace_policy(api: Api, call: Call) -> web.Response:
    """PUT policy: a new version, unless somebody else made one since."""
    body = await read_json(call.http, PolicyBody)
    version, _ = await _policy(api)
    if body.version != version:
        raise ConflictError(f"The policy is at version {version} by now: look at it, and try again.")
    return await _save(api, call, body.policy)


async def pause_lending(api: Api, call: Call) -> web.Response:
    """POST lending/pause: every new request gets the automatic answer; loans under way go on."""
    body = await read_json(call.http, PauseBody)
    _, policy = await _policy(api)
    return await _save(
        api,
        call,
        msgspec.structs.replace(
            policy,
            paused=True,
            paused_reason=body.reason or policy.paused_reason,
            paused_note=policy.paused_note if body.note is None else body.note,
        ),
    )


async def resume_lending(api: Api, call: Call) -> web.Response:
    """POST lending/resume: new requests are looked at again."""
    _, policy = await _policy(api)
    return await _save(api, call, msgspec.structs.replace(policy, paused=False))


async def _policy(api: Api) -> tuple[int, Policy]:
    kept = await api.store.policy()
    if kept is None:
        return 0, Policy()
    version, document = kept
    return version, msgspec.json.decode(document, type=Policy)


async def _save(api: Api, call: Call, policy: Policy) -> web.Response:
    version = await api.store.save_policy(msgspec.json.encode(policy), at=api.now(), by=call.caller.name)
    await api.directory_changed()
    return ok({"version": version, "policy": policy})


_URL_SCHEMES: Final = frozenset({"http", "https"})


def _check(faults: Iterable[str]) -> None:
    words = " ".join(faults)
    if words:
        raise UnusableError(words)


def _peer_faults(peer: Peer, named: str) -> Iterable[str]:
    if peer.id != named:
        yield "id: not the one in the address."
    if peer.version not in set(Version):
        yield f"version: one of {', '.join(Version)}."
    if peer.url is not None and urlsplit(peer.url).scheme not in _URL_SCHEMES:
        yield "url: it starts with http:// or https://."
    yield from (
        f"agencies: “{agency}” is not type:value." for agency in peer.agencies if agency != "*" and ":" not in agency
    )


def _partner_faults(partner: Partner, named: str, peers: set[str], partners: Iterable[Partner]) -> Iterable[str]:
    if partner.id != named:
        yield "id: not the one in the address."
    if partner.peer not in peers:
        yield "peer: there is no such peer."
    yield from (f"symbols: “{symbol}” is not type:value." for symbol in partner.symbols if ":" not in symbol)
    taken = {symbol.casefold(): other.name for other in partners if other.id != partner.id for symbol in other.symbols}
    yield from (
        f"symbols: “{symbol}” belongs to {taken[symbol.casefold()]}."
        for symbol in partner.symbols
        if symbol.casefold() in taken
    )
