"""WARC files as other people's programs write them, made by hand: what is in them is not ours to choose."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from archive.store.connect import open_reader

Row = tuple[Any, ...]

STORY = (
    "The harbour office said on Monday that the ferry to the islands would be late by forty minutes, since a crane had fallen across the"
    " second pier.\n\nNobody was hurt. Divers looked at the keel until noon, and found no damage that would keep the boat from sailing.\n\n"
    "The company gives back the fare to all who waited for longer than an hour, its director said after a meeting with the mayor."
)


def page(text: str = STORY, *, title: str = "Ferry late after crane falls", head: str = "") -> bytes:
    paragraphs = "".join(f"<p>{one}</p>" for one in text.split("\n\n"))
    return (
        f"<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title>{head}</head><body><nav><a href=/>Home</a></nav>"
        f"<article><h1>{title}</h1>{paragraphs}</article></body></html>"
    ).encode()


def sha1(content: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()


def record(kind: str, block: bytes, *, version: str = "1.0", **fields: str) -> bytes:
    """A record, packed; `WARC_Target_URI="..."` names a field."""
    named = {"WARC-Type": kind, "WARC-Date": "2021-05-06T07:08:09Z"}
    named |= {name.replace("_", "-"): value for name, value in fields.items()}
    named |= {"WARC-Block-Digest": sha1(block), "Content-Length": str(len(block))}
    head = f"WARC/{version}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in named.items()) + "\r\n"
    return gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0)


def answer(body: bytes, *fields: str, status: str = "200 OK", mime: str = "text/html; charset=utf-8") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {mime}", *fields]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def chunked(body: bytes) -> bytes:
    pieces = [body[at : at + 100] for at in range(0, len(body), 100)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


def wget(path: Path) -> Path:
    """As GNU Wget 1.21 writes it: warcinfo, request before response, URLs in angle brackets, chunks as they came, a picture."""
    url, body = "http://www.harbour.example/news/ferry", page()
    ids = [f"<urn:uuid:0000000{number}-0000-4000-8000-000000000000>" for number in range(9)]
    content = [
        record("warcinfo", b"software: Wget/1.21.3 (linux-gnu)\r\n", WARC_Record_ID=ids[0]),
        record("request", b"GET /news/ferry HTTP/1.1\r\nCookie: id=secret\r\n\r\n", WARC_Target_URI=f"<{url}>", WARC_Record_ID=ids[1],
               WARC_IP_Address="192.0.2.5", Content_Type="application/http;msgtype=request"),
        record("response", answer(chunked(body), "Transfer-Encoding: chunked", "Set-Cookie: id=secret"),
               WARC_Target_URI=f"<{url}>", WARC_Record_ID=ids[2], WARC_Concurrent_To=ids[1], WARC_IP_Address="192.0.2.5"),
        record("response", answer(b"\x89PNG" * 9, mime="image/png"), WARC_Target_URI="<http://www.harbour.example/p>"),
        record("resource", b"wget -r\n", Content_Type="text/plain", WARC_Record_ID=ids[3],
               WARC_Target_URI="<metadata://gnu.org/software/wget/warc/wget_arguments.txt>"),
    ]  # fmt: skip
    path.write_bytes(b"".join(content))
    return path


def common_crawl(path: Path) -> Path:
    """As Common Crawl has it: request, response with a decoded payload under renamed fields, metadata; one cut by its limit."""
    content = []
    for number, cut in ((1, False), (2, True)):
        url, ids = f"https://valley.example/2021/{number}", [f"<urn:uuid:{kind}{number}>" for kind in ("q", "a", "m")]
        body = page(STORY.replace("forty", f"{number}0"))
        head = ("X-Crawl-Content-Encoding: gzip", "X-Crawl-Transfer-Encoding: chunked", f"Content-Length: {len(body)}", "Server: nginx")
        truncated = {"WARC_Truncated": "length"} if cut else {}
        content += [
            record("request", b"GET / HTTP/1.1\r\n\r\n", WARC_Target_URI=url, WARC_Record_ID=ids[0]),
            record("response", answer(body, *head), WARC_Target_URI=url, WARC_Record_ID=ids[1], WARC_Concurrent_To=ids[0],
                   WARC_Identified_Payload_Type="text/html", **truncated),
            record("metadata", b"fetchTimeMs: 12\r\n", WARC_Target_URI=url, WARC_Record_ID=ids[2], WARC_Concurrent_To=ids[1]),
        ]  # fmt: skip
    path.write_bytes(b"".join(content))
    return path


def browsertrix(path: Path) -> Path:
    """As browsertrix-crawler has it: WARC 1.1, gzip on the wire kept, a redirect, a script, a revisit by digest, text as a resource."""
    url, hop = "https://metro.example/story/1", "https://metro.example/s/1"
    entity = gzip.compress(page(), mtime=0)
    common = {"version": "1.1", "WARC_Date": "2023-01-02T03:04:05.678Z"}
    content = [
        record("response", answer(b"", f"Location: {url}", status="301 Moved"), WARC_Target_URI=hop, **common),
        record("response", answer(entity, "Content-Encoding: gzip", f"Content-Length: {len(entity)}"), WARC_Target_URI=url,
               WARC_Record_ID="<urn:uuid:r>", WARC_Payload_Digest=sha1(entity), **common),
        record("request", b"GET /story/1 HTTP/1.1\r\n\r\n", WARC_Target_URI=url, WARC_Record_ID="<urn:uuid:q>",
               WARC_Concurrent_To="<urn:uuid:r>", **common),
        record("response", answer(b"let a", mime="text/javascript"), WARC_Target_URI="https://metro.example/a.js", **common),
        record("resource", b"The text of the page.", WARC_Target_URI=f"urn:text:{url}", Content_Type="text/plain", **common),
        record("revisit", answer(b"", "Content-Encoding: gzip"), version="1.1", WARC_Date="2023-02-02T00:00:00Z", WARC_Target_URI=url,
               WARC_Profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest", WARC_Payload_Digest=sha1(entity),
               WARC_Refers_To_Target_URI=url, WARC_Refers_To_Date="2023-01-02T03:04:05.678Z"),
        record("response", answer(page("Not here."), status="404 Not Found"), WARC_Target_URI="https://metro.example/gone", **common),
    ]  # fmt: skip
    path.write_bytes(b"".join(content))
    return path


def rows(archive: Path, sql: str, *values: object) -> list[Row]:
    with open_reader(archive) as store:
        return store.conn.execute(sql, values).fetchall()


def lines(path: Path, said: Sequence[dict[str, Any] | str]) -> Path:
    path.write_text("".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in said))
    return path


def checked(archive: Path) -> str:
    conn = sqlite3.connect(archive)
    try:
        return "".join(map(str, conn.execute("PRAGMA foreign_key_check").fetchall()))
    finally:
        conn.close()
