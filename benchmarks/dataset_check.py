"""Whether the real `datasets` library reads what `wirecopy export dataset` writes.

`python -m benchmarks.dataset_check --python ENV/bin/python`, where ENV is an environment of its own with `datasets` in it, which is too
large a dependency for the tests. An archive is filled, exported with Parquet shards and with JSON lines, appended to, loaded, and compared
with the same export as plain JSON lines, row by row. No network is used.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.export import fill

_LOAD = """
import json, sys
import datasets
folder, cache, lines = sys.argv[1:]
found = datasets.load_dataset(folder, split="train", cache_dir=cache)
expected = [json.loads(line) for line in open(lines, encoding="utf-8")]
def plain(value):
    if hasattr(value, "isoformat"):
        return value.strftime("%Y-%m-%dT%H:%M:%S")
    if isinstance(value, list):
        return [{k: v for k, v in one.items() if v is not None} if isinstance(one, dict) else one for one in value]
    return value
def shown(name, value):
    return value[:19] if name.endswith("_at") and isinstance(value, str) else value
assert len(found) == len(expected), (len(found), len(expected))
for row, line in zip(found, expected):
    assert {name: plain(value) for name, value in row.items()} == {name: shown(name, value) for name, value in line.items()}, (row, line)
print(f"datasets {datasets.__version__}: {len(found):,} rows, all equal; {found.features['published_at']}, {found.features['authors']}")
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dataset_check")
    parser.add_argument("--python", type=Path, required=True, help="the Python of an environment with `datasets`")
    parser.add_argument("--articles", type=int, default=2000)
    asked = parser.parse_args()
    command = [str(Path(sys.executable).parent / "wirecopy"), "export"]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder / "wirecopy.db", asked.articles)
        archive = ["--archive", str(folder / "wirecopy.db")]
        subprocess.run([*command, "jsonl", str(folder / "all.jsonl"), *archive], check=True)  # noqa: S603 - ours
        for shards in ("parquet", "jsonl"):
            out = folder / shards
            for _ in range(2):  # the second time finds nothing new
                subprocess.run([*command, "dataset", str(out), "--shards", shards, "--append", *archive], check=True)  # noqa: S603
            load = [str(asked.python), "-c", _LOAD, str(out), str(folder / f"cache-{shards}"), str(folder / "all.jsonl")]
            subprocess.run(load, check=True, env=environment)  # noqa: S603 - ours


if __name__ == "__main__":
    main()
