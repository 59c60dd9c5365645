"""Our transcription of the schemas says yes and no exactly where the published schemas do."""

import copy
import os
import random
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from gateway.iso18626.codes import Version
from gateway.iso18626.schema import schema_file
from tests.iso18626.samples import SAMPLES

HERE = Path(__file__).parent
PUBLISHED_NAMES = {Version.V1_2: "ISO-18626-v1_2.xsd", Version.V2021_2: "ISO-18626-2021-2.xsd"}
FOLDERS = [Path(os.environ.get("ISO18626_PUBLISHED", "/nonexistent")), HERE.parent.parent.parent / "shared" / "spec"]
FOLDER = next((folder for folder in FOLDERS if (folder / PUBLISHED_NAMES[Version.V1_2]).exists()), None)
XS = "{http://www.w3.org/2001/XMLSchema}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
NS = "{http://illtransactions.org/2013/iso18626}"
MUTANTS = 10_000

needs_published = pytest.mark.skipif(
    FOLDER is None, reason="the published schemas are not here (see schemas/README.md: ISO18626_PUBLISHED)"
)


def published(version: Version) -> Path:
    assert FOLDER is not None
    return FOLDER / PUBLISHED_NAMES[version]


def declaration(element: Any) -> Any:
    """An XSD node without annotations, prefixes and the order of attributes; comparable."""
    if not isinstance(element.tag, str) or element.tag == f"{XS}annotation":
        return None
    attributes = {
        name: value.rpartition(":")[2] if name in {"type", "ref", "base"} else value
        for name, value in element.attrib.items()
    }
    children = [child for child in map(declaration, element) if child is not None]
    return element.tag, tuple(sorted(attributes.items())), tuple(children)


@needs_published
@pytest.mark.parametrize("version", Version)
def test_the_declarations_are_the_same_whatever_their_order(version):
    ours, theirs = (
        {declaration(each) for each in etree.parse(path).getroot()}
        for path in (schema_file(version), published(version))
    )
    assert ours == theirs


def complaints(schema: Any, root: Any) -> list[tuple[int, str, str]]:
    schema.validate(root)
    return [(entry.line, entry.path, entry.message) for entry in schema.error_log]


@needs_published
@pytest.mark.parametrize("version", Version)
def test_thousands_of_mutants_get_the_same_verdict_at_the_same_place(version):
    ours, theirs = etree.XMLSchema(etree.parse(schema_file(version))), etree.XMLSchema(etree.parse(published(version)))
    chance = random.Random(18626)
    verdicts = {True: 0, False: 0}
    for _ in range(MUTANTS):
        root = mutant(chance)
        expected = complaints(theirs, root)
        assert complaints(ours, root) == expected, etree.tostring(root).decode()
        verdicts[not expected] += 1
    assert min(verdicts.values()) > MUTANTS // 20, "the mutants are all valid, or all invalid: they show nothing"


def mutant(chance: random.Random) -> Any:
    root = copy.deepcopy(TREES[chance.randrange(len(TREES))])
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        chance.choice(MUTATIONS)(chance, root)
    if chance.random() < 0.1:
        root = copy.deepcopy(chance.choice(list(root.iter(etree.Element))))
    return etree.fromstring(etree.tostring(root))


def any_element(chance: random.Random, root: Any) -> Any:
    return chance.choice(list(root.iter(etree.Element)))


def remove(chance: random.Random, root: Any) -> None:
    element = any_element(chance, root)
    if element is not root:
        element.getparent().remove(element)


def double(chance: random.Random, root: Any) -> None:
    element = any_element(chance, root)
    if element is not root:
        element.addnext(copy.deepcopy(element))


def swap(chance: random.Random, root: Any) -> None:
    element = any_element(chance, root)
    other = element.getnext()
    if other is not None:
        other.addnext(element)


def rename(chance: random.Random, root: Any) -> None:
    any_element(chance, root).tag = chance.choice(NAMES)


def move_in(chance: random.Random, root: Any) -> None:
    stranger = copy.deepcopy(any_element(chance, chance.choice(TREES)))
    any_element(chance, root).insert(chance.randrange(3), stranger)


def retext(chance: random.Random, root: Any) -> None:
    leaves = [element for element in root.iter(etree.Element) if not len(element)]
    chance.choice(leaves).text = chance.choice(TEXTS)


def attribute(chance: random.Random, root: Any) -> None:
    name, value = chance.choice(ATTRIBUTES)
    any_element(chance, root).set(name, value)


def unattribute(chance: random.Random, root: Any) -> None:
    any_element(chance, root).attrib.clear()


MUTATIONS = (remove, double, swap, rename, move_in, retext, retext, retext, attribute, unattribute)
TREES = [etree.fromstring(data) for data in SAMPLES.values()]
NAMES = [
    f"{NS}{name}"
    for name in sorted({etree.QName(each).localname for tree in TREES for each in tree.iter(etree.Element)})
]
NAMES += ["{urn:other}note", "note", f"{NS}unheardOf"]
TEXTS = [
    *("", " ", "x", "Y", "N", "y", "true", "1", "0", "-1", "+3", "1.5", ".5", "1,5", "1e3", "9" * 30, "NaN"),
    *("2024-01-01", "2024-01-01T00:00:00", "2024-01-01T24:00:00Z", "0001-01-01T00:00:00Z", "-0044-03-15T12:00:00Z"),
    *("2024-02-30T00:00:00Z", "2024-01-01 00:00:00Z", "2024-01-01T00:00:00.123456789+14:00", "10000-01-01T00:00:00Z"),
    *(
        "Loaned",
        "HoldReturn",
        "ReleaseHoldReturn",
        "Lost",
        "Renew",
        "StatusChange",
        "Notification",
        "OK",
        "ERROR",
        "ok",
    ),
    *(
        "Loan",
        "CopyOrLoan",
        "New",
        "PatronRequest",
        "AnyEdition",
        "BadlyFormedMessage",
        " Loaned",
        "Wir dürfen es nicht",
    ),
]
ATTRIBUTES = [
    *((f"{NS}scheme", value) for value in ("urn:x", "", "a b", "http://[", "%")),
    *((f"{NS}version", value) for value in ("1.2", "2021-3", "")),
    *(("scheme", "urn:x"), ("version", "1.2"), (f"{NS}schema", "urn:x"), (f"{XSI}nil", "true")),
    *((f"{XSI}type", value) for value in ("type_agencyId", "nonsense")),
    (f"{XSI}schemaLocation", "urn:nowhere nowhere.xsd"),
]
