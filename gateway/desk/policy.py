"""The lending policy: look at it, change it as a whole, look back, try it; pausing lending is a policy too."""

import msgspec

from gateway.desk.access import Caller
from gateway.desk.errors import ConflictError, NotThereError, UnusableError
from gateway.desk.policy_forms import compared
from gateway.desk.policy_rules import pause_faults, policy_faults
from gateway.desk.ports import Desk
from gateway.desk.shown import shown
from gateway.desk.structs.common import Problem
from gateway.desk.structs.policy import (
    PauseBody,
    PolicyBody,
    PolicyShown,
    VersionCompared,
    VersionList,
    VersionShown,
    VersionsQuery,
)
from gateway.dispatch.trial import UnknownPartner
from gateway.partners.reading import RecordFault
from gateway.sip2.errors import NotSent, Unknown
from gateway.store.port import Store, VersionConflict
from gateway.workflow.finding import CatalogueSilentError
from gateway.workflow.policy import Policy
from gateway.workflow.trial import Trial, TrialQuestion


async def show_policy(desk: Desk, _caller: Caller) -> PolicyShown:
    """Return the one that counts now, and its version."""
    version, policy = await _policy(desk.store)
    return PolicyShown(version=version, policy=policy)


async def list_versions(desk: Desk, _caller: Caller, query: VersionsQuery) -> VersionList:
    """Say who wrote which version when, newest first."""
    kept = await desk.store.policies(limit=query.limit)
    return VersionList(versions=tuple(shown(version, VersionShown) for version in kept))


async def compare_version(desk: Desk, caller: Caller, version: int) -> VersionCompared:
    """Say what a version changed, beside the one before it; the first one beside the built-in policy."""
    after = await show_version(desk, caller, version)
    before = (await show_version(desk, caller, version - 1)).policy if version > 1 else Policy()
    return VersionCompared(version=version, lines=compared(before, after.policy))


async def show_version(desk: Desk, _caller: Caller, version: int) -> PolicyShown:
    """Return the policy as it was then."""
    document = await desk.store.policy_of(version)
    if document is None:
        raise NotThereError("There is no such version of the policy.")
    return PolicyShown(version=version, policy=msgspec.json.decode(document, type=Policy))


async def replace_policy(desk: Desk, caller: Caller, body: PolicyBody) -> PolicyShown:
    """Make a new version, unless somebody else made one since. Every fault is told at once."""
    _check(policy_faults(body.policy, await desk.store.partners()))
    return await _save(desk, caller, body.policy, body.version)


async def pause_lending(desk: Desk, caller: Caller, body: PauseBody) -> PolicyShown:
    """Give every new request the automatic answer; loans under way go on."""
    version, policy = await _policy(desk.store)
    paused = msgspec.structs.replace(
        policy,
        paused=True,
        paused_reason=body.reason or policy.paused_reason,
        paused_note=policy.paused_note if body.note is None else body.note,
    )
    _check(pause_faults(paused))
    return await _save(desk, caller, paused, version)


async def resume_lending(desk: Desk, caller: Caller) -> PolicyShown:
    """Look at new requests again."""
    version, policy = await _policy(desk.store)
    return await _save(desk, caller, msgspec.structs.replace(policy, paused=False), version)


async def try_policy(desk: Desk, _caller: Caller, body: TrialQuestion) -> Trial:
    """Say what a request would be answered with and why. Nothing is written, held or sent; 17 may be asked."""
    if body.policy is not None:
        _check(policy_faults(body.policy, await desk.store.partners()))
    try:
        return await desk.looking.policy_try(body)
    except UnknownPartner:
        raise UnusableError("partner: there is none with this id or symbol.") from None
    except (NotSent, Unknown) as trouble:
        raise ConflictError(f"The circulation system can't be asked: {trouble} Assume a status instead.") from None
    except CatalogueSilentError as silent:
        raise ConflictError(f"The catalogue can't be asked: {silent}") from None


async def _policy(store: Store) -> tuple[int, Policy]:
    kept = await store.policy()
    if kept is None:
        return 0, Policy()
    version, document = kept
    return version, msgspec.json.decode(document, type=Policy)


def _check(faults: tuple[RecordFault, ...]) -> None:
    if faults:
        problems = [Problem(column=fault.field, words=fault.words) for fault in faults]
        raise UnusableError(" ".join(map(str, faults)), problems)


async def _save(desk: Desk, caller: Caller, policy: Policy, after: int) -> PolicyShown:
    document = msgspec.json.encode(policy)
    try:
        version = await desk.store.save_policy(document, at=desk.now(), by=caller.name, after=after)
    except VersionConflict:
        raise ConflictError("The policy was changed by somebody else just now: look at it, and try again.") from None
    await desk.partners.changed()
    return PolicyShown(version=version, policy=policy)
