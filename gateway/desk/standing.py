"""How what everybody works with stands: the database and the circulation system, in the words of the banners above every page."""

from collections.abc import Iterator
from typing import Final

from gateway.desk.ports import Desk
from gateway.desk.structs.news import Banner, HouseStanding

READS_ONLY: Final = Banner(
    label="Database",
    head="The database can only be read for now.",
    words=(
        "Nothing that you do can be kept, and no work is done. Partners are told to send again later. "
        "It goes on by itself once the database takes changes."
    ),
)


def standing_of(desk: Desk) -> HouseStanding:
    """Say how it stands now, by what is known without asking anybody."""
    trouble = desk.circulation.status().trouble
    return HouseStanding(acs_trouble=trouble, banners=(*database_banners(desk), *_circulation_banners(trouble)))


def database_banners(desk: Desk) -> tuple[Banner, ...]:
    """Return what somebody who is not signed in is told too."""
    return (READS_ONLY,) if desk.store.reads_only else ()


def _circulation_banners(trouble: str | None) -> Iterator[Banner]:
    if trouble:
        yield Banner(
            label="Circulation system",
            head="Work at the circulation system waits:",
            words=f"{trouble}. What you do here is kept, and is done there as soon as it can be.",
        )
