"""Files that are handed in, as text or as JSON."""

from typing import Any

import msgspec

from gateway.desk.errors import UnreadableError
from gateway.desk.structs.common import Upload


def text_of(upload: Upload) -> str:
    """Read UTF-8, with or without a byte order mark. Raises UnreadableError."""
    try:
        return upload.data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(f"The body is not UTF-8 (byte {error.start}).") from None


def json_of(upload: Upload) -> Any:
    """Read JSON of any shape. Raises UnreadableError."""
    try:
        return msgspec.json.decode(text_of(upload))
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnreadableError(f"The body is not JSON: {error}.") from None
