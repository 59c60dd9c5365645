"""Forms with a file: taken apart as they come, within bounds; no form of anybody's holds the others up."""

import asyncio
import gc
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest
from aiohttp import web

from gateway.pages.guards import HEADER
from gateway.pages.parts import PARTS_MOST, Fields, Handed, read_parts
from gateway.workflow.records import State
from tests.pages.conftest import SignIn, Site
from tests.pages.test_one_request import with_request

TEXT = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="scan.pdf"\r\n\r\n'
END = b"\r\n--b--\r\n"
STRETCH_S = 0.050


async def read(
    body: bytes, files: ExitStack, most: int = 10_000, content_type: str = "multipart/form-data; boundary=b"
) -> Fields:
    """Read a body as it might come: in pieces of any length."""
    content = asyncio.StreamReader()
    content.feed_data(body)
    content.feed_eof()
    http = SimpleNamespace(headers={"Content-Type": content_type}, content=content)
    return await read_parts(cast(web.BaseRequest, http), most, files)


async def test_fields_are_texts_and_files_are_files() -> None:
    with ExitStack() as files:
        fields = await read(TEXT + "Mémoires".encode() + b"\r\n" + FILE + b"%PDF-\r\n--" + END, files)
        assert fields["a"] == "Mémoires"
        file = fields["file"]
        assert isinstance(file, Handed)
        assert (file.size, await file.data()) == (9, b"%PDF-\r\n--")
    assert file.file.closed


async def test_a_file_that_nobody_chose_is_none() -> None:
    with ExitStack() as files:
        assert "file" not in await read(FILE.replace(b"scan.pdf", b"") + END, files)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (TEXT + b"x" * 10_000 + END, 413),
        ((TEXT + b"\r\n") * (PARTS_MOST + 1), 413),
        (b"--b\r\n" + b"X: y\r\n" * 20 + b"\r\n", 413),
        (b"--b\r\nX: " + b"y" * 5_000 + b"\r\n\r\n", 413),
        (TEXT + b"broken off", 400),
        (b"no parts at all", 400),
        (TEXT + b"\xff" + END, 400),
        (b"--b\nX: y\n\n", 400),
    ],
    ids=[
        "long",
        "parts",
        "headers",
        "a long header",
        "broken off",
        "nothing",
        "no UTF-8",
        "no line ends",
    ],
)
async def test_what_is_no_form_of_ours_is_refused(body: bytes, status: int) -> None:
    with ExitStack() as files, pytest.raises(web.HTTPException) as refused:
        await read(body, files)
    assert refused.value.status == status


@pytest.mark.parametrize("named", ["multipart/form-data", f"multipart/form-data; boundary={'b' * 71}"])
async def test_a_boundary_is_named_and_short(named: str) -> None:
    with ExitStack() as files, pytest.raises(web.HTTPBadRequest):
        await read(TEXT + END, files, content_type=named)


@contextmanager
def stretches(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """How long each callback of the event loop takes, in processor time, without what the whole suite's garbage costs; none is interrupted."""
    run, took_s = asyncio.events.Handle._run, [0.0]

    def measured(handle: asyncio.Handle) -> None:
        began_s = time.thread_time()
        run(handle)
        took_s.append(time.thread_time() - began_s)

    gc.disable()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(asyncio.events.Handle, "_run", measured)
            yield took_s
    finally:
        gc.enable()


HOSTILE: dict[str, bytes] = {
    "tiny parts": (TEXT + b"\r\n") * 40_000,
    "parts without end": b"--b\r\n" * 400_000,
    "almost boundaries": TEXT + b"\r\n--" * 500_000 + END,
    "boundaries that go on": TEXT + b"\r\n--bb" * 300_000 + END,
    "line ends before the first": b"\r\n" * 1_000_000 + TEXT + END,
    "headers": b"--b\r\n" + b"X: y\r\n" * 300_000,
    "a header of megabytes": b"--b\r\nX: " + b"y" * 2_000_000,
    "a name of semicolons": b"--b\r\nContent-Disposition: form-data; " + b"a=b;" * 1_000 + b"\r\n\r\n" + END,
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_no_form_of_somebody_signed_in_holds_the_others_up(
    site: Site, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    await with_request(site, state=State.TO_COPY)
    browser = await sign_in()
    await browser.get("/requests/r1")
    headers = {"Content-Type": "multipart/form-data; boundary=b", HEADER: browser.form_token}

    async def body() -> Any:
        for start in range(0, len(HOSTILE[name]), 32_768):
            yield HOSTILE[name][start : start + 32_768]

    with stretches(monkeypatch) as took_s:
        try:
            async with browser.http.post(
                browser.url + "/requests/r1/acts/copy-sent", data=body(), headers=headers
            ) as answer:
                assert answer.status < 500
        except (ConnectionResetError, OSError):  # it was refused before all of it had come
            pass
        assert (await browser.get("/help"))[0] == 200
    assert max(took_s) < STRETCH_S, f"{max(took_s):.3f} s"
