"""What stands in deploy/: units that are those of `wirecopy schedule systemd`, and a container file that keeps its promises.

`python -m tests.test_deploy` writes the units anew.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

from scheduler.units import Here, daemon_unit, systemd_units

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
SERVER = Here(("/opt/wirecopy/bin/wirecopy",), Path("/usr/bin/python3"), None, "server")
ARCHIVE, SOURCES = Path("/var/lib/wirecopy/wirecopy.db"), Path("/etc/wirecopy/sources.toml")
SAFE_ENOUGH = 25  # tenths of systemd-analyze's exposure, of 100; less is better


def units() -> dict[str, str]:
    """The files for a server where wirecopy is installed in /opt, by name."""
    printed = (
        systemd_units(ARCHIVE, SOURCES, minutes=10, user="wirecopy", at=SERVER),
        daemon_unit(ARCHIVE, SOURCES, user="wirecopy", at=SERVER),
    )
    parts = [re.split(r"^# /etc/systemd/system/(.*)\n", text, flags=re.MULTILINE)[1:] for text in printed]
    return {name: text.rstrip("\n") + "\n" for found in parts for name, text in zip(found[::2], found[1::2], strict=True)}


# --- systemd --------------------------------------------------------------------------------------------------------------


def test_the_units_are_what_wirecopy_schedule_prints() -> None:
    stored = {file.name: file.read_text(encoding="utf-8") for file in (DEPLOY / "systemd").iterdir()}
    assert stored == units(), "python -m tests.test_deploy writes them anew"


@pytest.mark.parametrize("name", [name for name in units() if name.endswith(".service")])
def test_systemd_rates_the_services_as_closed(name: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("there is no systemd-analyze command on this machine (Debian: apt-get install systemd)")
    call = ["systemd-analyze", "security", "--offline=true", f"--threshold={SAFE_ENOUGH}", "--no-pager", str(DEPLOY / "systemd" / name)]
    done = subprocess.run(call, capture_output=True, text=True, check=False, env=os.environ | {"SYSTEMD_LOG_LEVEL": "err"})
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


# --- the container ----------------------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    """The container file's instructions in order, each on one line."""
    text = re.sub(r"^#.*\n", "", (DEPLOY / "Containerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = [line for line in re.sub(r"\\\n\s*", " ", text).splitlines() if line.strip()]
    return [(name, rest) for name, _, rest in (line.partition(" ") for line in lines)]


def values(name: str) -> list[str]:
    return [rest for known, rest in instructions() if known == name]


def last_stage() -> list[tuple[str, str]]:
    begins = max(place for place, (name, _) in enumerate(instructions()) if name == "FROM")
    return instructions()[begins:]


def test_nothing_is_added_from_elsewhere_and_each_package_is_of_the_version_that_is_tested() -> None:
    assert values("ADD") == []
    steps = [step for run in values("RUN") for step in run.split("&&")]
    installing = [step for step in steps if re.search(r"\bpip\b.*\b(install|wheel)\b", step) and "uninstall" not in step]
    assert len(installing) == 3
    assert all("--constraint constraints.txt" in step for step in installing)
    assert not any(word in run for run in values("RUN") for word in ("curl", "wget", "git ", "apt-get", "http"))


def test_both_stages_stand_on_the_same_slim_image_and_only_what_is_installed_goes_over() -> None:
    assert values("ARG") == ["BASE=python:3.13-slim-bookworm"]
    assert values("FROM") == ["${BASE} AS build", "${BASE}"]
    assert [rest for name, rest in last_stage() if name == "COPY"] == ["--from=build /opt/wirecopy /opt/wirecopy"]


def test_no_tool_that_builds_is_left() -> None:
    assert "venv --without-pip /opt/wirecopy" in values("RUN")[0]
    assert "--python /opt/wirecopy/bin/python uninstall --yes --quiet pip" in values("RUN")[0]
    assert "pip uninstall --yes --quiet pip" in values("RUN")[-1]


def test_it_runs_as_a_user_with_a_fixed_number_that_owns_the_volume() -> None:
    assert values("USER") == ["10001:10001"]
    assert values("VOLUME") == values("WORKDIR")[-1:] == ["/data"]
    create = next(rest for name, rest in last_stage() if name == "RUN")
    assert "--uid 10001" in create
    assert "--owner=10001 --group=10001 --mode=2750 /data" in create
    order = [name for name, _ in last_stage()]
    assert order.index("USER") < order.index("ENTRYPOINT")


def test_it_starts_the_daemon_can_be_stopped_and_says_how_it_is() -> None:
    assert (values("ENTRYPOINT"), values("CMD"), values("STOPSIGNAL")) == (['["wirecopy"]'], ['["daemon"]'], ["SIGTERM"])
    (health,) = values("HEALTHCHECK")
    assert health.endswith("CMD wirecopy health || test $? -eq 1")
    (environment,) = values("ENV")
    assert "WIRECOPY_ARCHIVE=/data/wirecopy.db" in environment


@pytest.mark.parametrize(("code", "well"), [(0, True), (1, True), (2, False), (3, False)])
def test_a_warning_leaves_it_healthy_and_what_is_critical_or_unknown_does_not(code: int, well: bool) -> None:
    check = values("HEALTHCHECK")[0].partition("CMD ")[2].replace("wirecopy health", f"(exit {code})")
    assert (subprocess.run(["sh", "-c", check], check=False).returncode == 0) is well


def test_its_label_names_this_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (labels,) = values("LABEL")
    for name, value in (("version", project["version"]), ("licenses", project["license"]), ("title", project["name"])):
        assert f'org.opencontainers.image.{name}="{value}"' in labels


def test_what_is_copied_is_there_is_not_ignored_and_is_all_that_the_wheel_needs() -> None:
    named = [word for rest in values("COPY") if not rest.startswith("--from") for word in rest.split()[:-1]]
    assert all((ROOT / word).exists() for word in named)
    ignoring = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignoring[1] == "*"
    assert sorted(named) == sorted(line[1:] for line in ignoring if line.startswith("!"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    needed = [project["project"]["readme"], *project["project"]["license-files"], "pyproject.toml", "constraints.txt"]
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]
    assert set(needed) <= set(named)
    assert all(any(fnmatch(word, pattern) for word in named) for pattern in packages)


def test_compose_closes_what_the_readme_says_it_closes() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    for line in ("read_only: true", "cap_drop: [ALL]", 'security_opt: ["no-new-privileges:true"]', "mem_limit: 1g", "init: true"):
        assert f"\n    {line}" in text
    (health,) = values("HEALTHCHECK")
    assert health.partition("CMD ")[2] in text.replace("$$", "$")
    for asked, given in (("interval", "interval"), ("timeout", "timeout"), ("start-period", "start_period"), ("retries", "retries")):
        found = re.search(rf"--{asked}=(\S+)", health)
        assert found is not None
        assert f"{given}: {found[1]}\n" in text


if __name__ == "__main__":
    for unit, content in units().items():
        (DEPLOY / "systemd" / unit).write_text(content, encoding="utf-8")
