"""How the demonstration talks to its processes: JSON over HTTP, and the demonstration ACS's lines. Blocking, one call at a time."""

import http.client
import json
import socket
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from gateway.demo.stage.processes import Unreachable

TIMEOUT_S = 120.0
"""For one answer, a page of papers that is set among them, on a busy machine."""


class SaidNo(Exception):  # noqa: N818 - an answer, which some ask for
    """The other side answered, and refused; the text is its own words. `status` is HTTP's."""

    def __init__(self, words: str, status: int = 0) -> None:
        super().__init__(words)
        self.status = status


class Site:
    """A JSON interface over HTTP on loopback; `token` is shown as a bearer token."""

    def __init__(self, port: int, prefix: str = "", token: str | None = None) -> None:
        self._port = port
        self._prefix = prefix
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str) -> Any:
        """Read. Raises Unreachable, SaidNo."""
        return self.call("GET", path)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask for something. Raises Unreachable, SaidNo."""
        return self.call("POST", path, body or {})

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """One call and its JSON; a text that is no JSON as it is. Raises Unreachable, SaidNo."""
        status, data = self._exchange(method, path, None if body is None else json.dumps(body))
        try:
            answer = json.loads(data)
        except ValueError:
            answer = data.decode("utf-8", "replace")
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            raise SaidNo(_words(answer, status), status)
        return answer

    def _exchange(self, method: str, path: str, body: str | None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
        headers = self._headers | ({"Content-Type": "application/json"} if body else {})
        try:
            connection.request(method, self._prefix + path, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"port {self._port}: {type(error).__name__}") from error
        finally:
            connection.close()


def _words(answer: Any, status: int) -> str:
    if isinstance(answer, dict):
        return str(answer.get("detail") or answer.get("error") or answer)
    return f"HTTP {status}"


class AcsControl:
    """The demonstration ACS's control port (demo/acs/control.py)."""

    def __init__(self, port: int) -> None:
        self._port = port

    def ask(self, op: str, **arguments: Any) -> Any:
        """One operation and its result. Raises Unreachable, SaidNo."""
        line = json.dumps({"op": op, **arguments}).encode() + b"\n"
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=TIMEOUT_S) as connection:
                connection.sendall(line)
                with connection.makefile("rb") as answers:
                    data = answers.readline()
        except OSError as error:
            raise Unreachable(f"port {self._port}: {type(error).__name__}") from error
        if not data:
            raise Unreachable(f"port {self._port}: closed")
        answer = json.loads(data)
        if not answer["ok"]:
            raise SaidNo(str(answer["error"]))
        return answer["result"]
