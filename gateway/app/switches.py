"""What the settings file switches on and off, in words for the desk's page. One row a switch: what is not a matter of on or off has none."""

from collections.abc import Callable
from typing import Final, NamedTuple

from gateway.config.kinds import UnknownPartnerRule, UnknownPeerRule
from gateway.config.settings import Settings
from gateway.desk.structs.switches import FixedSwitch
from gateway.desk.structs.switches import SwitchGroup as G
from gateway.workflow.catalogue import CatalogueKind
from gateway.workflow.staff import Switch


class _Row(NamedTuple):
    """A switch of the file."""

    group: G
    name: str
    does: str
    key: str
    on: Callable[[Settings], str]
    """How it stands, in words; nothing while it is off."""
    off: str
    """How that stands."""
    switch: Switch | None = None
    """By which it is switched at the desk as well."""


def fixed_switches(settings: Settings) -> tuple[FixedSwitch, ...]:
    """Return every switch of the file as it stands."""
    stands = [(row, row.on(settings)) for row in IN_FILE]
    return tuple(
        FixedSwitch(
            group=row.group,
            name=row.name,
            does=row.does,
            key=row.key,
            is_on=bool(on),
            state=on or row.off,
            switch=row.switch,
        )
        for row, on in stands
    )


def _after(days: int, what: str = "days") -> str:
    return f"after {days:,} {what}" if days else ""


def _said(is_on: bool, words: str) -> str:  # noqa: FBT001 - the switch itself
    return words if is_on else ""


def _own_catalogue(settings: Settings) -> str:
    own = settings.catalogue
    if own.asked() is None:
        return ""
    return "the catalogue and our list of items" if own.kind is CatalogueKind.BOTH else "the catalogue"


def _slips(settings: Settings) -> str:
    plan = settings.notice_plan()
    times = ", ".join(f"{at:%H:%M}" for at in plan.pull_slips_at)
    return _said(
        plan.mails and bool(plan.branches and times),
        f"to {len(plan.branches)} {'branch' if len(plan.branches) == 1 else 'branches'} at {times}",
    )


def _statements(settings: Settings) -> str:
    plan = settings.notice_plan()
    return _said(plan.mails and plan.statements_on is not None, f"on day {plan.statements_on} of each month")


def _report(settings: Settings) -> str:
    plan, own = settings.notice_plan(), settings.notices
    return _said(
        plan.mails and bool(plan.report_on and plan.report_to), f"“{own.report}” on day {plan.report_on} of each month"
    )


# fmt: off
IN_FILE: Final = tuple(_Row(*row) for row in (
    (G.LENDING, "Requests of libraries that we don't know", "They are kept until an administrator says who it is.", "[lending] unknown_partner",
     lambda s: _said(s.lending.unknown_partner is UnknownPartnerRule.APPROVE, "an administrator is asked"), "they are refused"),
    (G.LENDING, "Requests of systems that show nothing of who they are", "A few are kept until an administrator says whose it is.", "[lending] unknown_peer",
     lambda s: _said(s.lending.unknown_peer is UnknownPeerRule.APPROVE, "an administrator is asked"), "they are refused"),
    (G.LENDING, "Looking in our own catalogue", "Copies are looked up there.", "[catalogue] kind, url",
     _own_catalogue, "our list of items alone"),
    (G.LENDING, "Copies that partners fetch as a file", "A scan that is handed in can be fetched by the partner.", "[copies] public_url",
     lambda s: _said(s.copies.public_url is not None, f"for {s.copies.kept_days} days"), "staff enter a link, or post the copy"),
    (G.BORROWING, "Asking partners' catalogues", "Who holds a work is looked up before anybody is asked for it.", "[borrowing.catalogues] ask",
     lambda s: _said(s.borrowing.catalogues.ask, "those whose partners' records name one"), "lenders are asked unseen", Switch.PARTNER_CATALOGUES),
    (G.BORROWING, "Our own copy first", "What is on our shelves is held for the customer who orders it.", "[borrowing] hold_own",
     lambda s: _said(s.borrowing.hold_own, "held by itself"), "a task asks each time"),
    (G.BORROWING, "Customers' names on straps", "The band around a borrowed item, which stays in the house, names its customer.", "[borrowing] names_on_straps",
     lambda s: _said(s.borrowing.names_on_straps, "where the order gave the name"), "they name nobody"),
    (G.BORROWING, "Learning of partners from directories", "What they say of partners is proposed, for people to accept.", "[[directories]]",
     lambda s: _said(bool(s.directories), f"read: {', '.join(each.id for each in s.directories)}"), "none is named"),
    (G.MAIL, "E-mail", "Bills, reminders, statements and reports can go out by e-mail at all.", "[mail] host",
     lambda s: _said(s.mail.host is not None, "it is set up"), "nothing is sent by e-mail"),
    (G.MAIL, "Pull slips to branches", "Each branch gets its slips on its open days.", "[notices] pull_slips_at, [branches.<code>] pull_slips_to",
     _slips, "not sent", Switch.PULL_SLIPS),
    (G.MAIL, "Statements to partners", "Each partner that owes something gets one.", "[notices] statements_on",
     _statements, "sent when somebody asks for it", Switch.STATEMENTS),
    (G.MAIL, "The monthly report", "Figures go to whoever is to have them.", "[notices] report_on, report_to",
     _report, "not sent", Switch.REPORT),
    (G.MAIL, "Heads of the audit chain", "Somebody outside is sent one a day, and can tell a changed history by it.", "[mail] audit_to",
     lambda s: _said(s.mail.audit_to is not None, "one a day"), "nobody is sent them"),
    (G.SIGN_IN, "Signing in by the library's own provider", "People come in without a password of ours, and their groups give the role.", "[desk.oidc]",
     lambda s: _said(s.desk.oidc is not None, f"“{s.desk.oidc.label}”" if s.desk.oidc else ""), "by name and password alone"),
    (G.UPKEEP, "The daily comparison", "The circulation system's books are held against our requests; differences become tasks.", "[acs] reconcile_at",
     lambda s: _said(bool(s.acs.reconcile_at), f"at {s.acs.reconcile_at}"), "when somebody asks for it"),
    (G.KEEPING, "Requests", "Ended requests go, with their messages; their figures stay.", "[retention] requests_days",
     lambda s: _after(s.retention.requests_days), "kept for good"),
    (G.KEEPING, "Raw messages", "The texts of messages go; a digest of each stays.", "[retention] documents_days",
     lambda s: _after(s.retention.documents_days), "kept for good"),
    (G.KEEPING, "Who looked up a customer", "Old lines of that log go.", "[retention] look_ups_days",
     lambda s: _after(s.retention.look_ups_days), "kept for good"),
    (G.KEEPING, "Bills", "Settled bills go.", "[retention] bills_days",
     lambda s: _after(s.retention.bills_days), "kept for good"),
    (G.KEEPING, "Lenders' invoices", "Settled invoices go, with their documents.", "[retention] invoices_fiscal_years",
     lambda s: _after(s.retention.invoices_fiscal_years, "fiscal years"), "kept for good"),
    (G.KEEPING, "Mails", "Mails that were sent go.", "[retention] notices_days",
     lambda s: _after(s.retention.notices_days), "kept for good"),
))
# fmt: on
