"""What all tables of the settings file share: unknown keys are mistakes, and keys that belong together are checked together.

A table is a `…Section`, one of a list of tables an `…Entry`: so `StoreSection` is what the file says, and `Store` the store.
"""

from collections.abc import Callable
from typing import Any, ClassVar

import msgspec
from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from gateway.config.wording import OF_THE_TABLE


class KeyAgreement(msgspec.Struct, frozen=True):
    """What several keys of a table must agree on: `objection` takes their values in this order, and says what is wrong."""

    keys: tuple[str, ...]
    objection: Callable[..., str | None]


class Section(BaseModel):
    """What all tables share: unknown keys are mistakes, and a mistake never quotes the whole table.

    An agreement is looked at as soon as the last of its keys was read, if all of them are well: so that a mistake in
    another key doesn't hide it. It is told as a mistake of the table.
    """

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
        validate_default=True,
    )
    agreements: ClassVar[tuple[KeyAgreement, ...]] = ()

    @field_validator("*", mode="after")
    @classmethod
    def _agrees(cls, value: Any, info: ValidationInfo) -> Any:
        well, order = info.data | {info.field_name: value}, list(cls.model_fields)
        for agreement in cls.agreements:
            if info.field_name == max(agreement.keys, key=order.index) and well.keys() >= set(agreement.keys):
                words = agreement.objection(*(well[key] for key in agreement.keys))
                if words:
                    raise PydanticCustomError(OF_THE_TABLE, "{words}", {"words": words})
        return value


def go_together(one: str, other: str) -> KeyAgreement:
    """Both of these keys, or neither."""
    return KeyAgreement(
        (one, other),
        lambda first, second: objection_if((first is None) != (second is None), f"{one} and {other} go together"),
    )


def not_after(earlier: str, later: str) -> KeyAgreement:
    """The first of these times comes no later than the second."""
    return KeyAgreement(
        (earlier, later), lambda first, second: objection_if(first > second, f"{earlier} must not be above {later}")
    )


def objection_if(wrong: bool, words: str) -> str | None:  # noqa: FBT001 - what was found, and what is said then
    """Return the words of a mistake, if it is one."""
    return words if wrong else None
