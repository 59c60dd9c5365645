"""What the mail with a head of the audit chain says. Pure."""

from datetime import datetime
from typing import Final

from gateway.notices.texts import Text

_BODY: Final = """The head of the audit chain of {library}, sealed at {sealed_at:%Y-%m-%d %H:%M}:

seal {number}
{head}

Keep this mail where nobody who can write to the gateway's database can write. Whether history up to then is what it was is said by

ill-gateway audit verify --head {head}
"""


def head_text(library: str, number: int, sealed_at: datetime, head: str) -> Text:
    """Return subject and body of a mail with the head of seal `number`; `sealed_at` is in the library's zone."""
    subject = f"Audit chain of {library}, {sealed_at:%Y-%m-%d}"
    return Text(
        subject=" ".join(subject.split()),
        body=_BODY.format(library=library, sealed_at=sealed_at, number=number, head=head),
    )
