"""Files of copies: taken with the one act that they are for, handed out again, and shown beside their request.

A scan that is handed in with `copy-sent` gets an address that nobody can guess, and the partner a link to it; one that comes with
`handed-over` is kept for the customer's branch. What it is, its own bytes say (`copy_kinds`); what it is called, its request.
The file is there before its act is asked for: no partner is told of an address at which there is nothing. One whose act is refused is
dropped, and whatever else is left over goes with its time (`dispatch/copy_sweep.py`).
"""

import secrets
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Final, get_args

import msgspec

from gateway.desk.access import Caller
from gateway.desk.acts import act
from gateway.desk.copy_kinds import CopyKind
from gateway.desk.errors import ConflictError, DeskError, HasNoneError, UnusableError
from gateway.desk.kept_files import UPLOADING, handed_out, keep_file
from gateway.desk.ports import CopyRules, Desk
from gateway.desk.scans import request_of
from gateway.desk.shown import shown
from gateway.desk.structs.acts import ActBody, Acted
from gateway.desk.structs.common import Incoming, Outgoing
from gateway.desk.structs.copies import CopyAct, CopyQuery, CopyShown
from gateway.dispatch.roles import TABLES
from gateway.store.copies_port import CopyFile
from gateway.store.port import Store
from gateway.workflow.meaning import NAMES
from gateway.workflow.records import Request
from gateway.workflow.triggers import StaffAction

A = StaffAction

PATH: Final = "/copies/"
"""Where partners fetch files, behind it what nobody can guess."""
MOST_BYTES: Final = 200 * 1024 * 1024
"""No page and no call takes more, whatever the settings say."""
WITH_FILE: Final = frozenset(map(A, get_args(CopyAct)))
"""The acts that take a file."""
_NO_ADDRESS: Final = "file: partners can't fetch files from here, for [copies] public_url is not set. Enter a link, or leave both empty if it was posted."


async def hand_in_copy(desk: Desk, caller: Caller, request: str, query: CopyQuery, body: Incoming) -> Acted:
    """Take the file of a copy and do the act that it is for, in one step.

    The body is the file: PDF, TIFF, JPEG or PNG. With copy-sent the partner gets a link to it; with handed-over it is kept for the
    customer's branch.
    """
    said = ActBody(
        note=query.note,
        inside=query.inside,
        undo_s=query.undo_s,
        seen_in=query.seen_in,
        seen=query.seen,
        key=query.key,
    )
    return await act_with_copy(desk, caller, request, A(query.act), said, chunks=body.chunks)


async def act_with_copy(
    desk: Desk, caller: Caller, request: str, action: StaffAction, body: ActBody, *, chunks: AsyncIterator[bytes]
) -> Acted:
    """Keep a file, and do the act that it comes with. Raises UnusableError, ConflictError, and as `act` does."""
    found = await request_of(desk.store, request)
    _check(desk.copies, found, action, body)
    token = secrets.token_urlsafe(32)
    file = await _keep(desk, caller, found, _id_of(token), chunks)
    link = f"{desk.copies.public_url}{PATH}{token}" if action is A.COPY_SENT else None
    try:
        acted = await act(desk, caller, found.id, action, msgspec.structs.replace(body, link=link))
    except DeskError:
        await desk.store.copies.drop(file.id)
        raise
    await _settle(desk.store, file, is_taken=acted.result == "done" and not acted.repeated)
    return acted


def _check(copies: CopyRules, request: Request, action: StaffAction, body: ActBody) -> None:
    """Refuse what could come to nothing before the file is read; the table has the last word."""
    if action not in WITH_FILE:
        raise UnusableError(f"file: for {' and '.join(sorted(WITH_FILE))} alone.")
    if body.link:
        raise UnusableError("link: give a file or a link, not both.")
    if action is A.COPY_SENT and copies.public_url is None:
        raise UnusableError(_NO_ADDRESS)
    table = TABLES[request.role]
    if body.key is None and action not in table.actions(request.state):
        raise ConflictError(
            f"“{NAMES[action]}” is not possible while the request is “{table.standing(request.state).name}”."
        )


# ── in ───────────────────────────────────────────────────────────────────────────────────────────


async def _keep(desk: Desk, caller: Caller, request: Request, name: str, chunks: AsyncIterator[bytes]) -> CopyFile:
    """Write a file into the store, piece by piece. Raises UnusableError; nothing is left of it then."""
    return await keep_file(
        desk.store,
        chunks,
        most_bytes=desk.copies.most_bytes,
        begun=lambda kind: _begun(desk, caller, request, name, kind),
        until=lambda: desk.now() + desk.copies.kept,
    )


def _begun(desk: Desk, caller: Caller, request: Request, name: str, kind: CopyKind) -> CopyFile:
    return CopyFile(
        id=name,
        request=request.id,
        name=f"{request.id}.{kind.suffix}",
        content_type=kind.content_type,
        by=caller.name,
        at=desk.now(),
        ends_at=desk.now() + UPLOADING,
    )


async def _settle(store: Store, file: CopyFile, *, is_taken: bool) -> None:
    """Of a request's files the one that was taken stays alone; one with which nothing was done goes."""
    gone = [each for each in await store.copies.of_request(file.request) if each.is_complete and each.id != file.id]
    for each in gone if is_taken else [file]:
        await store.copies.drop(each.id)


# ── out ──────────────────────────────────────────────────────────────────────────────────────────


def _id_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()


async def fetched_by(desk: Desk, token: str) -> Outgoing | None:
    """Return the file at an address, as long as it is there."""
    file = await desk.store.copies.file(_id_of(token))
    return handed_out(desk.store, file) if file is not None and _is_there(desk, file) else None


async def fetch_copy(desk: Desk, _caller: Caller, request: str) -> Outgoing:
    """Return a request's file. Raises NotThereError."""
    found = await request_of(desk.store, request)
    file = await _newest(desk, found.id)
    if file is None:
        raise HasNoneError("No file is kept of this request.")
    return handed_out(desk.store, file)


async def show_copy(desk: Desk, request: str) -> CopyShown | None:
    """Say what is kept of a request."""
    file = await _newest(desk, request)
    return None if file is None else shown(file, CopyShown)


async def _newest(desk: Desk, request: str) -> CopyFile | None:
    files = [file for file in await desk.store.copies.of_request(request) if _is_there(desk, file)]
    return max(files, key=lambda file: file.at, default=None)


def _is_there(desk: Desk, file: CopyFile) -> bool:
    return file.is_complete and file.ends_at > desk.now()
