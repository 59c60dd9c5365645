"""What goes wrong between a command and the gateway is said in words, and never as a traceback."""

import asyncio
import socket
from argparse import Namespace

import pytest

from gateway.commands.base import Failure
from gateway.commands.client import ApiClient
from tests.commands.shell import Shell


def unused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    return port


async def test_no_gateway_at_all(shell: Shell):
    url = f"http://127.0.0.1:{unused_port()}"
    ran = await shell.run("requests", "list", "--url", url)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == f"No gateway answers at {url}: start it with “ill-gateway serve”, or name another with --url.\n"


async def test_a_token_that_does_not_count(shell: Shell):
    ran = await shell.run("requests", "list", "--token", "desk.secret-thing")
    assert ran.code == 1
    assert ran.err.startswith("The gateway doesn't know this token")
    assert "secret-thing" not in ran.err


async def test_no_token_at_all(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("ILL_GATEWAY_TOKEN")
    ran = await shell.run("requests", "list")
    assert (ran.code, ran.err) == (1, "A token is needed: set ILL_GATEWAY_TOKEN, or give --token.\n")


@pytest.mark.parametrize("token", ["desk.\r\nX: y", "desk.é"])
async def test_a_token_that_no_header_can_carry(shell: Shell, token: str):
    assert (await shell.run("requests", "list", "--token", token)).code == 1


@pytest.mark.parametrize("url", ["127.0.0.1:8627", "ftp://x", "http://", "", "http://[::1", "http://x:y"])
def test_an_address_that_is_none(url: str):
    with pytest.raises(Failure, match="not an address"):
        ApiClient.of(Namespace(url=url or " ", token="a.b"))


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "can't be read"),
        (b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>", "answered HTTP 502"),
        (b'HTTP/1.1 400 Bad\r\nContent-Length: 2\r\n\r\n""', "answered HTTP 400"),
        (b"220 mail.example.org\r\n", "broke"),
        (b"", "broke"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{", "broke"),
    ],
)
async def test_something_else_answers(shell: Shell, said: bytes, words: str):
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(said)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        ran = await shell.run("requests", "list", "--url", f"http://127.0.0.1:{port}")
    assert (ran.code, ran.out) == (1, "")
    assert words in ran.err
    assert "Traceback" not in ran.err


async def test_a_gateway_that_keeps_silent():
    hung_up = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()
        await writer.wait_closed()
        hung_up.set()

    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        gateway = ApiClient(url=f"http://127.0.0.1:{port}", token="a.b", timeout_s=0.05)
        with pytest.raises(Failure, match="did not answer in time"):
            await asyncio.to_thread(gateway.ask, "GET", "requests")
        async with asyncio.timeout(60):
            await hung_up.wait()


async def test_a_name_that_nobody_knows(monkeypatch: pytest.MonkeyPatch):
    def unknown(*_where: object, **_how: object) -> socket.socket:
        raise socket.gaierror("not known")

    monkeypatch.setattr(socket, "create_connection", unknown)
    with pytest.raises(Failure, match="not known"):
        ApiClient(url="http://gateway.example.org", token="a.b").ask("GET", "requests")
