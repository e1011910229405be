"""The child's side: works through cases until it is told to end, or is ended. `python -m benchmarks.fuzz.child`, started by `watch`.

Which case it is at, and since when, stands in a small shared file: whoever watches it needs no answer to know that it hangs.
"""

from __future__ import annotations

import json
import mmap
import os
import resource
import struct
import sys
import time
import traceback
from pathlib import Path

from benchmarks.fuzz.mutate import Mutator
from benchmarks.fuzz.targets import target

PLACE = struct.Struct("<qdq")  # the case, when it began (monotonic), cases done
BEFORE, AFTER = -1, -2  # in the place of a case: none has begun, all are done
OUT_OF_MEMORY = 12  # exit code


def main() -> None:
    asked = json.loads(sys.argv[1])
    what = target(asked["target"])
    cases = Mutator(what.files(Path(asked["corpus"]) if asked["corpus"] else None), what.tokens, asked["seed"])
    what.run(cases.seeds[0])  # imports and tables that are made once count as no case's time
    memory = asked["memory"] << 20
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is not asked for
    with Path(asked["place"]).open("r+b") as handle, mmap.mmap(handle.fileno(), PLACE.size) as place:
        slowest = 0.0, -1
        for done, number in enumerate(range(asked["begin"], asked["end"], asked["step"])):
            data = cases.case(number)
            begun = time.monotonic()
            place[:] = PLACE.pack(number, begun, done)
            _try(what.run, data, number)
            slowest = max(slowest, (time.monotonic() - begun, number))
        place[:] = PLACE.pack(AFTER, 0.0, done + 1)
    _tell({"slowest": slowest, "rss": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024})


def _try(run: object, data: bytes, number: int) -> None:
    try:
        run(data)  # type: ignore[operator]
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # the heap is in no state to go on
    except Exception as problem:
        frames = traceback.extract_tb(problem.__traceback__)
        ours = [f"{Path(frame.filename).name}:{frame.name}" for frame in frames if "site-packages" not in frame.filename]
        where = f"{type(problem).__name__} in {ours[-1] if ours else '?'}"
        _tell({"case": number, "kind": where, "trace": traceback.format_exc(limit=-12)})


def _tell(event: dict[str, object]) -> None:
    print(json.dumps(event), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
