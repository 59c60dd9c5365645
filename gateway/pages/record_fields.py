"""The forms of partners and peers: which columns stand together, what each is called, and what belongs into it. Words alone.

tests/pages/test_record_fields.py holds that each column of a record has its place: a form without one would empty it.
"""

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from gateway.desk.structs.directory import RecordForm


class Field(msgspec.Struct, frozen=True):
    """One column in a form."""

    column: str
    label: str
    hint: str = ""
    kind: str = "text"
    """“text”, “area”, “check” (yes or no), “one” or “many” of the column's choices."""
    words: Mapping[str, str] = {}
    """What people read in place of a choice that is a code."""


class FieldGroup(msgspec.Struct, frozen=True):
    """Columns under one heading; those of a folded group are seldom needed."""

    heading: str
    fields: tuple[Field, ...]
    folded: bool = True
    hint: str = ""


def _address(before: str) -> tuple[Field, ...]:
    lines = (
        ("line1", "First line"), ("line2", "Second line"), ("postal_code", "Postal code"), ("locality", "Town"),
        ("region", "Region"), ("country", "Country"),
    )  # fmt: skip
    return tuple(Field(f"{before}.{name}", label) for name, label in lines)


_SERVICES: Final = {"CopyOrLoan": "Copy or loan"}


def _terms(before: str) -> tuple[Field, ...]:
    return (
        Field(f"{before}.charge", "Charge", kind="one"),
        Field(f"{before}.fee.amount", "Fee for one request", "Where there is a charge."),
        Field(f"{before}.fee.currency", "Its currency", "Like USD."),
        Field(f"{before}.max_cost.amount", "Paid at most", "Where a request names no limit itself."),
        Field(f"{before}.max_cost.currency", "Its currency"),
        Field(f"{before}.reciprocal", "On the same terms both ways; the balance is looked at", kind="check"),
        Field(f"{before}.services", "What is lent or copied", "None ticked: everything.", kind="many", words=_SERVICES),
        Field(
            f"{before}.delivery_methods",
            "Ways of delivery",
            "Codes of SentVia, the preferred one first, divided by “;”. Empty: any.",
        ),
    )


_SEVERAL: Final = "Several are divided by “;”."
_DAYS: Final = (
    "Days like 2026-12-24/2026-12-26 Holidays, several divided by “;”. 2026-12-24/ holds until further notice."
)

PARTNER: Final = (
    FieldGroup(
        "The library",
        (
            Field("id", "Short name", "For lists and reports; letters, digits, hyphens. It stays."),
            Field("name", "Name"),
            Field("symbols", "Symbols", f"As type:value, like ISIL:XX-EXAMPLE. The first is the one we write. {_SEVERAL}"),
            Field("aliases", "Other symbols", f"Understood, never written. {_SEVERAL}"),
            Field("peer", "Reached through", "The system that connects. Peers are set up under “Peers”.", kind="one"),
            Field("account", "Account", "Its number on our circulation system. Empty: the one for partners without their own."),
            Field("groups", "Groups", f"Names that the policy's lines use. {_SEVERAL}"),
            Field("email", "E-mail", "Of the department, never a person's own."),
            Field("merged", "Merged into it", f"Short names of records that were merged into this one: what still names them means it. {_SEVERAL}"),
        ),
        folded=False,
    ),
    FieldGroup("Address: where items go", (*_address("address"), Field("courier", "Courier", "The courier's name and its stop or code there.")), folded=False),
    FieldGroup("Return address, if its own items go elsewhere", _address("return_address")),
    FieldGroup("Billing address", _address("billing_address")),
    FieldGroup(
        "We lend to it",
        (
            *_terms("lending"),
            Field("auto_answer", "Answers without a person", "Empty: as the policy says.", kind="one"),
            Field("expected.says_received", "Says Received of what it is lent", "Empty: as learned. Whoever never says so is not asked for it.", kind="one"),
        ),
    ),
    FieldGroup(
        "It lends to us: what you expect of it, in place of what was learned",
        (
            Field("expected.supplies_percent", "Supplies, per cent", "Of what it is asked for. Empty, here and below: as learned."),
            Field("expected.no_days", "Days until its no"),
            Field("expected.waits_days", "Days for which it is waited for"),
            Field("expected.item_days", "Days from our request to the item"),
        ),
    ),
    FieldGroup(
        "It lends to us",
        (
            *_terms("borrowing"),
            Field("told_of_customers", "What it learns of a customer", "Nothing, unless it can't lend without.", kind="many"),
        ),
    ),
    FieldGroup(
        "We bill it",
        (
            Field("billing.by", "How", "“Not at all”: neither bills the other.", kind="one"),
            Field("billing.email", "Bills go to", "An e-mail address. Empty: the library's own."),
            Field("billing.reference", "Its reference", "Such as a purchase order, to be read on each bill."),
            Field("billing.currency", "Currency", "Three letters, like EUR. Empty, here and below: as the settings say."),
            Field("billing.price", "Price of what does not come back", kind="one"),
            Field("billing.flat_price.amount", "Flat price"),
            Field("billing.flat_price.currency", "Flat price: currency", "Three letters, like EUR."),
            Field("billing.processing_fee.amount", "Processing fee"),
            Field("billing.processing_fee.currency", "Processing fee: currency", "Three letters, like EUR."),
            Field("billing.fees", "Fees of loans", "When they are billed.", kind="one"),
            Field("billing.refund", "Credited if it comes back", kind="one"),
            Field("billing.net_days", "Days to pay"),
            Field("billing.billable_days", "Days overdue until it is billed", "The last reminder goes out three weeks before."),
            Field("billing.tax_percent", "Tax, per cent"),
        ),
    ),
    FieldGroup(
        "Its catalogue: asked what it holds before it is asked to lend",
        (
            Field("catalogue.url", "Address", "https://… for SRU, z39.50s://host:210/database for Z39.50. Empty: it is not asked."),
            Field("catalogue.product", "Product", "What is usual there counts for all that is empty below.", kind="one"),
            Field("catalogue.holdings", "Form of its holdings", "The field that has its items, or opac for OPAC records.", kind="one"),
            Field("catalogue.record_number", "Where its record number stands", "A field, or a field and its subfield: 001, 999c."),
            Field("catalogue.number_as", "The number in our request", "{} stands for the number, as in b{}. Empty: the number alone."),
            Field("catalogue.schema", "Form of its records", "The name of MARCXML over SRU, the syntax of MARC over Z39.50."),
            Field("catalogue.is_union", "A union catalogue: its holdings name several libraries by symbol", kind="check"),
            Field("catalogue.symbols", "Where the symbol stands", "In a union catalogue: field and subfield, such as 850a."),
            Field("catalogue.user", "User"),
            Field("catalogue.password", "Password", "The name of a secret, as secret:peer-…; [outgoing.secrets] must name the address."),
            Field("catalogue.group", "Group", "Over Z39.50, if the server has groups."),
            Field("catalogue.query_charset", "Characters of queries", "Over Z39.50, if not UTF-8: iso-8859-1."),
            Field("catalogue.record_charset", "Characters of records", "Over Z39.50: utf-8, marc-8, iso-8859-1. Empty: their bytes tell."),
            Field("catalogue.timeout_s", "Seconds for one query, at most"),
            Field("catalogue.at_once", "Queries at the same time, at most"),
            Field("catalogue.max_per_minute", "Look-ups in a minute, at most"),
            *(
                Field(f"catalogue.indexes.{name}", f"Index: {label}", "As CQL, like bath.isbn, or Bib-1, like 1=7 4=1; none: not searched.")
                for name, label in (
                    ("record", "record number"), ("oclc", "OCLC number"), ("lccn", "LCCN"), ("isbn", "ISBN"), ("issn", "ISSN"),
                    ("title", "title"), ("author", "author"), ("date", "year"),
                )
            ),
        ),
    ),
    FieldGroup(
        "Away",
        (
            Field("suspended", "Suspended until further notice", kind="check"),
            Field("suspensions", "Suspended", f"Its requests get the automatic answer, and it is not asked. {_DAYS}"),
            Field("closures", "Closed", f"It is not asked to lend. {_DAYS}"),
        ),
    ),
    FieldGroup("Notes", (Field("notes", "Notes", "They stay inside.", kind="area"),), folded=False),
)  # fmt: skip

_NAMED: Final = "The name of a secret, as secret:peer-…; the secret itself stands in the settings' [secrets]."
PEER: Final = (
    FieldGroup(
        "The system",
        (
            Field("id", "Short name", "Letters, digits, hyphens. It stays."),
            Field("url", "Address", "Where it takes messages: https://… Empty: it only writes to us."),
            Field("version", "Version of ISO 18626", kind="one"),
            Field("dialect", "Dialect", "How its product speaks.", kind="one"),
            Field("agencies", "May speak for", f"Symbols as type:value; * for all but those of partners that another peer reaches. {_SEVERAL}"),
            Field("enabled", "Switched on", kind="check"),
        ),
        folded=False,
    ),
    FieldGroup(
        "What it shows us",
        (
            Field("inbound.account_id", "Account name in its messages"),
            Field("inbound.security_code", "Security code", _NAMED),
            Field("inbound.basic_user", "User (HTTP Basic)"),
            Field("inbound.basic_password", "Password", _NAMED),
            Field("inbound.bearer", "Bearer token", _NAMED),
            Field("inbound.certificate", "Client certificate", "SHA-256 fingerprint or common name."),
            Field("inbound.networks", "From these networks", f"Like 192.0.2.0/24. {_SEVERAL}"),
        ),
        hint="All that is given must be right. With nothing here, the settings say it.",
    ),
    FieldGroup(
        "What we show it",
        (
            Field("outbound.basic_user", "User (HTTP Basic)"),
            Field("outbound.basic_password", "Password", _NAMED),
            Field("outbound.bearer", "Bearer token", _NAMED),
            Field("tls.ca", "Authorities we trust there", "A file on the gateway's machine."),
            Field("tls.cert", "Our client certificate", "A file on the gateway's machine."),
            Field("tls.key", "Its key", "A file on the gateway's machine."),
        ),
    ),
    FieldGroup(
        "Limits and patience",
        (
            Field("max_per_minute", "Messages a minute, at most"),
            Field("first_message_wait_s", "Seconds before our first message", "Some systems need a moment before they take an answer."),
            Field("backoff.first_wait_s", "Seconds before the second try"),
            Field("backoff.longest_wait_s", "Seconds between tries, at most"),
            Field("backoff.tries", "Tries until a person is asked", "Trying goes on all the same."),
            Field("refuses", "Actions and statuses that it does not take", f"They are told in words at once. {_SEVERAL}"),
        ),
    ),
    FieldGroup("Notes", (Field("notes", "Notes", "They stay inside.", kind="area"),), folded=False),
)  # fmt: skip


LABELS: Final[Mapping[str, str]] = {
    field.column: field.label for groups in (PARTNER, PEER) for group in groups for field in group.fields
}


class GroupShown(msgspec.Struct, frozen=True, kw_only=True):
    """A group as it is shown: open if something in it is filled in or wrong."""

    group: FieldGroup
    is_open: bool


def groups_of(
    groups: tuple[FieldGroup, ...], cells: Mapping[str, str], problems: Mapping[str, str], usual: Mapping[str, str] = {}
) -> tuple[GroupShown, ...]:
    """Return the groups of a form with what is typed; a folded one is open if it says something that is not as usual."""
    said = {column for column, text in cells.items() if text not in {"", YES_OR_NO[1], usual.get(column)}}
    marked = said | set(problems)
    return tuple(
        GroupShown(group=group, is_open=not group.folded or not marked.isdisjoint(each.column for each in group.fields))
        for group in groups
    )


def facts_of(
    groups: tuple[FieldGroup, ...], cells: Mapping[str, str]
) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """Return what a record says, by groups; what it doesn't say is left out."""
    said = (
        (
            group.heading,
            tuple((each.label, _said(each, text)) for each in group.fields if (text := cells.get(each.column))),
        )
        for group in groups
    )
    return tuple((heading, facts) for heading, facts in said if facts)


def _said(field: Field, text: str) -> str:
    return "; ".join(field.words.get(each, each) for each in text.split("; ")) if field.words else text


def typed(form: RecordForm, given: Mapping[str, list[str]]) -> dict[str, str]:
    """Return each column's text of what a browser sent; several ticked values are one text, a box that isn't ticked says no."""
    return {name: _text(given.get(name, ()), form.choices.get(name, ())) for name in form.columns}


def _text(given: Iterable[str], choices: tuple[str, ...]) -> str:
    if choices == YES_OR_NO:
        return YES_OR_NO[YES_OR_NO[0] not in given]
    return "; ".join(filter(None, map(str.strip, given)))


YES_OR_NO: Final = ("true", "false")
