# syntax=docker/dockerfile:1
# The shop's one image: web, relay, worker and beat run the same code with different commands (docker-compose.yml).

FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/pip install --require-hashes --only-binary=:all: -r /tmp/base.txt

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 FLASK_APP=autoapp
RUN useradd --system --uid 10001 --home-dir /srv/qiyuan --shell /usr/sbin/nologin qiyuan
COPY --from=build /opt/venv /opt/venv
WORKDIR /srv/qiyuan
COPY autoapp.py celery_worker.py gunicorn.conf.py ./
COPY conf conf
COPY kit kit
COPY task task
COPY backend backend
COPY migrations migrations
# A new volume takes over the owner of the folder it covers.
RUN install -d -o qiyuan -g qiyuan var/storage
USER qiyuan
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=2)"]
CMD ["gunicorn", "autoapp:app"]
