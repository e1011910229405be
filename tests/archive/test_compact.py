"""`wirecopy compact`: bodies take less afterwards, each is what it was, and nothing that happens meanwhile can lose one."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Generator
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from archive import cli
from archive.blobs import pack, unpack
from archive.compact import Compacted, compact, give_back
from archive.errors import ArchiveDamaged, ArchiveError, ArchiveLocked
from archive.keys import payload_digest
from archive.lock import compact_lock, run_lock
from archive.packing import Better, Body, repack
from archive.store import bodies, repacking
from archive.store.connect import Store, open_store
from archive.verify import audit
from tests.archive import parts
from tests.archive.test_bodies import NOT_A_STAR, a_page


def put(store: Store, payload: bytes, host: str = "harbour.example") -> int:
    with store.transaction():
        return bodies.put(store, payload, host=host)


def run(archive: Path, *, everything: bool = False) -> Compacted:
    return compact(archive, everything=everything, jobs=2, tell=lambda *_: None)


def held(store: Store) -> dict[int, str]:
    """Body -> digest of what is read back."""
    store.bases.clear()
    return {int(str(row[0])): payload_digest(bodies.get(store, int(str(row[0])))) for row in parts.rows(store, "SELECT id FROM bodies")}


def size(store: Store) -> int:
    return int(str(parts.one(store, "SELECT sum(length(data)) FROM bodies")))


@pytest.fixture
def full(store: Store) -> Store:
    """Pages of five hosts that all stand alone, as if their base had come too late."""
    for number in range(6):
        for host in range(5):
            body_id = put(store, a_page(host, number), f"host{host}.example")
            alone = pack(a_page(host, number))
            store.conn.execute("UPDATE bodies SET codec = 'zstd', base_id = NULL, data = ? WHERE id = ?", (alone.data, body_id))
    return store


def test_bodies_that_stand_alone_although_there_is_a_base_are_packed_against_it(full: Store) -> None:
    before, digests = size(full), held(full)
    found = run(full.path)
    assert (found.done, found.left, found.unread) == (30, 0, 0)
    assert found.saved == before - size(full) > before / 2
    assert parts.one(full, "SELECT count(*) FROM bodies WHERE base_id IS NULL") == 5
    assert held(full) == digests
    assert parts.one(full, NOT_A_STAR) == 0
    assert audit(full).failures == []
    assert parts.one(full, "SELECT count(*) FROM compact_queue") == 0


def test_what_was_packed_is_not_looked_at_again_unless_all_is_asked_for(full: Store) -> None:
    run(full.path)
    new = put(full, a_page(1, 77), "host1.example")
    assert parts.one(full, "SELECT base_id FROM bodies WHERE id = ?", new) is not None  # a base that compact chose
    assert run(full.path).done == 1
    assert run(full.path).done == 0
    found = run(full.path, everything=True)
    assert (found.done, found.left) == (31, 0)
    assert len(held(full)) == 31


def test_a_body_that_others_stand_on_stays_a_base(store: Store) -> None:
    """Those others wait no more, so that they are not packed anew with it."""
    base, *others = [put(store, a_page(1, number)) for number in range(3)]
    store.conn.execute("DELETE FROM compact_queue WHERE body_id <> ?", (base,))
    put(store, a_page(1, 50) + a_page(2, 0))
    run(store.path)
    assert parts.rows(store, "SELECT DISTINCT base_id FROM bodies WHERE id IN (?, ?)", *others) == [(base,)]
    assert parts.one(store, "SELECT codec FROM bodies WHERE id = ?", base) == "zstd"
    assert audit(store).failures == []


def few_of(store: Store) -> tuple[repacking.Few, list[Better]]:
    few = next(iter(repacking.all_waiting(store)))
    return few, repack(list(few.bodies), few.bases)


def test_a_base_that_a_run_has_used_meanwhile_is_not_taken_away(full: Store) -> None:
    few, better = few_of(full)
    became = next(one.id for one in better if one.packed.codec == "zstd-base")
    delta = pack(a_page(0, 60), bodies.get(full, became))
    full.conn.execute(
        "INSERT INTO bodies (sha256, length, codec, base_id, data) VALUES (?, ?, ?, ?, ?)",
        (delta.sha256, delta.length, delta.codec, became, delta.data),
    )
    with full.transaction():
        assert not repacking.replace(full, few, better)
    assert audit(full).failures == []
    assert run(full.path).left == 0  # read anew, it is pinned
    assert audit(full).failures == []


def test_a_body_that_a_run_has_replaced_meanwhile_is_left(full: Store) -> None:
    few, better = few_of(full)
    body = next(one for one in few.bodies if one.id == better[-1].id)
    full.conn.execute("UPDATE bodies SET data = ? WHERE id = ?", (pack(body.payload, level=1).data, body.id))
    with full.transaction():
        assert not repacking.replace(full, few, better)


def test_a_body_that_is_read_while_it_and_its_base_are_packed_anew_comes_back(full: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader outside of a transaction sees the body before, and its base after."""
    first, second = put(full, a_page(50, 0)), put(full, a_page(50, 1))
    right, calls = bodies.base, []

    def meanwhile(store: Store, body_id: int) -> bytes:
        calls.append(body_id)
        if len(calls) == 1:
            third = put(full, a_page(50, 2) * 2)
            for number, one in enumerate((first, second)):
                packed = pack(a_page(50, number), a_page(50, 2) * 2)
                full.conn.execute(
                    "UPDATE bodies SET codec = 'zstd', base_id = NULL, data = ? WHERE id = ?", (pack(a_page(50, 2) * 2).data, third)
                )
                full.conn.execute("UPDATE bodies SET codec = 'zstd-base', base_id = ?, data = ? WHERE id = ?", (third, packed.data, one))
            full.bases.clear()
        return right(store, body_id)

    monkeypatch.setattr(bodies, "base", meanwhile)
    assert bodies.get(full, second) == a_page(50, 1)
    assert len(calls) > 1


def test_a_packing_that_does_not_come_back_undoes_everything(full: Store) -> None:
    few, better = few_of(full)
    digests = held(full)
    wrong = [*better[:-1], Better(better[-1].id, pack(b"something else" * 100), None)]
    with pytest.raises(ArchiveDamaged), full.transaction():
        repacking.replace(full, few, wrong)
    assert held(full) == digests


def test_a_damaged_body_is_left_as_it_is_and_told_of(full: Store) -> None:
    full.conn.execute("UPDATE bodies SET data = zeroblob(length(data)) WHERE id = 7")
    done = CliRunner().invoke(cli.compact, ["-a", str(full.path)])
    assert done.exit_code == 0
    assert "1 cannot be read" in done.stderr
    assert parts.one(full, "SELECT data = zeroblob(length(data)) FROM bodies WHERE id = 7") == 1
    assert len(audit(full).failures) == 1


KILLED = """
import os, signal, sys
from pathlib import Path
from archive.compact import compact
from archive.store import repacking
calls, right = int(sys.argv[2]), repacking._keep_bases
def _keep_bases(*args):
    global calls
    calls -= 1
    if not calls:
        os.kill(os.getpid(), signal.SIGKILL)
    right(*args)
repacking._keep_bases = _keep_bases
compact(Path(sys.argv[1]), everything=False, jobs=1, tell=lambda *_: None)
"""


@pytest.mark.parametrize("commits", [1, 3, 5])
def test_killed_with_everything_replaced_and_nothing_committed_it_loses_nothing_and_goes_on(full: Store, commits: int) -> None:
    digests = held(full)
    done = subprocess.run([sys.executable, "-c", KILLED, full.path, str(commits)], check=False)
    assert done.returncode == -signal.SIGKILL
    assert held(full) == digests
    assert audit(full).failures == []
    assert parts.one(full, "SELECT count(DISTINCT host) FROM compact_queue") == 6 - commits
    assert run(full.path).done == 6 * (6 - commits)
    assert held(full) == digests
    assert audit(full).failures == []


def test_killed_at_any_moment_it_loses_nothing(full: Store) -> None:
    digests, chance = held(full), random.Random(3)  # noqa: S311 - any moments will do
    for _ in range(6):
        code = "import sys; from archive.cli import compact; compact(['--all', '-a', sys.argv[1]])"
        child = subprocess.Popen([sys.executable, "-c", code, full.path], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.25 + chance.random() / 2)
        child.kill()
        child.wait()
        assert held(full) == digests
        assert audit(full).failures == []
    assert run(full.path).left == 0
    assert held(full) == digests


def test_there_is_one_at_a_time_and_it_waits_for_a_run(full: Store) -> None:
    with compact_lock(full.path), pytest.raises(ArchiveLocked, match="wirecopy compact"):
        run(full.path)
    waited: list[bool] = []

    def waits(begins: bool) -> None:
        waited.append(begins)
        if begins:
            holding.close()

    holding = held_lock(full.path)
    next(holding)
    assert compact(full.path, everything=False, jobs=1, tell=lambda *_: None, waits=waits).done == 30
    assert waited == [True, False]


def held_lock(archive: Path) -> Generator[None, None, None]:
    with run_lock(archive):
        yield


def test_the_space_is_given_back_where_that_is_asked_for(full: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(40):
        put(full, random.Random(number).randbytes(20_000))  # noqa: S311 - any bytes will do
    full.conn.execute("DELETE FROM compact_queue WHERE body_id > 30")
    full.conn.execute("DELETE FROM keyframes WHERE body_id > 30")
    full.conn.execute("DELETE FROM bodies WHERE id > 30")
    full.close()
    done = CliRunner().invoke(cli.compact, ["-a", str(full.path)])
    assert "MB are free inside the file: new pages fill them; --vacuum" in done.output
    before = full.path.stat().st_size
    done = CliRunner().invoke(cli.compact, ["-a", str(full.path), "--vacuum"])
    assert "The file is 0.9 MB smaller." in done.output
    assert full.path.stat().st_size < before - 800_000
    with open_store(full.path) as store:
        assert len(held(store)) == 30
    monkeypatch.setattr("shutil.disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    with pytest.raises(ArchiveError, match="VACUUM needs"):
        give_back(full.path)


@given(st.lists(st.tuples(st.binary(max_size=40), st.integers(0, 2), st.booleans()), max_size=8))
def test_whatever_is_packed_anew_is_a_star_and_comes_back(made: list[tuple[bytes, int, bool]]) -> None:
    payloads = {payload: pinned for part, kind, pinned in made if (payload := part * (1 + 300 * kind))}
    few = [Body(number, one, pack(one), None, pinned) for number, (one, pinned) in enumerate(payloads.items())]
    better = {one.id: one for one in repack(few, {})}
    for one in better.values():
        base = None if one.base_id is None else few[one.base_id].payload
        assert unpack(one.packed, base) == few[one.id].payload
        assert len(one.packed.data) < len(few[one.id].packed.data)
        assert one.base_id is None or (one.base_id not in better or better[one.base_id].base_id is None)
        assert one.base_id is None or not few[one.id].pinned


def test_verify_names_a_keyframe_that_is_no_base(full: Store) -> None:
    run(full.path)
    full.conn.execute("UPDATE keyframes SET body_id = (SELECT max(id) FROM bodies WHERE codec = 'zstd-base') WHERE host = 'host0.example'")
    assert [failure for failure in audit(full).failures if "keyframe of host0.example" in failure]
