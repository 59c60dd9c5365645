"""Lists made into workbooks (XLSX), away from the event loop: each in a process of its own, one after the other, fed piece by piece.

Neither the process nor the gateway holds the rows: they come from the store in pieces, and what is written so far lies in a file that is
dropped when it was read.
"""

import asyncio
import contextlib
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from gateway.documents.sheet import SheetHead
from gateway.spreadsheets import csv_rows

PATIENCE_S: Final = 120.0
"""For one workbook; 100,000 rows take some ten seconds."""
MOST_WAITING: Final = 8
_MODULE: Final = "gateway.documents.workbook"
Pieces = AsyncIterator[Sequence[Sequence[Any]]]
"""Rows, piece by piece."""

_ENCODER: Final = msgspec.json.Encoder()


class NotWritten(Exception):  # noqa: N818 - an outcome, in words for whoever asked
    """There is no workbook; the text says why."""


class Workbooks:
    """Writes one workbook after the other."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def xlsx(self, sheet: SheetHead, pieces: Pieces) -> bytes:
        """Write a workbook. Raises NotWritten."""
        if self._waiting >= MOST_WAITING:
            raise NotWritten("Too many workbooks are being written: try again in a moment.")
        self._waiting += 1
        try:
            async with self._turn, asyncio.timeout(PATIENCE_S):
                return await _written(sheet, pieces)
        except TimeoutError:
            raise NotWritten(
                f"Writing took more than {PATIENCE_S:g} s and was stopped: ask for a shorter period."
            ) from None
        finally:
            self._waiting -= 1


async def csv(sheet: SheetHead, pieces: Pieces) -> str:
    """Write the same as CSV."""
    written = [csv_rows([sheet.headings])]
    async for piece in pieces:
        written.append(csv_rows(piece))
        await asyncio.sleep(0)
    return "".join(written)


async def _written(sheet: SheetHead, pieces: Pieces) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            _MODULE,
            str(path),
            stdin=-1,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=-1,
            env=_environment(folder),
        )
        try:
            words = await _fed(process, sheet, pieces)
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode != 0:
            raise NotWritten(
                f"The process that writes workbooks has broken down: {words.splitlines()[-1:] or ['no words']}"
            )
        return path.read_bytes()


async def _fed(process: asyncio.subprocess.Process, sheet: SheetHead, pieces: Pieces) -> str:
    """Give the process its rows as fast as it takes them; return what it complains of."""
    assert process.stdin is not None
    assert process.stderr is not None
    said = asyncio.create_task(process.stderr.read())
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(_ENCODER.encode(sheet) + b"\n")
        async for piece in pieces:
            process.stdin.write(b"".join(_ENCODER.encode(row) + b"\n" for row in piece))
            await process.stdin.drain()
        process.stdin.close()
    words = (await said).decode("utf-8", "replace")
    await process.wait()
    return words


def _environment(folder: str) -> dict[str, str]:
    """What the process may know: where our modules are, and none of the gateway's secrets."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "TMPDIR": folder, "LC_ALL": "C.UTF-8"}
