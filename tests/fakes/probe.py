"""A context of routes that misbehave on purpose, and an application that has it beside the real ones."""

from __future__ import annotations

import secrets
from typing import Any

import pymysql
from flask import Blueprint, Flask
from marshmallow import fields
from sqlalchemy.exc import IntegrityError, OperationalError

import backend.app
from backend.inventory.domain.stock import StockItem
from conf.settings import Settings
from kit.api.blueprint import StaffBlueprint
from kit.api.idempotency import idempotent, idempotent_by_row
from kit.api.throttle import limiter
from kit.context.module import Module
from kit.db.extension import db
from kit.domain.error import DomainError, ErrorKind
from kit.domain.words import Words
from kit.schema.base import InputSchema, OutputSchema
from kit.schema.fields import Id, Line
from kit.security.guard import buyer, public, requires, staff
from kit.security.permission import Permission
from kit.service.transaction import in_transaction
from tests.support.testapp import make_app


class ProbePermission(Permission):
    """Permissions of the probe."""

    USE = "probe:use", "试用", "Use the probe"


class ItemSchema(InputSchema):
    """A SKU to keep."""

    sku_id = Id(required=True)
    title = Line(20, load_default="x")


class ItemAnswerSchema(OutputSchema):
    """It is kept; `token` differs at every run of the view."""

    sku_id = Id()
    token = fields.String()


class Refusal(DomainError):
    """Refused with a kind of the test's choice."""

    code = "probe.refused"
    zh = "拒绝：{why}"
    en = "Refused: {why}"


class _Broken(Exception):
    """Carries secrets in its text."""


def probe_module() -> Module:
    """The probe, with blueprints of its own: one per application."""
    return Module(name="probe", wire=lambda *_: None, blueprints=(_staff(), _open()), permissions=(ProbePermission,))


def make_probed_app(settings: Settings) -> Flask:
    """The application of the tests with the probe in it."""
    modules = backend.app.MODULES
    backend.app.MODULES = (*modules, probe_module())
    try:
        return make_app(settings)
    finally:
        backend.app.MODULES = modules


def _staff() -> StaffBlueprint:
    probe = StaffBlueprint("probe", __name__)

    @probe.route("/probe/items", methods=["POST"])
    @requires(ProbePermission.USE)
    @idempotent
    @probe.arguments(ItemSchema)
    @probe.response(201, ItemAnswerSchema)
    def keep_item(item: dict[str, Any]) -> dict[str, Any]:
        """Keep a SKU."""
        return _keep(item)

    @probe.route("/probe/items-by-row", methods=["POST"])
    @requires(ProbePermission.USE)
    @idempotent_by_row
    @probe.arguments(ItemSchema)
    @probe.response(201, ItemAnswerSchema)
    def keep_item_by_row(item: dict[str, Any]) -> dict[str, Any]:
        """Keep a SKU unless it is kept already."""

        def keep_once() -> dict[str, Any]:
            known = db.session.get(StockItem, item["sku_id"])
            return {"sku_id": known.sku_id, "token": known.title} if known else _keep(item)

        return in_transaction(keep_once)

    @probe.route("/probe/own", methods=["GET"])
    @staff
    @probe.response(204)
    def own() -> None:
        """For any member of staff."""

    return probe


def _keep(item: dict[str, Any]) -> dict[str, Any]:
    db.session.add(StockItem(sku_id=item["sku_id"], sku_code=f"P-{item['sku_id']}", title=item["title"]))
    db.session.flush()
    return {"sku_id": item["sku_id"], "token": secrets.token_hex(8)}


def _open() -> Blueprint:
    probe = Blueprint("probe_open", __name__)

    @probe.get("/probe/refused/<kind>")
    @public("a test")
    def refused(kind: str) -> str:
        error = type("Refused", (Refusal,), {"kind": ErrorKind(kind)})
        raise error(why="tests", errors={"quantity": [Words("过多", "too many")]})

    @probe.get("/probe/broken")
    @public("a test")
    def broken() -> str:
        raise _Broken("password=hunter2 of 13812345678")

    @probe.get("/probe/database-away")
    @public("a test")
    def database_away() -> str:
        raise OperationalError("SELECT 1", {}, pymysql.err.OperationalError(2003, "cannot connect to db:3306"))

    @probe.get("/probe/database-mistake")
    @public("a test")
    def database_mistake() -> str:
        raise IntegrityError("INSERT", {}, pymysql.err.IntegrityError(1048, "column secret_column cannot be null"))

    @probe.get("/probe/throttled")
    @public("a test")
    @limiter.limit("2 per minute")
    def throttled() -> str:
        return "fine"

    @probe.get("/probe/buyer")
    @buyer
    def for_buyers() -> str:
        return "fine"

    return probe
