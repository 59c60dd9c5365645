"""What anybody may write to a port: HTTP that is none, and bytes that are no TLS."""

import struct
from itertools import count

from tests.guards.hostile.documents import packed

PATHS = {"http": "/iso18626", "api": "/api/v1/requests", "operations": "/metrics", "desk": "/sign-in"}
"""One of each listener; all bytes go to all of them."""
_HEAD = "Host: localhost\r\nContent-Type: application/xml\r\n"


def post(path: str, body: bytes, *headers: str, token: str | None = None) -> bytes:
    """One POST with its length."""
    shown = (*headers, f"Authorization: Bearer {token}") if token else headers
    lines = "".join(f"{header}\r\n" for header in shown)
    return f"POST {path} HTTP/1.1\r\n{_HEAD}{lines}Content-Length: {len(body)}\r\n\r\n".encode() + body


def chunked(path: str, chunks: bytes, *headers: str) -> bytes:
    """One POST in chunks, as they stand."""
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"POST {path} HTTP/1.1\r\n{_HEAD}{lines}Transfer-Encoding: chunked\r\n\r\n".encode() + chunks


def get(path: str, *headers: str) -> bytes:
    """One GET."""
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{lines}\r\n".encode()


def forms(path: str) -> list[bytes]:
    """What takes long to take apart as a form, at any length."""
    bodies = (b"a=" + b"%41" * 690_000, b"a=&" * 690_000, b"&" * 60_000, b"a=" + b"%41" * 21_000, b"+" * 60_000)
    plain = [_form(path, body, "application/x-www-form-urlencoded") for body in bodies]
    strange = [
        _form(path, b"a=b", f"application/x-www-form-urlencoded; charset={name}")
        for name in ("utf-7", "punycode", "no")
    ]
    part = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n'
    return [*plain, *strange, _form(path, part * 40_000, "multipart/form-data; boundary=b")]


def _form(path: str, body: bytes, content_type: str) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def malformed(path: str) -> dict[str, bytes]:
    """HTTP that is none, or as much of it as fits."""
    numbers = count()
    return {
        "a chunk that is none": chunked(path, b"x" * 60_000 + b"\r\n"),
        "a chunk of addresses": chunked(path, b"a@" * 30_000 + b"\r\n"),
        "a chunk of fields": chunked(path, b"|AE" * 30_000 + b"\r\n"),
        "a chunk that is none, of a megabyte": chunked(path, b"secret=" * 170_000 + b"\r\n"),
        "a chunk's size of many digits": chunked(path, b"f" * 5_000 + b"\r\n"),
        "a chunk's extension without end": chunked(path, b"1;" + b"e" * 100_000),
        "chunks of a byte": chunked(path, b"1\r\nx\r\n" * 100_000 + b"0\r\n\r\n"),
        "trailers without end": chunked(
            path, b"0\r\n" + b"".join(b"t%d: x\r\n" % next(numbers) for _ in range(20_000))
        ),
        "a line of a megabyte": b"G" * 1_000_000,
        "a path of a megabyte": get("/" + "p" * 1_000_000),
        "a path of percents": get("/%" * 3_000),
        "a path of ups": get("/.." * 2_500),
        "a query of many": get(path + "?" + "&".join(f"a{number}=b" for number in range(1_200))),
        "a limit of many digits": get("/api/v1/requests?limit=" + "9" * 5_000),
        "ESC and a line's end in a path": get("/%1b%5b31m%0a{forged}"),
        "a header of a megabyte": get(path, "X: " + "x" * 1_000_000),
        "headers without number": get(path, *(f"X{number}: y" for number in range(30_000))),
        "a header of colons": get(path, ":" * 8_000),
        "a header of blanks": get(path, "X:" + " " * 8_000 + "y"),
        "a cookie of semicolons": get(path, "Cookie: " + "a=b;" * 2_000),
        "an authorization of commas": get(path, "Authorization: Digest " + "a=b," * 2_000),
        "a content type of parameters": post(path, b"<a/>", "Content-Type: text/xml" + ";a=b" * 1_900),
        "an accept of ranges": get(path, "Accept: " + "a/b;q=0.1," * 750),
        "a length of many digits": get(path, "Content-Length: " + "9" * 5_000),
        "two lengths": post(path, b"<a/>", "Content-Length: 5"),
        "a length and chunks": post(path, b"0\r\n\r\n", "Transfer-Encoding: chunked"),
        "a method of many letters": b"M" * 7_000 + b" / HTTP/1.1\r\n\r\n",
        "a thousand at once": get(path) * 1_000,
        "a thousand posts at once": post(path, b"<a/>") * 1_000,
        "a version of its own": b"GET / HTTP/9.9\r\n\r\n",
        "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0" * 1_000,
        "a websocket": get(
            path, "Upgrade: websocket", "Connection: upgrade", "Sec-WebSocket-Key: x", "Sec-WebSocket-Version: 13"
        ),
        "parts without end": post(path, b"--b\r\n" * 20_000, "Content-Type: multipart/form-data; boundary=b"),
        "NULs": b"\0" * 100_000,
        "bytes of every kind": bytes(range(256)) * 500,
        **{
            f"packed: {name}": post(path, body, f"Content-Encoding: {encoding}")
            for name, (encoding, body) in packed().items()
        },
    }


def no_handshakes() -> dict[str, bytes]:
    """What begins like TLS, and doesn't go on."""
    hello = b"\x01\0\x40\0\x03\x03" + b"r" * 32 + b"\0" + b"\0\2\x13\x01" + b"\1\0"
    return {
        "nothing": b"",
        "HTTP": get("/"),
        "a record's head": b"\x16\x03\x01\x40\x00",
        "half a hello": _record(22, hello),
        "a hello of 64 KB in records of a byte": b"".join(_record(22, b"\x01") for _ in range(20_000)),
        "alerts without end": _record(21, b"\1\0") * 20_000,
        "empty records without end": _record(22, b"") * 50_000,
        "the largest record": _record(22, b"\x01\0\x3f\xfc" + b"x" * 16_380) * 50,
        "a heartbeat": _record(24, b"\1\x40\0"),
        "SSL 2": b"\x80\x2e\x01\0\x02" + b"\0" * 1_000,
    }


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("!BHH", kind, 0x0301, len(content)) + content
