"""Do the three books agree on a loan that is over? Each check is a question to one of them, with the answer in words."""

from collections.abc import Iterator, Mapping

import msgspec

from gateway.demo.scene import Scene

ACTS: Mapping[str, int] = {"hold placed": 1, "hold filled": 1, "checkout": 1, "renewal": 1, "checkin": 2}
"""What a loan leaves in the ACS's journal; the two check-ins are the arrival at the desk and the return."""

STATUSES = (
    ("RequestResponse", "WillSupply"),
    ("StatusChange", "Loaned"),
    ("RenewResponse", "Loaned"),
    ("StatusChange", "LoanCompleted"),
)
"""What the partner hears of a loan, in this order and once each."""


class Finding(msgspec.Struct, frozen=True):
    """One check: whether the books are as they must be, and what they say."""

    agrees: bool
    words: str


def findings(scene: Scene) -> Iterator[Finding]:
    """Look into the three books."""
    for look in (_acs, _partner, _documents, _gateway):
        yield look(scene)


def _acs(scene: Scene) -> Finding:
    acts, loan, hold = scene.acs_acts(scene.barcode), scene.acs_loan(), scene.acs_hold()
    words = ", ".join(f"{count} {kind}" for kind, count in acts.items())
    left = [name for name, left in (("loan", loan), ("hold", hold)) if left]
    ending = f"a {' and a '.join(left)} left" if left else "no loan and no hold left"
    return Finding(acts == ACTS and not left, f"the ACS: {words}; {ending}")


def _partner(scene: Scene) -> Finding:
    told = scene.page()["told"]
    statuses = tuple((each["reason"], each["status"]) for each in told)
    repeats = sum(each.get("novelty", "new") != "new" for each in told)
    said = ", ".join(status for _, status in statuses)
    return Finding(statuses == STATUSES and not repeats, f"the partner: heard {said}; {repeats} repeats")


def _documents(scene: Scene) -> Finding:
    deviations = [each for told in scene.page()["told"] for each in told.get("deviations", ())]
    words = "; ".join(deviations) or "every document that it was sent is valid by the schema"
    return Finding(not deviations, f"the partner: {words}")


def _gateway(scene: Scene) -> Finding:
    shown = scene.shown()
    state, tasks, waiting = shown["request"]["state"], len(shown["tasks"]), len(shown["next"])
    agrees = state == "completed" and not tasks and not waiting
    return Finding(agrees, f"the gateway: {state}; {tasks} open tasks, {waiting} pieces of work waiting")
