# syntax=docker/dockerfile:1
# The shop's one image: web, relay, workers and beat run the same code with different commands (docker-compose.yml).
# The target `flower` is the queue's monitor, with nothing of the shop in it.

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/pip install --require-hashes --only-binary=:all: -r /tmp/base.txt

FROM python:3.11-slim-bookworm AS build-flower
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/flower.txt /tmp/flower.txt
RUN /opt/venv/bin/pip install --require-hashes --only-binary=:all: -r /tmp/flower.txt

FROM python:3.11-slim-bookworm AS runtime
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
# Code belongs to root, the processes do not: what they serve they cannot change.
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /srv/qiyuan --shell /usr/sbin/nologin qiyuan
WORKDIR /srv/qiyuan

FROM runtime AS flower
COPY --from=build-flower /opt/venv /opt/venv
USER qiyuan
EXPOSE 5555
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:5555/healthcheck', timeout=2)"]
CMD ["celery", "flower", "--port=5555"]

FROM runtime AS shop
ENV FLASK_APP=autoapp WEB_BIND=0.0.0.0:8000 HEARTBEAT_FILE=/tmp/heartbeat
COPY --from=build /opt/venv /opt/venv
COPY autoapp.py celery_worker.py gunicorn.conf.py ./
COPY conf conf
COPY kit kit
COPY task task
COPY backend backend
COPY migrations migrations
# The file system is read-only: what is not compiled here is compiled by every process at every start.
RUN python -m compileall -q --invalidation-mode unchecked-hash .
# A new volume takes over the owner of the folder it covers.
RUN install -d -o qiyuan -g qiyuan var/storage
USER qiyuan
EXPOSE 8000
# Of the default command; docker-compose.yml gives relay, workers and beat their own.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
CMD ["gunicorn", "autoapp:app"]
