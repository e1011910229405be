"""What `wirecopy export warc` writes: checked by reading it with warcio, and against the archive byte for byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from archive.errors import ArchiveDamaged, InputError, OutputError, UsageError
from archive.export.commands import export
from archive.export.warc import run as running
from archive.export.warc import volumes
from archive.export.warc.index import BLOCK, lines
from archive.selection import Selection
from archive.store.connect import open_reader, open_store
from archive.warc import heads
from tests.export.exchanges import CODED, END, A, B, build


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    build(tmp_path / "wirecopy.db")
    return tmp_path / "wirecopy.db"


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(export, [str(argument) for argument in arguments], standalone_mode=False)
    if result.exception is not None:
        raise result.exception
    return result


def read(path: Path) -> list[tuple[str, dict[str, str], bytes]]:
    """(type, fields by lower-case name, block) of each record, as warcio reads it."""
    found = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, no_record_parse=True):
            fields = {name.lower(): value for name, value in record.rec_headers.headers}
            found.append((record.rec_type, fields, record.content_stream().read()))
    return found


@pytest.fixture
def written(archive: Path, tmp_path: Path) -> list[tuple[str, dict[str, str], bytes]]:
    run("warc", tmp_path / "out.warc.gz", "-a", archive)
    return read(tmp_path / "out.warc.gz")


def of(written: list[tuple[str, dict[str, str], bytes]], kind: str, url: str = "") -> list[tuple[dict[str, str], bytes]]:
    return [(fields, block) for one, fields, block in written if one == kind and (not url or fields["warc-target-uri"] == url)]


def said(written: list[tuple[str, dict[str, str], bytes]], url: str) -> list[dict[str, Any]]:
    return [json.loads(block) for _, block in of(written, "metadata", f"urn:wirecopy:capture:{url}")]


def test_the_checker_of_warcio_finds_all_digests_right(written: object, tmp_path: Path) -> None:
    class Arguments:
        inputs, verbose = (str(tmp_path / "out.warc.gz"),), False

    checker = Checker(Arguments())
    checker.process_all()
    assert checker.exit_value == 0


def test_every_capture_is_there_with_its_heads_byte_for_byte(written: list[tuple[str, dict[str, str], bytes]], archive: Path) -> None:
    with open_reader(archive) as store:
        stored = store.conn.execute(
            "SELECT c.url, c.fetched_at, h.request, h.response, b.sha256 FROM captures c JOIN capture_heads h ON h.capture_id = c.id"
            " LEFT JOIN bodies b ON b.id = c.body_id ORDER BY c.id"
        ).fetchall()
    answers = {
        (fields["warc-target-uri"], fields["warc-date"]): block for fields, block in of(written, "response") + of(written, "revisit")
    }
    requests = {(fields["warc-target-uri"], fields["warc-date"]): block for fields, block in of(written, "request")}
    for url, fetched_at, request, response, sha256 in stored:
        assert requests.get((url, fetched_at)) == request
        block = answers.get((url, fetched_at))
        assert (block is None) == (response is None)
        if block is not None:
            message = heads.parse(block)
            assert message is not None and heads.restored(message.head) == response
            assert not message.body or hashlib.sha256(message.body).hexdigest() == sha256
    assert len(of(written, "metadata")) == len(stored) + 1


def test_a_decoded_payload_stands_under_a_head_that_says_so(written: list[tuple[str, dict[str, str], bytes]]) -> None:
    fields, block = of(written, "response", A)[0]
    head, _, body = block.partition(b"\r\n\r\n")
    assert b"\r\nX-Crawl-Content-Encoding: gzip\r\n" in head and b"\r\nX-Crawl-Transfer-Encoding: chunked\r\n" in head
    assert head.endswith(b"\r\nContent-Length: %d" % len(body)) and head.startswith(b"HTTP/1.1 200 Quite OK\r\nserver:  Odd  Case\r\n")
    assert fields["warc-payload-digest"] == f"sha256:{hashlib.sha256(body).hexdigest()}"
    assert (fields["warc-ip-address"], fields["warc-protocol"], fields["warc-date"]) == (
        "192.0.2.7",
        "http/1.1",
        "2026-11-22T11:00:00.123Z",
    )


def test_request_and_answer_are_of_one_moment_and_point_to_each_other(written: list[tuple[str, dict[str, str], bytes]]) -> None:
    (answer, _), (request, _), (about, _) = (
        of(written, "response", A)[0], of(written, "request", A)[0], of(written, "metadata", f"urn:wirecopy:capture:{A}")[0],
    )  # fmt: skip
    assert request["warc-concurrent-to"] == about["warc-concurrent-to"] == answer["warc-record-id"]
    assert request["warc-date"] == about["warc-date"] == answer["warc-date"]


def test_the_same_payload_again_is_a_revisit_of_its_first_record(written: list[tuple[str, dict[str, str], bytes]]) -> None:
    original, _ = of(written, "response", A)[0]
    (again, head), (not_modified, answer) = of(written, "revisit", A)
    assert again["warc-profile"] == "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
    assert again["warc-truncated"] == "length" and again["warc-payload-digest"] == original["warc-payload-digest"]
    assert heads.restored(head) == CODED
    assert not_modified["warc-profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert answer == b"HTTP/1.1 304 NM\r\n\r\n"
    for fields in (again, not_modified):
        assert fields["warc-refers-to"] == original["warc-record-id"]
        assert (fields["warc-refers-to-target-uri"], fields["warc-refers-to-date"]) == (A, original["warc-date"])


def test_a_redirect_is_a_record_of_its_own_and_its_end_points_back(written: list[tuple[str, dict[str, str], bytes]]) -> None:
    hop, block = of(written, "response", B)[0]
    assert block == b"HTTP/1.1 302 Found\r\nLocation: /story/b\r\n\r\n"
    (end,) = said(written, END)
    assert f"<{end['redirected_from']}>" == hop["warc-record-id"] and end["page"]["url"] == B


def test_what_was_read_of_a_page_and_what_its_feed_said_stand_beside_it(written: list[tuple[str, dict[str, str], bytes]]) -> None:
    first, again, _, changed = said(written, A)
    assert first["article"]["headline"] == "Ferry late" and first["article"]["text"].startswith("The ferry is late by forty")
    assert "article" not in again and "fifty" in changed["article"]["text"]
    assert first["entries"][0]["title"] == "Entry a" and first["entries"][0]["content"] == "<p>In full.</p>"
    (part,) = said(written, A + "/2")
    assert f"<{part['part_of']}>" == of(written, "response", A)[0][0]["warc-record-id"]


def test_what_failed_says_what_happened_and_invents_no_answer(written: list[tuple[str, dict[str, str], bytes]]) -> None:
    url = "https://harbour.example/news/c"
    unsent, unanswered, cut, large, gone = said(written, url)
    assert [one["error"] for one in (unsent, unanswered)] == ["no connection: refused", "closed"]
    answers = of(written, "response", url)
    assert [fields.get("warc-truncated") for fields, _ in answers] == ["unspecified", "length", None]
    assert b"\r\nContent-Encoding: gzip\r\n" in answers[0][1] and answers[0][1].endswith(b"half a gzip")
    assert "warc-payload-digest" not in answers[1][0]
    assert (cut["verdict"], large["verdict"], gone["verdict"]) == ("failed", "failed", "gone")


def test_the_file_says_what_made_it_and_how(written: list[tuple[str, dict[str, str], bytes]]) -> None:
    kind, fields, block = written[0]
    assert (kind, fields["warc-filename"], fields["content-type"]) == ("warcinfo", "out.warc.gz", "application/warc-fields")
    assert b"software: wirecopy/" in block and b"description: all captures. Payloads are decoded" in block
    assert {one["warc-warcinfo-id"] for _, one, _ in written[1:]} == {fields["warc-record-id"]}


def test_pages_alone_leave_out_feeds_and_robots(archive: Path, tmp_path: Path) -> None:
    run("warc", tmp_path / "pages.warc.gz", "-a", archive, "--pages-only")
    assert {json.loads(block).get("role", "page") for _, block in of(read(tmp_path / "pages.warc.gz"), "metadata")} == {"page"}


def test_selected_articles_bring_their_captures_alone_and_a_revisit_never_points_out_of_the_file(archive: Path, tmp_path: Path) -> None:
    run("warc", tmp_path / "some.warc.gz", "-a", archive, "--words", "fifty")
    ((fields, block),) = of(read(tmp_path / "some.warc.gz"), "response")
    assert fields["warc-target-uri"] == A and b"fifty minutes" in block
    run("warc", tmp_path / "hops.warc.gz", "-a", archive, "--words", "prices")
    assert [fields["warc-target-uri"] for fields, _ in of(read(tmp_path / "hops.warc.gz"), "response")] == [B, END]


# --- files -------------------------------------------------------------------------------------------------------------


def test_the_same_archive_gives_the_same_bytes(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "1").mkdir()
    for folder in (tmp_path, tmp_path / "1"):
        run("warc", folder / "out.warc.gz", "-a", archive)
    assert (tmp_path / "out.warc.gz").read_bytes() == (tmp_path / "1/out.warc.gz").read_bytes()
    assert sorted(path.name for path in (tmp_path / "1").iterdir()) == ["out.warc.gz"]


@pytest.mark.parametrize("size", [None, 3000])
def test_an_export_that_was_killed_goes_on_and_gives_the_same_bytes(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int | None
) -> None:
    options = ["--size", str(size)] if size else []
    (tmp_path / "whole").mkdir()
    run("warc", tmp_path / "whole/out.warc.gz", "-a", archive, *options)
    monkeypatch.setattr(volumes, "_EVERY", 2)
    with open_reader(archive) as store, pytest.raises(KeyboardInterrupt):
        running.export(
            store, tmp_path / "out.warc.gz", selection=Selection(), pages_only=False, size=size, force=False, tell=_stop_at(7)
        )  # fmt: skip
    with open_store(archive) as store, store.transaction():  # what comes in meanwhile is for the next export
        store.conn.execute(
            "INSERT INTO captures (run_id, role, url, fetched_at, verdict)"
            " VALUES (1, 'page', 'https://late.example/', '2026-12-01T00:00:00.000Z', 'failed')"
        )
    assert "gone on with" in run("warc", tmp_path / "out.warc.gz", "-a", archive, *options).stderr
    made = {path.name: path.read_bytes() for path in tmp_path.glob("out*")}
    assert made == {path.name: path.read_bytes() for path in (tmp_path / "whole").iterdir()}
    assert len(made) == 1 if size is None else len(made) > 2


def _stop_at(number: int) -> Any:
    def tell(done: int, _: int) -> None:
        if done == number:
            raise KeyboardInterrupt

    return tell


def test_a_file_that_is_there_is_not_replaced_unless_asked(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "out.warc.gz").write_bytes(b"mine")
    with pytest.raises(OutputError, match=r"out\.warc\.gz is there already"):
        run("warc", tmp_path / "out.warc.gz", "-a", archive)
    run("warc", tmp_path / "out.warc.gz", "-a", archive, "--force")
    assert (tmp_path / "out.warc.gz").read_bytes()[:2] == b"\x1f\x8b"


def test_what_was_begun_for_something_else_is_not_gone_on_with(archive: Path, tmp_path: Path) -> None:
    with open_reader(archive) as store, pytest.raises(KeyboardInterrupt):
        running.export(store, tmp_path / "out.warc.gz", selection=Selection(), pages_only=False, size=10, force=False, tell=_stop_at(3))
    with pytest.raises(OutputError, match="left of another export"):
        run("warc", tmp_path / "out.warc.gz", "-a", archive, "--pages-only")


def test_a_folder_that_is_not_there_is_told_of(archive: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="No such file"):
        run("warc", tmp_path / "none/out.warc.gz", "-a", archive)
    with pytest.raises(UsageError, match="no outlet 'nobody'"):
        run("warc", tmp_path / "out.warc.gz", "-a", archive, "--outlet", "nobody")


def test_a_payload_that_cannot_be_read_back_is_said_to_be_missing_and_the_command_fails(archive: Path, tmp_path: Path) -> None:
    with open_store(archive) as store, store.transaction():
        store.conn.execute("UPDATE bodies SET data = x'00' WHERE id = (SELECT body_id FROM captures WHERE url = ?)", (END,))
    with pytest.raises(ArchiveDamaged, match="of 1 captures the payload cannot be read back"):
        run("warc", tmp_path / "out.warc.gz", "-a", archive)
    written = read(tmp_path / "out.warc.gz")
    ((fields, block),) = of(written, "response", END)
    assert fields["warc-truncated"] == "unspecified" and "warc-payload-digest" not in fields and block == CODED
    assert "cannot be read back" in said(written, END)[0]["damaged"]


# --- the index ---------------------------------------------------------------------------------------------------------


def test_the_index_is_sorted_and_leads_to_the_records(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.warc.gz"
    run("warc", out, "-a", archive)
    index = run("cdxj", out).stdout.splitlines()
    assert index == sorted(index) and len(index) == len(of(read(out), "response")) + len(of(read(out), "revisit"))
    content = out.read_bytes()
    for line in index:
        _, stamp, where = line.split(" ", 2)
        values = json.loads(where)
        with ArchiveIteratorAt(content, values) as record:
            assert record.rec_headers.get_header("WARC-Target-URI") == values["url"]
            assert record.rec_headers.get_header("WARC-Date").replace("-", "").startswith(stamp[:8])
    assert index[0].startswith("example,harbour)/news/a 20261122110000 ") and '"status": "200"' in index[0]
    assert '"mime": "warc/revisit"' in index[1]


class ArchiveIteratorAt:
    """The record that a line of an index leads to."""

    def __init__(self, content: bytes, values: dict[str, str]) -> None:
        import io

        part = content[int(values["offset"]) : int(values["offset"]) + int(values["length"])]
        self._record = next(ArchiveIterator(io.BytesIO(part)))

    def __enter__(self) -> Any:
        return self._record

    def __exit__(self, *_: object) -> None:
        return None


def test_an_index_goes_to_a_file_as_well(archive: Path, tmp_path: Path) -> None:
    run("warc", tmp_path / "out.warc.gz", "-a", archive)
    run("cdxj", tmp_path / "out.warc.gz", "-o", tmp_path / "out.cdxj")
    with pytest.raises(OutputError, match="is there already"):
        run("cdxj", tmp_path / "out.warc.gz", "-o", tmp_path / "out.cdxj")
    assert (tmp_path / "out.cdxj").read_text() == run("cdxj", tmp_path / "out.warc.gz").stdout


def test_a_damaged_file_has_no_index(archive: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.warc.gz"
    run("warc", out, "-a", archive)
    out.write_bytes(out.read_bytes()[:-30])
    with pytest.raises(InputError, match=r"out\.warc\.gz, byte [\d,]+: the file ends inside a gzip member"):
        list(lines([out]))
    assert BLOCK > 1
