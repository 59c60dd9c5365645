"""The API's fields as the command line's options: what is wrong is told by the name that was typed. Pure."""

import re
from collections.abc import Collection, Mapping
from typing import Final

OPTION_OF: Final[Mapping[str, str]] = {
    "amount": "amount",
    "answer.condition": "condition",
    "answer.cost.amount": "cost",
    "answer.cost.currency": "cost",
    "before": "before",
    "copyright": "copyright",
    "customer": "customer",
    "currency": "currency",
    "days": "days",
    "did": "did",
    "drop_at_most": "drop_at_most",
    "due_at": "due",
    "format": "format",
    "identifiers": "id",
    "inside": "inside",
    "item_barcodes": "item",
    "level": "level",
    "limit": "limit",
    "link": "link",
    "max_cost": "max_cost",
    "need_before": "need_before",
    "note": "note",
    "paid_on": "paid_on",
    "partner": "partner",
    "period": "period",
    "pickup_branch": "pickup",
    "printer": "printer",
    "q": "search",
    "reason": "reason",
    "reference": "reference",
    "retry_after": "retry_after",
    "start": "start",
    "state": "state",
    "work": "work",
    "work.title": "work",
    "stock": "stock",
    "sure": "sure",
    "task": "task",
    "title": "title",
    "undo_s": "undo_s",
    "until": "until",
    "volumes": "volume",
    "year": "year",
}
"""Fields of bodies and queries, by the option that fills them (as argparse names it). Others are not given by an option."""

_FIELD: Final = r"[a-z_]+(?:\.[a-z_]+)*(?:\.\d+)?"
_FIELDS: Final = re.compile(rf"{_FIELD}(?:, {_FIELD})*(?=: |$)", re.ASCII)
"""Where the words of a refusal begin with what it is about."""
_IN_PASSING: Final = re.compile(r"\(([a-z_]+)\)", re.ASCII)
"""A field within a sentence, behind what it is about."""
_PLACE: Final = re.compile(r" - at `\$\.([a-z_]+)[^`]*`", re.ASCII)
"""Where a value of the wrong form stands, as msgspec says it."""


def in_options(words: str, options: Collection[str]) -> str:
    """Return a refusal's words with its fields named as those of a command's `options`, as far as these fill them."""
    words = _PLACE.sub(lambda found: f" - in {_option(found[1], options)}", words)
    words = _IN_PASSING.sub(lambda found: f"({_option(found[1], options)})", words)
    found = _FIELDS.match(words)
    if found is None:
        return words
    named = dict.fromkeys(_option(field, options) for field in found[0].split(", "))
    return ", ".join(named) + words[found.end() :]


def _option(field: str, options: Collection[str]) -> str:
    name = OPTION_OF.get(field) or OPTION_OF.get(field.rpartition(".")[0])
    return f"--{name.replace('_', '-')}" if name in options and name is not None else field
