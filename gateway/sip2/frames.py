"""Cuts the incoming byte stream into SIP2 messages. Pure: bytes in, bytes out; knows nothing of what they mean."""

import re
from typing import Final

from gateway.sip2.errors import FrameError

MAX_FRAME_BYTES: Final = 64 * 1024
"""A 64 reply with hundreds of charged items stays far below this; without a limit a mute line would fill memory."""

_TERMINATOR: Final = re.compile(rb"[\r\n]+")
_BLANK: Final = b" \t\0"


class Splitter:
    """Collects segments and gives out complete messages without their terminators.

    The specification ends a message with CR; servers also send CRLF, LF, or a stray LF or blanks before the next
    message (sip2.md, "The wire"). So CR and LF both end a message and nothing but blanks is no message.
    """

    def __init__(self, max_bytes: int = MAX_FRAME_BYTES) -> None:
        self._max_bytes = max_bytes
        self._partial = bytearray()

    @property
    def partial(self) -> bytes:
        """What has arrived of a message whose terminator has not."""
        return bytes(self._partial)

    @property
    def begun(self) -> bool:
        """Whether something of a message has arrived, and not its terminator."""
        return bool(self._partial.strip(_BLANK))

    def feed(self, data: bytes) -> list[bytes]:
        """Take one segment, give every message that it completes.

        Raises FrameError when a message exceeds the limit; the stream can't be read on after that.
        """
        first, *rest = _TERMINATOR.split(data)
        self._extend(first)
        if not rest:
            return []
        *between, last = rest
        if max(map(len, between), default=0) > self._max_bytes:
            raise self._too_long()
        frames = (bytes(self._partial), *between)
        self._partial.clear()
        self._extend(last)
        return [frame for frame in frames if frame.strip(_BLANK)]

    def _extend(self, piece: bytes) -> None:
        if len(self._partial) + len(piece) > self._max_bytes:
            raise self._too_long()
        self._partial += piece

    def _too_long(self) -> FrameError:
        return FrameError(f"a message is longer than {self._max_bytes} bytes")
