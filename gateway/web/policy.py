"""The lending policy over the API: look at it, change it as a whole, look back, try it; pausing lending is a policy too."""

from typing import Annotated, Final

import msgspec
from aiohttp import web

from gateway.dispatch.trial import Question, UnknownPartner
from gateway.partners.reading import Fault
from gateway.sip2.errors import NotSent, Unknown
from gateway.store.port import VersionConflict
from gateway.web.answers import ConflictError, NotThereError, UnusableError, ok, read_json
from gateway.web.policy_rules import pause_faults, policy_faults
from gateway.web.ports import Api, Call
from gateway.web.queries import whole_number
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.policy import Policy

VERSIONS_MAX: Final = 1000


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


async def list_versions(api: Api, call: Call) -> web.Response:
    """GET policy/versions: who wrote which version when, newest first."""
    limit = whole_number(call.http.query, "limit", default=50, least=1, most=VERSIONS_MAX)
    return ok({"versions": await api.store.policies(limit=limit)})


async def show_version(api: Api, call: Call) -> web.Response:
    """GET policy/versions/{version}: the policy as it was then."""
    version = int(call.http.match_info["version"])
    document = await api.store.policy_of(version)
    if document is None:
        raise NotThereError("There is no such version of the policy.")
    return ok({"version": version, "policy": msgspec.json.decode(document, type=Policy)})


async def replace_policy(api: Api, call: Call) -> web.Response:
    """PUT policy: a new version, unless somebody else made one since. Every fault is told at once."""
    body = await read_json(call.http, PolicyBody)
    _check(policy_faults(body.policy, await api.store.partners()))
    return await _save(api, call, body.policy, body.version)


async def pause_lending(api: Api, call: Call) -> web.Response:
    """POST lending/pause: every new request gets the automatic answer; loans under way go on."""
    body = await read_json(call.http, PauseBody)
    version, policy = await _policy(api)
    paused = msgspec.structs.replace(
        policy,
        paused=True,
        paused_reason=body.reason or policy.paused_reason,
        paused_note=policy.paused_note if body.note is None else body.note,
    )
    _check(pause_faults(paused))
    return await _save(api, call, paused, version)


async def resume_lending(api: Api, call: Call) -> web.Response:
    """POST lending/resume: new requests are looked at again."""
    version, policy = await _policy(api)
    return await _save(api, call, msgspec.structs.replace(policy, paused=False), version)


async def try_policy(api: Api, call: Call) -> web.Response:
    """POST policy/try: what a request would be answered with and why. Nothing is written, held or sent; 17 may be asked."""
    question = await read_json(call.http, Question)
    try:
        return ok(await api.policy_try(question))
    except UnknownPartner:
        raise UnusableError("partner: there is none with this id or symbol.") from None
    except (NotSent, Unknown) as trouble:
        raise ConflictError(f"The circulation system can't be asked: {trouble} Assume a status instead.") from None
    except CatalogueSilentError as silent:
        raise ConflictError(f"The catalogue can't be asked: {silent}") from None


async def _policy(api: Api) -> tuple[int, Policy]:
    kept = await api.store.policy()
    if kept is None:
        return 0, Policy()
    version, document = kept
    return version, msgspec.json.decode(document, type=Policy)


def _check(faults: tuple[Fault, ...]) -> None:
    if faults:
        raise UnusableError(" ".join(map(str, faults)))


async def _save(api: Api, call: Call, policy: Policy, after: int) -> web.Response:
    document = msgspec.json.encode(policy)
    try:
        version = await api.store.save_policy(document, at=api.now(), by=call.caller.name, after=after)
    except VersionConflict:
        raise ConflictError("The policy was changed by somebody else just now: look at it, and try again.") from None
    await api.directory_changed()
    return ok({"version": version, "policy": policy})
