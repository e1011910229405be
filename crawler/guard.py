"""Which addresses may be dialled: only public ones, unless a network is named in `allow_private`. Pure but for `resolve`.

The check is made on the address that is dialled, after resolution, on every hop: names that resolve to private addresses, other notations
of them (decimal, octal, hex, full-width digits), and names that change between check and use all end here.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# `is_global` of Python 3.11 says True for these; each can reach a private IPv4 address or more than one host.
_NOT_PUBLIC = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",  # "this network" (RFC 1122): 0.0.0.0 is the local host on Linux
        "192.0.0.0/24",  # IETF protocol assignments (RFC 6890)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved
        "::/96",  # IPv4-compatible (RFC 4291), with :: and ::1
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
        "64:ff9b::/96",  # NAT64 (RFC 6052)
        "64:ff9b:1::/48",  # local NAT64 (RFC 8215)
        "100::/64",  # discard-only
        "2001::/32",  # Teredo: carries an IPv4 address
        "2002::/16",  # 6to4: carries an IPv4 address
        "fec0::/10",  # site-local, deprecated
        "ff00::/8",  # multicast
    )
)
# Ports that speak something else: a link to them is an attempt to make us talk to it (WHATWG Fetch, "bad port", shortened to what matters).
_OTHER_SERVICES = frozenset(
    {
        1,
        7,
        9,
        11,
        13,
        15,
        17,
        19,
        20,
        21,
        22,
        23,
        25,
        37,
        42,
        43,
        53,
        69,
        77,
        79,
        87,
        95,
        101,
        102,
        103,
        104,
        109,
        110,
        111,
        113,
        115,
        117,
    }
    | {
        119,
        123,
        135,
        137,
        139,
        143,
        161,
        179,
        389,
        427,
        465,
        512,
        513,
        514,
        515,
        526,
        530,
        531,
        532,
        540,
        548,
        554,
        556,
        563,
        587,
        601,
    }
    | {
        636,
        989,
        990,
        993,
        995,
        1719,
        1720,
        1723,
        2049,
        3659,
        4045,
        5060,
        5061,
        6000,
        6566,
        6665,
        6666,
        6667,
        6668,
        6669,
        6697,
        10080,
    }
)


class Refused(Exception):
    """The guard does not let this be dialled; the message says why, in words."""


class Guard:
    """The rule, with the exceptions that the configuration makes."""

    def __init__(self, allow_private: Iterable[str | Network] = ()) -> None:
        self._allowed: tuple[Network, ...] = tuple(ipaddress.ip_network(str(one), strict=False) for one in allow_private)

    def permits(self, address: str) -> bool:
        """Whether this IP address may be dialled."""
        ip = ipaddress.ip_address(address.partition("%")[0])
        if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        return any(ip in network for network in self._allowed if network.version == ip.version) or _is_public(ip)

    def check_port(self, port: int) -> None:
        if port in _OTHER_SERVICES or not 0 < port < 65536:
            raise Refused(f"port {port} is not for web pages")

    def choose(self, host: str, addresses: Iterable[str]) -> list[str]:
        """The addresses that may be dialled, in order. Raises Refused where there is none."""
        found = list(dict.fromkeys(addresses))
        permitted = [address for address in found if self.permits(address)]
        if not permitted:
            raise Refused(f"{host} is at {', '.join(found[:3]) or 'no address'}: not public, and not in allow_private")
        return permitted


def _is_public(ip: Address) -> bool:
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NOT_PUBLIC if network.version == ip.version)


class Resolver:
    """Names to addresses, in threads of its own, so that a name server that never answers holds up nobody else."""

    def __init__(self, guard: Guard, *, timeout: float, threads: int = 16) -> None:
        self.guard = guard
        self._timeout = timeout
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="wirecopy-dns")

    async def resolve(self, host: str, port: int) -> list[str]:
        """The addresses of `host` that may be dialled. Raises Refused, OSError, or TimeoutError."""
        self.guard.check_port(port)
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(self._timeout):
            found = await loop.run_in_executor(self._threads, _look_up, host, port)
        return self.guard.choose(host, found)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(host: str, port: int) -> list[str]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as problem:
        raise OSError(f"{host!r} is not a host name") from problem
    return [str(answer[4][0]) for answer in answers]
