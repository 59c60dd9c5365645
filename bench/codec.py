"""Messages decoded, validated and encoded per second and core: our codec, xmlschema, and a generic XML binding.

python -m bench.codec
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import xmlschema
from lxml import etree

from bench import documents
from bench.binding import Binding
from bench.report import heading, table
from gateway.iso18626.codec import decode, encode

WORDS = """\
Each way does the same work on the same documents: bytes are parsed, checked against schema 1.2, made into values, and
these are written as bytes again. Time is CPU time of one thread; the best of nine rounds, since other work of the machine only adds."""
ROUNDS = 9
ROUND_S = 0.1
Way = Callable[[bytes], bytes]


def ours(data: bytes) -> bytes:
    """The gateway's codec."""
    decoded = decode(data)
    return encode(decoded.message, decoded.version)


def by_xmlschema() -> Way:
    """With xmlschema, which validates while it decodes to its data objects, and while it encodes them."""
    schema = xmlschema.XMLSchema(documents.schema_path())

    def round_trip(data: bytes) -> bytes:
        values: Any = schema.to_objects(etree.fromstring(data))
        return bytes(etree.tostring(values.encode(etree_element_class=etree.Element)))

    return round_trip


def by_binding() -> Way:
    """The binding reads and writes; lxml checks before it, since the binding does not."""
    schema, binding = etree.XMLSchema(file=str(documents.schema_path())), Binding()

    def round_trip(data: bytes) -> bytes:
        schema.assertValid(etree.fromstring(data))
        return binding.round_trip(data)

    return round_trip


def check(ways: Mapping[str, Way], data: bytes) -> None:
    """Each way must write what means the same as it read; AssertionError where one loses something."""
    meant = decode(data).message
    for name, way in ways.items():
        assert decode(way(data)).message == meant, name


def cpu_us(way: Way, data: bytes) -> float:
    """CPU microseconds of one message: the best of several rounds."""
    return min(_round_us(way, data) for _ in range(ROUNDS))


def _round_us(way: Way, data: bytes) -> float:
    count, began = 0, time.process_time()
    while (spent := time.process_time() - began) < ROUND_S:
        way(data)
        count += 1
    return spent / count * 1e6


def main() -> None:
    """Print the figures."""
    ways = {"this codec": ours, "xmlschema": by_xmlschema(), "xsdata and lxml's check": by_binding()}
    samples = {
        "request": documents.request(1),
        "supplyingAgencyMessage": documents.supplying_message(1),
        "requestingAgencyMessage": documents.requesting_message(1),
    }
    heading("codec: messages decoded, validated and encoded per second, one core", WORDS)
    rows = []
    for name, data in samples.items():
        check(ways, data)
        costs = {way: cpu_us(do, data) for way, do in ways.items()}
        rows += [
            (f"{name}, {len(data)} bytes", way, f"{1e6 / us:,.0f}", f"{us:,.0f}", f"{us / costs['this codec']:.1f}")
            for way, us in costs.items()
        ]
    table(("message", "with", "messages/s", "us each", "times ours"), rows)


if __name__ == "__main__":
    main()
