"""Text from outside whose code page nobody states, or states wrongly. Pure; nothing here raises."""

import re
import unicodedata
from typing import Final

_UNSTORABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
"""Control characters, and lone surrogates, which no store takes."""
_NAMED: Final = frozenset(
    {"iso-8859-1", "iso-8859-2", "iso-8859-5", "iso-8859-7", "iso-8859-15", "windows-1250", "windows-1251", "windows-1252"}
)  # fmt: skip
"""Code pages that a sender's word is taken for. Others would turn almost any bytes into almost any text."""
_WESTERN: Final = ("windows-1252", "iso-8859-1")
"""What "latin-1" means where it is said or guessed: the first leaves five bytes undefined, the second none."""


def decoded(data: bytes, named: str = "") -> str:
    """Read bytes as UTF-8; where they are none, as the code page that the sender named; else as western text.

    UTF-8 first, whatever was named: bytes above 127 that happen to be good UTF-8 are hardly ever anything else.
    """
    pages = ("utf-8", *({named.casefold()} & _NAMED - {"iso-8859-1"}), *_WESTERN)
    return next(text for text in (_try(data, page) for page in pages) if text is not None)


def one_line(text: str) -> str:
    """Return a text as one line: blanks single, letters composed with their accents, nothing that no store takes."""
    return unicodedata.normalize("NFC", " ".join(_UNSTORABLE.sub(" ", text).split()))


def is_one_line(text: str) -> bool:
    """Whether a text holds no line's end and no other control character."""
    return _UNSTORABLE.search(text) is None


def _try(data: bytes, page: str) -> str | None:
    try:
        return data.decode(page)
    except UnicodeDecodeError:
        return None
