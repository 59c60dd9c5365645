"""Which copies of a work are the part that is wanted: the volume of a set, the issue of a serial.

Pure: copies in, copies out; one that nobody can be sure of carries its doubt.
"""

from collections.abc import Iterable

import msgspec

from gateway.catalogue import likeness, volumes
from gateway.catalogue.likeness import Fit
from gateway.catalogue.volumes import Caption
from gateway.workflow.records import Copy
from gateway.workflow.values import Wanted

NO_PART_NAMED = "the work has several parts, and the request names none"
MOST_VOLUMES = 50
"""Of a request that names more, the others are not looked for."""
NO_CAPTION = "the catalogue does not say which part this is"


def of_part(copies: Iterable[Copy], wanted: Wanted) -> tuple[Copy, ...]:
    """Return the copies that are the part wanted; all of them where none is named and there are no parts."""
    copies = tuple(copies)
    part = wanted_part(wanted, dated=states_years(copies))
    if not (part or names_part(wanted)):
        several = len({copy.volume for copy in copies}) > 1
        return tuple(_doubted(copy, NO_PART_NAMED) for copy in copies) if several else copies
    judged = [(copy, volumes.fits(copy.volume, part, wanted.volumes[:MOST_VOLUMES])) for copy in copies]
    fitting = tuple(copy for copy, fit in judged if fit is Fit.YES)
    return fitting or tuple(_doubted(copy, NO_CAPTION) for copy, fit in judged if fit is Fit.UNCLEAR)


def has(copies: Iterable[Copy], wanted: Wanted) -> bool:
    """Whether one of the copies is the part wanted for sure, by its volume and its year."""
    part = wanted_part(wanted, dated=True)
    return bool(part) and any(
        volumes.fits(copy.volume, part, wanted.volumes[:MOST_VOLUMES]) is Fit.YES for copy in copies
    )


def names_part(wanted: Wanted) -> bool:
    """Whether a volume or an issue is asked for."""
    return bool(wanted.volumes or wanted.issue)


def states_years(copies: Iterable[Copy]) -> bool:
    """Whether captions have years in them: so do those of serials, and not those of sets."""
    return any(volumes.read(copy.volume).years for copy in copies if copy.volume)


def wanted_part(wanted: Wanted, *, dated: bool) -> Caption:
    """Read what part is wanted. The date of publication is a part's where the captions are `dated`, else the work's."""
    named = [volumes.read(text) for text in wanted.volumes[:MOST_VOLUMES]]
    issue = volumes.read(wanted.issue or "")
    years = frozenset(likeness.years(wanted.published or "")) if dated else frozenset()
    return Caption(
        volumes=frozenset[int]().union(*(each.volumes for each in named)),
        issues=issue.issues | issue.volumes,
        years=years.union(*(each.years for each in named)),
    )


def _doubted(copy: Copy, words: str) -> Copy:
    return msgspec.structs.replace(copy, doubt=words)
