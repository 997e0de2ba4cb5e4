"""Tells what two recordings differ in."""

import os
from pathlib import Path

LINES = 3  # of a text, how many that differ are shown
WIDTH = 160  # of a line, how many bytes around the first that differs


def differences(first: Path, second: Path) -> list[str]:
    """A line or more for each stream or file that is not the same bytes in both."""
    found = []
    names = sorted({*_files(first), *_files(second)})
    for name in names:
        contents = [_read(folder / name) for folder in (first, second)]
        if contents[0] == contents[1]:
            continue
        run, part = _split(name, (first, second))
        found.append(os.fsencode(f"{run}: {part}").decode(errors="backslashreplace").replace("\n", "\\n"))
        if None in contents:
            found.append(f"  only in {first if contents[1] is None else second}")
        else:
            found += [f"  {line}" for line in _difference(*contents)]
    return found


def _files(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]


def _split(name: str, folders: tuple[Path, Path]) -> tuple[str, str]:
    """The run's name, which is its folder's, and the stream's or the file's."""
    runs = (parent for parent in Path(name).parents if any((folder / parent / "left").is_file() for folder in folders))
    run = next(runs, Path(name).parent)
    return str(run), str(Path(name).relative_to(run)).removeprefix("files/")


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _difference(first: bytes, second: bytes) -> list[str]:
    if b"\0" in first or b"\0" in second:
        place = next((at for at, pair in enumerate(zip(first, second)) if pair[0] != pair[1]),
                     min(len(first), len(second)))
        return [f"{len(first):,} and {len(second):,} bytes, the first that differs is number {place:,}"]
    lines = [first.split(b"\n"), second.split(b"\n")]
    pairs = [(at, *pair) for at, pair in enumerate(zip(*lines), 1) if pair[0] != pair[1]]
    shown = []
    for number, *pair in pairs[:LINES]:
        place = next((at for at, two in enumerate(zip(*pair)) if two[0] != two[1]), min(map(len, pair)))
        start = max(0, place - WIDTH // 2)
        for sign, line in zip("-+", pair):
            shown.append(
                f"{number}:{start} {sign} {line[start:start + WIDTH].decode(errors='backslashreplace')}")
    if len(lines[0]) != len(lines[1]):
        shown.append(f"{len(lines[0]):,} and {len(lines[1]):,} lines")
    return shown
