"""The lending policy over the API: JSON of it, whole; pausing lending is a policy too."""

from typing import Annotated

import msgspec
from aiohttp import web

from gateway.web.answers import ConflictError, ok, read_json
from gateway.web.ports import Api, Call
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
