"""Which addresses may be dialled, in whatever notation they come."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.guard import Guard, Refused, Resolver

PRIVATE = [
    str(ipaddress.IPv4Address(0)), "0.1.2.3",
    "10.0.0.1", "100.64.0.1", "127.0.0.1", "127.255.255.254", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.0.8", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250",
    "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "fc00::1",
    "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1",
]  # fmt: skip
PUBLIC = ["1.1.1.1", "8.8.8.8", "100.63.255.255", "172.15.0.1", "172.32.0.1", "198.20.0.1", "223.255.255.1", "::ffff:8.8.8.8",
          "2606:4700::1111", "2a00:1450:4001:80b::200e"]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_what_is_not_public_is_not_dialled(address: str) -> None:
    assert not Guard().permits(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_dialled(address: str) -> None:
    assert Guard().permits(address)


@given(st.ip_addresses(v=4))
def test_an_address_and_its_mapped_form_are_judged_alike(address: ipaddress.IPv4Address) -> None:
    assert Guard().permits(str(address)) == Guard().permits(f"::ffff:{address}")


@given(st.ip_addresses())
def test_no_address_that_the_standard_library_calls_private_is_dialled(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if address.is_private or address.is_loopback or address.is_multicast or address.is_link_local or address.is_unspecified:
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        assert not Guard().permits(str(address)) or (mapped is not None and Guard().permits(str(mapped)))


@given(st.ip_addresses(v=4))
def test_no_ipv6_address_that_carries_an_ipv4_address_is_dialled(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    carriers = [
        number,
        (0x64FF9B << 96) | number,
        (0x2002 << 112) | (number << 80),
        (0xFFFF << 48) | number,
        0x2001 << 112 | number ^ 0xFFFFFFFF,
    ]
    assert not any(Guard().permits(str(ipaddress.IPv6Address(carrier))) for carrier in carriers)


def test_allow_private_opens_the_networks_it_names_and_no_others() -> None:
    guard = Guard(["10.1.0.0/16", "fd00::/8", "127.0.0.1"])
    assert all(guard.permits(address) for address in ("10.1.2.3", "::ffff:10.1.2.3", "fd12::1", "127.0.0.1"))
    assert not any(guard.permits(address) for address in ("10.2.0.1", "fc00::1", "127.0.0.2", "::1"))


def test_of_many_addresses_only_the_permitted_ones_are_chosen_in_order_and_once() -> None:
    assert Guard().choose("x.example", ["10.0.0.1", "8.8.8.8", "::1", "1.1.1.1", "8.8.8.8"]) == ["8.8.8.8", "1.1.1.1"]


@pytest.mark.parametrize(("addresses", "said"), [(["10.0.0.1", "::1"], "10.0.0.1, ::1"), ([], "no address")])
def test_a_host_with_no_permitted_address_is_refused_in_words(addresses: Sequence[str], said: str) -> None:
    with pytest.raises(Refused, match=f"x.example is at {said}: not public"):
        Guard().choose("x.example", addresses)


@pytest.mark.parametrize("port", [0, -1, 22, 25, 53, 6667, 65536])
def test_ports_of_other_services_are_refused(port: int) -> None:
    with pytest.raises(Refused, match="is not for web pages"):
        Guard().check_port(port)


@pytest.mark.parametrize("port", [80, 443, 3000, 8000, 8080, 8443, 65535])
def test_ports_of_web_servers_are_let_through(port: int) -> None:
    Guard().check_port(port)


def _resolve(host: str, *allowed: str) -> list[str]:
    async def run() -> list[str]:
        resolver = Resolver(Guard(allowed), timeout=5.0)
        try:
            return await resolver.resolve(host, 80)
        finally:
            resolver.close()

    return asyncio.run(run())


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1",
     "127.1", "0", "0x0.0.0.0", "１２７.0.0.1", "127。0。0。1", "localhost",
     "::1", "::ffff:127.0.0.1"],
)  # fmt: skip
def test_every_notation_of_this_machine_is_refused_after_resolution(host: str) -> None:
    with pytest.raises(Refused):
        _resolve(host)


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "１２７.0.0.1"])
def test_every_notation_is_resolved_to_the_address_that_is_dialled(host: str) -> None:
    assert _resolve(host, "127.0.0.0/8") == ["127.0.0.1"]


def test_the_port_is_refused_before_a_name_is_looked_up() -> None:
    async def run() -> None:
        resolver = Resolver(Guard(), timeout=5.0)
        try:
            await resolver.resolve("no-such-host.invalid", 25)
        finally:
            resolver.close()

    with pytest.raises(Refused, match="port 25"):
        asyncio.run(run())


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example", ".example"])
def test_what_is_no_host_name_is_an_os_error(host: str) -> None:
    with pytest.raises(OSError, match="is not a host name"):
        _resolve(host)
