"""Values of a JSON schema, for the schemas that msgspec derives from structs: few keywords, no recursion."""

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

Json = dict[str, Any]
CHARACTERS = st.characters(exclude_categories=())
"""Lone surrogates among them, which JSON can escape and no text may hold."""
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.text(CHARACTERS, max_size=20) | st.lists(st.integers(), max_size=2)
)
TEXTS = {
    "date": st.dates().map(str),
    "date-time": st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()),
    "decimal": st.decimals(allow_nan=False, allow_infinity=False).map(str),
}


def values(schema: Mapping[str, Any], components: Mapping[str, Json]) -> st.SearchStrategy[Any]:
    """Make values that the schema allows; of an object no fields but its own. `components` are the schemas that it may refer to."""
    match schema:
        case {"$ref": str() as name}:
            found = values(components[name.rpartition("/")[2]], components)
        case {"anyOf": list() as several}:
            found = st.one_of([values(each, components) for each in several])
        case {"enum": list() as known}:
            found = st.sampled_from(known)
        case {"type": "object", "properties": dict() as fields}:
            found = _objects(fields, schema.get("required", ()), components)
        case {"type": "object"}:
            each = schema.get("additionalProperties", {})
            found = st.dictionaries(st.text(CHARACTERS, max_size=20), values(each, components), max_size=3)
        case {"type": "array"}:
            most = min(schema.get("maxItems", 3), 3)
            items = values(schema.get("items", {}), components)
            found = st.lists(items, min_size=schema.get("minItems", 0), max_size=most)
        case {"type": str() as kind}:
            found = _single(kind, schema)
        case _:
            found = ANYTHING
    return found


def _objects(fields: Mapping[str, Json], required: Any, components: Mapping[str, Json]) -> st.SearchStrategy[Any]:
    made = {name: values(each, components) for name, each in fields.items()}
    needed = {name: made[name] for name in required}
    return st.fixed_dictionaries(needed, optional={name: made[name] for name in made if name not in needed})


def _single(kind: str, schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    match kind:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(schema.get("minimum"), schema.get("maximum"))
        case "number":
            return st.floats(schema.get("minimum"), schema.get("maximum"), allow_nan=False, allow_infinity=False)
        case "string" if "pattern" in schema:
            return st.from_regex(schema["pattern"], fullmatch=True)
        case "string":
            made = TEXTS.get(schema.get("format", ""))
            least, most = schema.get("minLength", 0), schema.get("maxLength", 100)
            return st.text(CHARACTERS, min_size=least, max_size=min(most, 100)) if made is None else made
    raise AssertionError(f"no such type: {kind}")
