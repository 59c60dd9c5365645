"""Each line of sip2.md about the wire, on a socket, against a server that shares no code with our codec (`quirks.LINES`)."""

import asyncio
import re

import pytest
from pysip2.models import SIPRequest

from gateway.sip2 import requests
from gateway.sip2.codec import Checksum, Repair, message_code
from gateway.sip2.connection import Address
from gateway.sip2.errors import NotSent, Outcome, Unknown
from gateway.sip2.lines import Lines
from gateway.sip2.profiles import ChecksumPolicy, Credentials, Encoding, customise
from tests.sip2.hostile import DATE, Act, Answer, HostileAcs, polite, trailed, until
from tests.sip2.talking import (
    ASK_CUSTOMER,
    ASK_ITEM,
    CHECKIN,
    CHECKOUT,
    CUSTOMER,
    GOOD,
    HOLD,
    ITEM,
    QUICK,
    RENEW,
    STATUS,
    answered,
    summed,
    talking_to,
)


class Recorder:
    """A server that notes what has come whenever it answers, and answers each time only once."""

    def __init__(self) -> None:
        self.segments: list[bytes] = []
        self.early = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            self.segments.append(data)
            try:
                async with asyncio.timeout(0.01):  # whoever does not wait for the reply would speak now
                    self.segments.append(await reader.read(65_536))
                    self.early += 1
            except TimeoutError:
                pass
            request = data.decode("cp850")
            writer.write(trailed(request, polite(request)))
        writer.close()


async def test_one_request_at_a_time_and_exactly_cr() -> None:
    recorder = Recorder()
    server = await asyncio.start_server(recorder.talk, "127.0.0.1", 0)
    address = Address("127.0.0.1", server.sockets[0].getsockname()[1])
    async with server, Lines(address, QUICK, Credentials("gw", "hush")) as lines:
        await asyncio.gather(*(lines.exchange(ASK_ITEM) for _ in range(8)))
    assert recorder.early == 0
    assert len(recorder.segments) == 8 + 4, "each request alone, beside two openings"
    for segment in recorder.segments:
        assert re.fullmatch(rb"[^\r\n]{1,1023}\r", segment)


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\n", b"\n\r", b"\r\r"])
@pytest.mark.parametrize("lead", [b"", b"\n", b"\r\n", b"  ", b"\n  "])
async def test_every_terminator_and_what_leads_a_reply(lead: bytes, end: bytes) -> None:
    reply = await answered(lead + summed(GOOD)[:-1] + end)
    assert (reply.code, reply.first("AB"), reply.checksum) == ("18", ITEM, Checksum.OK)


@pytest.mark.parametrize("cut", [1, 2, 26, 40, -1])
async def test_a_reply_split_over_segments(cut: int) -> None:
    whole = summed(GOOD)
    acs = HostileAcs({"17": [whole[:cut]]})
    async with talking_to(acs) as lines:
        waiting = asyncio.create_task(lines.exchange(ASK_ITEM))
        await until(lambda: "17" in acs.codes())
        await asyncio.sleep(0)
        acs.say(whole[cut:])
        assert (await waiting).first("AB") == ITEM


async def test_two_replies_in_one_segment() -> None:
    acs = HostileAcs({"17": [summed(GOOD) + summed(GOOD)]})
    async with talking_to(acs) as lines:
        assert (await lines.exchange(ASK_ITEM)).first("AB") == ITEM
        assert (await lines.exchange(ASK_ITEM)).first("AB") == ITEM
    assert acs.connections == 2, "the second reply belongs to nobody: its line is not used again"


async def test_a_reply_without_terminator_ends_in_a_deadline_and_a_dropped_connection() -> None:
    acs = HostileAcs({"11": [summed(f"121NUN{DATE}AOEXV|AA{CUSTOMER}|AB{ITEM}|")[:-1]]})
    async with talking_to(acs) as lines:
        with pytest.raises(Unknown) as caught:
            await lines.exchange(CHECKOUT)
        assert caught.value.outcome is Outcome.TIMEOUT
        await until(lambda: acs.lines() == 0)


@pytest.mark.parametrize(
    "strange",
    [
        f"18030001{DATE}AB39999000000099|AJAnother Almanac|",
        f"64{'':14}000{DATE}{'0000' * 6}AOEXV|AA{CUSTOMER}|",
        "941",
        summed(GOOD).replace(b"AY2", b"AY7"),
    ],
    ids=["AB", "message type", "a login reply", "AY"],
)
async def test_a_reply_that_echoes_another_request_is_never_taken(strange: Answer) -> None:
    acs = HostileAcs({"17": [strange, GOOD]})
    async with talking_to(acs) as lines:
        assert (await lines.exchange(ASK_ITEM)).first("AJ") == "The Imaginary Almanac"
    assert (acs.codes().count("17"), acs.connections) == (2, 2)


async def test_the_reply_to_another_customer_is_never_taken() -> None:
    async with talking_to(HostileAcs({"11": [f"121NUN{DATE}AOEXV|AA29999000009999|AB{ITEM}|"]})) as lines:
        with pytest.raises(Unknown) as caught:
            await lines.exchange(CHECKOUT)
    assert caught.value.outcome is Outcome.WRONG_ECHO


@pytest.mark.parametrize("request_", [ASK_ITEM, CHECKOUT], ids=["17", "11"])
async def test_an_unsolicited_98_in_place_of_a_reply(request_: SIPRequest) -> None:
    code = message_code(request_)
    acs = HostileAcs({code: [f"{STATUS}\r".encode()]})
    async with talking_to(acs) as lines:
        if code == "17":
            assert (await lines.exchange(request_)).first("AB") == ITEM
        else:
            with pytest.raises(Unknown) as caught:
                await lines.exchange(request_)
            assert caught.value.outcome is Outcome.STATUS_INSTEAD
    assert acs.codes().count(code) == (2 if code == "17" else 1)


@pytest.mark.parametrize(
    ("request_", "code", "times"),
    [
        (ASK_ITEM, "17", 3),
        (ASK_CUSTOMER, "63", 3),
        (requests.sc_status(QUICK), "99", 3),
        (CHECKOUT, "11", 1),
        (CHECKIN, "09", 1),
        (HOLD, "15", 1),
        (RENEW, "29", 1),
    ],
)
@pytest.mark.parametrize("lost", [Act.HANG_UP, Act.SILENCE, b"garbage\r"], ids=["hang up", "silence", "garbage"])
async def test_only_questions_are_sent_again_after_a_lost_reply(
    request_: SIPRequest, code: str, times: int, lost: Answer
) -> None:
    opening = [STATUS] if code == "99" else []
    script = {code: [*opening, *[lost, *opening] * 9]}
    acs = HostileAcs(script)
    async with talking_to(acs, customise(QUICK, {"reply_timeout_s": 0.1})) as lines:
        with pytest.raises(Unknown):
            await lines.exchange(request_)
    assert acs.codes().count(code) - acs.connections * len(opening) == times


@pytest.mark.parametrize(("request_", "code"), [(ASK_ITEM, "17"), (CHECKOUT, "11")])
async def test_a_96_permits_one_resend_of_anything(request_: SIPRequest, code: str) -> None:
    acs = HostileAcs({code: [b"96AZFEF6\r"]})
    async with talking_to(acs) as lines:
        await lines.exchange(request_)
    first, second = [line for line in acs.heard if line.startswith(code)]
    assert first == second
    acs = HostileAcs({code: [b"96\r", b"96AZFEF6\r"]})
    async with talking_to(acs, customise(QUICK, {"max_retries": 0})) as lines:
        with pytest.raises(Unknown) as caught:
            await lines.exchange(request_)
    assert (caught.value.outcome, acs.codes().count(code)) == (Outcome.RESEND_REFUSED, 2)


@pytest.mark.parametrize("policy", ChecksumPolicy)
async def test_checksums_strict_warn_or_ignore(policy: ChecksumPolicy) -> None:
    acs = HostileAcs({"17": [f"{GOOD}AY2AZ0001\r".encode()], "97": [summed(GOOD)]})
    async with talking_to(acs, customise(QUICK, {"checksum": policy.value})) as lines:
        reply = await lines.exchange(ASK_ITEM)
    assert reply.first("AB") == ITEM
    assert (Repair.CHECKSUM_BAD in reply.repairs) is (policy is ChecksumPolicy.WARN)
    assert acs.codes().count("97") == (policy is ChecksumPolicy.STRICT)


@pytest.mark.parametrize(
    ("trailer", "checksum"),
    [
        (b"", Checksum.ABSENT),
        (b"AY2", Checksum.ABSENT),
        (b"AZ0000", Checksum.BAD),
        (b"AY2AZ0000", Checksum.BAD),
        (b"AY2 AZ0000 ", Checksum.BAD),
        (b"AZ%04X" % (-sum(f"{GOOD}AZ".encode()) & 0xFFFF), Checksum.OK),
    ],
)
async def test_odd_trailers(trailer: bytes, checksum: Checksum) -> None:
    reply = await answered(GOOD.encode() + trailer + b"\r")
    assert (reply.first("AB"), reply.first("AJ"), reply.checksum) == (ITEM, "The Imaginary Almanac", checksum)


@pytest.mark.parametrize(
    ("encoding", "counted"),
    [("iso-8859-1", "utf-8"), ("utf-8", "utf-8"), ("iso-8859-1", "ascii"), ("utf-8", "ascii")],
)
async def test_sums_of_other_bytes(encoding: str, counted: str) -> None:
    text = GOOD.replace("Imaginary", "Imäginary")
    other = f"{text}AY2AZ".encode(counted, "replace")
    profile = customise(QUICK, {"encoding": encoding, "checksum": "strict"})
    reply = await answered(summed(text, encoding, of=other), profile=profile)
    assert (reply.first("AJ"), reply.checksum) == ("The Imäginary Almanac", Checksum.OK)


async def test_96_in_reply_to_a_97() -> None:
    acs = HostileAcs({"11": [f"121NUN{DATE}AA{CUSTOMER}|AB{ITEM}|AY2AZ0001\r".encode()], "97": [b"96AZFEF6\r"]})
    async with talking_to(acs, customise(QUICK, {"checksum": "strict"})) as lines:
        with pytest.raises(Unknown) as caught:
            await lines.exchange(CHECKOUT)
    assert caught.value.outcome is Outcome.RESEND_REFUSED
    assert (acs.codes().count("11"), acs.codes().count("97")) == (1, 1)


async def test_97_is_never_sent_first() -> None:
    damaged = b"941AY0AZ0001\r"
    acs = HostileAcs({"93": [damaged] * 3})
    async with talking_to(acs, customise(QUICK, {"checksum": "strict"})) as lines:
        with pytest.raises(NotSent):
            await lines.exchange(ASK_ITEM)
    assert set(acs.codes()) == {"93"}


ODD: dict[str, tuple[SIPRequest, str, dict[str, tuple[str, ...]], str]] = {
    "any order": (ASK_ITEM, f"18030001{DATE}AQEXV|AJAlmanac|AB{ITEM}|", {"AQ": ("EXV",), "AJ": ("Almanac",)}, "03"),
    "empty": (ASK_ITEM, f"18030001{DATE}AB|AJ|AF|CF|", {"AB": ("",), "AJ": ("",), "AF": ("",)}, "03"),
    "repeated": (ASK_ITEM, f"18030001{DATE}AB{ITEM}|AFone|AFtwo|", {"AF": ("one", "two")}, "03"),
    "unknown": (
        ASK_ITEM,
        f"18040001{DATE}AB{ITEM}|CS813|CV01|CTHILL|CY{CUSTOMER}|DADoe, Jo|CM20310101    000000|PA20320101|ZZ?|",
        {
            "CS": ("813",),
            "CV": ("01",),
            "CT": ("HILL",),
            "CM": ("20310101    000000",),
            "PA": ("20320101",),
            "ZZ": ("?",),
        },
        "04",
    ),
    "| right after the fixed part": (ASK_ITEM, f"18030001{DATE}|AB{ITEM}|AJx|", {"AJ": ("x",)}, "03"),
    "a missing last |": (ASK_ITEM, f"18030001{DATE}AB{ITEM}|AJx", {"AJ": ("x",)}, "03"),
    "blanks before AY": (ASK_ITEM, f"18030001{DATE}AB{ITEM}|AJx|  ", {"AJ": ("x",)}, "03"),
    "an unescaped | in a value": (ASK_ITEM, f"18030001{DATE}AB{ITEM}|AJa | b|AQEXV|", {"AJ": ("a | b",)}, "03"),
    "&#124; in a value": (ASK_ITEM, f"18030001{DATE}AB{ITEM}|AJa &#124; b|", {"AJ": ("a | b",)}, "03"),
    "a one-character status": (ASK_ITEM, f"1830001{DATE}AB{ITEM}|AJx|", {"AJ": ("x",)}, "03"),
    "blank language and counts": (
        ASK_CUSTOMER,
        f"64{'':14}   {DATE}{'':24}AOEXV|AA{CUSTOMER}|BLY|",
        {"AA": (CUSTOMER,), "BL": ("Y",)},
        "",
    ),
}


@pytest.mark.parametrize("name", ODD)
async def test_odd_replies_are_read_whole(name: str) -> None:
    request, text, fields, status = ODD[name]
    reply = await answered(summed(text), request)
    assert {code: reply.fields[code] for code in fields} == fields
    assert reply.fixed.get("circulation_status", "").strip() == status
    assert reply.checksum is Checksum.OK


@pytest.mark.parametrize(
    "status",
    [
        f"98YYYYNN3x0abc{DATE}2.00AOEXV|BXYYYY|",
        f"98YYYYNN      {DATE}2.00AOEXV|BXYYYYYYYYYYYYYYYYYYYYYYYY|",
        f"98YYYYNN999999{DATE}2.00",
        f"98YYYYNN600003{DATE}AOEXV|",
    ],
    ids=["letters and a short BX", "blanks and a long BX", "no fields", "no version"],
)
async def test_an_odd_98_opens_the_session_all_the_same(status: str) -> None:
    async with talking_to(HostileAcs({"99": [status]})) as lines:
        assert (await lines.exchange(ASK_ITEM)).first("AB") == ITEM


@pytest.mark.parametrize("encoding", Encoding)
async def test_every_code_page(encoding: Encoding) -> None:
    title = "The Imaginary Almanac" if encoding is Encoding.ASCII else "Das erfundene Jahrbuch für Müßige"
    profile = customise(QUICK, {"encoding": encoding.value})
    reply = await answered(summed(GOOD.replace("The Imaginary Almanac", title), encoding.value), profile=profile)
    assert (reply.first("AJ"), reply.checksum) == (title, Checksum.OK)
    assert Repair.UNDECODABLE not in reply.repairs
