"""One run as a process of its own, which the driver kills: `python -m benchmarks.behaviour.once ARCHIVE SOURCES SECONDS_AHEAD`."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from scheduler.run import Options, run

if __name__ == "__main__":
    archive, sources, ahead = sys.argv[1:]
    run(Options(Path(archive), Path(sources), ahead=timedelta(seconds=float(ahead)), wait=10, log_level="CRITICAL"), lambda _: None)
