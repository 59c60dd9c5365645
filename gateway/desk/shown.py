"""What the rooms below know, as the structs that are shown: the fields that a struct has are taken, the others left behind."""

from typing import Any, TypeVar

import msgspec

Shape = TypeVar("Shape", bound=msgspec.Struct)


def shown(value: msgspec.Struct, shape: type[Shape], **more: Any) -> Shape:
    """Return a value as another struct: fields go by their names, `more` are those that the value lacks."""
    if not more:
        return msgspec.convert(value, shape, from_attributes=True)
    fields = {name: getattr(value, name) for name in shape.__struct_fields__ if name not in more}
    return msgspec.convert(fields | more, shape, from_attributes=True)
