"""The process that speaks Z39.50: questions on standard input, replies on standard output, one after the other, until the input ends.

Started and ended by `readers`. It keeps its connection for the next question to the same target. What it may use of the
machine is bounded, so that a record made to swell in memory ends this process alone.
"""

import ctypes
import resource
import sys
from typing import BinaryIO, Final

from gateway.z3950 import zoom
from gateway.z3950.values import (
    HEAD_BYTES,
    LONGEST_QUESTION,
    NO_LIBRARY,
    READY,
    CatalogueQuery,
    CatalogueReply,
    RecordCharset,
    Target,
    framed,
    question_of,
)

MEMORY_BYTES: Final = 512 * 1024 * 1024
ZOOM_SET: Final = "zoom"
"""The set of YAZ's own numbers, of troubles on the way (zoom.h)."""


class Session:
    """The connection, kept while questions are about the same target."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._library = library
        self._target: Target | None = None
        self._connection: zoom.Connection | None = None

    def answer(self, question: CatalogueQuery) -> CatalogueReply:
        """Search and fetch; what goes wrong is the reply's `refusal`."""
        try:
            with self._connected(question).search(question.query) as results:
                return _fetched(results, question)
        except zoom.RefusedError as refused:
            if refused.refusal.of == ZOOM_SET:
                self._hang_up()
            return CatalogueReply(refusal=refused.refusal)

    def _connected(self, question: CatalogueQuery) -> zoom.Connection:
        if self._connection is None or self._target != question.target:
            self._hang_up()
            self._connection = zoom.Connection(self._library, question.target.address, _options(question))
            self._target = question.target
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _options(question: CatalogueQuery) -> dict[str, str]:
    """ZOOM's options (YAZ manual, “ZOOM Connections”). Records are fetched apart from the search: what has none costs one exchange."""
    target = question.target
    given = {"user": target.user, "password": target.password, "group": target.group}
    return {
        "databaseName": target.database,
        "preferredRecordSyntax": target.syntax,
        "elementSetName": "F",
        "rpnCharset": target.query_charset,
        "timeout": str(question.timeout_s),
        "presentChunk": str(question.page_records),
        "count": "0",
        "implementationName": "ill-gateway",
        **{name: text for name, text in given.items() if text is not None},
    }


def _fetched(results: zoom.ResultSet, question: CatalogueQuery) -> CatalogueReply:
    total, unread, size = len(results), 0, 0
    records: list[bytes] = []
    for record in results.fetch(0, min(total, question.most_records)) if total else ():
        xml = None if record is None or record.is_diagnostic else as_xml(record, question.target.record_charset)
        if xml is None:
            unread += 1
            continue
        size += len(xml)
        if size > question.most_bytes:
            return CatalogueReply(total=total, records=tuple(records), unread=unread, is_cut=True)
        records.append(xml)
    return CatalogueReply(total=total, records=tuple(records), unread=unread)


def as_xml(record: zoom.ZoomRecord, charset: RecordCharset) -> bytes | None:
    """Return a record as XML in UTF-8; None where it is none."""
    # pymarc is a third of what a process takes to start, and most catalogues are asked about a work in vain
    from gateway.z3950 import characters  # noqa: PLC0415

    if record.is_opac:
        xml = record.xml()
        return None if xml is None else characters.xml_in_utf_8(xml, charset)
    raw = record.raw()
    return None if raw is None else characters.marcxml(raw, charset)


def serve(source: BinaryIO, sink: BinaryIO) -> None:
    """Say that it can be asked, and answer until the input ends."""
    session = Session(zoom.load())
    sink.write(READY)
    sink.flush()
    while head := source.read(HEAD_BYTES):
        length = int.from_bytes(head, "big")
        assert length <= LONGEST_QUESTION, "what asks is our own"
        sink.write(framed(session.answer(question_of(source.read(length)))))
        sink.flush()


def main() -> None:
    """Bound the process and serve; its exit code says where YAZ isn't installed."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(NO_LIBRARY)


if __name__ == "__main__":
    main()
