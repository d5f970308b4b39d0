"""A bare Flask view: what the same server, worker class and machine give when the shop does nothing."""

from __future__ import annotations

from flask import Flask, Response, jsonify

app = Flask(__name__)


@app.get("/")
def nothing() -> Response:
    """A small JSON answer."""
    return jsonify({"status": "ok"})
