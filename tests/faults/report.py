"""What a run showed, as text: the table, the recovery times, every breach. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from statistics import median

from gateway.demo.acs.records import ActKind
from tests.faults.breaches import Rule
from tests.faults.gauges import growth_of
from tests.faults.run import Outcome

_SHOWN = 40


def report(outcome: Outcome) -> str:
    """The whole report; the seed stands first."""
    return "\n".join(
        [
            f"{outcome.settings.role}, seed {outcome.settings.seed}",
            *_figures(outcome),
            *_ended_as(outcome),
            *_recovery(outcome),
            *_befell(outcome),
            *_staff(outcome),
            *([growth_of(outcome.readings)] if outcome.readings else []),
            *_breaches(outcome),
        ]
    )


def _figures(outcome: Outcome) -> list[str]:
    compared, weather = outcome.compared, outcome.weather
    broken = {rule: {breach.request for breach in compared.breaches if breach.rule is rule} for rule in Rule}
    begun, ended = compared.begun, sum(request.state in outcome.finals for request in compared.gateway.requests)
    left, by_fault = _left_to_staff(outcome, by_course=True), _left_to_staff(outcome, by_course=False)
    restarts = sorted(weather.restarts_s) or [0.0]
    rows = [
        ("loans begun", str(begun)),
        ("loans ended", str(ended)),
        ("lost", str(len(broken[Rule.LOST]))),
        ("doubled", str(len(broken[Rule.DOUBLED]))),
        ("stuck", str(len(broken[Rule.STUCK] | broken[Rule.OTHERS]))),
        ("left standing in the circulation system", str(len(broken[Rule.LEFT_STANDING]))),
        ("books that disagree", str(len(broken[Rule.DISAGREES]))),
        ("messages lost, doubled or out of order", str(len(broken[Rule.MESSAGE]))),
        ("strangers touched", str(len(broken[Rule.STRANGER]))),
        ("waited too long", str(len(broken[Rule.WAITED]))),
        ("errors in the gateway's log", str(sum(breach.rule is Rule.LOGGED for breach in compared.breaches))),
        ("longest wait after a lane's return", f"{outcome.waits.longest_s:.1f} s, in {outcome.waits.returns} returns"),
        ("left to staff by their course", _share(left, begun)),
        ("left to staff by a fault", _share(by_fault, begun)),
        ("kills of the gateway", str(weather.kills)),
        ("from a kill to ready again", f"median {median(restarts):.2f} s, longest {restarts[-1]:.2f} s"),
        ("lasted", f"{outcome.lasted_s:.0f} s, then {outcome.settled_s:.0f} s to settle"),
        ("loans a second", f"{begun / outcome.lasted_s:.1f}"),
        ("acts on the circulation system", str(_acts(outcome))),
        ("exit statuses at the end", ", ".join(map(str, outcome.exit_statuses))),
    ]
    return list(_aligned(rows))


def _acts(outcome: Outcome) -> str:
    acts = Counter(act.kind for act in outcome.compared.acs.acts)
    return ", ".join(f"{acts[kind]} {kind}" for kind in ActKind if acts[kind])


def _left_to_staff(outcome: Outcome, *, by_course: bool) -> set[str]:
    technician = outcome.technician
    tasks = technician.tasks.values()
    return {str(task["request"]) for task in tasks if (task["kind"] in technician.by_course) is by_course}


def _share(requests: set[str], of: int) -> str:
    return f"{len(requests)} ({100 * len(requests) / max(of, 1):.1f} %)"


def _ended_as(outcome: Outcome) -> list[str]:
    states = Counter(request.state for request in outcome.compared.gateway.requests)
    return ["ended as: " + ", ".join(f"{count} {state}" for state, count in states.most_common())]


def _recovery(outcome: Outcome) -> list[str]:
    """Seconds from the end of a trouble to the first turn that went through."""
    kinds: dict[str, list[float]] = {}
    for recovery in outcome.weather.recoveries:
        kinds.setdefault(recovery.kind, []).append(recovery.recovered_s)
    rows = [
        (kind, f"{len(times):4} times, median {median(times):.2f} s, longest {max(times):.2f} s")
        for kind, times in sorted(kinds.items())
    ]
    return ["recovery after:", *_aligned(rows, indent="  ")]


def _befell(outcome: Outcome) -> list[str]:
    wires: Counter[str] = Counter()
    for wire in outcome.wires:
        wires.update(wire.befell)
    turns = sum(wire.turns for wire in outcome.wires)
    return [
        f"turns on the wires: {turns}; befell: " + (_counted(wires) or "nothing"),
        "partners misbehaved: " + (_counted(Counter(outcome.compared.partner_faults)) or "never"),
        "killed: " + (_counted(outcome.weather.killed_at) or "never"),
    ]


def _staff(outcome: Outcome) -> list[str]:
    kinds = Counter(f"{task['kind']}: {_reason(str(task['words']))}" for task in outcome.technician.tasks.values())
    return ["tasks that a person resolved:", *(f"  {count:4} {words}" for words, count in kinds.most_common(_SHOWN))]


def _reason(words: str) -> str:
    """The first sentence of a task's words."""
    return words.split(". ", 1)[0].rstrip(".")


def _breaches(outcome: Outcome) -> list[str]:
    compared = outcome.compared
    if not compared.breaches:
        return ["THE INVARIANT HOLDS"]
    courses, numbers = compared.courses, compared.numbers
    return [
        f"THE INVARIANT IS BROKEN {len(compared.breaches)} times; seed {outcome.settings.seed} repeats it:",
        *(
            f"  {breach.rule}: {breach.request} ({courses.get(breach.request)}, ours {numbers.get(breach.request)}): {breach.words}"
            for breach in compared.breaches[:_SHOWN]
        ),
    ]


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common())


def _aligned(rows: Sequence[tuple[str, str]], indent: str = "") -> Iterable[str]:
    width = max((len(name) for name, _ in rows), default=0)
    return [f"{indent}{name:<{width}}  {value}" for name, value in rows]
