"""The doctor puts a file into the bucket, and says in a sentence when that is not possible."""

from __future__ import annotations

from dataclasses import replace

from conf.settings import Settings, StorageSettings
from task.doctor.finding import Weight
from task.doctor.storage import examine_storage
from task.readiness import storage_problems
from tests.support.object_store import object_store


def test_a_bucket_is_tried_and_a_missing_one_is_named() -> None:
    with object_store() as bucket:
        place = StorageSettings(
            kind="s3",
            endpoint=bucket.endpoint,
            region=bucket.region,
            bucket=bucket.name,
            key_id=bucket.key_id,
            secret=bucket.secret,
            path_style=True,
        )
        (fine,) = examine_storage(Settings(storage=place))
        (broken,) = examine_storage(Settings(storage=replace(place, bucket="missing")))
    assert fine.weight is Weight.FINE
    assert broken.weight is Weight.BAD
    assert "NoSuchBucket" in broken.sentence
    assert "key=" not in broken.sentence


def test_a_bucket_that_is_away_keeps_nobody_from_starting() -> None:
    away = StorageSettings(kind="s3", endpoint="http://127.0.0.1:9", bucket="b", path_style=True)
    assert storage_problems(Settings(storage=away)) == []
