"""The tables and their questions, through Datasette: they read, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from archive.browse import canned
from tests.browse.parts import Pages


def test_the_tables_have_the_sql_functions_and_give_blobs_as_downloads(pages: Pages) -> None:
    answer = pages.get("/archive.json?sql=select+wire_host('https://a.example/x')+as+host&_shape=array")
    assert answer.json() == [{"host": "a.example"}]
    blob = pages.get("/archive/bodies/1.blob?_blob_column=data")
    assert (blob.headers["content-type"], "attachment" in blob.headers["content-disposition"]) == ("application/binary", True)


@pytest.mark.parametrize("sql", ["delete from articles", "pragma writable_schema=1", "attach 'x' as y", "vacuum into '/tmp/wirecopy-x.db'"])
def test_sql_reads_and_nothing_else(pages: Pages, sql: str, library: Path) -> None:
    before = library.stat().st_size
    answer = pages.ask("GET", f"/archive.json?sql={sql.replace(' ', '+')}")
    assert (answer.status_code, answer.json()["ok"]) == (400, False)
    assert library.stat().st_size == before


@pytest.mark.parametrize("name", canned.queries())
def test_each_ready_question_gives_rows(pages: Pages, name: str) -> None:
    named = "agency=pti&story_id=1&outlet=harbour&author=%25Rao%25&characters=%3Cnav%3E"
    answer = pages.get(f"/archive/{name}.json?_shape=array&{named}")
    assert answer.status_code == 200, answer.text
    assert json.loads(answer.text) or name == "last_day"  # nothing of that is in this archive


def test_a_table_leads_to_our_pages(pages: Pages) -> None:
    assert re.search(r'<a href="/article/(\d+)">\1</a>', pages.get("/archive/after_publication").text)
    assert '<a href="/story/1">1</a>' in pages.get("/archive/articles").text
