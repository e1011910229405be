"""Imports: what was brought in from files, and from where in them each capture came."""

from __future__ import annotations

from sqlite_utils import Database

from archive.migrations.steps import migrations, run

IMPORTS = """
CREATE TABLE imports ( -- files and folders that `wirecopy import` has read, and how far
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, -- of the file or folder, without its path; of a WARC in a WACZ: both, with ! between them
  format TEXT NOT NULL, -- warc, html or jsonl
  sha256 TEXT NOT NULL, -- hex, of the file; of a folder: of its path
  outlet TEXT NOT NULL, -- outlets.code that all pages were filed under (--outlet); '': each under its own host's
  run_id INTEGER NOT NULL REFERENCES runs(id), -- that read it last
  offset INTEGER NOT NULL, -- all before it is in: bytes of a WARC or JSONL file, files of a folder
  finished_at TEXT, -- null: not read to its end yet
  captures INTEGER NOT NULL, -- that it brought
  known INTEGER NOT NULL, -- exchanges in it that the archive had
  left_out INTEGER NOT NULL, -- records of other kinds: pictures, scripts, answers without a page
  broken INTEGER NOT NULL, -- records that could not be read
  UNIQUE (sha256, format, outlet)
) STRICT;
CREATE TABLE imported ( -- captures that came from a file: append-only
  capture_id INTEGER PRIMARY KEY REFERENCES captures(id),
  import_id INTEGER NOT NULL REFERENCES imports(id),
  record_id TEXT, -- WARC-Record-ID of the answer; the file's path in a folder; null: a line of JSON
  offset INTEGER NOT NULL, -- of the record in its file, in bytes; of a line: its number; of a file in a folder: 0
  heads TEXT NOT NULL, -- exact (as a wirecopy archive took them off the wire), stated (as the file has them), or made (there were none)
  dated TEXT NOT NULL, -- where fetched_at is from: record, manifest, page (its own words), or file (its time of change)
  identity INTEGER NOT NULL -- 64 bits of URL, time, status and payload: the same exchange is not taken twice
) STRICT;
CREATE INDEX imported_identity ON imported(identity);
CREATE INDEX imported_import ON imported(import_id);
CREATE INDEX outlets_host ON outlets(host) WHERE host IS NOT NULL;
CREATE INDEX captures_robots ON captures(url) WHERE role = 'robots';
"""


@migrations()
def m024_imports(db: Database) -> None:
    run(db, IMPORTS)
