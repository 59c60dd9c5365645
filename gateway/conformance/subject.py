"""Who is tested, as whom, and about which title. Pure values."""

from msgspec import Struct

from gateway.iso18626.codes import Version
from gateway.iso18626.messages import Authentication


class ProbeTitle(Struct, frozen=True, kw_only=True):
    """What the test requests ask for; the partner's test catalogue should have it, or the conversation ends early."""

    title: str = "The Imaginary Almanac"
    isbn: str | None = None
    oclc: str | None = None


class Subject(Struct, frozen=True, kw_only=True):
    """The tested endpoint's library (`theirs`), ours, the version that it must speak, and the secret in our headers.

    `dialect` names the habits through which its messages are heard. `run_id` begins the id of every request, so that two
    runs have none in common.
    """

    ours: str
    theirs: str
    run_id: str
    version: Version = Version.V1_2
    dialect: str = "plain"
    authentication: Authentication | None = None
    work: ProbeTitle = ProbeTitle()
