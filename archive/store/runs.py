"""Runs: begun, finished, counted. A run's counts are read from what it recorded, so that a crash loses none of them."""

from __future__ import annotations

import json
from datetime import datetime

from archive.store.connect import Store
from archive.times import from_iso, iso

Summary = dict[str, int | float]

# What `wirecopy crawl --json` prints, in this order; `:run` is the run's id.
COUNTS = {
    "polled": "SELECT count(*) FROM polls WHERE run_id = :run",
    "not_modified": "SELECT count(*) FROM polls WHERE run_id = :run AND outcome = 'not-modified'",
    "entries": "SELECT coalesce(sum(entries), 0) FROM polls WHERE run_id = :run",
    "seen": "SELECT coalesce(sum(entries - new_entries), 0) FROM polls WHERE run_id = :run",
    "fetched": "SELECT count(*) FROM captures WHERE run_id = :run AND role = 'page' AND part_of IS NULL AND verdict <> 'hop'"
    " AND status IS NOT NULL",
    "stored": "SELECT count(*) FROM captures WHERE run_id = :run AND role = 'page' AND verdict = 'stored' AND revisit_of IS NULL",
    "revisits": "SELECT count(*) FROM captures WHERE run_id = :run AND role = 'page' AND verdict = 'stored' AND revisit_of IS NOT NULL",
    "failed": """SELECT (SELECT count(*) FROM polls WHERE run_id = :run
                   AND outcome NOT IN ('new', 'nothing-new', 'not-modified', 'same-body', 'held'))
                 + (SELECT count(*) FROM captures WHERE run_id = :run AND role = 'page' AND part_of IS NULL
                   AND verdict NOT IN ('stored', 'hop'))""",
    "walls": "SELECT count(*) FROM walls w JOIN captures c ON c.id = w.capture_id WHERE c.run_id = :run",
    "cleaned": "SELECT count(*) FROM readings WHERE run_id = :run",
}


def begin(store: Store, *, trigger: str, software: str, now: datetime) -> int:
    """A new run's id. Runs that still say `running` were ended by force: they are marked so (the run lock is held).

    Imports go on beside runs, and hold a lock of their own.
    """
    others = "trigger = 'import'" if trigger == "import" else "trigger <> 'import'"
    with store.transaction() as conn:
        conn.execute(f"UPDATE runs SET status = 'crashed', error = 'ended by force' WHERE status = 'running' AND {others}")  # noqa: S608
        row = conn.execute(
            "INSERT INTO runs (trigger, started_at, software) VALUES (?, ?, ?) RETURNING id",
            (trigger, iso(now), software),
        ).fetchone()
    return int(row[0])


def finish(store: Store, run_id: int, *, status: str, now: datetime, error: str | None = None) -> Summary:
    """Counts the run and closes its row; gives back what `--json` prints."""
    summary = count(store, run_id, now)
    with store.transaction() as conn:
        conn.execute(
            "UPDATE runs SET finished_at = ?, status = ?, summary = ?, error = ? WHERE id = ?",
            (iso(now), status, json.dumps(summary), error, run_id),
        )
        conn.execute("UPDATE feeds SET lease_run_id = NULL, lease_until = NULL WHERE lease_run_id = ?", (run_id,))
    return summary


def count(store: Store, run_id: int, now: datetime) -> Summary:
    """The run's counts so far, by name, in the order of `COUNTS`, with `run` first and `seconds` last."""
    summary: Summary = {"run": run_id}
    for name, sql in COUNTS.items():
        summary[name] = store.conn.execute(sql, {"run": run_id}).fetchone()[0]
    summary["seconds"] = max(0.0, round((now - begun(store, run_id)).total_seconds(), 1))
    return summary


def begun(store: Store, run_id: int) -> datetime:
    """When a run began."""
    return from_iso(store.conn.execute("SELECT started_at FROM runs WHERE id = ?", (run_id,)).fetchone()[0])
