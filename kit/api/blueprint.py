"""A smorest blueprint whose operations name themselves and document their guard, errors, headers and examples."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from json import JSONDecodeError
from typing import Any, ClassVar, NoReturn, TypeVar

from flask import Request
from flask_smorest import Blueprint as SmorestBlueprint
from marshmallow import Schema
from webargs.flaskparser import FlaskParser, abort
from werkzeug.exceptions import UnsupportedMediaType

from kit.api.example import example_of
from kit.api.operation import document_operation, who_may
from kit.api.raises import ViewFacts, facts_of
from kit.api.waiting import DESCRIPTION, WaitingSchema
from kit.domain.words import Words
from kit.schema.edit import with_reason

V = TypeVar("V", bound=Callable[..., Any])
_MAY_WAIT = "__may_wait__"
_NO_JSON = Words(
    "第 {line} 行第 {column} 列起不是 JSON，请检查引号、逗号和括号",
    "Not JSON from line {line}, column {column} on; check quotes, commas and brackets.",
)
_UNBOUNDED = Words(
    "嵌套过深，或有过长的数字，请改正", "Nested too deep, or a number without end; send what the documents show."
)
_NO_UTF8 = Words("不是 UTF-8 编码的 JSON", "Not JSON in UTF-8; send it in this encoding.")


class StrictParser(FlaskParser):
    """Leaves unknown fields to the schema, also in query strings, where webargs would drop them silently.

    A body that is not announced as JSON is 415: webargs would take it for an empty one and miss every field.
    """

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}

    def load_json(self, req: Request, schema: Schema) -> Any:
        if req.get_data() and not req.is_json:
            raise UnsupportedMediaType
        try:
            return super().load_json(req, schema)
        except (RecursionError, ValueError) as error:  # ValueError: Python reads no number of over 4,300 digits
            abort(400, exc=error, messages={"json": [_UNBOUNDED]})

    def _handle_invalid_json_error(self, error: ValueError, req: Request, *args: Any, **kwargs: Any) -> NoReturn:
        said = _NO_UTF8
        # webargs makes bytes that are no text a JSON error at a place that means nothing.
        if isinstance(error, JSONDecodeError) and not isinstance(error.__cause__, UnicodeDecodeError):
            said = _NO_JSON.format(line=error.lineno, column=error.colno)
        abort(400, exc=error, messages={"json": [said]})


class Blueprint(SmorestBlueprint):  # type: ignore[misc]  # flask-smorest ships no types
    """Base of the member and staff blueprints. The operationId is the view's name in camelCase."""

    ARGUMENTS_PARSER = StrictParser()
    url_root: ClassVar[str]

    def __init__(self, name: str, import_name: str, description: str = "", tag: str = "") -> None:
        """`tag` heads the operations in the documents: a Chinese and an English name, e.g. ``订单 Orders``."""
        super().__init__(name, import_name, url_prefix=self.url_root, description=description)
        self.tag = tag or name
        self._prepare_doc_cbks.append(_document)

    # Typed re-statements: flask-smorest ships no types, and every view of the project is decorated with these.

    def route(self, rule: str, *, methods: list[str]) -> Callable[[V], V]:
        """Register a view under `rule`."""
        decorate: Callable[[V], V] = super().route(rule, methods=methods, tags=[self.tag])
        return decorate

    def arguments(self, schema: type[Schema], *, location: str = "json") -> Callable[[V], V]:
        """Hand the loaded input to the view as its first argument; 422 when it does not fit.

        Of a view that `may_wait` (the decorator below this one) it takes a `reason`, too.
        """

        def decorate(view: V) -> V:
            wanted = with_reason(schema) if getattr(view, _MAY_WAIT, False) else schema
            return self._take(wanted, location)(view)

        return decorate

    def _take(self, schema: type[Schema], location: str) -> Callable[[V], V]:
        example = None if location in ("query", "path", "headers", "files") else example_of(schema)
        # An instance: of a class webargs would make one, with copies of all its fields, for every request.
        decorate: Callable[[V], V] = super().arguments(schema(), location=location, example=example)

        def take(view: V) -> V:
            loaded = decorate(view)
            loaded.__inputs__ = {**getattr(view, "__inputs__", {}), location: schema}  # type: ignore[attr-defined]  # a mark on a function
            return loaded

        return take

    def response(self, status_code: int, schema: type[Schema] | None = None) -> Callable[[V], V]:
        """Dump what the view returns."""
        example = None if schema is None else example_of(schema)
        decorate: Callable[[V], V] = super().response(status_code, schema, example=example)
        return decorate

    def may_wait(self, view: V) -> V:
        """For a view that answers by `kit.api.waiting.answer_or_wait`: document its 202, and let it be told why."""
        decorate: Callable[[V], V] = super().alt_response(
            202, schema=WaitingSchema, description=DESCRIPTION, example=example_of(WaitingSchema), success=True
        )
        waiting = decorate(view)
        setattr(waiting, _MAY_WAIT, True)
        return waiting

    def add_url_rule(
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        **options: Any,
    ) -> None:
        if view_func is not None:
            # Read by _document: smorest copies _apidoc into the document.
            view_func._apidoc = deepcopy(getattr(view_func, "_apidoc", {}))  # type: ignore[attr-defined]  # smorest keeps its notes on the function
            view_func._apidoc["facts"] = facts_of(view_func, rule)  # type: ignore[attr-defined]  # smorest keeps its notes on the function
            view_func._apidoc.setdefault("manual_doc", {}).setdefault(  # type: ignore[attr-defined]  # smorest keeps its notes on the function
                "operationId", _camel_case(view_func.__name__)
            )
        super().add_url_rule(
            rule,
            endpoint=endpoint,
            view_func=view_func,
            provide_automatic_options=provide_automatic_options,
            **options,
        )


class MemberBlueprint(Blueprint):
    """Routes of the mini-program, under /api/v1."""

    url_root = "/api/v1"


class StaffBlueprint(Blueprint):
    """Routes of the back office, under /admin/v1."""

    url_root = "/admin/v1"


def _camel_case(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def _document(doc: dict[str, Any], doc_info: dict[str, Any], *, method: str, **_: Any) -> dict[str, Any]:
    facts: ViewFacts = doc_info["facts"]
    document_operation(doc, facts, method)
    docstring = doc_info["docstring"]
    # The first sentence is the summary; the others, and who may, are the description.
    summary, _, rest = docstring.get("summary", "").partition(". ")
    paragraphs = (rest, docstring.get("description", ""), who_may(facts.guard))
    docstring["summary"] = summary.rstrip(".")
    docstring["description"] = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)
    return doc
