"""Forms with a file (multipart/form-data, RFC 7578), read as they come: the file goes to a temporary one, fields stay in memory.

How many parts there are, how long their headers and how long the whole may be is known before anything is read; what comes in one go
is taken apart in one go, and no more: a body of a million tiny parts ends at the hundredth.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Final

from aiohttp import hdrs, web
from multidict import MultiDict
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser, parse_options_header

PARTS_MOST: Final = 200
"""A form with a file has a dozen fields."""
HEADERS_MOST: Final = 8
"""Of a part; RFC 7578 knows three."""
HEADER_BYTES: Final = 4096
BOUNDARY_LENGTH: Final = 70
"""RFC 2046, 5.1.1."""
CHUNK_BYTES: Final = 64 * 1024
TYPED_MOST: Final = 2 * 1024 * 1024
"""Bytes of all that was typed into a form: it stays in memory, however long its file may be."""


@dataclass(frozen=True)
class Handed:
    """A file that came with a form."""

    file: IO[bytes]
    size: int

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield its bytes."""
        await asyncio.to_thread(self.file.seek, 0)
        while chunk := await asyncio.to_thread(self.file.read, CHUNK_BYTES):
            yield chunk

    async def data(self) -> bytes:
        """Return all of it, for a file that is no longer than a form may be."""
        return b"".join([chunk async for chunk in self.chunks()])


Fields = MultiDict[str | Handed]


class TypedTooLong(web.HTTPRequestEntityTooLarge):
    """More was typed into a form than is taken, however long its file may be."""


async def read_parts(http: web.BaseRequest, most_bytes: int, files: ExitStack) -> Fields:
    """Read a form; its files are there until `files` is left. Raises HTTPBadRequest, HTTPRequestEntityTooLarge."""
    fields: Fields = MultiDict()

    def file() -> IO[bytes]:
        return files.enter_context(TemporaryFile())

    await _read(http, fields, most_bytes, TYPED_MOST, file)
    return fields


async def read_texts(http: web.BaseRequest, most_bytes: int, most_typed: int) -> Fields:
    """Read what was typed into a form as far as so many bytes of it go; of its files stays that there were some.

    Raises HTTPBadRequest, TypedTooLong.
    """
    fields: Fields = MultiDict()
    with _nowhere() as nowhere:
        try:
            await _read(http, fields, most_bytes, most_typed, lambda: nowhere)
        except TypedTooLong:
            raise
        except web.HTTPRequestEntityTooLarge:
            pass  # a long file hides what is behind it
    return fields


def _nowhere() -> IO[bytes]:
    return Path(os.devnull).open("wb")


async def _read(
    http: web.BaseRequest, fields: Fields, most_bytes: int, most_typed: int, file: Callable[[], IO[bytes]]
) -> None:
    try:
        await _taken_apart(http, fields, most_bytes, most_typed, file)
    except ParserLimitReached:
        raise web.HTTPRequestEntityTooLarge(max_size=PARTS_MOST, actual_size=PARTS_MOST + 1) from None
    except (MultipartError, UnicodeDecodeError):
        raise web.HTTPBadRequest from None


async def _taken_apart(
    http: web.BaseRequest, fields: Fields, most_bytes: int, most_typed: int, file: Callable[[], IO[bytes]]
) -> None:
    parser = PushMultipartParser(
        _boundary(http),
        max_header_size=HEADER_BYTES,
        max_header_count=HEADERS_MOST,
        max_segment_count=PARTS_MOST,
        strict=True,
    )
    part: _Part | None = None
    typed = 0
    with parser:
        async for chunk in _arriving(http, most_bytes):
            for event in parser.parse(chunk):
                if isinstance(event, MultipartSegment):
                    part = _Part(event.name, None if event.filename is None else file())
                elif part is not None and event is not None:
                    typed += 0 if part.is_file else len(event)
                    if typed > most_typed:
                        raise TypedTooLong(max_size=most_typed, actual_size=typed)
                    await part.take(bytes(event))
                elif part is not None:
                    part.end(fields)


def _boundary(http: web.BaseRequest) -> str:
    _kind, options = parse_options_header(http.headers.get(hdrs.CONTENT_TYPE, ""))
    boundary = str(options.get("boundary", ""))
    if not 0 < len(boundary) <= BOUNDARY_LENGTH:
        raise web.HTTPBadRequest
    return boundary


async def _arriving(http: web.BaseRequest, most_bytes: int) -> AsyncIterator[bytes]:
    """What comes, in pieces that are short enough to be taken apart at once; between them it is everybody else's turn."""
    size = 0
    while chunk := await http.content.read(CHUNK_BYTES):
        size += len(chunk)
        if size > most_bytes:
            raise web.HTTPRequestEntityTooLarge(max_size=most_bytes, actual_size=size)
        yield chunk
        await asyncio.sleep(0)


class _Part:
    """A part that is being read; one that names its file is a file, even if the name is empty."""

    def __init__(self, name: str, file: IO[bytes] | None) -> None:
        self._name = name
        self._file = file
        self._text = bytearray()
        self._size = 0

    @property
    def is_file(self) -> bool:
        """Whether it goes to a file."""
        return self._file is not None

    async def take(self, data: bytes) -> None:
        """Keep more of it."""
        self._size += len(data)
        if self._file is None:
            self._text += data
        else:
            await asyncio.to_thread(self._file.write, data)

    def end(self, fields: Fields) -> None:
        """Hand it over; of a file that nobody chose nothing is."""
        if self._file is None:
            fields.add(self._name, self._text.decode())
        elif self._size:
            fields.add(self._name, Handed(self._file, self._size))
