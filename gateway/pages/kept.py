"""What was typed into a form whose session had ended: it goes along through the sign-in, and is sent again when somebody says so.

Nothing is kept here: the sign-in page carries it, and after that a page with a button. Passwords are left out, and so are files.
Only a page of ours can have sent it, for where a form comes from is looked at before.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from gateway.pages.guards import FIELD

FIELDS_MAX: Final = 500
_LEFT_OUT: Final = frozenset({FIELD, "password", "current", "new", "again", "kept"})


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A form: where it was to be sent, and its fields in their order."""

    action: str
    fields: tuple[tuple[str, str], ...]


def keep(action: str, form: Mapping[str, Any]) -> str | None:
    """Write a form down as the sign-in page carries it; None where nothing in it is worth it."""
    typed = tuple((name, text) for name, text in form.items() if isinstance(text, str) and name not in _LEFT_OUT)
    if not any(text.strip() for _, text in typed) or len(typed) > FIELDS_MAX:
        return None
    return msgspec.json.encode(Kept(action=action, fields=typed)).decode()


def kept(text: str) -> Kept | None:
    """Read it again; None where it is none."""
    try:
        return msgspec.json.decode(text, type=Kept) if text else None
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
