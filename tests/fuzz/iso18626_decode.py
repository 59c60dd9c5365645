"""Harness: any bytes to `gateway.iso18626.decode`, and to what the server and the store do with what comes out.

What holds for every input is written down in `check`; secrets are looked for by a reader that shares nothing with the
library but lxml.
"""

import random
import re
from copy import deepcopy
from datetime import UTC, datetime

from lxml import etree

from gateway.iso18626.codec import Decoded, decode, encode
from gateway.iso18626.elements import NAMESPACE
from gateway.iso18626.errors import Inexpressible, ProtocolError
from gateway.iso18626.messages import Confirmation
from gateway.iso18626.parser import parse
from gateway.iso18626.receipts import confirmation_for, confirmation_of_error
from gateway.iso18626.redact import redact
from gateway.iso18626.schema import is_valid
from tests.fuzz.corpus import CORPUS
from tests.fuzz.timing import bounded

NOW = datetime(2032, 1, 2, 3, 4, 5, tzinfo=UTC)
MAX_LEN_BYTES = 8192
LONGEST_ERROR = 300

SECRET_PLACES = frozenset({"patronInfo", "requestingAgencyAuthentication", "securityCode"})
BLANKED_PLACES = frozenset({"patronInfo", "securityCode"})
_VOCABULARY = (CORPUS / "iso18626.dict").read_text()
"""Words of the schema are no secrets, wherever they stand."""
_LOOKS_SECRET = re.compile(r"[A-Za-z0-9 .,@-]{6,}")
"""Shorter texts turn up by chance, markup is everywhere."""
_TEXTS = (
    "", " ", "Y", "n", "Loaned", "WillSupply", "Lost", "ISIL", "OCLC:X", "usd", "1", "-1", "3,5", "9" * 19, "0." + "1" * 50, "true",
    "2031-05-06T07:08:09Z", "2031-05-06 07:08", "0001-01-01T00:00:00Z", "12031-01-01T00:00:00Z", "2031-02-30T00:00:00Z", "x\ny", "\u6f22",
)  # fmt: skip
_ATTRIBUTES = (
    f"{{{NAMESPACE}}}scheme", "schema", f"{{{NAMESPACE}}}version", "version", "{http://www.w3.org/2001/XMLSchema-instance}nil",
    "{http://www.w3.org/2001/XMLSchema-instance}type", "{urn:x}scheme",
)  # fmt: skip
_TOKEN = re.compile(rb"<[^<>]*>|[^<]+|<")


def check(data: bytes) -> None:
    """State the properties of one input; AssertionError where one does not hold."""
    with bounded():
        try:
            decoded = decode(data)
        except ProtocolError as error:
            _check_refusal(data, error)
        else:
            _check_message(data, decoded)
        redacted = redact(data)
    for secret in secrets_in(data, BLANKED_PLACES):
        assert secret.encode() not in redacted, "redact leaves a secret"


def _check_refusal(data: bytes, error: ProtocolError) -> None:
    """An error quotes no secret, is short, and can be answered with a valid confirmation of its version."""
    assert len(error.error_value) <= LONGEST_ERROR
    answer = confirmation_of_error(error, NOW)
    assert is_valid(parse(answer), error.version)
    for secret in secrets_in(data, SECRET_PLACES):
        assert secret not in str(error), "an error quotes a secret"
        assert secret.encode() not in answer, "a confirmation quotes a secret"


def _check_message(data: bytes, decoded: Decoded) -> None:
    """A message can be confirmed, and written again in its version, unless something had to be put right."""
    for repair in decoded.repairs:
        assert all(secret not in repair.path for secret in secrets_in(data, SECRET_PLACES))
    if not isinstance(decoded.message, Confirmation):
        assert is_valid(parse(confirmation_for(decoded, NOW)), decoded.version)
    _check_round_trip(decoded)


def _check_round_trip(decoded: Decoded) -> None:
    try:
        again = encode(decoded.message, decoded.version)
    except Inexpressible:
        assert decoded.repairs, "a valid document that cannot be written again"
        return
    assert is_valid(parse(again), decoded.version)
    read = decode(again)
    assert read.message == decoded.message
    assert encode(read.message, read.version) == again


def secrets_in(data: bytes, places: frozenset[str]) -> set[str]:
    """The texts inside secret elements that stand nowhere else in a well-formed document."""
    root = read(data)
    if root is None:
        return set()
    found: set[str] = set()
    for element in root.iter("{*}*"):
        if etree.QName(element).localname in places:
            found.update(str(text).strip() for text in element.itertext())
            tail = element.tail  # what stands behind it is no part of it
            element.clear()
            element.tail = tail
    elsewhere = etree.tostring(root, encoding="unicode") + _VOCABULARY
    return {text for text in found if _LOOKS_SECRET.fullmatch(text) and text not in elsewhere}


def mutate(data: bytes, seed: int) -> bytes:
    """The document with a part of it changed; three times in four it stays well-formed."""
    rng = random.Random(seed)
    root = None if rng.random() < 0.25 else read(data, recover=True)
    if root is not None:
        try:
            return _mutate_tree(root, rng)
        except (etree.LxmlError, ValueError):
            pass  # lxml reads names that it will not write
    return _mutate_tokens(data, rng)


def _mutate_tokens(data: bytes, rng: random.Random) -> bytes:
    """One of the tags or texts left out, repeated, moved, or put in another's place."""
    tokens = _TOKEN.findall(data)
    if not tokens:
        return data
    at, other = rng.randrange(len(tokens)), rng.randrange(len(tokens))
    low, high = sorted((at, min(len(tokens), at + rng.randrange(1, 9))))
    match rng.randrange(4):
        case 0:
            tokens[low:high] = []
        case 1:
            tokens[low:high] = tokens[low:high] * 2
        case 2:
            tokens[at], tokens[other] = tokens[other], tokens[at]
        case _:
            tokens[other:other] = tokens[low:high]
    return b"".join(tokens)


def _mutate_tree(root: etree._Element, rng: random.Random) -> bytes:
    """One element left out, repeated, moved, renamed or emptied, or its text or an attribute changed."""
    elements = [each for each in root.iter() if isinstance(each.tag, str)]
    one, other = rng.choice(elements), rng.choice(elements)
    parent = one.getparent()
    match rng.randrange(7):
        case 0 if parent is not None:
            parent.remove(one)
        case 1 if parent is not None:
            parent.insert(rng.randrange(len(parent) + 1), deepcopy(one))
        case 2 if one not in other.iterancestors() and one is not other:
            other.insert(rng.randrange(len(other) + 1), deepcopy(one))
        case 3:
            one.tag = other.tag
        case 4:
            one.set(rng.choice(_ATTRIBUTES), rng.choice(_TEXTS))
        case 5:
            one[:] = []
        case _:
            one.text = rng.choice([*_TEXTS, other.text])
    changed = etree.tostring(root, encoding=rng.choice(["UTF-8", "UTF-8", "UTF-16"]))
    assert isinstance(changed, bytes), "text comes of encoding='unicode' alone"
    return changed


def read(data: bytes, *, recover: bool = False) -> etree._Element | None:
    """The root as lxml reads it without our help; None where it cannot."""
    parser = etree.XMLParser(resolve_entities=False, remove_comments=True, remove_pis=True, recover=recover)
    try:
        return etree.fromstring(data.strip(), parser)
    except (etree.LxmlError, ValueError, LookupError):
        return None
