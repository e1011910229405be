#!/usr/bin/env python3
"""The project's tasks: `python3 tasks.py` lists them.

Needs Python and nothing else. The tasks run in `.venv` (or the folder that WIRECOPY_VENV names), which is made on first use from
constraints.txt and brought up to date when that file or pyproject.toml has changed. Written so that an old Python can still read it and say
what is missing: annotations with brackets are quoted.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = Path(os.environ.get("WIRECOPY_VENV") or ROOT / ".venv").absolute()
STAMP = VENV / "made-by-tasks.txt"
VALIDATORS = Path(os.environ.get("WIRECOPY_VALIDATORS") or ROOT / ".venv-validators").absolute()
EXTRAS = "[browse,parquet,report]"
PLAYER = "replaywebpage@2.5.3"
LOWEST = ROOT / "constraints-lowest.txt"
LOWEST_TESTS = (
    "archive",
    "behaviour",
    "clean",
    "crawl",
    "discover",
    "grouping",
    "source_commands",
    "way",
    "test_sources.py",
    "test_daemon.py",
)
OLDEST = (3, 11)
NEWEST_TRIED = 20  # python3.20 down to python3.11 are looked for when `python3` itself is too old
PURE = (
    "archive/clean/*,archive/dates/*,archive/grouping/*,archive/keys.py,archive/blobs.py,archive/warc/*,crawler/discover/*,crawler/sources/crontab.py,"
    "scheduler/cron.py,scheduler/plan.py,scheduler/quiet.py"
)
PURE_FLOOR = "90"  # per cent of lines and branches; the floor only ever goes up
# A file stays in one process: what its tests share is made once. Validators have an environment and a task of their own.
SPREAD = ("-n", "auto", "--dist", "loadfile", "--ignore=tests/validators")
MADE = ("build", "dist", ".coverage", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis", ".scrapy")


# --- the tasks: the first line of each docstring is its help ------------------------------------------------------------


def demo(arguments: "list[str]") -> int:
    """Crawl a small news world on this machine, and query the archive."""
    code = tool("wirecopy", "demo", *arguments, tools=False)
    if code == 0:
        print("\nwirecopy and sqlite-utils are in {0}: `source {0}/activate` puts them at hand.".format(shown(VENV / "bin")))
    return code


def extras(arguments: "list[str]") -> int:
    """Install what `wirecopy browse`, `report` and `export parquet` need besides."""
    set_up(tools=False, extras=True)
    return 0


def test(arguments: "list[str]") -> int:
    """Run the tests, one process a processor; what follows goes to pytest."""
    return tool("pytest", *SPREAD, *arguments)


def coverage(arguments: "list[str]") -> int:
    """Run the tests with branch coverage, and hold the pure modules to their floor."""
    return tool("pytest", *SPREAD, "--cov", "--cov-report=term:skip-covered", *arguments) or floor([])


def floor(arguments: "list[str]") -> int:
    """Hold the pure modules to their floor, by the coverage of the last run."""
    return tool("coverage", "report", "--skip-covered", "--include=" + PURE, "--fail-under=" + PURE_FLOOR, *arguments)


def validators(arguments: "list[str]") -> int:
    """Hold WARC and WACZ files against the tools of others: warcio, wacz, cdxj-indexer, pywb, ReplayWeb.page."""
    if not set_up_validators():
        print("validators: left out, since the tools cannot be installed here: see above.")
        return 0
    os.environ["WIRECOPY_VALIDATORS"] = str(VALIDATORS)
    return tool("pytest", "tests/validators", "-rs", *arguments)


def check(arguments: "list[str]") -> int:
    """Everything but the tests: types, lint, layers, deps, spelling, docs --check, wheel."""
    failed = []
    for step, extra in ((types, []), (lint, []), (layers, []), (deps, []), (spelling, []), (docs, ["--check"]), (wheel, [])):
        print("== " + step.__name__, flush=True)
        if step(extra) != 0:
            failed.append(step.__name__)
    print("check: " + ("failed: " + ", ".join(failed) if failed else "all is well"))
    return 1 if failed else 0


def types(arguments: "list[str]") -> int:
    """Check the types (mypy --strict)."""
    return tool("mypy", *arguments)


def lint(arguments: "list[str]") -> int:
    """Check style and format (ruff), changing nothing."""
    return tool("ruff", "check", *arguments) or tool("ruff", "format", "--check", *arguments)


def layers(arguments: "list[str]") -> int:
    """Check who imports whom (import-linter)."""
    return tool("lint-imports", "--no-logo", *arguments)


def deps(arguments: "list[str]") -> int:
    """Check that what is imported is declared, and the other way round (deptry)."""
    return tool("deptry", "archive", "crawler", "scheduler", *arguments)


def spelling(arguments: "list[str]") -> int:
    """Check the spelling (codespell)."""
    return tool("codespell", *arguments)


def docs(arguments: "list[str]") -> int:
    """Write the generated parts of the docs anew; with --check, say whether they are up to date."""
    pages = ["README.md"] + sorted(str(page.relative_to(ROOT)) for page in (ROOT / "docs").glob("*.md"))
    mode = ["--check", "--diff"] if "--check" in arguments else ["-r"]
    return tool("cog", *mode, "--check-fail-msg=python3 tasks.py docs writes them anew", *pages)


def format(arguments: "list[str]") -> int:
    """Format the code, and mend what ruff can mend."""
    return tool("ruff", "check", "--fix-only", *arguments) or tool("ruff", "format", *arguments)


def wheel(arguments: "list[str]") -> int:
    """Build the wheel, look into it, and try it in a clean environment."""
    for old in ("build", "dist"):
        shutil.rmtree(str(ROOT / old), ignore_errors=True)  # what was deleted in the meantime must not be shipped
    code = tool("python", "-m", "build", "--quiet", "--wheel", "--no-isolation") or tool("check-wheel-contents", "dist")
    if code:
        return code
    with tempfile.TemporaryDirectory(prefix="wirecopy-wheel-") as folder:
        return try_wheel(next((ROOT / "dist").glob("*.whl")), Path(folder).resolve())


def constraints(arguments: "list[str]") -> int:
    """Write constraints.txt anew, with the newest versions that pyproject.toml allows."""
    with tempfile.TemporaryDirectory(prefix="wirecopy-constraints-") as folder:
        python = make_environment(Path(folder) / "venv")
        install(python, "--upgrade", "pip", "setuptools")
        install(python, "--no-build-isolation", "--group", "dev", "-e", str(ROOT))
        frozen = subprocess.check_output([python, "-m", "pip", "freeze", "--all", "--exclude-editable"], universal_newlines=True)
    target = ROOT / "constraints.txt"
    head = [line for line in target.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    target.write_text("\n".join(head) + "\n" + frozen, encoding="utf-8")
    return 0


def lowest(arguments: "list[str]") -> int:
    """Run the core's tests with the lowest versions that pyproject.toml allows; --write finds these anew."""
    folder = VENV.with_name(VENV.name + "-lowest")
    python = make_environment(folder)
    install(python, "pip", "setuptools", "--constraint", str(ROOT / "constraints.txt"))
    if "--write" in arguments:
        install(python, "--no-build-isolation", *floors(), "--editable", str(ROOT))
        frozen = subprocess.check_output([python, "-m", "pip", "freeze", "--exclude-editable"], universal_newlines=True)
        head = "# The lowest versions that pyproject.toml allows, and what was the newest of all else: pip freeze of a clean environment.\n"
        LOWEST.write_text(
            head + "# `python3 tasks.py lowest --write` writes it anew; `python3 tasks.py lowest` runs tests with it.\n" + frozen,
            encoding="utf-8",
        )
    install(python, "--no-build-isolation", "--constraint", str(LOWEST), "--editable", str(ROOT))
    install(python, "--constraint", str(LOWEST), "pytest", "pytest-randomly", "pytest-socket", "pytest-timeout", "hypothesis")
    asked = [one for one in arguments if one != "--write"] or [str(ROOT / "tests" / name) for name in LOWEST_TESTS]
    environment = dict(os.environ, PATH=str(folder / "bin") + os.pathsep + os.environ.get("PATH", os.defpath), VIRTUAL_ENV=str(folder))
    return subprocess.call([str(folder / "bin" / "pytest")] + asked, cwd=str(ROOT), env=environment)


def audit(arguments: "list[str]") -> int:
    """Look up known vulnerabilities of the pinned versions (pip-audit); says so where the advisories cannot be had."""
    pinned = str(ROOT / "constraints.txt")
    with tempfile.TemporaryDirectory(prefix="wirecopy-audit-") as folder:
        python = make_environment(Path(folder) / "venv")
        install(python, "pip-audit")
        command = [
            python,
            "-m",
            "pip_audit",
            "--progress-spinner=off",
            "--disable-pip",
            "--no-deps",
            "--format=json",
            "--requirement",
            pinned,
        ]
        done = subprocess.run(command + arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True, check=False)
    try:
        found = json.loads(done.stdout)["dependencies"]
    except (ValueError, KeyError):
        print(done.stderr.strip()[-2000:])
        found = []
    looked = [one for one in found if "skip_reason" not in one]
    for one in looked:
        for advisory in one["vulns"]:
            mended = ", ".join(advisory["fix_versions"]) or "no version"
            print("{} {}: {} {}, mended in {}".format(one["name"], one["version"], advisory["id"], " ".join(advisory["aliases"]), mended))
    print("{} of {} pinned versions were looked up.".format(len(looked), len(found)))
    if not looked:
        print("No advisories could be had, so nothing was audited: the package index in use has none; `audit -s osv` asks another service.")
        return 69
    return int(any(one["vulns"] for one in looked))


def clean(arguments: "list[str]") -> int:
    """Remove what the tasks made: environment, builds, caches. Archives stay."""
    targets = (
        [ROOT / name for name in MADE]
        + list(ROOT.glob("*.egg-info"))
        + ([VENV] if STAMP.exists() else [])
        + [VALIDATORS] * VALIDATORS.exists()
    )
    for package in ("archive", "crawler", "scheduler", "tests", "benchmarks"):
        targets += (ROOT / package).rglob("__pycache__")
    for target in targets:
        if target.is_dir():
            shutil.rmtree(str(target))
        elif target.exists():
            target.unlink()
    return 0


TASKS = (
    demo, extras, test, coverage, floor, validators,
    check, types, lint, layers, deps, spelling, docs, format, wheel, constraints, lowest, audit, clean,
)  # fmt: skip


# --- the environment they run in ------------------------------------------------------------------------------------------


def tool(name: str, *arguments: str, tools: bool = True) -> int:
    """Runs a command of the environment in the project's folder, and gives its exit code."""
    set_up(tools)
    path = str(VENV / "bin") + os.pathsep + os.environ.get("PATH", os.defpath)
    environment = dict(os.environ, PATH=path, VIRTUAL_ENV=str(VENV))
    return subprocess.call([str(VENV / "bin" / name)] + list(arguments), cwd=str(ROOT), env=environment)


def set_up(tools: bool, extras: bool = False) -> None:
    """Makes the environment, or brings it up to date; `tools` asks for what tests and checks need as well, `extras` for optional parts."""
    made = STAMP.read_text(encoding="utf-8").split() if STAMP.exists() and (VENV / "bin" / "python").exists() else []
    if made[:1] == [fingerprint()] and ("tools" in made or not tools) and ("extras" in made or not extras):
        return
    tools, extras = tools or "tools" in made, extras or "extras" in made
    print("Setting up {}: a minute or two, once.".format(shown(VENV)), file=sys.stderr, flush=True)
    python = str(VENV / "bin" / "python") if made else make_environment(VENV)
    pinned = ["--constraint", str(ROOT / "constraints.txt")]
    install(python, "pip", "setuptools", *pinned)
    install(python, "--no-build-isolation", *pinned, *(["--group", "dev"] if tools else []), "--editable", str(ROOT) + EXTRAS * extras)
    STAMP.write_text(fingerprint() + " tools" * tools + " extras" * extras + "\n", encoding="utf-8")


def set_up_validators() -> bool:
    """Makes the environment with the tools of others and fetches the player, once; False where the tools cannot be had."""
    wanted = ROOT / "tests" / "validators" / "requirements.txt"
    stamp, mark = VALIDATORS / "made-by-tasks.txt", hashlib.sha256(wanted.read_bytes() + PLAYER.encode()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == mark:
        return True
    print("Setting up {}: a minute or two, once.".format(shown(VALIDATORS)), file=sys.stderr, flush=True)
    python = make_environment(VALIDATORS)
    command = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-deps", "-r", str(wanted)]
    if subprocess.call(command, cwd=str(ROOT)) != 0:
        return False
    if fetch_player(VALIDATORS / "player"):
        stamp.write_text(mark, encoding="utf-8")
    return True


def fetch_player(folder: Path) -> bool:
    """The player's own package, unpacked: two scripts that need nothing else. Its test is left out where it cannot be had."""
    shutil.rmtree(str(folder), ignore_errors=True)
    folder.mkdir()
    npm = shutil.which("npm")
    if npm is None or subprocess.call([npm, "pack", "--silent", PLAYER], cwd=str(folder), stdout=subprocess.DEVNULL) != 0:
        print("{} cannot be had: npm is not there, or found no registry.".format(PLAYER), file=sys.stderr)
        return False
    shutil.unpack_archive(str(next(folder.glob("*.tgz"))), str(folder))
    return True


def fingerprint() -> str:
    """Changes with what the environment is made from."""
    digest = hashlib.sha256(str(ROOT).encode())
    for name in ("pyproject.toml", "constraints.txt"):
        digest.update((ROOT / name).read_bytes())
    return digest.hexdigest()


def make_environment(folder: Path) -> str:
    """A new, empty virtual environment; gives its Python."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "pyvenv.cfg").exists():
        sys.exit("{} is not a virtual environment: nothing is written there.".format(folder))
    if subprocess.call([python_to_use(), "-m", "venv", "--clear", str(folder)]) != 0:
        shutil.rmtree(str(folder), ignore_errors=True)
        sys.exit("The virtual environment could not be made: see above. On Debian and Ubuntu its module is the package python3-venv.")
    return str(folder / "bin" / "python")


def install(python: str, *arguments: str) -> None:
    """pip install, silent unless it fails. Run in the project's folder, where --group looks for pyproject.toml."""
    command = [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check"] + list(arguments)
    if subprocess.call(command, cwd=str(ROOT)) != 0:
        sys.exit("Installing failed: see above. Is a package index within reach?")


def floors() -> "list[str]":
    """The dependencies of pyproject.toml, each at the lowest version that it allows."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = text[text.index("dependencies = [") : text.index("]", text.index("dependencies = ["))]
    found = re.findall(r'"([A-Za-z0-9._-]+)>=([0-9.]+)[^";]*((?:;[^"]*)?)"', listed)
    return ["{}=={}{}".format(*one) for one in found]


def python_to_use() -> str:
    """This Python, or the newest on the PATH that is new enough."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for minor in range(NEWEST_TRIED, OLDEST[1] - 1, -1):
        found = shutil.which("python3.{}".format(minor))
        if found and subprocess.call([found, "-c", ""], stderr=subprocess.DEVNULL) == 0:  # a version manager's stub may be broken
            return found
    version = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit("wirecopy needs Python 3.11 or newer: this is {}, and no python3.11 or newer is on the PATH.".format(version))


def try_wheel(built: Path, folder: Path) -> int:
    """Installs the wheel by itself, away from the checkout, and uses it: version, packages, the demo with its shipped pages."""
    python = make_environment(folder / "venv")
    install(python, "--constraint", str(ROOT / "constraints.txt"), str(built))
    wirecopy = str(folder / "venv" / "bin" / "wirecopy")
    where = "import archive, crawler, scheduler as s; print(archive.__file__, crawler.__file__, s.__file__)"
    for command in ([python, "-c", where], [wirecopy, "--version"], [wirecopy, "demo"]):
        done = subprocess.run(
            command, cwd=str(folder), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, universal_newlines=True, check=False
        )
        foreign = command[1] == "-c" and [path for path in done.stdout.split() if not path.startswith(str(folder))]
        if done.returncode != 0 or foreign:
            print("{} failed in the wheel's environment:\n{}".format(" ".join(command), done.stdout))
            return 1
    print("{}: installs and works by itself".format(built.name))
    return 0


def shown(path: Path) -> str:
    """As short as it can be said from here."""
    return os.path.relpath(str(path)) if Path.cwd() in path.parents else str(path)


def main() -> int:
    """Runs the task that is named."""
    names = {task.__name__: task for task in TASKS}
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        wrong = len(sys.argv) > 1 and sys.argv[1] not in ("-h", "--help", "help")
        print("{}python3 tasks.py TASK [ARGUMENTS]\n".format("There is no task {!r}.\n".format(sys.argv[1]) if wrong else ""))
        for name, task in names.items():
            print("  {:<12} {}".format(name, (task.__doc__ or "").splitlines()[0]))
        return 64 if wrong else 0
    try:
        return names[sys.argv[1]](sys.argv[2:])
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
