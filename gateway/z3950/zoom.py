"""A binding of the part of YAZ that is needed: its ZOOM interface (yaz/zoom.h), by ctypes. Loaded by `reader` alone.

Every call may block and may crash; nothing here is for a process that has anything to lose. Texts go in as UTF-8.
"""

import ctypes
from collections.abc import Iterator, Mapping
from ctypes import POINTER, byref, c_char_p, c_int, c_size_t, c_void_p
from types import TracebackType
from typing import Final, Self

from gateway.z3950.values import CatalogueRefusal

LIBRARY: Final = "libyaz.so.5"

_SIGNATURES: Final[Mapping[str, tuple[object, tuple[object, ...]]]] = {
    "ZOOM_connection_create": (c_void_p, (c_void_p,)),
    "ZOOM_connection_option_set": (None, (c_void_p, c_char_p, c_char_p)),
    "ZOOM_connection_connect": (None, (c_void_p, c_char_p, c_int)),
    "ZOOM_connection_error_x": (c_int, (c_void_p, POINTER(c_char_p), POINTER(c_char_p), POINTER(c_char_p))),
    "ZOOM_connection_search_pqf": (c_void_p, (c_void_p, c_char_p)),
    "ZOOM_connection_destroy": (None, (c_void_p,)),
    "ZOOM_resultset_size": (c_size_t, (c_void_p,)),
    "ZOOM_resultset_records": (None, (c_void_p, c_void_p, c_size_t, c_size_t)),
    "ZOOM_resultset_record_immediate": (c_void_p, (c_void_p, c_size_t)),
    "ZOOM_resultset_destroy": (None, (c_void_p,)),
    "ZOOM_record_get": (c_void_p, (c_void_p, c_char_p, POINTER(c_int))),
    "ZOOM_record_error": (c_int, (c_void_p, POINTER(c_char_p), POINTER(c_char_p), POINTER(c_char_p))),
}


def load() -> ctypes.CDLL:
    """Load the library, each function with its types. Raises OSError where it isn't installed."""
    library = ctypes.CDLL(LIBRARY)
    for name, (result, arguments) in _SIGNATURES.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


class RefusedError(Exception):
    """The catalogue, or YAZ, said that something is wrong."""

    def __init__(self, refusal: CatalogueRefusal) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal


class Connection:
    """A connection to a database. YAZ connects at the first search, and anew where the catalogue has hung up meanwhile."""

    def __init__(self, library: ctypes.CDLL, address: str, options: Mapping[str, str]) -> None:
        self._library = library
        self._it = library.ZOOM_connection_create(None)
        for name, value in options.items():
            library.ZOOM_connection_option_set(self._it, name.encode(), value.encode())
        library.ZOOM_connection_connect(self._it, address.encode(), 0)

    def search(self, query: str) -> "ResultSet":
        """Ask; raises RefusedError."""
        self.check()
        results = ResultSet(self._library, self, self._library.ZOOM_connection_search_pqf(self._it, query.encode()))
        try:
            self.check()
        except RefusedError:
            results.close()
            raise
        return results

    def check(self) -> None:
        """Raise RefusedError where the last step failed."""
        message, details, of = c_char_p(), c_char_p(), c_char_p()
        number = self._library.ZOOM_connection_error_x(self._it, byref(message), byref(details), byref(of))
        if number:
            raise RefusedError(_refusal(number, message, details, of))

    def close(self) -> None:
        """Hang up."""
        self._library.ZOOM_connection_destroy(self._it)


class ResultSet:
    """What a search gave; to be closed."""

    def __init__(self, library: ctypes.CDLL, connection: Connection, it: int) -> None:
        self._library = library
        self._connection = connection
        self._it = it

    def __enter__(self) -> Self:
        """For as long as the block lasts."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Let it go."""
        self.close()

    def __len__(self) -> int:
        """How many records there are."""
        return int(self._library.ZOOM_resultset_size(self._it))

    def fetch(self, start: int, count: int) -> Iterator["ZoomRecord | None"]:
        """Yield records from a place on, None for one that isn't there; raises RefusedError."""
        self._library.ZOOM_resultset_records(self._it, None, start, count)
        self._connection.check()
        for place in range(start, start + count):
            it = self._library.ZOOM_resultset_record_immediate(self._it, place)
            yield ZoomRecord(self._library, it) if it else None

    def close(self) -> None:
        """Let it go."""
        self._library.ZOOM_resultset_destroy(self._it)


class ZoomRecord:
    """A record; it lives as long as its result set."""

    def __init__(self, library: ctypes.CDLL, it: int) -> None:
        self._library = library
        self._it = it

    @property
    def is_diagnostic(self) -> bool:
        """Whether a diagnostic stands in the record's place."""
        return bool(self._library.ZOOM_record_error(self._it, None, None, None))

    @property
    def is_opac(self) -> bool:
        """Whether it is an OPAC record: MARC with holdings, which has no form but YAZ's XML."""
        return (self._get(b"syntax") or b"").lower() == b"opac"

    def raw(self) -> bytes | None:
        """Return it as it came: MARC in ISO 2709."""
        return self._get(b"raw")

    def xml(self) -> bytes | None:
        """Return it as XML with its texts as they came, in whatever characters. None where YAZ has no XML for it."""
        return self._get(b"xml")

    def _get(self, form: bytes) -> bytes | None:
        length = c_int()
        at = self._library.ZOOM_record_get(self._it, form, byref(length))
        return ctypes.string_at(at, length.value) if at and length.value > 0 else None


def _refusal(number: int, message: c_char_p, details: c_char_p, of: c_char_p) -> CatalogueRefusal:
    texts = ((each.value or b"").decode("utf-8", "replace") for each in (of, message, details))
    kind, said, added = texts
    return CatalogueRefusal(number=number, of=kind.casefold(), message=said, details=added)
