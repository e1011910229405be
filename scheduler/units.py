"""What a person puts into cron or systemd to run this installation. Makes text; installs nothing.

The exit codes are those of `wirecopy crawl`: 64 and 78 are for a person to mend, 69 (all failed) and 75 (another run is at work) pass by
themselves.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
import sysconfig
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from archive.errors import UsageError

LONGEST_RUN = timedelta(hours=6)  # then the run stops gracefully, and the next one goes on
GRACE = timedelta(minutes=5)  # systemd waits that much longer before it ends a run itself
STATE = Path("/var/lib")  # systemd makes folders below for the unit's user (StateDirectory)
_HOMES = tuple(Path(home) for home in ("/home", "/root", "/run/user"))
_TEMPORARY = (Path("/tmp"), Path("/var/tmp"))  # noqa: S108 - looked at, not used


@dataclass(frozen=True, slots=True)
class Here:
    """What the lines depend on besides what they are asked for."""

    command: tuple[str, ...]  # how this installation's `wirecopy` is called from anywhere: absolute, without any PATH
    program: Path  # the Python it runs on: systemd must let the unit read it
    flock: str | None  # absolute; None where there is none
    machine: str  # its name


def here() -> Here:
    """This installation on this machine."""
    script = Path(sysconfig.get_path("scripts")) / "wirecopy"
    command = (str(script),) if script.exists() else (sys.executable, "-m", "scheduler.cli")
    return Here(command, Path(sys.executable).resolve(), shutil.which("flock"), os.uname().nodename)


# --- cron ---------------------------------------------------------------------------------------------------------------


def cron_line(archive: Path, sources: Path, *, minutes: int, at: Here | None = None) -> str:
    """A crontab line with comments. The minute within the interval is this machine's and archive's own, so that not all ask at once.

    flock keeps two cron runs apart without a word; its file is not the one that wirecopy locks itself. Raises UsageError for a path
    that a crontab cannot hold.
    """
    at = at or here()
    words = [*at.command, *_crawl(archive, sources, "cron")]
    if at.flock:
        words = [at.flock, "-n", "-E", "75", f"{archive}.cron.lock", *words]
    offset = zlib.crc32(f"{at.machine}:{archive}".encode()) % (60 % minutes or minutes)  # no gap is longer than was asked
    minute = "*" if minutes == 1 else f"{offset}-59/{minutes}"
    line = " ".join(shlex.quote(word) for word in words).replace("%", r"\%")  # cron reads a bare % as the end of the line
    return f"""\
# wirecopy: looks every {minutes} min for what is due. Add it to your crontab: (crontab -l; wirecopy schedule cron) | crontab -
# Errors are mailed by cron; what each run did stands in the archive: `wirecopy status`, and the table `runs`.
{minute} * * * * {line} >/dev/null"""


def _crawl(archive: Path, sources: Path, trigger: str) -> list[str]:
    _check_paths(archive, sources)
    deadline = str(int(LONGEST_RUN.total_seconds()))
    return ["crawl", "--archive", str(archive), "--sources", str(sources), "--trigger", trigger, "--deadline", deadline]


def _check_paths(*paths: Path) -> None:
    for path in paths:
        if not str(path).isprintable():
            raise UsageError(
                f"the path {str(path)!r} has characters that no timer's file can hold", hint="name another with --archive or --sources"
            )


# --- systemd ------------------------------------------------------------------------------------------------------------


def systemd_units(archive: Path, sources: Path, *, minutes: int, user: str, at: Here | None = None) -> str:
    """A service and a timer, each under a line with its file's name. Raises UsageError for a path or user that a unit cannot hold."""
    _check_user(user)
    at = at or here()
    call = [*at.command, *_crawl(archive, sources, "timer")]
    return "\n".join((_HEAD, _service(call, archive, user, _places(archive.parent, sources, at)), _timer(minutes)))


def daemon_unit(archive: Path, sources: Path, *, user: str, at: Here | None = None) -> str:
    """One service that stays, under a line with its file's name. Raises as `systemd_units`."""
    _check_user(user)
    _check_paths(archive, sources)
    at = at or here()
    call = [*at.command, "daemon", "--archive", str(archive), "--sources", str(sources)]
    return "\n".join((_DAEMON_HEAD, _daemon_service(call, archive, user, _places(archive.parent, sources, at))))


_DAEMON_HEAD = """\
# wirecopy's daemon for systemd: one file, in place of a timer. The same command again, with its output piped to awk, writes it:
#
#   wirecopy schedule systemd --daemon ... | sudo awk '/^# \\/etc\\/systemd\\//{file=$2} file{print > file}'
#   sudo systemctl daemon-reload && sudo systemctl enable --now wirecopy-daemon.service
"""


def _daemon_service(call: Sequence[str], archive: Path, user: str, places: str) -> str:
    return f"""\
# /etc/systemd/system/wirecopy-daemon.service
[Unit]
Description=wirecopy: polls whenever something is due, keeps and cleans what is new
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
User={user}
ExecStart={_exec(call)}
# sources.toml anew; a broken one is told of in the log, and changes nothing.
ExecReload=/bin/kill -HUP $MAINPID
# The daemon tells of each look at what is due and of what a run writes, and ends a run itself that overran its 15 minutes.
WatchdogSec=20min
# A run that is told to stop does so within ten seconds, and the daemon with it.
KillMode=mixed
TimeoutStopSec=20s
# A crash is tried again; what a person has to mend (64, 78) is not.
Restart=on-failure
RestartSec=60s
RestartPreventExitStatus=64 78

{_closed(archive, user, places)}

[Install]
WantedBy=multi-user.target"""


_HEAD = """\
# wirecopy for systemd: two files. The same command again, with its output piped to awk, writes them; then the timer is started:
#
#   wirecopy schedule systemd ... | sudo awk '/^# \\/etc\\/systemd\\//{file=$2} file{print > file}'
#   sudo systemctl daemon-reload && sudo systemctl enable --now wirecopy.timer
"""


def _service(call: Sequence[str], archive: Path, user: str, places: str) -> str:
    return f"""\
# /etc/systemd/system/wirecopy.service
[Unit]
Description=wirecopy: polls what is due, keeps and cleans what is new
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={user}
ExecStart={_exec(call)}
# The run stops by itself in time; this is for one that cannot.
TimeoutStartSec={int((LONGEST_RUN + GRACE).total_seconds())}s
# A run that is told to stop does so within ten seconds, and ends its children itself.
KillMode=mixed
TimeoutStopSec=20s
# 75: another run was at work, and this one had nothing to do.
SuccessExitStatus=75
# A crash is tried again; what a person has to mend (64, 78) and what the next tick does anyway (69) are not.
Restart=on-failure
RestartSec=60s
RestartPreventExitStatus=64 69 78

{_closed(archive, user, places)}
"""


def _closed(archive: Path, user: str, places: str) -> str:
    """What both services may do, and what not."""
    return f"""\
# What is written: nothing but the archive. Its group may read it: add people to the group of {user}.
{places}
UMask=0027
# The last to close the archive takes its -wal and -shm files away, and without them SQLite opens it for nobody who may only read.
ExecStopPost=-/bin/sh -c 'test -s "$$0" && touch "$$0-wal" "$$0-shm"' {_quoted(archive, call=True)}

# What is not needed is not allowed.
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
PrivateDevices=yes
PrivateUsers=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
DevicePolicy=closed
KeyringMode=private
LockPersonality=yes
RemoveIPC=yes
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
# Netlink: the resolver asks it which kinds of address this machine has.
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM
# Stays off: TLS libraries make callbacks at run time, and connections would hang.
MemoryDenyWriteExecute=no"""


def _timer(minutes: int) -> str:
    return f"""\
# /etc/systemd/system/wirecopy.timer
[Unit]
Description=wirecopy: every {minutes} min

[Timer]
OnCalendar=*:0/{minutes}
# After a time switched off, one run makes up for all that were missed.
Persistent=true
# Each machine has its own moment within the interval, so that not all ask at once.
RandomizedDelaySec={minutes * 60 // 2}s
FixedRandomDelay=true
AccuracySec=5s

[Install]
WantedBy=timers.target"""


def _places(folder: Path, sources: Path, at: Here) -> str:
    """The lines that open the archive's folder, and hide what nothing of this lies in."""
    used = (folder, sources, Path(at.command[0]), at.program)
    lines = [f"ReadWritePaths={_quoted(folder)}"]
    if folder.is_relative_to(STATE) and folder != STATE:
        lines = [f"StateDirectory={_quoted(folder.relative_to(STATE))}", "StateDirectoryMode=0750"]
    lines.append(f"ProtectHome={'read-only' if _any_within(used, _HOMES) else 'yes'}")
    lines.append(f"PrivateTmp={'no' if _any_within(used, _TEMPORARY) else 'yes'}")
    return "\n".join(lines)


def _any_within(paths: Sequence[Path], folders: Sequence[Path]) -> bool:
    return any(path.is_relative_to(folder) for path in paths for folder in folders)


def _check_user(user: str) -> None:
    if not user or not all(letter.isalnum() or letter in "_-." for letter in user):
        raise UsageError(f"no user can be called {user!r}", hint="name a system user with --user")


def _exec(call: Sequence[str]) -> str:
    return " ".join(_quoted(word, call=True) for word in call)


def _quoted(word: object, *, call: bool = False) -> str:
    """As systemd reads it back: % stands for itself, and so does $ in a `call` (systemd.syntax(7), systemd.service(5))."""
    text = str(word).replace("%", "%%")
    text = text.replace("$", "$$") if call else text
    if all(letter.isalnum() or letter in "%$/._-+:@=," for letter in text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
