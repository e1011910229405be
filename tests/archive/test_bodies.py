"""Bodies in the archive: one row each distinct payload, bases that stand alone, damage that is noticed."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archive.errors import ArchiveDamaged
from archive.store import bodies, keyframes
from archive.store.connect import Store, open_store
from tests.archive import parts
from tests.archive.parts import Page

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
    assert parts.rows(store, "SELECT body_id FROM keyframes WHERE role = 'page' ORDER BY used_by DESC")[0] == (other,)


def a_page(make_up: int, number: int) -> bytes:
    """A page of one of a host's templates: classes, and what stands between them, are its own."""
    chance = random.Random(make_up)  # noqa: S311 - any bytes will do
    boxes = "".join(f'<div class="m{make_up}-{n}">{chance.randbytes(40).hex()}</div>' for n in range(60))
    return f"<html><body>{boxes}<p>Story {number} of {chance.random()}</p></body></html>".encode()


def base_of(store: Store, body_id: int) -> object:
    return parts.one(store, "SELECT base_id FROM bodies WHERE id = ?", body_id)


def test_pages_of_several_make_ups_that_come_by_turns_each_find_their_own(store: Store) -> None:
    first = [put(store, a_page(make_up, 0)) for make_up in range(3)]
    later = [[put(store, a_page(make_up, number)) for make_up in range(3)] for number in (1, 2)]
    assert [[base_of(store, body_id) for body_id in turn] for turn in later] == [first, first]


def test_the_keyframe_unused_for_longest_is_given_up_and_its_body_stays(store: Store) -> None:
    ids = [put(store, a_page(make_up, 0)) for make_up in range(keyframes.MOST)]
    child = put(store, a_page(0, 1))  # the oldest keyframe is used once more
    put(store, a_page(99, 0))
    kept = {row[0] for row in parts.rows(store, "SELECT body_id FROM keyframes")}
    assert len(kept) == keyframes.MOST
    assert ids[0] in kept and ids[1] not in kept
    assert bodies.get(store, ids[1]) == a_page(1, 0)
    assert bodies.get(store, child) == a_page(0, 1)


def test_a_keyframe_that_is_no_base_any_more_is_not_packed_against(store: Store) -> None:
    """Another process may have packed it against another body since this one read it."""
    first, second = put(store, a_page(1, 0)), put(store, a_page(2, 0))
    put(store, a_page(2, 1))  # the base is at hand
    store.conn.execute("UPDATE bodies SET codec = 'zstd-base', base_id = ? WHERE id = ?", (first, second))
    assert base_of(store, put(store, a_page(2, 2))) is None
    assert parts.rows(store, "SELECT 1 FROM keyframes WHERE body_id = ?", second) == []


def test_a_second_version_makes_the_first_a_base_where_the_hosts_says_little(store: Store) -> None:
    """What is the page's own would be packed anew with each version."""
    own = random.Random(5).randbytes(1550).hex().encode()  # noqa: S311 - any bytes will do
    front, page = Page(store, "https://harbour.example/"), Page(store)
    front.fetch(a_page(1, 0))
    page.fetch(a_page(1, 1) + own)
    page.fetch(a_page(1, 2) + own)
    page.fetch(a_page(1, 3) + own)
    assert parts.rows(store, "SELECT codec, base_id FROM bodies ORDER BY id") == [("zstd", None), ("zstd", None), *[("zstd-base", 2)] * 2]
    assert [bodies.get(store, number) for number in (2, 3, 4)] == [a_page(1, number) + own for number in (1, 2, 3)]


def test_every_new_body_waits_for_compact_under_its_host(store: Store) -> None:
    ids = [put(store, a_page(1, 0)), put(store, a_page(1, 1)), put(store, a_page(1, 0))]
    assert parts.rows(store, "SELECT * FROM compact_queue") == [("harbour.example", "page", body_id) for body_id in ids[:2]]


def test_an_archive_of_before_keeps_its_keyframes_and_queues_its_bodies(store: Store) -> None:
    page = Page(store, "https://harbour.example:8080/news/a")
    page.fetch(a_page(1, 0))
    with store.transaction():
        bodies.put(store, b"an entry's content")
    parts.as_before_it_was_made_smaller(store)
    store.conn.execute("INSERT INTO keyframes VALUES ('harbour.example', 'page', 1)")
    store.close()
    with open_store(store.path) as again:
        assert parts.rows(again, "SELECT * FROM compact_queue") == [("", "page", 2), ("harbour.example", "page", 1)]
        assert base_of(again, put(again, a_page(1, 1))) == 1
        assert parts.rows(again, "SELECT body_id, length(sketch), used_by FROM keyframes") == [(1, 128, 3)]


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
