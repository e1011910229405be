"""An environment of its own for each peer: a folder in which each has a virtual environment, made on demand."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.ingest.peer import Peer


def python_of(peer: Peer, folder: Path | None) -> Path | None:
    """The Python that runs it; None: it is not installed. What needs nothing runs with ours."""
    if peer.program and shutil.which(peer.program) is None:
        return None
    if not peer.needs:
        return Path(sys.executable)
    python = (folder or Path()) / peer.name / "bin" / "python"
    return python if folder and python.exists() else None


def install(peers: Iterable[Peer], folder: Path) -> list[str]:
    """Makes what is missing; gives a line for each peer that could not be had."""
    failed = []
    for peer in peers:
        if peer.needs and python_of(peer, folder) is None and not _install(peer, folder / peer.name):
            failed.append(f"{peer.name}: {' '.join(peer.needs)} could not be installed")
        if peer.program and shutil.which(peer.program) is None:
            failed.append(f"{peer.name}: needs {peer.program}")
    return failed


def _install(peer: Peer, environment: Path) -> bool:
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment)], check=True)  # noqa: S603
    pip = [str(environment / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    if subprocess.run([*pip, *peer.needs], check=False).returncode == 0:  # noqa: S603
        return True
    shutil.rmtree(environment)  # half an environment would be taken for a whole one
    return False


def versions(python: Path, needs: Iterable[str]) -> str:
    """What is installed there of what it needs, with versions."""
    names = [need.split("<")[0].split(">")[0].split("=")[0].split("[")[0] for need in needs]
    code = "import sys; from importlib.metadata import version as v; print(', '.join(f'{n} {v(n)}' for n in sys.argv[1:]))"
    done = subprocess.run([str(python), "-c", code, *names], capture_output=True, text=True, check=False)  # noqa: S603
    return done.stdout.strip()
