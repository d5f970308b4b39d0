"""Who uses what: replaced as a whole, inside the caller's transaction, counted right."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from backend.media import facade
from backend.media.domain.error import MediaInUse, MediaNotFound
from backend.media.facade import UnknownMedia
from backend.media.wiring import services
from kit.domain.clock import utc_now
from kit.service.transaction import in_transaction
from kit.storage.port import new_key
from tests.factories.media import count_rows, counted_right, files, row_of, storage, upload, uses_of

USER = "product:1"
KEEP = timedelta(days=30)


def use(*keys: str, user: str = USER) -> None:
    facade.use(keys=keys, user=user)


def test_what_a_user_uses_is_replaced_as_a_whole(app: Flask) -> None:
    first, second, third = (upload() for _ in range(3))
    use(first.key, second.key)
    use(second.key, third.key, third.key)
    assert uses_of(USER) == {second.key, third.key}
    use(second.key, user="product:2")
    assert [row_of(row.id).uses for row in (first, second, third)] == [0, 2, 1]
    use()
    assert uses_of(USER) == set()
    assert counted_right()


def test_using_the_same_again_changes_nothing(app: Flask) -> None:
    row = upload()
    use(row.key)
    before = row_of(row.id)
    use(row.key)
    assert row_of(row.id) == before


@pytest.mark.parametrize("make", [lambda: new_key("jpg"), lambda: "../etc/passwd", lambda: "x" * 40])
def test_unknown_keys_are_named_and_nothing_changes(app: Flask, make: object) -> None:
    assert callable(make)
    known, unknown = upload(), make()
    use(known.key)
    with pytest.raises(UnknownMedia) as refused:
        use(unknown, upload().key)
    assert refused.value.errors == {"media": [unknown]}
    assert uses_of(USER) == {known.key}
    assert counted_right()


def test_a_use_belongs_to_the_caller_s_transaction(app: Flask) -> None:
    row = upload()

    def fail() -> None:
        use(row.key)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        in_transaction(fail)
    assert (uses_of(USER), row_of(row.id).uses) == (set(), 0)


def test_checking_says_which_are_missing(app: Flask) -> None:
    row, missing = upload(), new_key("png")
    facade.check(keys=[row.key])
    with pytest.raises(UnknownMedia, match=missing):
        facade.check(keys=[row.key, missing])
    assert (facade.exists(key=row.key), facade.exists(key=missing)) == (True, False)


def test_staff_delete_what_nobody_uses_and_learn_who_does(app: Flask) -> None:
    row = upload()
    facade.make_variants(file_id=row.id)
    use(row.key)
    use(row.key, user="category:9")
    with pytest.raises(MediaInUse, match="category:9, product:1"):
        services().deleting.delete(row.id, now=utc_now())
    assert len(files()) == 4
    use()
    use(user="category:9")
    services().deleting.delete(row.id, now=utc_now())
    assert (files(), count_rows()) == ([], 0)
    with pytest.raises(MediaNotFound):
        services().deleting.delete(row.id, now=utc_now())
    with pytest.raises(UnknownMedia):
        use(row.key)


def test_the_sweep_takes_what_was_never_used_after_its_time(app: Flask) -> None:
    now = utc_now()
    never, used = upload(now=now), upload(now=now)
    use(used.key)
    assert facade.sweep(now=now + KEEP - timedelta(seconds=1)) == 0
    assert facade.sweep(now=now + KEEP + timedelta(seconds=1)) == 1
    assert (row_of(never.id), facade.exists(key=used.key)) == (None, True)
    assert [path.name for path in files()] == [used.key]


def test_the_sweep_takes_what_is_left_of_an_upload_that_died(app: Flask) -> None:
    used = upload()
    use(used.key)
    left = storage().folder / "ab" / "tmp123.part"
    left.parent.mkdir(parents=True, exist_ok=True)
    left.write_bytes(b"half a video")
    assert facade.sweep(now=utc_now() + timedelta(hours=23)) == 0
    assert facade.sweep(now=utc_now() + timedelta(hours=25)) == 1
    assert [path.name for path in files()] == [used.key]


def test_what_lost_its_last_use_has_the_whole_time_again(app: Flask) -> None:
    now = utc_now()
    row = upload(now=now)
    use(row.key)
    use()
    late = now + 3 * KEEP
    assert facade.sweep(now=late) == 0
    assert facade.sweep(now=late + KEEP - timedelta(seconds=1)) == 0
    use(row.key)
    assert facade.sweep(now=late + 2 * KEEP) == 0
    use()
    assert facade.sweep(now=late + 2 * KEEP) == 0
    assert facade.sweep(now=late + 3 * KEEP) == 1
    assert row_of(row.id) is None


def test_a_deletion_that_died_half_way_is_brought_to_its_end(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    now = utc_now()
    row = upload(now=now)

    def die(_key: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(storage(), "delete", die)
        with pytest.raises(KeyboardInterrupt):
            services().deleting.delete(row.id, now=now)
    assert not facade.exists(key=row.key)
    with pytest.raises(UnknownMedia):
        use(row.key)
    later = now + timedelta(minutes=11)
    assert facade.resume(now=later) == 1
    facade.look_after(file_id=row.id, now=later)
    assert (files(), count_rows()) == ([], 0)


def test_addresses_are_built_without_a_request(app: Flask) -> None:
    key = new_key("jpg")
    assert facade.url(f"media:{key}") == f"http://127.0.0.1:8000/media/{key}"
    assert facade.url(f"media:{key}", variant="w400") == f"http://127.0.0.1:8000/media/{key}/w400"
    assert facade.url("media:" + key.replace("jpg", "mp4"), variant="w400").endswith(".mp4")
    assert facade.url("https://img.example.com/a.jpg", variant="w400") == "https://img.example.com/a.jpg"
    assert facade.url("") == ""


def test_files_are_found_in_references_own_addresses_and_html(app: Flask) -> None:
    keys = [new_key("jpg") for _ in range(3)]
    html = f'<p><img src="{facade.url(f"media:{keys[1]}", variant="w800")}"><img src="media:{keys[2]}"></p>'
    assert facade.keys_in(texts=[f"media:{keys[0]}", html]) == set(keys)
    strange = [f"https://elsewhere.cn/media/{keys[0]}", "https://a.cn/b.jpg", "media:short.jpg", "", None]
    assert facade.keys_in(texts=strange) == set()
