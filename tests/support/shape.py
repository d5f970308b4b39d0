"""Where an answer says what its schema does not: a null that is not allowed, a field nobody named, another type."""

from __future__ import annotations

from typing import Any

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def untrue(value: Any, schema: dict[str, Any], document: dict[str, Any], place: str = "") -> list[str]:
    """The places of `value` that do not fit `schema` of the OpenAPI 3.0 `document`, each with what is wrong there."""
    schema = _resolved(schema, document)
    if options := schema.get("anyOf") or schema.get("oneOf"):
        tried = [untrue(value, option, document, place) for option in options]
        return min(tried, key=len)
    if "allOf" in schema:
        return [fault for part in schema["allOf"] for fault in untrue(value, part, document, place)]
    if value is None:
        return [] if schema.get("nullable") or "type" not in schema else [f"{place} is null"]
    if "type" in schema and not isinstance(value, _TYPES[schema["type"]]):
        return [f"{place} is no {schema['type']}"]
    if isinstance(value, list):
        return [fault for item in value for fault in untrue(item, schema.get("items", {}), document, f"{place}[]")]
    return _inside(value, schema, document, place) if isinstance(value, dict) and "properties" in schema else []


def _inside(value: dict[str, Any], schema: dict[str, Any], document: dict[str, Any], place: str) -> list[str]:
    named = schema["properties"]
    unnamed = [f"{place}.{name} is not named" for name in value if name not in named]
    inside = [untrue(item, named[name], document, f"{place}.{name}") for name, item in value.items() if name in named]
    return unnamed + [fault for faults in inside for fault in faults]


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema
