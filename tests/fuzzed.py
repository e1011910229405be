"""Targets that go wrong, for the tests of the fuzzer."""

from __future__ import annotations

import os
import time

from benchmarks.fuzz.targets import Target


def _hang(data: bytes) -> None:
    while data.endswith(b"!"):
        time.sleep(60)


def _raise(data: bytes) -> None:
    if data.endswith(b"!"):
        raise LookupError("a bug")


def _die(data: bytes) -> None:
    if data.endswith(b"!"):
        os.abort()


def _eat(data: bytes) -> None:
    if data.endswith(b"!"):
        bytearray(1 << 32)


GIVEN = (b"whole", b"odd!", b"whole again")
HANGS, RAISES, DIES, EATS = (Target(run, (b"!",), given=GIVEN) for run in (_hang, _raise, _die, _eat))
