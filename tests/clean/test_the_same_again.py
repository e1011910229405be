"""One page is read the same in each process: nothing depends on the order in which a set happens to be."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

READS_ALL = """
import hashlib, sys
from dataclasses import asdict
from pathlib import Path
from archive.clean import clean
from archive.clean.explain import explain

digest = hashlib.sha256()
for page in sorted(Path(sys.argv[1]).glob("*/page.html")):
    body = page.read_bytes()
    digest.update(repr(asdict(clean(body, url="https://a.example/" + page.parent.name))).encode("utf-8", "replace"))
    digest.update(repr(explain(body, url="https://a.example/" + page.parent.name)).encode("utf-8", "replace"))
print(digest.hexdigest())
"""


def test_readings_and_their_scores_do_not_depend_on_the_hash_seed() -> None:
    pages = Path(__file__).parent / "pages"
    said = {
        subprocess.run(
            [sys.executable, "-c", READS_ALL, str(pages)],
            env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout
        for seed in ("1", "2", "3", "4")
    }  # fmt: skip
    assert len(said) == 1
