"""gunicorn's settings: gthread, few threads, no control socket. Read by itself from the working directory.

WEB_WORKERS, WEB_THREADS and WEB_BIND override the defaults.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from typing import Any

bind = os.environ.get("WEB_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
# At most six of them wait for WeChat (WECHAT_MAX_CALLS, WECHAT_PAY_MAX_CALLS): two stay free for callbacks.
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 20
keepalive = 5
# gunicorn would otherwise open a control socket below $HOME.
control_socket_disable = True
# One access line per request comes from the application, with the request id.
accesslog = None


def on_starting(_server: Any) -> None:
    """Refuse to start in production on what would lose money; the exit code 78 reaches whoever started us.

    Asked in a process of its own: sockets opened here would be shared by all workers.
    """
    code = subprocess.call([sys.executable, "-m", "flask", "--app", "autoapp", "ready"])
    if code:
        raise SystemExit(code)


def post_worker_init(_worker: Any) -> None:
    """What was loaded stays: searching it for garbage again and again took 4.5 % of placing an order."""
    gc.collect()
    gc.freeze()
