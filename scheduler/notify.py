"""What the daemon tells systemd: sd_notify(3), spoken over NOTIFY_SOCKET. Without one it says nothing; it never fails.

A message is one datagram of NAME=value lines. Knows nothing of what it reports.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from contextlib import suppress

VARIABLES = ("NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC")  # meant for the service's main process, not for its children


class Notifier:
    """One service manager, or none."""

    def __init__(self, address: str | None) -> None:
        """`address`: what NOTIFY_SOCKET holds, a path, or `@name` for an abstract socket; None or empty: nobody listens."""
        self._address = "\0" + address[1:] if address and address.startswith("@") else address

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Notifier:
        return cls(environment.get("NOTIFY_SOCKET"))

    def ready(self) -> None:
        self._send("READY=1")

    def status(self, text: str) -> None:
        """One line for `systemctl status`."""
        self._send("STATUS=" + " ".join(text.split()))

    def progress(self) -> None:
        """Keeps the watchdog quiet: to be called when something was done, never by a mere timer."""
        self._send("WATCHDOG=1")

    def reloading(self) -> None:
        """`ready` says that it is over. The time lets systemd tell this reload from an earlier one."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")

    def stopping(self) -> None:
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.setblocking(False)  # a manager that does not listen must not hold us up
            out.connect(self._address)
            out.send(message.encode())
