"""Assembles the application: settings in, a Flask app with every context wired out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from backend.approval.module import module as approval
from backend.cart.module import module as cart
from backend.catalog.module import module as catalog
from backend.inventory.module import module as inventory
from backend.media.module import module as media
from backend.notification.module import module as notification
from backend.order.module import module as order
from backend.payment.module import module as payment
from backend.reading_order import STAFF as STAFF_ORDER
from backend.reporting.module import module as reporting
from backend.user.module import module as user
from conf.settings import Settings
from kit.api.blueprint import MemberBlueprint, StaffBlueprint
from kit.api.converter import init_converters
from kit.api.document import Api, make_api
from kit.api.error import init_errors
from kit.api.health import Probe, init_health
from kit.api.pages import init_pages
from kit.api.request_context import init_request_context
from kit.api.throttle import init_throttle
from kit.cache.redis import init_redis, redis_client
from kit.context.module import Module
from kit.db.extension import db, init_db
from kit.event.bus import Bus
from kit.job.door import downloads
from kit.job.wiring import init_jobs
from kit.security.guard import check_all_routes_guarded
from kit.security.permission import PERMISSIONS_KEY, Permission
from kit.security.token import init_tokens
from kit.storage.choosing import storage_of

VERSION = "0.1.0"
STAFF_TOKEN_URL = "/admin/v1/auth/token"

# Lower contexts first: a context's wiring may look at the facades below it.
MODULES: tuple[Module, ...] = (media, user, approval, inventory, catalog, payment, cart, order, notification, reporting)


def create_app(settings: Settings) -> Flask:
    """Build one application. Raises `UnguardedRoute` when a route declares no guard."""
    app = Flask("qiyuan", static_folder=None, root_path=__file__.rsplit("/", 1)[0])
    app.json.sort_keys = False  # type: ignore[attr-defined]  # DefaultJSONProvider has it, its base class not
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # DefaultJSONProvider has it, its base class not
    app.config["DEBUG"] = settings.debug
    app.config["MAX_CONTENT_LENGTH"] = settings.http.max_body_bytes
    app.extensions["qiyuan_settings"] = settings
    _init_kit(app, settings)
    bus = Bus()
    app.extensions["qiyuan_bus"] = bus
    documents = _documents(app)
    for module in MODULES:
        _install(app, module, settings, bus, documents)
    documents["staff"].order_tags(STAFF_ORDER)
    init_pages(app, documents, exposed=settings.shows_docs)
    app.extensions[PERMISSIONS_KEY] = {permission.value: permission for permission in all_permissions()}
    check_all_routes_guarded(app)
    if settings.http.trusted_proxies:
        hops = settings.http.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's own way to wrap it
    return app


def _init_kit(app: Flask, settings: Settings) -> None:
    init_converters(app)
    init_request_context(app)
    init_errors(app)
    init_db(app, settings.database.url)
    Migrate(app, db, directory="migrations", render_as_batch=True, compare_type=True)
    init_redis(app, settings.redis.url)
    init_tokens(app, secret=settings.security.jwt_secret)
    init_throttle(app, redis_url=settings.redis.url, enabled=settings.http.rate_limits)
    init_jobs(
        app,
        storage_of(settings.storage, area="jobs"),
        secret=settings.security.jwt_secret,
        keep=timedelta(days=settings.retention.jobs_days),
    )
    app.register_blueprint(downloads)
    with app.app_context():
        redis = redis_client()
    # The broker's probe is added by autoapp, which knows Celery.
    init_health(
        app,
        name="qiyuan",
        version=VERSION,
        probes=[Probe("redis", redis.ping, vital=False)],
        documentation="/swagger-ui" if settings.shows_docs else None,
    )


def _documents(app: Flask) -> dict[str, Api]:
    return {
        "members": make_api(app, prefix="MEMBERS", title="起源 Qiyuan · mini-program API", version=VERSION),
        "staff": make_api(
            app, prefix="STAFF", title="起源 Qiyuan · back-office API", version=VERSION, token_url=STAFF_TOKEN_URL
        ),
    }


def _install(app: Flask, module: Module, settings: Settings, bus: Bus, documents: dict[str, Api]) -> None:
    module.wire(app, settings)
    bus.subscribe(module.subscriptions)
    for blueprint in module.blueprints:
        if isinstance(blueprint, MemberBlueprint):
            documents["members"].register_blueprint(blueprint)
        elif isinstance(blueprint, StaffBlueprint):
            documents["staff"].register_blueprint(blueprint)
        else:
            app.register_blueprint(blueprint)
    for command in module.commands:
        app.cli.add_command(command)


def all_permissions() -> Iterator[Permission]:
    """Every permission any context declares."""
    for module in MODULES:
        for permissions in module.permissions:
            yield from permissions
