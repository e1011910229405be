"""Every documented query is run as it stands in the documentation, by a shell, with the real sqlite-utils."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.schema_doc import schema_markdown
from tests.archive import library

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^```bash\n(.*?)^```\n(?:<!-- shows: (.*?) -->)?", re.MULTILINE | re.DOTALL)
DOCUMENTS = ("recipes.md", "querying.md", "export.md")
BLOCKS = {
    f"{name}-{number}": block for name in DOCUMENTS for number, (block, _) in enumerate(BLOCK.findall((DOCS / name).read_text("utf-8")), 1)
}
RECIPES = [
    pytest.param(f"{name}-{number}", shows, id=f"{name}-{number}")
    for name in DOCUMENTS
    for number, (_, shows) in enumerate(BLOCK.findall((DOCS / name).read_text("utf-8")), 1)
]


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, subprocess.CompletedProcess[str]]:
    """What each documented command came to, in a folder of its own; all run beforehand, some at a time."""
    archive = tmp_path_factory.mktemp("library") / "wirecopy.db"
    library.build(archive, datetime.now(UTC))
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def run(block: str, folder: Path) -> subprocess.CompletedProcess[str]:
        shutil.copy(archive, folder)
        return subprocess.run(
            ["/bin/bash", "-euo", "pipefail", "-c", block],
            cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        started = {name: threads.submit(run, block, tmp_path_factory.mktemp("recipe")) for name, block in BLOCKS.items()}
    return {name: future.result() for name, future in started.items()}


@pytest.mark.parametrize(("name", "shows"), RECIPES)
def test_a_documented_query_gives_what_it_promises(outcomes: dict[str, subprocess.CompletedProcess[str]], name: str, shows: str) -> None:
    if "export parquet" in BLOCKS[name] and importlib.util.find_spec("pyarrow") is None:
        pytest.skip("pyarrow is not installed (extra: parquet)")
    done = outcomes[name]
    assert done.returncode == 0, done.stderr
    assert shows, "each documented query is followed by <!-- shows: a part of its output -->"
    assert shows in done.stdout


def test_there_are_at_least_twenty_recipes_each_under_its_question() -> None:
    text = (DOCS / "recipes.md").read_text("utf-8")
    headings = re.findall(r"^### (.+)$", text, re.MULTILINE)
    assert len(headings) == len(set(headings)) == len(re.findall(r"^```bash$", text, re.MULTILINE))
    assert len(headings) >= 20


def test_the_schema_s_documentation_explains_every_table_and_view() -> None:
    text = schema_markdown()
    for name in ("articles", "captures", "feeds", "stories", "runs", "latest", "cdx", "feed_health", "articles_fts"):
        assert re.search(rf"^### `{name}`\n\n[a-z]", text, re.MULTILINE), name
    assert "|  |\n" not in text, "a column without a comment in the stored SQL"
    assert text in (DOCS / "schema.md").read_text("utf-8"), "run: python -m cogapp -r docs/schema.md"
