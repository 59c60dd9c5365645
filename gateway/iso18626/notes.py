"""Protocol that peers put into `note`, and the items they put into `itemId`: read out, stripped, written back.

Pure functions over text (iso18626.md, "Conventions in notes"). Human text is never dropped; words that are both (such
as `Condition:`) are read and left in place. Which product does what stands in `dialects`.
"""

import re
from decimal import Decimal
from typing import Final

from msgspec import Struct

from gateway.iso18626.values import Code, Costs, PhysicalAddress

_SEQUENCE: Final = re.compile(r"#seq:(\d{1,9})#", re.ASCII)
_LAST_SEQUENCE: Final = re.compile(r"#lastSeq:(\d{1,9})#", re.ASCII)
_UPDATED_FIELD: Final = re.compile(r"#ReShareUpdatedField-([^:#]{1,100}):([^#]*)#")
_SPACES: Final = re.compile(r"[ \t]{2,}")
_VENDOR: Final = re.compile(r"\bVendor: ([^,#\n]{1,200})")
_SUPPLIER: Final = re.compile(r"\bSupplier: ([^,#\n]{1,200})")
_NAMES: Final = re.compile(r"(?:^|(?<=, )|(?<=\n))(?:Vendor|Supplier): [^\s,#]+(?:, |(?=[#\n])|$)")
_CONDITION: Final = re.compile(r"\bCondition: ([^,\n]{1,200})")
_COST: Final = re.compile(r"\bCost: (\d{1,12}(?:\.\d{1,4})?) ([A-Za-z]{3})\b", re.ASCII)
_URL: Final = re.compile(r"\bURL: (\S{1,2000})")

_ADD_CONDITION: Final = "#ReShareAddLoanCondition#"
_AGREE: Final = "#ReShareLoanConditionAgreeResponse#"
_REJECT: Final = "#ReShareLoanConditionRejectResponse#"
_AWAITING: Final = "#ReShareSupplierAwaitingConditionConfirmation#"
_ASSUMED: Final = "#ReShareSupplierConditionsAssumedAgreed#"
_ABORT: Final = "#ABORT#"
_ITEMS: Final = ("#MultipleItems#", "#MultipleItemsEnd#")
_SHIP_TO: Final = ("#SHIP_TO#", "#ST_END#")
_RETURN_TO: Final = ("#RETURN_TO#", "#RT_END#")
_MULTIVOLUME: Final = "multivol:"
_NEXT_ITEM: Final = re.compile(r"(?<!#)###(?=(?:##)*(?!#))")
"""An odd run of `#` begins with the joint of two items; an even one is `##` before and after an empty part."""
_ANSWERS: Final = {"ACCEPT": True, "REJECT": False}
_AROUND_A_WORD: Final = " \t\r\n.,:;!?`'\"“”()[]#*-"


class NotedItem(Struct, frozen=True):
    """One of several items of a request."""

    barcode: str
    call_number: str = ""
    title: str = ""


class Tokens(Struct, frozen=True, kw_only=True):
    """What a note says to the machine. `condition_accepted` is an answer; None means there was none."""

    sequence: int | None = None
    last_sequence: int | None = None
    condition_added: bool = False
    condition_accepted: bool | None = None
    awaiting_condition_answer: bool = False
    conditions_assumed_agreed: bool = False
    aborted: bool = False
    updated_fields: tuple[tuple[str, str], ...] = ()
    items: tuple[NotedItem, ...] = ()
    ship_to: str | None = None
    return_to: str | None = None


class Words(Struct, frozen=True, kw_only=True):
    """What a note says in words that a machine can read too."""

    vendor: str | None = None
    supplier: str | None = None
    condition: str | None = None
    cost: Costs | None = None
    url: str | None = None


def read_tokens(note: str | None) -> tuple[str | None, Tokens]:
    """The human text of a note, and its tokens."""
    text = note or ""
    text, items = _section(text, *_ITEMS)
    text, ship_to = _section(text, *_SHIP_TO)
    text, return_to = _section(text, *_RETURN_TO)
    sequence, last_sequence = _SEQUENCE.search(text), _LAST_SEQUENCE.search(text)
    tokens = Tokens(
        sequence=int(sequence[1]) if sequence else None,
        last_sequence=int(last_sequence[1]) if last_sequence else None,
        condition_added=_ADD_CONDITION in text,
        condition_accepted=True if _AGREE in text else False if _REJECT in text else None,
        awaiting_condition_answer=_AWAITING in text,
        conditions_assumed_agreed=_ASSUMED in text,
        aborted=_ABORT in text,
        updated_fields=tuple((field, value) for field, value in _UPDATED_FIELD.findall(text)),
        items=_items(items),
        ship_to=ship_to,
        return_to=return_to,
    )
    human = _human(text)
    return (note or None if human == note else _SPACES.sub(" ", human).strip() or None), tokens


def _section(text: str, start: str, end: str) -> tuple[str, str | None]:
    """The text without the first section between the marks, and that section; a mark without its fellow stays."""
    before, opened, rest = text.partition(start)
    inside, closed, after = rest.partition(end)
    return (before + after, inside.strip()) if opened and closed else (text, None)


def _items(section: str | None) -> tuple[NotedItem, ...]:
    lines = [line.split("|", 2) for line in (section or "").splitlines() if line.strip()]
    return tuple(NotedItem(*(part.strip() for part in line)) for line in lines)


def _human(text: str) -> str:
    for pattern in (_SEQUENCE, _LAST_SEQUENCE, _UPDATED_FIELD):
        text = pattern.sub("", text)
    for token in (_ADD_CONDITION, _AGREE, _REJECT, _AWAITING, _ASSUMED, _ABORT):
        text = text.replace(token, "")
    return text


def write_tokens(text: str | None, tokens: Tokens) -> str | None:
    """The note that carries both: conditions and changes first, then the human text, blocks, and the sequence at the end.

    A ReShare knows the first by how the note begins and the last by how it ends.
    """
    answers = {True: _AGREE, False: _REJECT, None: ""}
    before = [
        _ADD_CONDITION if tokens.condition_added else "",
        answers[tokens.condition_accepted],
        _AWAITING if tokens.awaiting_condition_answer else "",
        _ASSUMED if tokens.conditions_assumed_agreed else "",
        _ABORT if tokens.aborted else "",
        *(f"#ReShareUpdatedField-{field}:{value}#" for field, value in tokens.updated_fields),
    ]
    blocks = [
        _written_items(tokens.items),
        ship_block(tokens.ship_to) if tokens.ship_to is not None else "",
        return_block(tokens.return_to) if tokens.return_to is not None else "",
    ]
    after = [
        f"#lastSeq:{tokens.last_sequence}#" if tokens.last_sequence is not None else "",
        f"#seq:{tokens.sequence}#" if tokens.sequence is not None else "",
    ]
    shown = "\n".join(part for part in ("".join(before) + (text or ""), *blocks) if part)
    return shown + "".join(after) or None


def in_people_words(tokens: Tokens) -> str | None:
    """What tokens tell people and nothing acts on, in words; None where there is none of that."""
    told = [
        *(f"Changed: {field}: {value}." for field, value in tokens.updated_fields),
        "The sender's system has given the request up." if tokens.aborted else "",
        "The sender takes its conditions for agreed." if tokens.conditions_assumed_agreed else "",
        "The sender waits for an answer to its conditions." if tokens.awaiting_condition_answer else "",
        f"Ship to: {_on_one_line(tokens.ship_to)}." if tokens.ship_to else "",
        f"Return to: {_on_one_line(tokens.return_to)}." if tokens.return_to else "",
    ]
    return "\n".join(part for part in told if part) or None


def _on_one_line(label: str) -> str:
    return ", ".join(line.strip() for line in label.splitlines() if line.strip())


def ship_block(label: str) -> str:
    """A label as the block that says where an item goes."""
    return f"{_SHIP_TO[0]}\n{label}\n{_SHIP_TO[1]}"


def return_block(label: str) -> str:
    """A label as the block that says where an item comes back to."""
    return f"{_RETURN_TO[0]}\n{label}\n{_RETURN_TO[1]}"


def label(name: str | None, address: PhysicalAddress) -> str:
    """An address as the lines of a label."""
    region = address.region.value if address.region else None
    place = ", ".join(part for part in (address.locality, region, address.postal_code) if part)
    country = address.country.value if address.country else None
    return "\n".join(part for part in (name, address.line1, address.line2, place, country) if part)


def read_answer(note: str | None) -> bool | None:
    """ACCEPT or REJECT: the whole note in any case, or its first word in capitals; None for anything else."""
    text = (note or "").strip(_AROUND_A_WORD)
    if text.upper() in _ANSWERS:
        return _ANSWERS[text.upper()]
    first = text.split(maxsplit=1)
    return _ANSWERS.get(first[0].rstrip(_AROUND_A_WORD)) if first else None


def _written_items(items: tuple[NotedItem, ...]) -> str:
    if not items:
        return ""
    lines = "\n".join(f"{item.barcode}|{item.call_number}|{item.title}" for item in items)
    return f"{_ITEMS[0]}\n{lines}\n{_ITEMS[1]}"


def read_words(note: str | None) -> Words:
    """What the words of a note say; the note itself stays as it is."""
    text = note or ""
    patterns = (_VENDOR, _SUPPLIER, _CONDITION, _COST, _URL)
    vendor, supplier, condition, cost, url = (pattern.search(text) for pattern in patterns)
    return Words(
        vendor=vendor[1].strip() if vendor else None,
        supplier=supplier[1].strip() if supplier else None,
        condition=condition[1].strip() if condition else None,
        cost=Costs(Code(cost[2].upper()), Decimal(cost[1])) if cost else None,
        url=url[1] if url else None,
    )


def without_names(note: str | None) -> str | None:
    """The note without the vendor's and the supplier's name, each a single word: what a broker's system says to ours."""
    return _NAMES.sub("", note or "").strip() or None


def read_item_id(item_id: str) -> tuple[NotedItem, ...]:
    """The items in an itemId of ReShare: a plain barcode, `name,call number,barcode` or `name##call number##barcode`.

    Each may be prefixed `multivol:`; several are joined by a comma before the next prefix, in the second form by `###`.
    A link (the itemId of a copy in 1.2) is one item, whatever it holds.
    """
    if "://" in item_id:
        return (NotedItem(item_id),)
    parts = (
        part
        for chunk in item_id.split(f",{_MULTIVOLUME}")
        for part in _NEXT_ITEM.split(chunk.removeprefix(_MULTIVOLUME))
    )
    least_commas = 1 if item_id.startswith(_MULTIVOLUME) else 2
    return tuple(_noted_item(part, least_commas) for part in parts if part.strip("#, "))


def _noted_item(text: str, least_commas: int) -> NotedItem:
    """A text with fewer commas is a barcode; a name and a barcode alone are two parts only where a prefix says so."""
    match text.split("##"):
        case [name, call_number, barcode]:
            return NotedItem(barcode.strip(), call_number.strip(), name.strip())
        case [whole] if whole.count(",") >= least_commas:
            name, _, rest = whole.partition(",")
            call_number, _, barcode = rest.rpartition(",")
            return NotedItem(barcode.strip(), call_number.strip(), name.strip())
        case _:
            return NotedItem(text.strip())
