"""Bodies that go: what stands on them is packed otherwise first, whatever happens in between."""

from __future__ import annotations

from contextlib import nullcontext

import pytest

from archive.errors import ArchiveDamaged, BodyPruned
from archive.keys import payload_digest
from archive.store import bodies, emptying
from archive.store.connect import Store
from tests.archive import parts
from tests.archive.test_bodies import NOT_A_STAR, a_page
from tests.keeping.parts import sound


def put(store: Store, payload: bytes, host: str = "harbour.example") -> int:
    with store.transaction():
        return bodies.put(store, payload, host=host)


def why(store: Store) -> emptying.Why:
    row = store.conn.execute(
        "INSERT INTO prunings (started_at, policy) VALUES ('2026-11-30T00:00:00Z', 'raw older than 2y') RETURNING id"
    ).fetchone()
    return emptying.Why(pruning_id=row[0])


def held(store: Store) -> dict[int, str]:
    store.bases.clear()
    rows = store.conn.execute("SELECT id FROM bodies WHERE length(data) > 0").fetchall()
    return {row[0]: payload_digest(bodies.get(store, row[0])) for row in rows}


@pytest.fixture
def star(store: Store) -> Store:
    """Seventy bodies that stand on the first."""
    for number in range(71):
        put(store, a_page(1, number))
    assert parts.one(store, "SELECT count(*) FROM bodies WHERE base_id = 1") == 70
    return store


def test_what_stands_on_a_body_is_packed_on_another_one_before_it_goes(star: Store) -> None:
    digests, before = held(star), parts.one(star, "SELECT sum(length(data)) FROM bodies WHERE id > 1")
    assert emptying.free(star, 1, nullcontext)
    with star.transaction():
        emptying.empty(star, 1, why(star))
    assert held(star) == {body_id: digest for body_id, digest in digests.items() if body_id != 1}
    assert parts.one(star, NOT_A_STAR) == 0
    assert parts.one(star, "SELECT count(*) FROM bodies WHERE base_id IS NULL") == 2
    after = parts.one(star, "SELECT sum(length(data)) FROM bodies WHERE id > 1")
    base = parts.one(star, "SELECT length(data) FROM bodies WHERE id = 2")
    assert isinstance(after, int) and isinstance(before, int) and isinstance(base, int) and after < 2 * before + base
    assert parts.rows(star, "SELECT body_id FROM keyframes") == [(2,)]
    sound(star)


def test_ended_at_any_portion_every_body_can_be_read(star: Store) -> None:
    digests, calls, portions = held(star), 0, 0

    class Ended(BaseException):
        pass

    def turn() -> nullcontext[None]:
        nonlocal calls
        calls += 1
        if calls > portions:
            raise Ended
        return nullcontext()

    for most in (1, 2):
        calls, portions = 0, most
        with pytest.raises(Ended):
            emptying.free(star, 1, turn)
        assert held(star) == digests
        sound(star)
    assert emptying.free(star, 1, nullcontext)


def test_the_digest_of_an_emptied_body_stays_and_says_why_its_bytes_are_gone(star: Store) -> None:
    emptying.free(star, 1, nullcontext)
    with star.transaction():
        emptying.empty(star, 1, why(star))
    with pytest.raises(BodyPruned, match=r"pruned on 2026-11-30 \(raw older than 2y\)"):
        bodies.get(star, 1)
    assert parts.one(star, "SELECT sha256 FROM bodies WHERE id = 1") == payload_digest(a_page(1, 0))


def test_a_body_that_comes_again_is_kept_again_under_its_number(star: Store) -> None:
    emptying.free(star, 1, nullcontext)
    with star.transaction():
        emptying.empty(star, 1, why(star))
    assert put(star, a_page(1, 0)) == 1
    assert bodies.get(star, 1) == a_page(1, 0)
    assert parts.one(star, "SELECT count(*) FROM pruned") == 0
    sound(star)


def test_a_body_that_cannot_be_read_stays_where_it_is(star: Store) -> None:
    star.conn.execute("UPDATE bodies SET data = x'00' WHERE id = 5")
    assert not emptying.free(star, 1, nullcontext)
    assert parts.rows(star, "SELECT id FROM bodies WHERE base_id = 1") == [(5,)]


def test_an_empty_body_that_no_pruning_explains_is_damage(store: Store) -> None:
    body_id = put(store, a_page(1, 0))
    store.conn.execute("UPDATE bodies SET data = x'' WHERE id = ?", (body_id,))
    with pytest.raises(ArchiveDamaged, match="no pruning says why") as problem:
        bodies.get(store, body_id)
    assert not isinstance(problem.value, BodyPruned)
    assert bodies.damage(store, body_id)


def test_a_body_of_no_bytes_is_no_pruned_one(store: Store) -> None:
    assert bodies.get(store, put(store, b"")) == b""
