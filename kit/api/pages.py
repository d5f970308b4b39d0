"""Swagger UI, ReDoc and RapiDoc from files in installed packages; no browser request leaves the machine."""

from __future__ import annotations

import hashlib
import importlib.util
from functools import cache
from pathlib import Path

import orjson
from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, send_from_directory

from kit.api.document import Api
from kit.api.idempotency import HEADER, PLACEHOLDER
from kit.security.guard import public

DOCUMENTS_KEY = "qiyuan_openapi"
_YEAR_SECONDS = 31_536_000
_ASSETS = {
    "swagger-ui": (
        "flask_openapi3_swagger",
        ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js"),
    ),
    "redoc": ("flask_openapi3_redoc", ("redoc.standalone.js",)),
    "rapidoc": ("flask_openapi3_rapidoc", ("rapidoc-min.js",)),
}

# ReDoc's footer would fetch its maker's logo from a CDN; without an answer it shows none.
_CUT = {"redoc.standalone.js": (b"https://cdn.redoc.ly/redoc/logo-mini.svg", b"data:,")}
# Should a later version call elsewhere, the browser refuses.
_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: "
    "blob:; font-src 'self' data:; connect-src 'self'; worker-src blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)

pages = Blueprint("docs", __name__, template_folder="templates")


def init_pages(app: Flask, documents: dict[str, Api], *, exposed: bool) -> None:
    """Serve `documents` (name → Api) and the pages. With `exposed` False every address answers 404."""
    app.extensions[DOCUMENTS_KEY] = documents if exposed else {}
    app.register_blueprint(pages)


@pages.get("/openapi/<name>.json")
@public("documentation; closed in production by a setting")
def openapi_document(name: str) -> Response:
    """One OpenAPI document."""
    api = _documents().get(name)
    if api is None:
        abort(404)
    return Response(orjson.dumps(api.spec.to_dict(), option=orjson.OPT_INDENT_2), mimetype="application/json")


@pages.get("/<any('swagger-ui', redoc, rapidoc):viewer>")
@public("documentation; closed in production by a setting")
def viewer_page(viewer: str) -> Response:
    """A page for one document, chosen by ?document=members|staff."""
    documents = _documents()
    chosen = request.args.get("document", "members")
    if chosen not in documents:
        abort(404)
    page = render_template(
        f"{viewer}.html",
        chosen=chosen,
        documents=list(documents),
        title=documents[chosen].spec.title,
        idempotency={"name": HEADER, "placeholder": PLACEHOLDER},
    )
    return Response(page, mimetype="text/html", headers={"Content-Security-Policy": _POLICY})


@pages.get("/docs-assets/<any('swagger-ui', redoc, rapidoc):viewer>/<name>")
@public("documentation; closed in production by a setting")
def viewer_asset(viewer: str, name: str) -> Response:
    """A script or style sheet of a viewer."""
    package, names = _ASSETS[viewer]
    if name not in names or not _documents():
        abort(404)
    folder = _folder_of(package, name)
    if name in _CUT:
        return _cut_asset(folder / name)
    return send_from_directory(folder, name, max_age=_YEAR_SECONDS)


def _cut_asset(path: Path) -> Response:
    body = _without_callers(path)
    answer = Response(body, mimetype="text/javascript")
    answer.headers["Cache-Control"] = f"max-age={_YEAR_SECONDS}"
    answer.set_etag(hashlib.sha256(body).hexdigest())
    answer.make_conditional(request)
    return answer


@cache
def _without_callers(path: Path) -> bytes:
    address, instead = _CUT[path.name]
    return path.read_bytes().replace(address, instead)


def _documents() -> dict[str, Api]:
    documents: dict[str, Api] = current_app.extensions[DOCUMENTS_KEY]
    if not documents:
        abort(404)
    return documents


@cache
def _folder_of(package: str, name: str) -> Path:
    # find_spec does not import the package: it would pull in a second OpenAPI framework.
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    root = Path(next(iter(spec.submodule_search_locations)))
    return next(root.rglob(name)).parent
