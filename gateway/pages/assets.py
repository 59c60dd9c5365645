"""Style sheet and scripts: read once, each served under an address that changes with its content, so that a browser may keep it for good.

Ours are sent without comments and without the blanks that only people need: a tenth of what the styles and scripts of a page weigh.
"""

import hashlib
import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Final

import msgspec
from aiohttp import web

STATIC: Final = Path(__file__).parent / "static"
PREFIX: Final = "/static"
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FOR_PEOPLE: Final = {
    ".css": re.compile(rb'("[^"]*")|/\*.*?\*/\s*|(?<=[{};:,])\s+|\s+(?=[{}])|;\s*(?=})', re.DOTALL),
    ".js": re.compile(rb"()^ *(?://.*)?\n|^ +", re.MULTILINE),
}
"""By a file's ending, what a browser need not get: all that is found but the first group, a string of the style sheet.

A script keeps its lines, for one may end a statement; it has no string of several lines (tests/pages/test_assets.py).
"""


class Asset(msgspec.Struct, frozen=True, kw_only=True):
    """One file."""

    name: str
    content: bytes
    digest: str

    @property
    def address(self) -> str:
        """Where a page fetches it."""
        return f"{PREFIX}/{self.digest[:16]}/{self.name}"


@cache
def assets() -> Mapping[str, Asset]:
    """Read all that pages fetch, by name."""
    paths = sorted(path for path in STATIC.iterdir() if path.suffix in _TYPES)
    return {path.name: _asset(path) for path in paths}


def address_of(name: str) -> str:
    """Return where a page fetches a file."""
    return assets()[name].address


async def send(http: web.Request) -> web.Response:
    """Answer with the file. Another content's address, as a page from before an update has it, gets today's file, not to be kept."""
    asset = assets().get(http.match_info["name"])
    if asset is None:
        return web.Response(status=HTTPStatus.NOT_FOUND, text="There is no such file.")
    is_current = asset.address == http.path
    kept = "public, max-age=31536000, immutable" if is_current else "no-cache"
    return web.Response(
        body=asset.content,
        content_type=_TYPES[Path(asset.name).suffix],
        charset="utf-8",
        headers={"Cache-Control": kept},
    )


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    if ".min." not in path.name and (for_people := _FOR_PEOPLE.get(path.suffix)):
        content = for_people.sub(rb"\1", content)
    return Asset(name=path.name, content=content, digest=hashlib.sha256(content).hexdigest())
