"""What `wirecopy schedule` prints is taken by cron's and systemd's own readers, whatever the paths are called."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.errors import UsageError
from scheduler.units import Here, cron_line, here, systemd_units

ARCHIVE, SOURCES = Path("/var/lib/wirecopy/wirecopy.db"), Path("/etc/wirecopy/sources.toml")
AT = Here(("/opt/wirecopy/bin/wirecopy",), Path("/usr/bin/python3"), shutil.which("flock"), "a machine")
names = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" "), min_size=1, max_size=20).filter(
    lambda name: name.strip() == name and "/" not in name
)


def call_of(line: str) -> list[str]:
    """What the shell is given by cron: the sixth field on, % unescaped."""
    return shlex.split(line.split(None, 5)[5].replace(r"\%", "%"))


def minutes_of(line: str) -> list[int]:
    """The minutes of an hour that the first field names."""
    field, _, step = line.split()[0].partition("/")
    first = 0 if field == "*" else int(field.split("-")[0])
    return list(range(first, 60, int(step or 1)))


def values(units: str, key: str) -> list[str]:
    return re.findall(rf"^{key}=(.*)$", units, re.MULTILINE)


def test_this_installation_is_called_by_an_absolute_path_that_runs() -> None:
    done = subprocess.run([*here().command, "--version"], capture_output=True, text=True, check=True, cwd="/", env={"PATH": ""})
    assert Path(here().command[0]).is_absolute()
    assert done.stdout.startswith("wirecopy ")


@given(folder=names, name=names)
def test_cron_runs_exactly_the_archive_and_sources_that_were_named(folder: str, name: str) -> None:
    archive, sources = Path("/srv") / folder / f"{name}.db", Path("/srv") / folder / name
    line = cron_line(archive, sources, minutes=10, at=AT).splitlines()[-1]
    assert re.sub(r"\\%", "", line).count("%") == 0
    call = call_of(line)
    assert call[call.index("--archive") + 1 :][:1] == [str(archive)]
    assert call[call.index("--sources") + 1 :][:1] == [str(sources)]


@given(st.integers(1, 59))
def test_cron_comes_at_least_as_often_as_was_asked(minutes: int) -> None:
    line = cron_line(ARCHIVE, SOURCES, minutes=minutes, at=AT).splitlines()[-1]
    ticks = minutes_of(line)
    assert max(later - sooner for sooner, later in zip(ticks, [*ticks[1:], ticks[0] + 60], strict=True)) <= minutes


def test_two_cron_runs_do_not_overlap_and_the_second_says_75(tmp_path: Path) -> None:
    if shutil.which("flock") is None:
        pytest.skip("there is no flock command on this machine")
    waits = tmp_path / "waits"
    waits.write_text("#!/bin/sh\necho begun\nread line\n")
    waits.chmod(0o755)
    call = call_of(cron_line(tmp_path / "a.db", SOURCES, minutes=10, at=replace(AT, command=(str(waits),))).splitlines()[-1])[
        :-1
    ]  # without >/dev/null
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "begun\n"
        assert subprocess.run(call, check=False).returncode == 75


def test_crons_lock_is_not_the_one_that_a_run_takes_itself() -> None:
    call = call_of(cron_line(ARCHIVE, SOURCES, minutes=10, at=AT).splitlines()[-1])
    assert f"{ARCHIVE}.lock" not in call


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze command on this machine (Debian: apt-get install systemd)")
    for archive in (ARCHIVE, tmp_path / 'an "odd" %h $HOME folder' / "a b.db"):
        parts = re.split(r"^# /etc/systemd/system/(.*)\n", systemd_units(archive, SOURCES, minutes=10, user="daemon"), flags=re.MULTILINE)
        files = dict(zip(parts[1::2], parts[2::2], strict=True))
        assert list(files) == ["wirecopy.service", "wirecopy.timer"]
        for name, text in files.items():
            (tmp_path / name).write_text(text)
        done = subprocess.run(
            ["systemd-analyze", "verify", "--man=no", *files], cwd=tmp_path, capture_output=True, text=True, check=False,
            env=os.environ | {"SYSTEMD_LOG_LEVEL": "warning"},
        )  # fmt: skip
        assert (done.returncode, [line for line in done.stderr.splitlines() if "wirecopy" in line]) == (0, [])


def test_the_awk_line_in_the_head_writes_the_two_files(tmp_path: Path) -> None:
    units = systemd_units(ARCHIVE, SOURCES, minutes=10, user="wirecopy", at=AT)
    awk = re.search(r"sudo awk '(.*)'", units)
    assert awk is not None
    here = units.replace("# /etc/systemd/system/", f"# {tmp_path}/")
    program = awk[1].replace(r"\/etc\/systemd\/", str(tmp_path).replace("/", r"\/") + r"\/")
    subprocess.run(["awk", program], input=here, text=True, check=True)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["wirecopy.service", "wirecopy.timer"]
    assert (tmp_path / "wirecopy.timer").read_text().endswith("WantedBy=timers.target\n")


def test_an_archive_below_var_lib_is_a_state_folder_that_its_group_reads() -> None:
    units = systemd_units(ARCHIVE, SOURCES, minutes=10, user="wirecopy", at=AT)
    assert values(units, "StateDirectory") == ["wirecopy"]
    assert values(units, "StateDirectoryMode") == ["0750"]
    assert values(units, "UMask") == ["0027"]
    assert values(units, "ReadWritePaths") == []


def test_after_a_run_the_files_are_there_that_people_who_only_read_need(tmp_path: Path) -> None:
    archive = tmp_path / "a $b.db"
    (after,) = values(systemd_units(archive, SOURCES, minutes=10, user="wirecopy", at=AT), "ExecStopPost")
    call = shlex.split(after.removeprefix("-").replace("$$", "$"))
    subprocess.run(call, check=False)
    assert list(tmp_path.iterdir()) == []
    archive.write_bytes(b"an archive")
    subprocess.run(call, check=True)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a $b.db", "a $b.db-shm", "a $b.db-wal"]


def test_an_archive_elsewhere_opens_its_folder_alone() -> None:
    units = systemd_units(Path("/home/ida/news/wire.db"), SOURCES, minutes=10, user="ida", at=AT)
    assert values(units, "ReadWritePaths") == ["/home/ida/news"]
    assert values(units, "ProtectHome") == ["read-only"]
    assert values(units, "StateDirectory") == []


def test_code_that_writes_its_own_code_stays_allowed_or_tls_would_hang() -> None:
    assert values(systemd_units(ARCHIVE, SOURCES, minutes=10, user="wirecopy", at=AT), "MemoryDenyWriteExecute") == ["no"]


@pytest.mark.parametrize("user", ["", "a b", "root\nExecStartPre=/bin/true", "%h"])
def test_a_user_that_cannot_be_is_refused(user: str) -> None:
    with pytest.raises(UsageError, match="no user"):
        systemd_units(ARCHIVE, SOURCES, minutes=10, user=user, at=AT)


def test_a_path_of_two_lines_is_refused() -> None:
    path = Path("/srv/a\n* * * * * evil")
    with pytest.raises(UsageError, match="characters"):
        cron_line(path, SOURCES, minutes=10)
    with pytest.raises(UsageError, match="characters"):
        systemd_units(path, SOURCES, minutes=10, user="wirecopy")
