"""By what requests are told apart, in words: the fields of a search, their values, and a word for each flag. Pure."""

from collections.abc import Callable, Collection, Mapping
from typing import Final

from gateway.desk.structs.search import NONE, FacetShown, FacetValue
from gateway.desk.structs.sheet import SheetMark
from gateway.dispatch.roles import TABLES
from gateway.store.register_port import Age, Facet, Flag
from gateway.workflow.partners import OurLibrary, Partner
from gateway.workflow.records import Role, State

FACETS: Final[Mapping[Facet, str]] = {
    Facet.ROLE: "Role",
    Facet.STATE: "Where it stands",
    Facet.FLAG: "Marked",
    Facet.AGE: "Asked for",
    Facet.WHOSE: "Assigned to",
    Facet.BRANCH: "Branch",
    Facet.SERVICE: "Service",
    Facet.PARTNER: "Partner",
}
_ROLES: Final[Mapping[str, str]] = {Role.LENDING: "We lend", Role.BORROWING: "We borrow"}
_AGES: Final[Mapping[str, str]] = {
    Age.TODAY: "today",
    Age.WEEK: "in the six days before",
    Age.MONTH: "in the month before",
    Age.OLDER: "earlier",
}
MARKS: Final[Mapping[str, SheetMark]] = {
    Flag.RUSH: SheetMark(words="Rush", colour="red"),
    Flag.LATE: SheetMark(words="Late", colour="red"),
    Flag.ATTENTION: SheetMark(words="Needs attention", colour="amber"),
    Flag.TASK: SheetMark(words="Has a task", colour="amber"),
    Flag.UNREAD: SheetMark(words="Unread", colour="blue"),
    Flag.COST: SheetMark(words="Has a cost", colour="plain"),
}
"""A word for each flag, the most pressing first."""
_ORDERS: Final[Mapping[Facet, tuple[str, ...]]] = {
    Facet.ROLE: tuple(Role),
    Facet.AGE: tuple(Age),
    Facet.FLAG: tuple(MARKS),
    Facet.STATE: tuple(State),
}
"""Values that have an order of their own; others come by how many there are."""

Name = Callable[[str], str]


def facets_shown(
    library: OurLibrary,
    counts: Mapping[Facet, Mapping[str, int]],
    chosen: Mapping[Facet, Collection[str]],
    partners: Mapping[str, Partner],
) -> tuple[FacetShown, ...]:
    """Return each facet that one may choose of, with the values that there are, and those that were chosen though there is none."""
    names = _names(library, partners)
    asked = (facet for facet in FACETS if facet in chosen)
    return tuple(_facet(facet, counts.get(facet, {}), chosen[facet], names.get(facet, _itself)) for facet in asked)


def _facet(facet: Facet, counts: Mapping[str, int], chosen: Collection[str], name: Name) -> FacetShown:
    picked = frozenset(str(value) for value in chosen)
    found = dict.fromkeys(picked, 0) | {value or NONE: count for value, count in counts.items()}
    order = _ORDERS.get(facet, ())
    places = {value: place for place, value in enumerate(order)}
    values = sorted(found, key=lambda value: (places.get(value, len(places)), -found[value], value))
    return FacetShown(
        field=facet.value,
        words=FACETS[facet],
        values=tuple(
            FacetValue(value=value, words=name(value), count=found[value], is_chosen=value in picked)
            for value in values
        ),
    )


def _names(library: OurLibrary, partners: Mapping[str, Partner]) -> Mapping[Facet, Name]:
    """Say how the values of a facet are written for people."""
    return {
        Facet.ROLE: lambda role: _ROLES[role],
        Facet.STATE: state_name,
        Facet.FLAG: lambda flag: MARKS[flag].words,
        Facet.AGE: lambda age: _AGES[age],
        Facet.WHOSE: lambda who: "nobody" if who == NONE else who,
        Facet.BRANCH: lambda code: "no branch yet" if code == NONE else library.branches.get(code, code),
        Facet.PARTNER: lambda number: _partner(number, partners),
    }


def _itself(value: str) -> str:
    return value


def _partner(number: str, partners: Mapping[str, Partner]) -> str:
    if number == NONE:
        return "none of ours yet"
    return partners[number].name if number in partners else number


def state_name(state: str) -> str:
    """Return a state's name for people; where it has another in each role, both."""
    names = {line.name: None for table in TABLES.values() for line in table.standings if line.state == state}
    return " / ".join(names) or state
