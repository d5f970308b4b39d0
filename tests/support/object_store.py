"""A server that speaks S3, in this process: real HTTP, real signatures, nothing of the adapter replaced."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import boto3
from moto.server import ThreadedMotoServer

from kit.storage.s3 import Bucket


@contextmanager
def object_store() -> Iterator[Bucket]:
    """An empty bucket on a free port."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    bucket = Bucket(
        # Servers of one process share what they keep.
        name=f"tests-{uuid.uuid4().hex}",
        endpoint=f"http://{host}:{port}",
        region="us-east-1",
        key_id="key",
        secret="secret",
        path_style=True,
        connect_seconds=0.5,
        read_seconds=5,
    )
    client = boto3.session.Session().client(
        "s3", endpoint_url=bucket.endpoint, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="x"
    )
    client.create_bucket(Bucket=bucket.name)
    client.close()
    try:
        yield bucket
    finally:
        server.stop()


def nobody_there(bucket: Bucket) -> Bucket:
    """The same at a port where nothing listens."""
    return replace(bucket, endpoint="http://127.0.0.1:9")
