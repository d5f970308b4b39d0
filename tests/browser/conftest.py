"""A shop that listens, and one browser for all pages. Pictures of what it saw go to var/pictures."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from werkzeug.serving import make_server

from kit.db.extension import db
from kit.db.node import lease
from tests.factories.user import make_staff
from tests.support.browser import Browser, browser
from tests.support.testapp import make_app, test_settings

USERNAME = "boss"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its address. It has tables and one administrator."""
    url = f"sqlite:///{tmp_path_factory.mktemp('browser')}/shop.db"
    app = make_app(test_settings(database_url=url))
    with app.app_context():
        lease.pin(1)
        db.create_all()
        make_staff("all", username=USERNAME)
        db.session.remove()
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()
    with app.app_context():
        db.engine.dispose()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser with an empty profile, which cannot reach anything but this machine."""
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        yield tab
