"""Bodies: bytes <-> compressed, digest-checked rows. Knows no SQL.

A body is stored as a zstd frame, alone (`zstd`) or against a base (`zstd-base`): another body's bytes as raw prefix, so that
`zstd -d --patch-from=BASE` decodes it without this code. A base is always self-contained: no chain is longer than one.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

from archive.errors import ArchiveDamaged
from archive.keys import payload_digest

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Packing stands on the way of every page, so that processor time counts as much as bytes. 260 pages of real hosts, and 191 of generated
# outlets, each against another page of its host (KB and ms a page): level 2 19.7 and .27, 2.3 and .13; level 3 19.2 and .36, 1.8 and .16;
# level 4 18.8 and .45, 1.7 and .22; level 5 17.8 and .79, 1.6 and .35; level 10 16.9 and 1.66, 1.5 and .61. The base is given as a
# prefix: a digested dictionary kept from page to page takes the same or more (level 3: .76 and .20), since zstd copies its tables.
LEVEL = 4
REKEY_SHARE = 0.6  # a delta larger than this share of its base's own frame no longer fits: the page stands alone and becomes a keyframe
MIN_DELTA = 512  # bytes; below it a prefix cannot pay for its bookkeeping
_MAX_WINDOW_LOG = 27  # 128 MiB: more than any payload the caps let through


@dataclass(frozen=True, slots=True)
class Packed:
    """A body as it is stored. `codec` is `raw`, `zstd` or `zstd-base`; `length` is that of the payload, in bytes."""

    sha256: str
    length: int
    codec: str
    data: bytes


def pack(payload: bytes, base: bytes | None = None, *, level: int = LEVEL, digest: str | None = None) -> Packed:
    """`payload` compressed, against `base` where one is given; never larger than the payload itself.

    `digest`: of the payload, where the caller has it already.
    """
    digest = digest or payload_digest(payload)
    if base is not None and min(len(payload), len(base)) >= MIN_DELTA:
        delta = _compress(payload, base, level)
        if len(delta) < len(payload):
            return Packed(digest, len(payload), "zstd-base", delta)
    frame = _compress(payload, None, level)
    if len(frame) >= len(payload):
        return Packed(digest, len(payload), "raw", payload)
    return Packed(digest, len(payload), "zstd", frame)


def unpack(packed: Packed, base: bytes | None = None) -> bytes:
    """The payload, checked against length and digest.

    Raises ArchiveDamaged, naming the digest, when the bytes are not what was stored.
    """
    try:
        payload = _decompress(packed, base)
    except (zstd.ZstdError, MemoryError) as problem:
        raise _damaged(packed, str(problem)) from problem
    if len(payload) != packed.length or payload_digest(payload) != packed.sha256:
        raise _damaged(packed, "its digest differs")
    return payload


def pack_beside(content: bytes, other: bytes) -> bytes:
    """`content` packed against something that it repeats. A frame with a checksum: beside anything else it is no frame at all."""
    options: dict[int, int] = {zstd.CompressionParameter.compression_level: LEVEL, zstd.CompressionParameter.checksum_flag: 1}
    return zstd.compress(content, options=options, zstd_dict=_beside(other))


def unpack_beside(data: bytes, other: bytes) -> bytes:
    """What `pack_beside` packed. Raises ArchiveDamaged where `other` or the data is not what it was."""
    try:
        return zstd.decompress(data, zstd_dict=_beside(other))
    except (zstd.ZstdError, MemoryError) as problem:
        raise ArchiveDamaged(
            f"what stands beside it, or it, was changed: {problem}", hint="`wirecopy clean --all` makes it anew"
        ) from problem


def _beside(other: bytes) -> tuple[zstd.ZstdDict, int]:
    return zstd.ZstdDict(other.ljust(8), is_raw=True).as_prefix  # a dictionary has 8 bytes at least


def _damaged(packed: Packed, why: str) -> ArchiveDamaged:
    return ArchiveDamaged(f"body {packed.sha256} cannot be read back: {why}", hint="run `wirecopy verify` for the full list")


def _compress(payload: bytes, base: bytes | None, level: int) -> bytes:
    if base is None:
        return zstd.compress(payload, level)
    # The window has to span base and payload, or matches into the base are out of reach.
    window = min(_MAX_WINDOW_LOG, max(10, (len(base) + len(payload)).bit_length()))
    options: dict[int, int] = {
        zstd.CompressionParameter.compression_level: level,
        zstd.CompressionParameter.window_log: window,
    }
    return zstd.compress(payload, options=options, zstd_dict=zstd.ZstdDict(base, is_raw=True).as_prefix)


def _decompress(packed: Packed, base: bytes | None) -> bytes:
    if packed.codec == "raw":
        return packed.data
    options: dict[int, int] = {zstd.DecompressionParameter.window_log_max: _MAX_WINDOW_LOG + 1}
    if packed.codec == "zstd":
        return zstd.decompress(packed.data, options=options)
    if base is None:
        raise _damaged(packed, "its base is missing")
    return zstd.decompress(packed.data, zstd_dict=zstd.ZstdDict(base, is_raw=True).as_prefix, options=options)
