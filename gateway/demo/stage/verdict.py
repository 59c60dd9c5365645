"""Do the books agree on a loan that is over? Each check is a question to one of them, with the answer in words."""

from collections.abc import Iterator, Mapping

import msgspec

from gateway.demo.stage.borrowing_scene import BORROWERS_ACTS, LENDERS_ACTS, BorrowingScene
from gateway.demo.stage.case import Case
from gateway.demo.stage.scene import Scene
from gateway.demo.stage.stack_config import PARTNER_ACCOUNT, PEER

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
    """Look into the three books of a loan to the partner."""
    for look in (_acs, _partner, _documents, _own_gateway):
        yield look(scene)


def borrowed_findings(scene: BorrowingScene) -> Iterator[Finding]:
    """Look into the books of both libraries that a borrowed loan has been through."""
    borrower, lender = scene.both.valley.library, scene.both.hills.library
    yield _circulation("the lender's ACS", scene.lenders, borrower.account, LENDERS_ACTS)
    yield _gateway("the lender's gateway", scene.lenders)
    yield _circulation("our ACS", scene.ours, scene.customer, BORROWERS_ACTS)
    yield _gateway("our gateway", scene.ours)
    yield _pool(scene)
    yield _rota(scene, lender.id)


def _acs(scene: Scene) -> Finding:
    return _circulation("the ACS", scene, PARTNER_ACCOUNT, ACTS)


def _circulation(whose: str, case: Case, customer: str, expected: Mapping[str, int]) -> Finding:
    acts, loan, hold = case.acs_acts(case.barcode), case.loan_of(customer), case.hold_of(customer)
    words = ", ".join(f"{count} {kind}" for kind, count in acts.items())
    left = [name for name, left in (("loan", loan), ("hold", hold)) if left]
    ending = f"a {' and a '.join(left)} left" if left else "no loan and no hold left"
    return Finding(acts == expected and not left, f"{whose}: {words}; {ending}")


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


def _own_gateway(scene: Scene) -> Finding:
    return _gateway("the gateway", scene)


def _gateway(whose: str, case: Case) -> Finding:
    shown = case.shown()
    state, tasks, waiting = shown["request"]["state"], len(shown["tasks"]), len(shown["next"])
    agrees = state == "completed" and not tasks and not waiting
    return Finding(agrees, f"{whose}: {state}; {tasks} open tasks, {waiting} pieces of work waiting")


def _pool(scene: BorrowingScene) -> Finding:
    counts = scene.pool_counts()
    words = ", ".join(f"{count} {state}" for state, count in counts.items())
    return Finding(set(counts) == {"free", "cooling"} and counts["cooling"] == 1, f"our pool of barcodes: {words}")


def _rota(scene: BorrowingScene, lender: str) -> Finding:
    asked = scene.asked()
    return Finding(asked == [lender], f"asked for it: {', '.join(asked)}; {PEER}'s catalogue does not have it")
