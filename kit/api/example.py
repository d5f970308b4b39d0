"""Examples of whole bodies, put together from the examples of their fields."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import Schema, fields, missing


def example_of(schema: type[Schema] | Schema) -> dict[str, Any]:
    """A body as the schema describes it. A schema inside itself (a tree) ends there."""
    return _body(_instance(schema), ())


def fields_without_example(schema: type[Schema] | Schema) -> list[str]:
    """``Schema.field`` of every field, nested ones included, for which nobody has said what it looks like."""
    return sorted(set(_lacking(_instance(schema), ())))


def _instance(schema: type[Schema] | Schema) -> Schema:
    return schema() if isinstance(schema, type) else schema


def _body(schema: Schema, above: tuple[type[Schema], ...]) -> dict[str, Any]:
    above = (*above, type(schema))
    return {field.data_key or name: _value(field, above) for name, field in schema.fields.items()}


def _value(field: fields.Field[Any], above: tuple[type[Schema], ...]) -> Any:
    if _says(field):
        return _said(field)
    if isinstance(field, fields.Nested):
        body = None if type(field.schema) in above else _body(field.schema, above)
        return ([body] if body else []) if field.many else body
    if isinstance(field, fields.List):
        inner = field.inner
        ends_here = isinstance(inner, fields.Nested) and type(inner.schema) in above
        return [] if ends_here else [_value(inner, above)]
    return None


def _says(field: fields.Field[Any]) -> bool:
    known = isinstance(field, fields.Enum | fields.Boolean) or {"example", "enum"} & field.metadata.keys()
    plain = not isinstance(field, fields.List | fields.Nested)
    return bool(known) or (plain and field.load_default not in (missing, None))


def _said(field: fields.Field[Any]) -> Any:
    if "example" in field.metadata:
        return field.metadata["example"]
    if isinstance(field, fields.Enum):
        members: list[Any] = list(field.enum.__members__.values())
        return members[0].value
    if "enum" in field.metadata:
        return field.metadata["enum"][0]
    if isinstance(field, fields.Boolean):
        return field.load_default if isinstance(field.load_default, bool) else True
    return field.load_default() if callable(field.load_default) else field.load_default


def _lacking(schema: Schema, above: tuple[type[Schema], ...]) -> Iterator[str]:
    if type(schema) in above:
        return
    above = (*above, type(schema))
    for name, field in schema.fields.items():
        inner = field.inner if isinstance(field, fields.List) and not _says(field) else field
        if isinstance(inner, fields.Nested) and not _says(inner):
            yield from _lacking(inner.schema, above)
        elif not _says(inner):
            yield f"{type(schema).__name__}.{name}"
