"""Looking a work up."""

from collections.abc import Mapping
from typing import Annotated, Final

import msgspec

from gateway.workflow.records import Copy

Text = Annotated[str, msgspec.Meta(max_length=500)]


class CopiesQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for: one of the fields is needed at least."""

    oclc: Text = ""
    lccn: Text = ""
    isbn: Text = ""
    issn: Text = ""
    record: Text = ""
    """Our own catalogue's number."""
    title: Text = ""
    author: Text = ""
    year: Text = ""
    edition: Text = ""
    volume: Text = ""
    issue: Text = ""
    any_edition: bool = False
    """Other editions will do as well."""


FIELDS: Final = tuple(name for name in CopiesQuery.__struct_fields__ if name != "any_edition")
"""What a work can be looked for by."""


class CopiesShown(msgspec.Struct, frozen=True, kw_only=True):
    """The copies in their order, the words of the search, and whether no copy means that there is none."""

    copies: tuple[Copy, ...]
    words: str
    certain: bool
    branches: Mapping[str, str]
    """Names of branches by their codes."""
