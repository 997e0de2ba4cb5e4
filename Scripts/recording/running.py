"""Runs command lines in scratch folders and keeps what they print and leave."""

import fcntl
import os
import pty
import shutil
import stat
import struct
import subprocess
import termios
import threading
from pathlib import Path

from recording.kit import FILE_TIME, Run, Step
from recording.normalising import normalised

SECONDS = 300  # a command that takes longer is ended


def record(tool: Path, run: Run, scratch: Path, into: Path):
    """Does a run in `scratch`, which is made and removed, and keeps it in `into`."""
    scratch.mkdir(parents=True)
    try:
        _place(run.files, scratch)
        before = _contents(scratch)
        into.mkdir(parents=True)
        number = 0
        for step in run.steps:
            if not isinstance(step, Step):
                there = _contents(scratch)
                try:
                    step(scratch)
                except OSError as error:  # what it changes is not there
                    failure = normalised(f"{error}\n".encode(), os.fsencode(scratch))
                    (into / f"{number}.change").write_bytes(failure)
                before |= {name: kept for name, kept in _contents(scratch).items() if name not in there}
                continue
            number += 1
            status, output, errors = _execute(tool, step, scratch)
            said = {"status": f"{status}\n".encode(), "stdout": output, "stderr": errors}
            is_bench = step.words[:1] == ["bench"]
            for stream, content in said.items():
                text = normalised(content, os.fsencode(scratch), bench=is_bench, terminal=step.terminal)
                (into / f"{number}.{stream}").write_bytes(text)
        _keep(scratch, before, into)
    finally:
        shutil.rmtree(scratch)


# MARK: - Files


def _place(files: dict[str, Path | bytes], folder: Path):
    for name, source in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(source, bytes):
            place.write_bytes(source)
        elif source.is_dir():
            shutil.copytree(source, place, dirs_exist_ok=True)
        else:
            shutil.copyfile(source, place)
    for place in [folder, *folder.rglob("*")]:
        place.chmod(0o755 if place.is_dir() else 0o644)
        os.utime(place, (FILE_TIME, FILE_TIME))


def _contents(folder: Path) -> dict[str, bytes | None]:
    """Every entry below a folder by its relative name; nil for what is no file."""
    found = {}
    for place, folders, files in os.walk(folder):
        for name in folders + files:
            path = Path(place, name)
            is_file = stat.S_ISREG(path.lstat().st_mode)
            found[str(path.relative_to(folder))] = path.read_bytes() if is_file else None
    return found


def _keep(folder: Path, before: dict[str, bytes | None], into: Path):
    """Keeps the files that are new or changed, and a list of these with their kinds and permissions."""
    after = _contents(folder)
    lines = [f"gone: {_shown(name)}" for name in before if name not in after]
    for name, content in sorted(after.items()):
        if name in before and before[name] == content:
            continue
        mode = (folder / name).lstat().st_mode
        lines.append(f"{stat.filemode(mode)} {_shown(name)}")
        if content is not None:
            place = into / "files" / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(normalised(content, os.fsencode(folder)))
    (into / "left").write_text("".join(f"{line}\n" for line in sorted(lines)))


def _shown(name: str) -> str:
    return os.fsencode(name).decode(errors="backslashreplace").replace("\n", "\\n")


# MARK: - Processes


def _execute(tool: Path, step: Step, folder: Path) -> tuple[int | str, bytes, bytes]:
    if isinstance(step.stdin, str) and not (folder / step.stdin).is_file():
        return f"not run: {step.stdin} was not written", b"", b""
    words = [str(tool), *step.words]
    if step.shell:
        words = ["sh", "-c", step.shell, "sh", *words]
    environment = {
        name: value
        for name, value in os.environ.items() if name not in ("NO_COLOR", "TERM", "COLUMNS")
    }
    # A crash's backtrace is full of addresses.
    environment |= {"LC_ALL": "C.UTF-8", "SWIFT_BACKTRACE": "enable=no", **step.environment}
    pairs = [_terminal() if step.terminal else os.pipe() for _ in range(2)]
    readers = [_Reader(pair[0]) for pair in pairs]
    if step.unread:
        os.close(readers[0].descriptor)
        readers[0].descriptor = None
    source = subprocess.PIPE
    if isinstance(step.stdin, str):
        source = open(folder / step.stdin, "rb")
    elif step.stdin is None:
        source = subprocess.DEVNULL
    process = subprocess.Popen(words,
                               cwd=folder,
                               env=environment,
                               stdin=source,
                               stdout=pairs[0][1],
                               stderr=pairs[1][1])
    for pair in pairs:
        os.close(pair[1])
    for reader in readers:
        reader.start()
    try:
        if isinstance(step.stdin, bytes):
            _feed(process, step, readers[0])
        status = process.wait(timeout=SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        status = f"still running after {SECONDS} seconds: {process.wait()}"
    finally:
        if process.stdin:
            try:
                process.stdin.close()
            except BrokenPipeError:
                pass
        elif not isinstance(source, int):
            source.close()
    return status, readers[0].finish(), readers[1].finish()


def _feed(process: subprocess.Popen, step: Step, output: "_Reader"):
    try:
        process.stdin.write(step.stdin)
        process.stdin.flush()
        if step.interrupt:
            output.has_line.wait(SECONDS)
            process.send_signal(step.interrupt)
        else:
            process.stdin.close()
    except BrokenPipeError:
        pass


def _terminal() -> tuple[int, int]:
    """A terminal of 80 columns that changes nothing of what is written to it: its reading and its writing end."""
    reading, writing = pty.openpty()
    modes = termios.tcgetattr(writing)
    modes[1] &= ~termios.OPOST
    termios.tcsetattr(writing, termios.TCSANOW, modes)
    fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    return reading, writing


class _Reader(threading.Thread):
    """Reads a descriptor to its end."""

    def __init__(self, descriptor: int):
        super().__init__(daemon=True)
        self.descriptor: int | None = descriptor
        self.content = b""
        self.has_line = threading.Event()

    def run(self):
        while self.descriptor is not None:
            try:
                part = os.read(self.descriptor, 1 << 16)
            except OSError:  # a terminal's other end was closed
                part = b""
            if not part:
                break
            self.content += part
            if b"\n" in part:
                self.has_line.set()
        self.has_line.set()

    def finish(self) -> bytes:
        self.join(10)
        if self.descriptor is not None:
            os.close(self.descriptor)
        return self.content
