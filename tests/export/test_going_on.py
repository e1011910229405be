"""Exports that are stopped, killed, repeated or continued: the same bytes come of them, and nothing that stands is lost."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from archive.errors import ArchiveLocked, OutputBroken, OutputError, Stopped, UsageError
from archive.export import blocks, run
from archive.export.place import Place
from archive.export.progress import Progress, Step
from archive.model import Article
from archive.store import selecting
from archive.store.connect import Store
from tests.archive.parts import Page
from tests.export.conftest import Export


@pytest.fixture(autouse=True)
def a_block_an_article(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LINES", 1)
    monkeypatch.setattr("archive.export.track.CHECKPOINT", 0)


def stop_at(monkeypatch: pytest.MonkeyPatch, articles: int, problem: BaseException) -> None:
    """The next exports end with `problem` in the midst of a block."""
    real, told = blocks.blocks, [0]

    def some(*arguments: object) -> object:
        for block in real(*arguments):  # type: ignore[arg-type]
            told[0] += 1
            if told[0] > articles:
                raise problem
            yield block

    monkeypatch.setattr(run, "blocks", some)


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.csv.zst"])
@pytest.mark.parametrize("articles", [0, 1, 3])
def test_an_export_that_was_stopped_goes_on_to_the_same_bytes(export_: Export, tmp_path: Path, name: str, articles: int) -> None:
    kind = name.split(".")[1]
    export_(kind, tmp_path / f"whole-{name}")
    with pytest.MonkeyPatch.context() as patch:
        stop_at(patch, articles, KeyboardInterrupt())
        with pytest.raises(Stopped, match=f"stopped after {articles} articles"):
            export_(kind, tmp_path / name)
    assert not (tmp_path / name).exists()
    done = export_(kind, tmp_path / name)
    assert (tmp_path / name).read_bytes() == (tmp_path / f"whole-{name}").read_bytes()
    assert articles == 0 or f"({4 - articles} of them now)" in done.stderr
    assert not list(tmp_path.glob("*.part*"))


def test_what_a_killed_export_wrote_beyond_its_state_is_cut_off(export_: Export, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"
    export_("jsonl", tmp_path / "whole.jsonl")
    with pytest.MonkeyPatch.context() as patch:
        stop_at(patch, 2, KeyboardInterrupt())
        with pytest.raises(Stopped):
            export_("jsonl", out)
    with out.with_name("a.jsonl.part").open("ab") as file:
        file.write(b'{"torn": ')
    export_("jsonl", out)
    assert out.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_articles_that_come_in_meanwhile_do_not_change_an_export_that_goes_on(export_: Export, library: Store, tmp_path: Path) -> None:
    export_("jsonl", tmp_path / "whole.jsonl")
    with pytest.MonkeyPatch.context() as patch:
        stop_at(patch, 1, KeyboardInterrupt())
        with pytest.raises(Stopped):
            export_("jsonl", tmp_path / "a.jsonl")
    Page(library, "https://harbour.example/4", run_id=1).say(Article("Fair", text="The fair was closed again."))
    export_("jsonl", tmp_path / "a.jsonl")
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()


def test_another_selection_does_not_go_on_with_what_was_begun(export_: Export, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        stop_at(patch, 1, KeyboardInterrupt())
        with pytest.raises(Stopped):
            export_("jsonl", tmp_path / "a.jsonl", "--outlet", "valley")
    with pytest.raises(OutputError, match=r'begun with selection \{"outlets": \["valley"\]\}, and is asked for with none') as told:
        export_("jsonl", tmp_path / "a.jsonl")
    assert told.value.exit_code == 73
    assert export_("jsonl", tmp_path / "a.jsonl", "--force").exit_code == 0


def test_a_finished_export_is_replaced_only_by_force_and_only_when_the_new_one_is_whole(export_: Export, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"
    out.write_text("precious")
    with pytest.raises(OutputError, match="stands already"):
        export_("jsonl", out)
    with pytest.MonkeyPatch.context() as patch:
        stop_at(patch, 1, KeyboardInterrupt())
        with pytest.raises(Stopped):
            export_("jsonl", out, "--force")
    assert out.read_text() == "precious"
    export_("jsonl", out, "--force")
    assert len(out.read_text().splitlines()) == 4


def test_a_full_disk_is_told_of_and_what_is_written_is_kept(export_: Export, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        stop_at(patch, 1, OSError(28, "No space left on device"))
        with pytest.raises(OutputBroken, match="No space left on device") as told:
            export_("jsonl", tmp_path / "a.jsonl")
    assert told.value.exit_code == 74
    assert "3 of them now" in export_("jsonl", tmp_path / "a.jsonl").stderr


def test_two_exports_never_write_one_file(export_: Export, tmp_path: Path) -> None:
    with Place(tmp_path / "a.jsonl").held(), pytest.raises(ArchiveLocked, match="another export is at work"):
        export_("jsonl", tmp_path / "a.jsonl")


def test_force_does_not_take_a_file_from_an_export_that_is_at_work(export_: Export, tmp_path: Path) -> None:
    with Place(tmp_path / "a.jsonl").held():
        (tmp_path / "a.jsonl.part").write_text("its own")
        with pytest.raises(ArchiveLocked):
            export_("jsonl", tmp_path / "a.jsonl", "--force")
        assert (tmp_path / "a.jsonl.part").read_text() == "its own"


def test_a_file_that_another_process_has_just_finished_is_not_written_to(
    export_: Export, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other one renames it between our opening and locking it."""
    out, real = tmp_path / "a.jsonl", Place._open

    def opened(self: Place) -> int:
        handle = real(self)
        if not out.exists():
            self.data.write_text("whole")
            self.data.replace(out)
        return handle

    monkeypatch.setattr(Place, "_open", opened)
    with pytest.raises(OutputError, match="stands already"):
        export_("jsonl", out)
    assert out.read_text() == "whole"


def test_quiet_says_nothing(export_: Export, tmp_path: Path) -> None:
    for arguments in (("jsonl", tmp_path / "a.jsonl"), ("parquet", tmp_path / "p"), ("text", tmp_path / "t"), ("atom", tmp_path / "a.xml")):
        assert export_(*arguments, "--quiet").output == ""


def test_places_that_cannot_be_written_are_told_of(export_: Export, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for out, why in ((tmp_path / "none" / "a.jsonl", "there is no folder"), (tmp_path / "folder", "is a folder")):
        with pytest.raises(OutputError, match=why):
            export_("jsonl", out)


def test_append_adds_what_is_new_and_only_that(export_: Export, library: Store, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"
    export_("jsonl", out, "--append", "--fields", "id,revision")
    before = out.read_bytes()
    assert "(0 of them now)" in export_("jsonl", out, "--append", "--fields", "id,revision").stderr
    assert out.read_bytes() == before
    Page(library, "https://harbour.example/4", run_id=1).say(Article("Fair", text="The fair was closed again."))
    Page(library, "https://harbour.example/5", run_id=1).say(Article("Rain", text="Rain fell all day."))
    export_("jsonl", out, "--append", "--fields", "id,revision")
    added = out.read_bytes().removeprefix(before)
    assert [json.loads(line) for line in added.splitlines()] == [{"id": 6, "revision": 2}, {"id": 7, "revision": 1}]


def test_an_append_that_was_killed_adds_nothing_twice(export_: Export, library: Store, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl.gz"
    with pytest.MonkeyPatch.context() as patch:
        stop_at(patch, 2, KeyboardInterrupt())
        with pytest.raises(Stopped):
            export_("jsonl", out, "--append")
    with out.open("ab") as file:
        file.write(b"torn")
    export_("jsonl", out, "--append")
    export_("jsonl", tmp_path / "whole.jsonl.gz")
    assert out.read_bytes() == (tmp_path / "whole.jsonl.gz").read_bytes()


def test_append_needs_a_file_that_append_has_made(export_: Export, tmp_path: Path) -> None:
    export_("jsonl", tmp_path / "a.jsonl")
    with pytest.raises(OutputError, match="nothing can be appended"):
        export_("jsonl", tmp_path / "a.jsonl", "--append")
    with pytest.raises(UsageError, match="needs a file"):
        export_("jsonl", "--append")


def test_an_article_that_was_taken_back_is_not_passed_over_in_silence(export_: Export, library: Store, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"
    export_("jsonl", out, "--append")
    with library.transaction() as conn:
        conn.execute("DELETE FROM markdown WHERE article_id = 5")
        conn.execute("UPDATE readings SET article_id = NULL WHERE article_id = 5")
        conn.execute("DELETE FROM articles WHERE id = 5")
    Page(library, "https://harbour.example/9", run_id=1).say(Article("Rain", text="Rain fell all day."))
    assert selecting.newest(library) == 5
    with pytest.raises(OutputError, match="article 5, the newest one"):
        export_("jsonl", out, "--append")


def test_a_state_that_is_no_state_is_told_of(export_: Export, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.part.json").write_text("[]")
    with pytest.raises(OutputError, match="cannot be read"):
        export_("jsonl", tmp_path / "a.jsonl")


def test_progress_is_one_line_on_a_terminal_and_none_elsewhere() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for out, line in ((Terminal(), "\r\x1b[K1,500 articles · 2.0 MB · 50% · "), (io.StringIO(), "")):
        progress = Progress(out)
        progress(Step(1500, 2_000_000, 0.5))
        assert out.getvalue().startswith(line)
        assert bool(out.getvalue()) == bool(line)
        progress.close("a\x1b[2J.jsonl", Step(1500, 2_000_000, 1), before=500)
        assert "a [2J.jsonl: 1,500 articles (1,000 of them now), 2.0 MB, " in out.getvalue()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_real_process_that_is_ended_by_a_signal_goes_on(library: Store, export_: Export, tmp_path: Path, how: signal.Signals) -> None:
    """The process stops itself in the midst of the third article's block, by the real signal."""
    code = f"""
import os, sys
from archive.export import blocks, run, track
blocks.LINES, track.CHECKPOINT = 1, 0
real = run.blocks
def some(*arguments):
    for number, block in enumerate(real(*arguments)):
        if number == 2:
            os.kill(os.getpid(), {int(how)})
        yield block
run.blocks = some
from scheduler.cli import main
sys.argv[1:] = ["export", "jsonl", {str(tmp_path / "a.jsonl")!r}, "--archive", {str(library.path)!r}]
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=dict(os.environ))
    assert done.returncode == (-9 if how is signal.SIGKILL else 130), done.stderr
    assert ("stopped after" in done.stderr) == (how is signal.SIGINT)
    export_("jsonl", tmp_path / "whole.jsonl")
    assert "of them now" in export_("jsonl", tmp_path / "a.jsonl").stderr
    assert (tmp_path / "a.jsonl").read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
