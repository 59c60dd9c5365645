"""A library as a directory service tells of it, whatever the service's own form. Values alone."""

from gateway.workflow.partners import PartnerCatalogue, Period
from gateway.workflow.values import PostalAddress, Record


class Entry(Record, frozen=True, kw_only=True):
    """What of a directory's entry counts here; `url` is its own or its parent's."""

    name: str
    ids: tuple[str, ...] = ()
    """Names that may become its id, the best first."""
    symbols: tuple[str, ...]
    url: str | None = None
    dialect: str = "plain"
    email: str | None = None
    address: PostalAddress | None = None
    closures: tuple[Period, ...] = ()
    catalogue: PartnerCatalogue | None = None
    """Where its catalogue is, and how it is asked, as far as the directory says."""
