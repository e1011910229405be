"""Bodies as bytes: what goes in comes out, and what is damaged is noticed."""

from __future__ import annotations

import dataclasses
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.blobs import MIN_DELTA, pack, unpack
from archive.errors import ArchiveDamaged
from tests.archive.parts import page_of

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

payloads = st.binary(max_size=2000) | st.binary(max_size=20).map(lambda part: part * 400)
BASE = page_of("The harbour was closed on Monday.\n\nShips waited outside.", seed=1)
PAGE = page_of("The harbour was opened on Tuesday.\n\nShips came in.", seed=2)


@given(payloads)
def test_a_payload_comes_back_as_it_was(payload: bytes) -> None:
    packed = pack(payload)
    assert unpack(packed) == payload
    assert len(packed.data) <= len(payload)


@given(payloads, payloads)
def test_a_payload_packed_on_a_base_comes_back_as_it_was(payload: bytes, base: bytes) -> None:
    packed = pack(payload, base)
    assert unpack(packed, base if packed.codec == "zstd-base" else None) == payload
    assert len(packed.data) <= len(payload)


def test_a_page_of_the_same_make_up_takes_little_beside_its_base() -> None:
    delta = pack(PAGE, BASE)
    assert delta.codec == "zstd-base"
    assert len(delta.data) * 3 < len(pack(PAGE).data)


def test_noise_is_kept_as_it_is() -> None:
    noise = random.Random(1).randbytes(MIN_DELTA * 4)  # noqa: S311 - any bytes will do
    assert pack(noise).codec == "raw"
    assert pack(noise, BASE).codec == "raw"


@pytest.mark.parametrize("base", [None, BASE])
def test_every_flipped_bit_is_noticed(base: bytes | None) -> None:
    packed = pack(PAGE, base)
    chance = random.Random(7)  # noqa: S311
    for position in chance.sample(range(len(packed.data)), min(60, len(packed.data))):
        flipped = bytearray(packed.data)
        flipped[position] ^= 1 << chance.randrange(8)
        if zstd_reads_the_same(bytes(flipped), base):
            continue  # a bit that says nothing about the payload (a reserved one of the frame's head)
        with pytest.raises(ArchiveDamaged, match=packed.sha256):
            unpack(dataclasses.replace(packed, data=bytes(flipped)), base)


def zstd_reads_the_same(frame: bytes, base: bytes | None) -> bool:
    try:
        if base is None:
            return zstd.decompress(frame) == PAGE
        return zstd.decompress(frame, zstd_dict=zstd.ZstdDict(base, is_raw=True).as_prefix) == PAGE
    except zstd.ZstdError:
        return False


@given(st.binary(max_size=300))
def test_any_bytes_in_place_of_a_frame_are_called_damaged(data: bytes) -> None:
    for base in (None, BASE):
        with pytest.raises(ArchiveDamaged):
            unpack(dataclasses.replace(pack(PAGE, base), data=data), base)


def test_a_truncated_frame_is_called_damaged() -> None:
    packed = pack(PAGE)
    with pytest.raises(ArchiveDamaged):
        unpack(dataclasses.replace(packed, data=packed.data[:-5]))


def test_a_delta_without_its_base_is_called_damaged_and_so_is_one_on_another_base() -> None:
    packed = pack(PAGE, BASE)
    with pytest.raises(ArchiveDamaged, match="base is missing"):
        unpack(packed)
    with pytest.raises(ArchiveDamaged):
        unpack(packed, BASE.replace(b"harbour", b"railway"))


def test_a_delta_is_a_plain_zstd_frame_with_its_base_as_prefix() -> None:
    """Readable by the format's own library alone, without our code."""
    packed = pack(PAGE, BASE)
    assert zstd.decompress(packed.data, zstd_dict=zstd.ZstdDict(BASE, is_raw=True).as_prefix) == PAGE


@pytest.mark.skipif(shutil.which("zstd") is None, reason="no zstd command on this machine; the library's own reading is tested above")
def test_the_stock_zstd_command_decodes_a_delta(tmp_path: Path) -> None:
    (tmp_path / "base").write_bytes(BASE)
    (tmp_path / "delta.zst").write_bytes(pack(PAGE, BASE).data)
    command = ["zstd", "-q", "-d", "--patch-from=base", "delta.zst", "-o", "page"]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert (tmp_path / "page").read_bytes() == PAGE
