"""The two OpenAPI documents (members, staff) and their pages from local assets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask, Response
from flask_smorest import Api as SmorestApi
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException

from kit.api.blueprint import Blueprint
from kit.api.converter import IdConverter
from kit.api.error import ErrorSchema, render_http

OPENAPI_VERSION = "3.0.3"
_PASSWORD = (
    "员工的用户名和密码，15 分钟后请 Logout 重新登录 Username and password of staff; client_id and client_secret "
    "stay empty. After 15 minutes: Logout, and log in again"
)
_INTRODUCTION = """金额为整数分，id 为字符串，时间为 UTC 的 ISO 8601。
错误以 `code` 区分，`message` 和 `errors` 中的说明按 Accept-Language 给出中文或英文。
列表翻页用 `next_cursor`。涉及资金或库存的 POST 须带 `Idempotency-Key`：同一个值只执行一次，重发得到同样的返回。

Money is integer fen, ids are strings, times are ISO 8601 in UTC. Errors are told apart by `code`; `message`, and what
`errors` say of each field, are Chinese or English as Accept-Language asks. Lists go on with `next_cursor`. A POST that
moves money or stock wants an `Idempotency-Key`: the same key gets the same answer."""
_BEARER = "登录得到的 access_token (15 分钟) The access_token of a login, good for 15 minutes"


class Api(SmorestApi):  # type: ignore[misc]  # flask-smorest ships no types
    """A smorest Api that answers errors in our shape."""

    ERROR_SCHEMA = ErrorSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        return render_http(error)

    def register_blueprint(self, blp: Blueprint, **options: Any) -> None:
        """Smorest heads operations with the blueprint's name; we do with its tag, which people can read."""
        super().register_blueprint(blp, **options)
        self.spec._tags[-1]["name"] = blp.tag

    def order_tags(self, order: Sequence[str]) -> None:
        """The pages show the tags in this order; unnamed ones come last."""
        self.spec._tags.sort(key=lambda tag: order.index(tag["name"]) if tag["name"] in order else len(order))


def make_api(app: Flask, *, prefix: str, title: str, version: str, token_url: str = "") -> Api:
    """One document. The JSON and the pages are served by `kit.api.pages`, not by smorest (its pages need a CDN).

    `token_url`: where Swagger UI exchanges username and password for a token (OAuth 2.0, RFC 6749 section 4.3).
    """
    app.config[f"{prefix}_API_TITLE"] = title
    app.config[f"{prefix}_API_VERSION"] = version
    app.config[f"{prefix}_OPENAPI_VERSION"] = OPENAPI_VERSION
    about = {"marshmallow_plugin": _marshmallow_plugin(), "info": {"description": _INTRODUCTION}}
    api = Api(app, config_prefix=prefix, spec_kwargs=about)
    api.register_converter(IdConverter, _id_parameter)
    if token_url:
        flow = {"tokenUrl": token_url, "scopes": {}}
        password = {"type": "oauth2", "description": _PASSWORD, "flows": {"password": flow}}
        api.spec.components.security_scheme("password", password)
    bearer = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": _BEARER}
    api.spec.components.security_scheme("bearer", bearer)
    return api


def _id_parameter(_converter: IdConverter) -> dict[str, str]:
    return {"type": "string", "pattern": r"^\d{1,19}$", "example": "41503612345679872"}


class _Plugin(MarshmallowPlugin):  # type: ignore[misc]  # apispec ships no types that mypy follows
    """Tells what optional parameters look like in words: Swagger UI would send an `example` along. Choices are strings,
    and a filter that is left out is no choice.
    """

    def init_spec(self, spec: Any) -> None:
        super().init_spec(spec)
        self.converter.add_attribute_function(_type_of_choices)
        self.converter.add_attribute_function(_no_null_example)

    def operation_helper(self, path: Any = None, operations: Any = None, **kwargs: Any) -> None:
        super().operation_helper(path=path, operations=operations, **kwargs)
        for operation in operations.values():
            # A summary is a heading: none of the pages reads Markdown there.
            operation["summary"] = operation.get("summary", "").replace("`", "")
            for body in (operation.get("requestBody", {}), *operation.get("responses", {}).values()):
                _name_example(body)
            for parameter in operation.get("parameters", []):
                _leave_out_null(parameter)
                if parameter.get("in") in ("query", "header") and not parameter.get("required"):
                    _tell_example(parameter)


def _type_of_choices(_converter: Any, field: Any, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
    """marshmallow's Enum by value says which values there are, not of which type."""
    choices = [choice for choice in ret.get("enum", ()) if choice is not None]
    strings = isinstance(field, fields.Enum) and all(isinstance(choice, str) for choice in choices)
    return {"type": "string"} if strings and "type" not in ret else {}


def _no_null_example(_converter: Any, _field: Any, ret: dict[str, Any], **_: Any) -> dict[str, Any]:
    """ "Nothing" is an example of a whole body; of a single field RapiDoc stumbles over it."""
    if ret.get("example", "") is None:
        ret.pop("example")
    return {}


def _leave_out_null(parameter: dict[str, Any]) -> None:
    """Nobody can write null into an address: the parameter is left out instead."""
    schema = parameter.get("schema", {})
    if schema.get("nullable"):
        schema.pop("nullable")
        if schema.get("default", "") is None:
            schema.pop("default")
        if "enum" in schema:
            schema["enum"] = [choice for choice in schema["enum"] if choice is not None]


def _name_example(body: dict[str, Any] | str) -> None:
    """RapiDoc looks for named examples inside a plain one, and stumbles over a null there: those get a name."""
    if isinstance(body, str):
        return  # the name of an answer that many share
    for media in body.get("content", {}).values():
        example = media.get("example")
        if isinstance(example, dict) and None in example.values():
            media["examples"] = {"example": {"value": media.pop("example")}}


def _tell_example(parameter: dict[str, Any]) -> None:
    example = parameter.get("schema", {}).pop("example", None)
    if isinstance(example, list):
        example = "`, `".join(str(item) for item in example)
    if example is not None:
        said = parameter.get("description", "")
        parameter["description"] = f"{said}, for example `{example}`" if said else f"For example `{example}`"


def _marshmallow_plugin() -> MarshmallowPlugin:
    return _Plugin(schema_name_resolver=_schema_name)


def _schema_name(schema: Any) -> str:
    kind: type[Schema] = schema if isinstance(schema, type) else type(schema)
    name = kind.__name__.removesuffix("Schema")
    partial = getattr(schema, "partial", False)
    return f"{name}Partial" if partial else name
