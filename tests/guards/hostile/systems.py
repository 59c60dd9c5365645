"""Systems that the gateway asks, and that answer what they like: circulation system, catalogue, a partner's listener."""

import gzip
from random import Random

from tests.catalogue.records import field, item, record, response
from tests.fuzz.corpus import inputs
from tests.iso18626.test_attacks import REFUSED
from tests.sip2.hostile import DATE
from tests.sip2.test_redaction import KINDS, long_reply

FRAME = 60_000


def status_replies() -> list[bytes | str]:
    """To a 99."""
    status = f"98YYYYNN999002{DATE}2.00AOEXV|BXYYYYYYYYYYYYYYYY|"
    return [
        status + "AF" + "word " * 11_000 + "|",
        status + "".join(f"AE{'x' * 6}{number}|" for number in range(3_000)) + "AFHello, customer|" * 600,
        (status + "\r").encode() * 4_000,
        b"98\r" * 80_000,
        b"x\r" * 120_000,
        b"96\r" * 80_000,
        b"\r" * 250_000 + b"x\r",
        b"9" * 250_000,
        status + "ZZ|" * 20_000,
        status[:6] + "9" * FRAME,
        status + "BX" + "Y" * FRAME + "|",
        b"\xff\xfa" * 100_000,
        *(long_reply(kind, FRAME).decode("cp850").replace("64", "98", 1) for kind in KINDS),
        *(data[1:] + b"\r" for target in ("sip2_decode", "sip2_frames") for data in inputs(target).values()),
    ]


def item_replies() -> list[bytes | str]:
    """To a 17: of some length in every field that is read."""
    fields = ("AJ", "CF", "AH", "AP", "AQ", "CT", "CV", "BG", "AF", "AB")
    start = f"18030001{DATE}AB30000000001010|AJThe Imaginary Almanac|"
    return [start + f"{code}{filler * FRAME}|" for code in fields for filler in ("9", "x")]


def customer_replies(customer: str) -> list[bytes | str]:
    """To a 63."""
    start = f"64{'':14}000{DATE}{'9999' * 6}AOEXV|AA{customer}|"
    bodies = {kind: long_reply(kind, FRAME).decode("cp850")[61:] for kind in KINDS}
    lists = ["".join(f"{code}3000000{number:06}|" for number in range(3_500)) for code in ("AU", "AS", "CD")]
    return [start + each for each in (*bodies.values(), *lists, "BV" + "9" * FRAME + "|", "PA" + "9" * FRAME + "|")]


def catalogue_pages() -> list[bytes]:
    """To a query over SRU."""
    random = Random(77)
    words = " ".join(f"w{random.randrange(10**6)}" for _ in range(60_000))
    many = [record(f"ex{number:06}", item(f"3{number:013}")) for number in range(500)]
    return [
        *REFUSED.values(),
        *inputs("sru_read").values(),
        gzip.compress(b"<a>" + b" " * 50_000_000),
        response(*many),
        response(record("ex1", *(item(f"3{number:013}") for number in range(15_000)))),
        response(record("ex1", *(field("020", a=f"978{number:010}") for number in range(15_000)))),
        response(record("ex1", item("30000000001010"), title=words)),
        response(record("ex1", item("30000000001010"), author=words)),
        response(record("ex1", item("30000000001010"), title="imaginary almanac " * 20_000)),
        response(record("ex1", item("30000000001010"), title="x" * 2_000_000)),
        response(record("ex1", *(field("245", a=words[:300]) for _ in range(2_000)))),
        response(record("ex1", field("952", p="3" * 1_000_000, b="MAIN"))),
        response(record("ex1", field("952", p="30000000001010", h=words, b="MAIN"))),
        response(record("ex1", field("852", **{chr(97 + number % 26): words[:100_000] for number in range(26)}))),
        b"<a>" * 100_000,
        b"<" * 3_000_000,
        b"x" * 6_000_000,
    ]


def peer_answers() -> list[bytes]:
    """To a message of ours: a whole answer of HTTP, or what is none."""
    bomb = gzip.compress(b" " * 100_000_000)
    documents = [*list(REFUSED.values())[::5], b"<" * 1_000_000, b" " * 5_000_000]
    return [
        _answer(bomb, "Content-Encoding: gzip"),
        _answer(bomb, "Content-Encoding: deflate"),
        _answer(b"<a/>", "Content-Type: text/xml; charset=utf-7"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"a@" * 30_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 100_000 + b"0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
        b"HTTP/1.1 200 " + b"O" * 1_000_000 + b"\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: /" + b"x" * 7_000 + b"\r\nContent-Length: 0\r\n\r\n",
        b"\0" * 1_000_000,
        *map(_answer, documents),
    ]


def _answer(body: bytes, *headers: str) -> bytes:
    lines = "".join(f"{header}\r\n" for header in headers)
    return f"HTTP/1.1 200 OK\r\n{lines}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
