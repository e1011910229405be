"""The tree of errors, each with what its reader can do next.

    WirecopyError               anything a person can act on; shown without a traceback
    ├── UsageError              the command line asks for something that is not there           exit 64
    │   └── ExtraMissing        what it asks for needs a package that is not installed         exit 64
    ├── InputError              a file that is read is not what it should be                   exit 65
    │   └── InputMissing        it is not there, or cannot be read                              exit 66
    ├── CleanerFailed           the cleaner could not finish on a page, whose bytes are kept    exit 70
    ├── NoWorker                no process could be started to read in: short of memory, threads    exit 71
    ├── OutputError             what is to be written stands already, or cannot be made         exit 73
    │   └── OutputBroken        it could not be written to the end: a full disk, for instance   exit 74
    ├── Stopped                 somebody ended it from the keyboard; the same command goes on   exit 130
    ├── SourcesError            sources.toml: names file, line and remedy                       exit 78
    └── ArchiveError            the archive file: missing, foreign, damaged, unwritable, full   exit 74
        ├── ArchiveMissing      no file there yet: `wirecopy crawl` makes one
        ├── ArchiveForeign      a file is there, but it is not one of ours: nothing is written to it
        ├── ArchiveDamaged      digests or pages do not add up: `wirecopy verify`, `wirecopy recover`
        │   └── BodyPruned      no damage: its bytes were taken away, says when and why         exit 66
        ├── RecoveredInPart     what was lost has been said: the new file is sound all the same     exit 65
        └── ArchiveLocked       another run holds it: wait or stop that run                     exit 75

Expected failures of the web (a 404, a bad feed, a timeout) are values in a run's records, never exceptions.
"""


class WirecopyError(Exception):
    """An error that a person can act on.

    `hint` says what to do next, in one sentence; `exit_code` is what the command line ends with (sysexits.h).
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(WirecopyError):
    exit_code = 64


class ExtraMissing(UsageError):
    """`what` needs a package of the extra of that name; wirecopy is on no package index, so it is installed from its folder."""

    def __init__(self, what: str, extra: str) -> None:
        remedy = f"in wirecopy's folder: python3 tasks.py extras; or, for an environment of your own: pip install '.[{extra}]'"
        super().__init__(f"{what}, which is not installed", hint=remedy)


class InputError(WirecopyError):
    exit_code = 65


class InputMissing(InputError):
    exit_code = 66


class CleanerFailed(WirecopyError):
    exit_code = 70


class NoWorker(WirecopyError):
    exit_code = 71  # EX_OSERR


class OutputError(WirecopyError):
    exit_code = 73


class OutputBroken(OutputError):
    exit_code = 74


class Stopped(WirecopyError):
    exit_code = 130


class SourcesError(WirecopyError):
    exit_code = 78


class ArchiveError(WirecopyError):
    exit_code = 74


class ArchiveMissing(ArchiveError):
    pass


class ArchiveForeign(ArchiveError):
    pass


class ArchiveDamaged(ArchiveError):
    pass


class BodyPruned(ArchiveDamaged):
    """What only skips what it cannot read need not know the difference; what counts damage has to."""

    exit_code = 66


class RecoveredInPart(ArchiveError):
    exit_code = 65


class ArchiveLocked(ArchiveError):
    exit_code = 75
