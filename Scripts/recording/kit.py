"""What a run is: files in a scratch folder, and command lines and changes in turn."""

import fnmatch
import os
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable

REPOSITORY = Path(__file__).resolve().parents[2]
FIXTURES = REPOSITORY / "Tests" / "Fixtures"

# Every file that is put into a scratch folder is of this time, because records quote it.
FILE_TIME = 1_600_000_000


@dataclass
class Step:
    """One command line of the tool."""

    words: list[str]
    stdin: str | bytes | None = None  # a file of the folder, or what is read
    environment: dict[str, str] = field(default_factory=dict)
    terminal: bool = False  # whether standard output and standard error are terminals
    unread: bool = False  # whether nobody reads standard output
    shell: str | None = None  # a shell's line around "$@", for limits and redirections
    interrupt: int | None = None  # a signal that is sent when the first line was printed


def step(line: str | list[str], **options) -> Step:
    """A step whose words are split as a shell does."""
    return Step(shlex.split(line) if isinstance(line, str) else line, **options)


Change = Callable[[Path], None]


@dataclass
class Run:
    name: str
    steps: list[Step | Change]
    files: dict[str, Path | bytes]  # by their names in the scratch folder


class Runs:
    """The runs, in the order in which they were added."""

    def __init__(self, seeded: Path):
        """`seeded` holds models that were made for this recording; they are named `seeded/…`."""
        self.seeded = seeded
        self.all: dict[str, Run] = {}

    def add(self,
            name: str,
            *steps: str | list[str] | Step | Change,
            files: dict[str, Path | bytes] | None = None):
        """Adds a run; files of the repository that its words name are put into the folder."""
        made = [step(item) if isinstance(item, (str, list)) else item for item in steps]
        given = dict(files or {})
        for item in made:
            if isinstance(item, Step):
                words = item.words + ([item.stdin] if isinstance(item.stdin, str) else [])
                for word in words:
                    for part in (word, word.partition("=")[2]):
                        if part not in given and (source := self.source(part)):
                            given[part.rstrip("/")] = source
        assert name not in self.all, f"two runs are called {name}"
        self.all[name] = Run(name, made, given)

    def source(self, word: str) -> Path | None:
        """The file or folder that a word names: below models/, below Tests/Fixtures, or among the seeded."""
        if not word or word.startswith(("-", "/", ".")) or ".." in word:
            return None
        if word.startswith("seeded/"):
            place = self.seeded / word.removeprefix("seeded/")
        else:
            place = REPOSITORY / word if word.startswith("models/") else FIXTURES / word
        try:
            return place if place.exists() else None
        except OSError:
            return None

    def matching(self, pattern: str) -> list[Run]:
        return [run for run in self.all.values() if fnmatch.fnmatch(run.name, pattern)]


# MARK: - Changes between command lines


def _write(path: Path, content: bytes):
    """Writes a file of the fixed time, as a new file, so that no copy elsewhere changes with it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(content)
    os.utime(path, (FILE_TIME, FILE_TIME))


def put(name: str, content: bytes) -> Change:
    return lambda folder: _write(folder / name, content)


def edit(name: str, change: Callable[[bytes], bytes]) -> Change:
    return lambda folder: _write(folder / name, change((folder / name).read_bytes()))


def remove(name: str) -> Change:
    return lambda folder: (folder / name).unlink()


def folder(name: str) -> Change:
    return lambda place: (place / name).mkdir(parents=True)


def pipe(name: str) -> Change:
    return lambda place: os.mkfifo(place / name)


def link(name: str, target: str) -> Change:

    def make(place: Path):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        os.symlink(target, place / name)

    return make
