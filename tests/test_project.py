"""The project as a whole: what is installed, who imports whom, which commands there are, what every dependency is for."""

from __future__ import annotations

import ast
import re
import socket
import subprocess
import sys
import tomllib
from importlib import import_module, metadata
from pathlib import Path

import click
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from pytest_socket import SocketConnectBlockedError

from scheduler.cli import COMMANDS, SECTIONS
from tests.conftest import Run

ROOT = Path(__file__).parent.parent
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ("archive", "crawler", "scheduler")
DEPENDENCIES = [Requirement(line) for line in PYPROJECT["project"]["dependencies"]]
EXTRAS = [Requirement(line) for lines in PYPROJECT["project"]["optional-dependencies"].values() for line in lines]
TOOLS = [Requirement(line) for line in PYPROJECT["dependency-groups"]["dev"]]


@pytest.mark.parametrize("package", PACKAGES)
def test_the_import_name_comes_from_this_distribution_alone(package: str) -> None:
    assert set(metadata.packages_distributions()[package]) == {"wirecopy"}
    assert [Path(folder) for folder in import_module(package).__path__] == [ROOT / package]


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_there_and_says_what_it_does(name: str) -> None:
    module, attribute, line = COMMANDS[name]
    command = getattr(import_module(module), attribute)
    assert isinstance(command, click.Command)
    assert command.help
    assert re.fullmatch(r"[A-Z].*\.", line)


def test_help_lists_every_command(wirecopy: Run) -> None:
    help_text = wirecopy("--help").stdout
    listed = re.findall(r"^  ([a-z-]+)  ", help_text.partition("Sources:")[2], re.MULTILINE)
    assert listed == list(COMMANDS)
    assert re.findall(r"^(\S[^:\n]*):$", help_text, re.MULTILINE) == ["Options", *SECTIONS.values()]
    assert list(SECTIONS) == [name for name in COMMANDS if name in SECTIONS]  # and so each of them begins where it should


def test_the_version_is_that_of_the_project(wirecopy: Run) -> None:
    assert wirecopy("--version").stdout == f"wirecopy {PYPROJECT['project']['version']}\n"


def test_help_costs_no_framework() -> None:
    code = """
import sys
from scheduler.cli import main
try:
    main()
except SystemExit:
    print(*{"scrapy", "twisted", "lxml", "selectolax", "sqlite_utils", "apscheduler"} & set(sys.modules), sep="\\n", file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code, "--help"], capture_output=True, text=True, check=True)
    assert (done.stdout.startswith("Usage: "), done.stderr.strip()) == (True, "")


def test_a_crawl_hands_pages_to_the_cleaner_without_loading_it() -> None:
    """Its loop stood still meanwhile, in the midst of the first pages."""
    code = """
import pickle, sys
import crawler.job, crawler.spiders.wire
from archive import passes
pickle.dumps(passes.clean)
print({"archive.clean", "archive.clean.pipeline", "archive.clean.body"} & set(sys.modules))
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "{'archive.clean'}\n"


def test_a_command_that_is_none_ends_as_a_usage_error(wirecopy: Run) -> None:
    done = wirecopy("crwal")
    assert (done.returncode, "No such command" in done.stderr) == (64, True)


@pytest.mark.parametrize("requirement", DEPENDENCIES + EXTRAS, ids=lambda requirement: requirement.name)
def test_each_dependency_has_its_reason_on_record(requirement: Requirement) -> None:
    decisions = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    assert re.search(rf"^- `{re.escape(requirement.name)}`", decisions, re.MULTILINE)


def pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    return {canonicalize_name(name): version for name, _, version in (line.partition("==") for line in lines if not line.startswith("#"))}


@pytest.mark.parametrize("requirement", DEPENDENCIES + EXTRAS + TOOLS, ids=lambda requirement: requirement.name)
def test_each_requirement_is_pinned_within_its_range(requirement: Requirement) -> None:
    assert requirement.specifier.contains(pins()[canonicalize_name(requirement.name)])


def test_the_pins_name_versions_and_nothing_else() -> None:
    lines = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+", line)] == []


def test_an_old_python_can_read_the_tasks_and_say_what_is_missing() -> None:
    ast.parse((ROOT / "tasks.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_the_tasks_are_listed_with_a_line_each() -> None:
    done = subprocess.run([sys.executable, ROOT / "tasks.py"], capture_output=True, text=True, check=True)
    listed = re.findall(r"^  (\w+) +[A-Z].*\.$", done.stdout, re.MULTILINE)
    assert {"demo", "test", "check", "lint", "types", "layers", "docs", "format", "wheel", "clean"} <= set(listed)


def test_a_task_that_is_none_is_named(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, ROOT / "tasks.py", "tset"], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, "There is no task 'tset'." in done.stdout) == (64, True)


@pytest.mark.filterwarnings("ignore:A test tried to use socket")
def test_no_test_reaches_beyond_this_machine() -> None:
    with socket.socket() as outside, pytest.raises(SocketConnectBlockedError):
        outside.connect(("198.51.100.1", 80))
