"""The hardened XML parser: bytes of a stranger in, the root element out, or ProtocolError BadlyFormedMessage.

No document type, hence no entities; nothing is fetched; size, number and depth of elements and the number of
attributes have limits. It holds without an HTTP server in front. What the document means is not decided here.
"""

import threading
from typing import Any, Final

from lxml import etree

from gateway.iso18626.codes import ErrorType
from gateway.iso18626.encodings import PLAIN, as_utf8
from gateway.iso18626.errors import ProtocolError

# Precedents: a partner must be able to send 100 KB (iso18626.md, "Confirmations"); the deepest valid element is the
# seventh level; the largest valid messages met in the field hold a few hundred elements.
MAX_BYTES: Final = 1024 * 1024
MAX_TAGS: Final = 2_500  # several times what the longest real message has; the slowest document of so many takes 30 ms
MAX_NAMESPACES: Final = 1000
MAX_DEPTH: Final = 32
MAX_ATTRIBUTES: Final = 10_000
MAX_NAME: Final = 100  # characters of a name in a path or an error

_SURELY_FEW: Final = min(MAX_TAGS * len("<a/>") // 2, MAX_NAMESPACES * len("xmlns"))
"""A document of no more bytes that is well-formed can't have too many of either."""
_NOT_XML: Final = "the document is not well-formed XML"
_BLANKS: Final = b" \t\r\n"
_TOO_DEEP: Final = etree.XPath("boolean(" + "/*" * (MAX_DEPTH + 1) + ")")
_ATTRIBUTES: Final = etree.XPath("count(//@*)")


class _Parsers(threading.local):
    """The parsers of each thread: threads must not share one."""

    def __init__(self) -> None:
        self.of = {
            (plain, blanks): _parser(plain=plain, blanks=blanks) for plain in (True, False) for blanks in (True, False)
        }


def _parser(*, plain: bool, blanks: bool) -> etree.XMLParser:
    """A parser of plain documents, or of what has been recoded, whatever it says of itself; that one is a fifth slower."""
    return etree.XMLParser(
        encoding=None if plain else "utf-8",
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        no_network=True,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=not blanks,
    )


_parsers: Final = _Parsers()


def badly_formed(reason: str) -> ProtocolError:
    """The error for a document that is no message; the reason never quotes the document."""
    return ProtocolError(ErrorType.BADLY_FORMED_MESSAGE, reason)


def parse(data: bytes, *, blanks: bool = False) -> etree._Element:
    """The root element; comments and processing instructions are left out. Raises ProtocolError.

    Leading blanks are forgiven (`has_leading_blanks` tells). Those between elements are kept where `blanks` asks for them: they are an
    eighth of a parser's work. An element that holds nothing else keeps them anyway.
    """
    if len(data) > MAX_BYTES:
        raise badly_formed(f"the document is larger than {MAX_BYTES} bytes")
    is_plain = PLAIN.match(data)
    text = data if is_plain else as_utf8(data)
    if text is None:
        raise badly_formed("the document is in an encoding that is not read")
    if len(text) > _SURELY_FEW and (_tags(text) > MAX_TAGS or text.count(b"xmlns") > MAX_NAMESPACES):
        raise badly_formed("the document has too many elements or namespaces")
    # Before the parser sees it: what never meets a DTD cannot be tricked by one. The rare `!` alone is found much sooner.
    if b"!" in text and b"<!DOCTYPE" in text:
        raise badly_formed("a document type declaration is not allowed")
    parser = _parsers.of[is_plain is not None, blanks]
    try:
        # A tenth sooner than to hand over the whole; whether it raises or closes, nothing of a document stays in a parser.
        parser.feed(text.lstrip(_BLANKS) if has_leading_blanks(data) else text)
        root = parser.close()
    except etree.XMLSyntaxError:
        raise badly_formed(_in_words(parser)) from None
    except (etree.LxmlError, ValueError, LookupError):
        raise badly_formed(_NOT_XML) from None
    tree: Any = root.getroottree()  # the stubs do not know docinfo.doctype
    if tree.docinfo.doctype:
        raise badly_formed("a document type declaration is not allowed")
    return root


def _tags(text: bytes) -> int:
    """About how many there are; an element without content counts as two like any other."""
    return text.count(b"<") + text.count(b"/>")


def has_leading_blanks(data: bytes) -> bool:
    """Whether blanks stand before the XML declaration, where XML allows nothing."""
    return data[:1] in {b" ", b"\t", b"\r", b"\n"} and data.lstrip(_BLANKS).startswith(b"<?xml")


def check_shape(root: etree._Element) -> None:
    """Refuse what nests too deeply or has too many attributes: only needed where the schema has not said yes."""
    if _TOO_DEEP(root):
        raise badly_formed(f"elements are nested more than {MAX_DEPTH} deep")
    count = _ATTRIBUTES(root)
    if isinstance(count, float) and count > MAX_ATTRIBUTES:
        raise badly_formed("the document has too many attributes")


def local_name(element: etree._Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]


def full_text(element: etree._Element) -> str:
    """The text of the element and of all inside it."""
    return "".join(str(text) for text in element.itertext())


def path_of(element: etree._Element) -> str:
    """The names from the root to the element, joined by `/`; one of absurd length is cut."""
    return "/".join(reversed([short_name(each) for each in (element, *element.iterancestors())]))


def short_name(element: etree._Element) -> str:
    """The name without its namespace, cut where it is absurdly long."""
    return local_name(element)[:MAX_NAME]


def _in_words(parser: etree.XMLParser) -> str:
    """Where and why what it was fed is not XML; its own words may quote the document, its error code does not."""
    first: Any = next(iter(parser.feed_error_log.filter_from_errors()), None)  # to the stubs, no log has entries
    if first is None:
        return _NOT_XML
    return f"not well-formed XML: {first.type_name.removeprefix('ERR_')} in line {first.line}, column {first.column}"
