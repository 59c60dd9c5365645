"""What an inspection of the circulation system found, in words for whoever sets it up. Pure; nobody's name or number is in it.

Only what was asked is reported. That something is done by hand is not a fault; that something does not work, or that a
setting does not fit what was seen, is.
"""

from collections.abc import Iterator, Mapping
from datetime import tzinfo
from enum import StrEnum
from typing import Final

import msgspec

from gateway.mapping.circulation import (
    CUSTOMER_MESSAGE,
    ITEM_MESSAGE,
    MESSAGES,
    LookKind,
    Terminal,
    complete_list,
    due_date,
    is_valid,
    not_possible,
)
from gateway.sip2.circulation_status import STATUS_WORDS
from gateway.sip2.codec import Reply
from gateway.sip2.errors import Outcome, Reason
from gateway.sip2.evidence import (
    About,
    Confidence,
    Inspection,
    LineEnd,
    Suggestion,
    Weighed,
    line_end,
    suggestions,
    supported,
    weigh,
)
from gateway.sip2.products import PRODUCTS, Basis
from gateway.sip2.profiles import Credentials, LoginKind, Profile, ScreenMeaning, explain
from gateway.sip2.redaction import screen_text
from gateway.sip2.session import read_status
from gateway.sip2.support import makes_sense
from gateway.workflow.records import Act


class CheckResult(StrEnum):
    """How one thing stands."""

    WORKS = "works"
    BY_HAND = "by hand"
    FAILS = "fails"
    NOT_TRIED = "not tried"


class CheckLine(msgspec.Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    result: CheckResult
    words: str


class CheckEvidence(msgspec.Struct, frozen=True):
    """What speaks for a product, and where that is known from."""

    product: str
    words: str
    source: str


class CheckReport(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. `product` is the name of a profile, "" if nothing speaks for any; as much speaks for those `tied`."""

    lines: tuple[CheckLine, ...]
    product: str
    confidence: Confidence
    tied: tuple[str, ...]
    clues: tuple[CheckEvidence, ...]
    change: tuple[Suggestion, ...]
    by_hand: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether all that was tried works as it is configured."""
        return not self.change and all(line.result is not CheckResult.FAILS for line in self.lines)


_WHY_NOT_OPEN: Final[Mapping[Reason, str]] = {
    Reason.LOGIN: "It refused user and password. Don't try often: some systems block an account after three refusals.",
    Reason.OFFLINE: "It says that it is not on line.",
    Reason.CONNECT: "It took the connection and did not get through the login; "
    "it may be at its limit of connections, or expect another kind of login.",
}
_ACTS: Final[Mapping[Act, str]] = {
    Act.HOLD: "placing holds",
    Act.CANCEL_HOLD: "taking holds off",
    Act.CHECKOUT: "checking out",
    Act.RENEW: "renewing",
    Act.CHECKIN: "checking in",
}
"""Acts that no check may try: what is known of them is the profile's word and BX."""

_CODES: Final = {About.ITEM: ITEM_MESSAGE, About.CUSTOMER: CUSTOMER_MESSAGE}
_UNKNOWN_QUESTIONS: Final = {
    About.ITEM: "It can't be asked about items: staff judge each copy, and say whether what was done is so.",
    About.CUSTOMER: "It can't be asked about accounts: the items alone show what was done.",
}
_MEANINGS: Final[Mapping[ScreenMeaning, str]] = {meaning: meaning.replace("_", " ") for meaning in ScreenMeaning}
_MOST_SHOWN: Final = 200
_LISTS: Final = ((About.HOLDS, LookKind.HOLDS, "holds"), (About.LOANS, LookKind.CHARGED, "loans"))


def report(inspection: Inspection, profile: Profile, credentials: Credentials, tz: tzinfo) -> CheckReport:
    """Say what works; `profile` and `credentials` are the configured ones, `tz` is the library's zone."""
    verdict = weigh(inspection.heard.values(), profile.name)
    terminal = Terminal(profile=profile, zone=tz, location="", pickup="")
    lines = (_opening(inspection, profile, credentials), *_answers(inspection, terminal), *_acts(inspection, profile))
    return CheckReport(
        lines=tuple(lines),
        product=verdict.guess.name if verdict.guess else "",
        confidence=verdict.confidence,
        tied=verdict.tied,
        clues=tuple(_clues(verdict)),
        change=(*_other_profile(verdict, profile), *suggestions(inspection, profile, tz)),
        by_hand=tuple(_chores(lines, verdict, profile)),
    )


# ── line by line ─────────────────────────────────────────────────────────────────────────────────


def _opening(inspection: Inspection, profile: Profile, credentials: Credentials) -> CheckLine:
    how = {LoginKind.MESSAGE: "login (93)", LoginKind.TELNET: "login (prompts)", LoginKind.NONE: "session"}
    if inspection.not_open is not None:
        words = _WHY_NOT_OPEN.get(inspection.not_open, str(inspection.not_open))
        return CheckLine(
            how[profile.login], CheckResult.FAILS, f"{words} {_what_came(inspection, profile, credentials)}"
        )
    end = line_end(inspection)
    words = "" if end in {LineEnd.CR, None} else f"Replies end in {end}, which is understood."
    return CheckLine(how[profile.login], CheckResult.WORKS, words)


def _what_came(inspection: Inspection, profile: Profile, credentials: Credentials) -> str:
    """What it sent before the login failed, as text and without our account: a service echoes what is typed."""
    text = inspection.greeting.decode(profile.encoding, "replace").strip()
    for secret in filter(None, (credentials.password, credentials.user)):
        text = text.replace(secret, "…")
    return f"It sent: “{text[:_MOST_SHOWN]}”." if text else "It sent nothing."


def _answers(inspection: Inspection, terminal: Terminal) -> Iterator[CheckLine]:
    """The status, the item, the account, its lists; what was asked and got lost; what nobody asked."""
    if inspection.not_open is not None:
        return
    tellers = {About.STATUS: _status, About.ITEM: _item, About.CUSTOMER: _customer}
    names = {About.STATUS: "status (99)", About.ITEM: "item (17)", About.CUSTOMER: "account (63)"}
    for asked, tell in tellers.items():
        reply, lost = inspection.reply(asked), inspection.lost.get(asked)
        is_denied = asked in _CODES and supported(_CODES[asked], inspection, terminal.profile) is False
        if is_denied and not (reply and makes_sense(reply)):
            yield CheckLine(names[asked], CheckResult.BY_HAND, _UNKNOWN_QUESTIONS[asked])
        elif reply is not None:
            yield CheckLine(names[asked], *tell(reply, terminal))
        elif lost is not None:
            yield CheckLine(names[asked], CheckResult.FAILS, _lost(lost))
        else:
            yield CheckLine(names[asked], CheckResult.NOT_TRIED, _untried(asked, inspection))
    yield from _lists(inspection, terminal.profile)


def _lost(outcome: Outcome) -> str:
    return f"No good reply came: {outcome.replace('_', ' ')}."


def _untried(asked: About, inspection: Inspection) -> str:
    """Why a question was not put."""
    if inspection.lost:
        return "The line was given up before."
    return "Name a test item with --item." if asked is About.ITEM else "Name a test account with --customer-account."


def _status(reply: Reply, _terminal: Terminal) -> tuple[CheckResult, str]:
    status = read_status(reply)
    library = reply.first("AM")
    patience = f"{status.timeout_s:g} s" if status.timeout_s is not None else "not told"
    retries = str(status.retries) if status.retries is not None else "not told"
    told = f"On line{f' as “{library}”' if library else ''}; time for a reply {patience}, retries {retries}; BX {status.supported or 'not told'}."
    if status.denied:
        denied = " and ".join(words for act, words in _ACTS.items() if MESSAGES[act] in status.denied)
        told += f" It takes no {denied} (N in the 98); overrides.supports stands in place of that."
    return (CheckResult.WORKS, told) if status.online else (CheckResult.FAILS, "It says that it is not on line.")


def _item(reply: Reply, terminal: Terminal) -> tuple[CheckResult, str]:
    code = reply.fixed.get("circulation_status", "").strip().zfill(2)
    if code == "01" and not reply.first("AJ"):
        return CheckResult.FAILS, f"It does not know the item (01 without a title).{_said(reply, terminal.profile)}"
    due, shown = due_date(reply, terminal), reply.first("AH")
    told = [STATUS_WORDS.get(code, f"status {code}")]
    if shown:
        told.append(
            f"due {due.astimezone(terminal.zone):%Y-%m-%d %H:%M}" if due else f"due date not understood: {shown}"
        )
    told.append(f"holds waiting {reply.first('CF') or 'not told'}")
    told.append(f"at {reply.first('AP') or reply.first('AQ') or 'a place that is not told'}")
    result = CheckResult.FAILS if shown and due is None else CheckResult.WORKS
    return result, f"{', '.join(told)}.{_said(reply, terminal.profile)}"


def _customer(reply: Reply, terminal: Terminal) -> tuple[CheckResult, str]:
    """Whether the account may do what a partner's must; nothing of whose it is."""
    known = is_valid(reply)
    if known is None:
        return CheckResult.FAILS, f"It does not say whether it knows the account.{_said(reply, terminal.profile)}"
    if not known:
        return (
            CheckResult.FAILS,
            f"It does not know the account, or has ended it (BL N).{_said(reply, terminal.profile)}",
        )
    status = reply.fixed.get("patron_status", "")
    denied = [
        name for place, name in ((0, "checkouts"), (1, "renewals"), (3, "holds")) if status[place : place + 1] == "Y"
    ]
    words = f"Known; {' and '.join(denied)} denied." if denied else "Known and in order."
    return (CheckResult.FAILS if denied else CheckResult.WORKS), words + _said(reply, terminal.profile)


def _said(reply: Reply, profile: Profile) -> str:
    """The screen message, and what the profile makes of it."""
    text, meant = screen_text(reply), explain(reply.fields.get("AF", ()), profile)
    meaning = f" ({', '.join(sorted(_MEANINGS[each] for each in meant))})" if meant else ""
    return f" It says: “{text}”{meaning}" if text else ""


def _lists(inspection: Inspection, profile: Profile) -> Iterator[CheckLine]:
    """Whether the lists name item barcodes and are complete: only then can they prove that something is not there."""
    for asked, question, name in _LISTS:
        reply, lost = inspection.reply(asked), inspection.lost.get(asked)
        if lost is not None:
            yield CheckLine(f"list of {name} (63)", CheckResult.FAILS, _lost(lost))
        if reply is None:
            continue
        yield CheckLine(f"list of {name} (63)", *_judged_list(question, name, reply, profile))


def _judged_list(question: LookKind, name: str, reply: Reply, profile: Profile) -> tuple[CheckResult, str]:
    """A list of a customer who is not known, and an empty one, show nothing of the lists of others."""
    if is_valid(reply) is not True:
        return CheckResult.NOT_TRIED, "It does not know the account: its lists say nothing."
    listed = complete_list(question, reply, profile)
    if listed is None:
        words = "Not a complete list of item barcodes: what it leaves out proves nothing, the item itself is looked at."
        return CheckResult.WORKS, words
    if not listed:
        return CheckResult.NOT_TRIED, f"Empty: name an account that has {name}, to see whether the list is complete."
    return CheckResult.WORKS, f"Complete, by item barcode: {len(listed)}."


def _acts(inspection: Inspection, profile: Profile) -> Iterator[CheckLine]:
    """Not tried, for they change the books."""
    for act in _ACTS:
        said = supported(MESSAGES[act], inspection, profile)
        why_not = not_possible(act, profile, supported=said)
        if why_not is not None:
            yield CheckLine(_act_name(act), CheckResult.BY_HAND, f"{why_not} The gateway makes it a task for staff.")
        elif inspection.not_open is None:
            words = (
                "It says that it does; a check changes nothing."
                if said
                else "It does not say; a check changes nothing."
            )
            yield CheckLine(_act_name(act), CheckResult.NOT_TRIED, words)


def _act_name(act: Act) -> str:
    return f"{_ACTS[act]} ({MESSAGES[act]})"


# ── the product ──────────────────────────────────────────────────────────────────────────────────


def _clues(verdict: Weighed) -> Iterator[CheckEvidence]:
    for guess in (verdict.guess, *verdict.others):
        if guess is not None:
            for clue in guess.clues:
                yield CheckEvidence(guess.name, clue.words, clue.source)


def _other_profile(verdict: Weighed, profile: Profile) -> Iterator[Suggestion]:
    guess = verdict.guess
    if guess is not None and verdict.confidence is Confidence.LIKELY and guess.name != profile.name:
        yield Suggestion("profile", guess.name, f"It speaks as {PRODUCTS[guess.name].title} does.")


def _chores(lines: tuple[CheckLine, ...], verdict: Weighed, profile: Profile) -> Iterator[str]:
    """What people do: the acts it can't, and what the configured product and the likely one need set up."""
    acts = {_act_name(act) for act in _ACTS}
    for line in lines:
        if line.result is CheckResult.BY_HAND and line.what in acts:
            yield f"{line.what.capitalize()}: in the ILS, then “done-by-hand” in the gateway."
    likely = verdict.guess.name if verdict.guess and verdict.confidence is Confidence.LIKELY else profile.name
    for name in dict.fromkeys((profile.name, likely)):
        product = PRODUCTS[name]
        yield from (f"{product.title}: {chore.words}." for chore in product.by_hand)
        if product.basis is Basis.UNVERIFIED:
            yield f"{product.title}: little could be verified of it. Try each step once with a test item."
