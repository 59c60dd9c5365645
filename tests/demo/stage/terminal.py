"""A SIP2 client of the tests' own: raw bytes, its own checksum, nothing shared with the project."""

import asyncio
import json
import ssl
from types import TracebackType
from typing import Any, Self

DEADLINE_S = 60.0
DATE = "20261026    101500"
BLANK_DATE = " " * 18

ALMANAC_CENTRAL = "30000000001010"
ALMANAC_PARK = "30000000001028"
ALMANAC_ON_LOAN = "30000000001036"
BRIDGES = "30000000001085"
REFERENCE = "30000000001234"
RITA = "20000000000048"
BORIS = "20000000000055"
BLOCKED = "20000000000063"
EXPIRED = "20000000000071"
OWING = "20000000000089"
PARTNER = "20000000090015"


def with_trailer(body: str, sequence: int) -> bytes:
    """The frame with AY and AZ."""
    through_az = f"{body}AY{sequence}AZ".encode("cp850")
    return through_az + f"{(0x10000 - sum(through_az) % 0x10000) % 0x10000:04X}\r".encode()


def fields(frame: bytes, fixed: int) -> dict[str, str]:
    """The fields after `fixed` bytes; of repeated ones the last."""
    text = frame.decode("cp850").rstrip("\r")[fixed:]
    return {part[:2]: part[2:] for part in text.split("|") if part}


def login(user: str = "sample", password: str = "specimen") -> str:  # noqa: S107 - made up
    return f"9300CN{user}|CO{password}|CPEXC|"


def item(barcode: str) -> str:
    return f"17{DATE}AOEXAMPLE|AB{barcode}|"


def customer(barcode: str, summary: str = "Y         ", pin: str = "") -> str:
    return f"63001{DATE}{summary:10}AOEXAMPLE|AA{barcode}|AD{pin}|"


def hold(customer: str, barcode: str, mode: str = "+", extra: str = "") -> str:
    return f"15{mode}{DATE}AOEXAMPLE|AA{customer}|AB{barcode}|{extra}"


def checkout(customer: str, barcode: str) -> str:
    return f"11NN{DATE}{BLANK_DATE}AOEXAMPLE|AA{customer}|AB{barcode}|AC|"


def checkin(barcode: str, branch: str) -> str:
    return f"09N{DATE}{DATE}AP{branch}|AOEXAMPLE|AB{barcode}|AC|"


def renew(customer: str, barcode: str) -> str:
    return f"29NN{DATE}{BLANK_DATE}AOEXAMPLE|AA{customer}|AB{barcode}|"


STATUS = "9900802.00"


class Terminal:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def connect(cls, port: int, tls: ssl.SSLContext | None = None) -> Self:
        return cls(*await asyncio.open_connection("127.0.0.1", port, ssl=tls))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.writer.close()
        await asyncio.gather(self.writer.wait_closed(), return_exceptions=True)

    def send(self, frame: bytes) -> None:
        self.writer.write(frame)

    async def receive(self, until: bytes = b"\r") -> bytes:
        async with asyncio.timeout(DEADLINE_S):
            return await self.reader.readuntil(until)

    async def read(self) -> bytes:
        """What comes next in one piece; empty at the end."""
        async with asyncio.timeout(DEADLINE_S):
            return await self.reader.read(4096)

    async def ask(self, body: str, sequence: int | None = None) -> bytes:
        self.send(body.encode("cp850") + b"\r" if sequence is None else with_trailer(body, sequence))
        return await self.receive()


async def control(port: int, op: str, **arguments: Any) -> Any:
    """One operation on the control port; its result, or AssertionError with the error that came."""
    async with await Terminal.connect(port) as line:
        line.send(json.dumps({"op": op, **arguments}).encode() + b"\n")
        answer = json.loads(await line.receive(b"\n"))
    assert answer["ok"], answer["error"]
    return answer["result"]
