"""Bodies in the archive: one row each distinct payload, bases that stand alone, damage that is noticed."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import ArchiveDamaged
from archive.store import bodies
from archive.store.connect import Store
from tests.archive import parts

NOT_A_STAR = "SELECT count(*) FROM bodies d JOIN bodies b ON b.id = d.base_id WHERE b.codec <> 'zstd' OR b.base_id IS NOT NULL"


def put(store: Store, payload: bytes, *, role: str = "page", previous: int | None = None) -> int:
    with store.transaction():
        return bodies.put(store, payload, host="harbour.example", role=role, previous=previous)


def test_the_same_bytes_are_kept_once(store: Store) -> None:
    assert put(store, b"the same") == put(store, b"the same", role="feed")
    assert parts.one(store, "SELECT count(*) FROM bodies") == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 2)), max_size=8))
def test_whatever_is_put_comes_back_and_no_base_stands_on_another(store: Store, made: list[tuple[bytes, int]]) -> None:
    payloads = [part * (1 + 300 * kind) for part, kind in made]
    previous = None
    for payload in payloads:
        previous = put(store, payload, previous=previous)
        assert bodies.get(store, previous) == payload
    assert parts.one(store, NOT_A_STAR) == 0


def test_pages_of_a_host_share_its_keyframe(store: Store) -> None:
    first, *others = [put(store, parts.page_of(f"Story {n}.", seed=n)) for n in range(5)]
    assert parts.rows(store, "SELECT DISTINCT base_id FROM bodies WHERE id > ?", first) == [(first,)]
    assert len(others) == 4


def test_a_page_of_another_make_up_becomes_the_new_keyframe(store: Store) -> None:
    put(store, parts.page_of("A story."))
    other = put(store, b"".join(b"<div class=c%d>%d</div>" % (n, n * n) for n in range(500)))
    assert parts.one(store, "SELECT base_id FROM bodies WHERE id = ?", other) is None
    assert parts.one(store, "SELECT body_id FROM keyframes WHERE role = 'page'") == other


def test_a_third_version_stands_on_the_base_of_the_second(store: Store) -> None:
    """The host's keyframe may be of another make-up by then: the page's own series keeps its base."""
    first = put(store, parts.page_of("Version one."))
    second = put(store, parts.page_of("Version two."), previous=first)
    put(store, b"".join(b"<div class=c%d>%d</div>" % (n, n * n) for n in range(500)))
    third = put(store, parts.page_of("Version three."), previous=second)
    assert parts.rows(store, "SELECT base_id FROM bodies WHERE id IN (?, ?)", second, third) == [(first,), (first,)]


def test_a_damaged_body_is_never_handed_out(store: Store) -> None:
    body_id = put(store, parts.page_of("A story."))
    store.conn.execute("UPDATE bodies SET data = zeroblob(length(data)) WHERE id = ?", (body_id,))
    with pytest.raises(ArchiveDamaged, match="cannot be read back"):
        bodies.get(store, body_id)
    with pytest.raises(ArchiveDamaged, match="not there"):
        bodies.get(store, 999)


def test_a_damaged_keyframe_does_not_keep_new_pages_out(store: Store) -> None:
    first = put(store, parts.page_of("One."))
    store.conn.execute("UPDATE bodies SET data = zeroblob(length(data)) WHERE id = ?", (first,))
    store.bases.clear()
    second = put(store, parts.page_of("Two."))
    assert bodies.get(store, second) == parts.page_of("Two.")
    third = put(store, parts.page_of("Three."))
    assert parts.one(store, "SELECT base_id FROM bodies WHERE id = ?", third) == second


def test_an_empty_body_is_kept_once_under_its_digest(store: Store) -> None:
    body_id = put(store, b"")
    assert put(store, b"") == body_id
    digest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert parts.one(store, "SELECT id FROM bodies WHERE sha256 = ?", digest) == body_id
    assert bodies.get(store, body_id) == b""


def test_decoded_bases_are_kept_within_bounds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("archive.store.connect._BASE_CACHE", 10_000)
    for number in range(20):
        store.remember_base(number, bytes(3000))
    assert len(store.bases) == 3
    with pytest.raises(ValueError), store.transaction():
        raise ValueError
    for number in range(20):
        store.remember_base(number, bytes(3000))
    assert len(store.bases) == 3
