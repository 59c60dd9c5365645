"""XML of a stranger: no document type, hence no entities; nothing is fetched; the number and depth of elements have limits.

Pure: bytes in, an element out.
"""

from typing import Any, Final

from lxml import etree

from gateway.iso18626.encodings import as_utf8

MAX_TAGS: Final = 50_000  # twenty records with three hundred items each hold three quarters of it
MAX_DEPTH: Final = 64


class ForeignXmlError(ValueError):
    """What came back can't be used; the text says why, without quoting it."""


def parse(data: bytes) -> etree._Element:
    """Return the root; raises ForeignXmlError."""
    text = as_utf8(data)
    if text is None:
        raise ForeignXmlError("what came back is in an encoding that we do not read")
    if b"<!DOCTYPE" in text:  # before the parser sees it: what never meets a DTD cannot be tricked by one
        raise ForeignXmlError("what came back has a document type declaration: a page of HTML, or worse")
    if text.count(b"<") > MAX_TAGS:
        raise ForeignXmlError("what came back has too many elements")
    parser = etree.XMLParser(
        encoding="utf-8",  # whatever it says of itself
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.strip(), parser)
    except (etree.LxmlError, ValueError, LookupError):
        raise ForeignXmlError("what came back is not well-formed XML, or broke off") from None
    tree: Any = root.getroottree()  # the stubs do not know docinfo.doctype
    if tree.docinfo.doctype or _TOO_DEEP(root):
        raise ForeignXmlError("what came back is XML of a kind that we do not read")
    return root


_TOO_DEEP: Final = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
