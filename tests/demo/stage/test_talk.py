"""JSON over HTTP and the ACS's control lines, with others that refuse, hang up or aren't there."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from gateway.demo.stage.processes import Unreachable, free_port
from gateway.demo.stage.talk import AcsControl, SaidNo, Site


@contextmanager
def answering(data: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A server that takes one connection, answers it with these bytes whatever it says, and hangs up."""
    said: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                said.append(connection.recv(65536))
                connection.sendall(data)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1], said
        thread.join()


def http(status: str, body: bytes) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def test_a_site_is_asked_with_its_token():
    with answering(http("200 OK", b'{"a": 1}')) as (port, said):
        assert Site(port, "/api/v1", "desk.secret").get("/requests") == {"a": 1}
    assert said[0].startswith(b"GET /api/v1/requests HTTP/1.1\r\n")
    assert b"Authorization: Bearer desk.secret\r\n" in said[0]


def test_what_is_no_json_comes_as_it_is():
    with answering(http("200 OK", b"# HELP x")) as (port, _):
        assert Site(port).get("/metrics") == "# HELP x"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": "conflict", "detail": "Not now."}', "Not now."),
        (b'{"error": "no such request"}', "no such request"),
        (b"<html>", "HTTP 409"),
    ],
)
def test_a_refusal_comes_in_its_own_words(body: bytes, words: str):
    with answering(http("409 Conflict", body)) as (port, _):
        with pytest.raises(SaidNo) as told:
            Site(port).post("/requests", {})
        assert (str(told.value), told.value.status) == (words, 409)


def test_nobody_there():
    port = free_port()
    with pytest.raises(Unreachable, match=str(port)):
        Site(port).get("/")
    with pytest.raises(Unreachable, match=str(port)):
        AcsControl(port).ask("books")


def test_somebody_who_hangs_up():
    with answering(b"") as (port, _), pytest.raises(Unreachable):
        Site(port).get("/")
    with answering(b"") as (port, _), pytest.raises(Unreachable, match="closed"):
        AcsControl(port).ask("books")


def test_the_acs_answers_or_refuses():
    with answering(b'{"ok": true, "result": {"11": 2}}\n') as (port, said):
        assert AcsControl(port).ask("received", a=1) == {"11": 2}
    assert said == [b'{"op": "received", "a": 1}\n']
    with (
        answering(b'{"ok": false, "error": "No such item"}\n') as (port, _),
        pytest.raises(SaidNo, match="No such item"),
    ):
        AcsControl(port).ask("item")
