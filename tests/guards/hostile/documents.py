"""What a partner's system may post: documents that are none, and messages that are as large as they may be where it hurts."""

import gzip
import zlib
from datetime import UTC, datetime
from functools import cache
from itertools import count

import msgspec

from gateway.iso18626 import messages as iso
from gateway.iso18626.codec import encode
from gateway.iso18626.codes import BibliographicItemIdCode, ServiceType
from gateway.iso18626.parser import MAX_TAGS
from gateway.iso18626.values import AgencyId, Code, ElectronicAddress
from tests.fuzz.corpus import inputs
from tests.iso18626.test_attacks import READ, REFUSED

_numbers = count(1)
_AT = datetime(2031, 5, 6, tzinfo=UTC)
LONG = 900_000


def request(agency: str = "XX-HILL", **parts: object) -> bytes:
    """A new request of this agency; `parts` are iso.Request's."""
    header = iso.Header(
        supplying_agency_id=AgencyId.of("ISIL:XX-EXAMPLE"),
        requesting_agency_id=AgencyId.of(f"ISIL:{agency}"),
        timestamp=_AT,
        requesting_agency_request_id=f"{agency}-{next(_numbers)}",
    )
    told = iso.Request(header=header, bibliographic_info=iso.BibliographicInfo(title="The Imaginary Almanac"))
    return encode(msgspec.structs.replace(told, **parts))


def about(**parts: object) -> bytes:
    """A new request for a work that is described so."""
    return request(bibliographic_info=iso.BibliographicInfo(**{"title": "The Imaginary Almanac"} | parts))  # type: ignore[arg-type]


def noted(note: str, patron_info: iso.PatronInfo | None = None) -> bytes:
    """A new request with this note."""
    service = iso.ServiceInfo(service_type=ServiceType.LOAN, note=note)
    return request(service_info=service, patron_info=patron_info)


def _isbn(number: int) -> iso.BibliographicItemId:
    return iso.BibliographicItemId(
        bibliographic_item_identifier=f"978{number:010}",
        bibliographic_item_identifier_code=Code(BibliographicItemIdCode.ISBN.value),
    )


def messages() -> dict[str, bytes]:
    """Messages that are well formed, valid, and as long as they may be."""
    words = " ".join(f"w{number}" for number in range(LONG // 7))
    return {
        "a title of a megabyte": about(title="x" * LONG),
        "a title of many words": about(title=words),
        "an author of many words": about(author=words),
        "a title of marks": about(title="«.:;»" * (LONG // 10)),
        "a year of digits": about(edition="1" * LONG),
        "numbers without number": about(bibliographic_item_ids=tuple(map(_isbn, range(MAX_TAGS // 6 - 10)))),
        **{
            f"{element.decode()} again and again": about(volumes=("v",)).replace(
                b"<volume>v</volume>", element * ((MAX_TAGS - 100) // 2)
            )
            for element in (b"<volume>v</volume>", b"<title/>", b"<unheard_of/>", b"<edition a='1' b='2'>x</edition>")
        },
        "a note of a megabyte": noted("#" * LONG),
        "a note of openings": noted("#MultipleItems#\n" * (LONG // 16)),
        "a note of addresses": noted("a@b." * (LONG // 4)),
        "a note of digits": noted("29999000001234 " * (LONG // 15)),
        "a note of prices": noted("#COST: 1.00# " * (LONG // 13)),
        "a note with the customer's many names": noted(
            words[: LONG // 2], patron_info=iso.PatronInfo(surname=words[: LONG // 3], given_name=words[: LONG // 20])
        ),
        "a customer of many addresses": request(
            patron_info=iso.PatronInfo(
                surname="Doe",
                addresses=tuple(
                    ElectronicAddress(
                        electronic_address_type=Code("Email"), electronic_address_data=f"x{number}@example.org"
                    )
                    for number in range(MAX_TAGS // 10)
                ),
            )
        ),
    }


def documents() -> dict[str, bytes]:
    """What the XML reader's own tests and the fuzzing's corpus hold."""
    return REFUSED | {name: document for name, (document, _note) in READ.items()} | inputs("iso18626_decode")


@cache
def packed() -> dict[str, tuple[str, bytes]]:
    """Bombs: Content-Encoding and body."""
    blanks = b" " * 100_000_000
    squeezed = gzip.compress(blanks)
    return {
        "gzip": ("gzip", squeezed * 9),
        "gzip of gzip": ("gzip", gzip.compress(squeezed)),
        "deflate": ("deflate", zlib.compress(blanks)),
        "gzip that is none": ("gzip", b"\x1f\x8b" + b"\0" * 10_000),
        "gzip, twice said": ("gzip, gzip", gzip.compress(squeezed)),
        "brotli": ("br", b"\x5b\xff\xff\x03" + b"\xff" * 1000),
        "zstd": ("zstd", b"\x28\xb5\x2f\xfd" + b"\xff" * 1000),
    }
