"""What was typed into a form that could not be taken: it is sent again when somebody says so.

Nothing is kept here: a page with a button carries it, and before that, where a session had ended, the sign-in page. Passwords are left out, and so
are files, which are to be chosen again. How much it may be, `bodies.py` says.
Only a page of ours can have sent it, for where a form comes from is looked at before.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from gateway.pages.guards import FIELD
from gateway.pages.parts import Handed

_OWN: Final = frozenset(
    {"seen", "seen_in", "read_version", "version", "key", "back", "cart", "mode", "scan", "whole", "step", "open", "do"}
)
"""What a form carries for itself."""
FOLDED_ABOVE: Final = 50
"""Fields: more than that are counted, and the list of them is folded."""
_LEFT_OUT: Final = frozenset({FIELD, "password", "current", "new", "again", "kept"})


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A form: where it was to be sent, and its fields in their order."""

    action: str
    fields: tuple[tuple[str, str], ...]
    files: tuple[str, ...] = ()
    """The fields in which a file was handed in."""

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        """What somebody has typed or chosen; “to” is the way back, or the address that a mail goes to."""
        given = ((name, text) for name, text in self.fields if text.strip() and name not in _OWN)
        return tuple((name, text) for name, text in given if not (name == "to" and text.startswith("/")))


def keep(action: str, form: Mapping[str, Any]) -> Kept | None:
    """Write a form down; None where nothing in it is worth it."""
    typed = tuple((name, text) for name, text in form.items() if isinstance(text, str) and name not in _LEFT_OUT)
    if not any(text.strip() for _, text in typed):
        return None
    files = tuple(name for name, given in form.items() if isinstance(given, Handed))
    return Kept(action=action, fields=typed, files=files)


def carried(form: Kept) -> str:
    """Write it as the sign-in page carries it."""
    return msgspec.json.encode(form).decode()


def kept(text: str) -> Kept | None:
    """Read it again; None where it is none."""
    try:
        return msgspec.json.decode(text, type=Kept) if text else None
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
