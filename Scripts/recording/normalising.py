"""Takes out of what the tool prints and writes only what is another at each run."""

import re

_NUMBER = rb"\d+(?:,\d{3})*(?:\.\d+)?(?:e-?\d+)?"

# Times and rates of lines and records, and the nonce of a report's page.
_EVERYWHERE = [
    (re.compile(rb'("milliseconds":)' + _NUMBER), rb"\1N"),
    (re.compile(rb"(?<![\w.])" + _NUMBER + rb" ms\b"), b"N ms"),
    (re.compile(rb"(\bimages? in )[\d.:]+ (?:s|min|h)\b"), rb"\1N s"),
    (re.compile(rb"(peak memory: )\d[\d,]* MB"), rb"\1N MB"),
    (re.compile(rb"\(" + _NUMBER + rb" a second\)"), b"(N a second)"),
    (re.compile(rb"(nonce[-=]\"?)[A-Za-z0-9+/_-]{16,}"), rb"\1NONCE"),
    # The milliseconds of a table's row, before its two empty cells.
    (re.compile(rb"," + _NUMBER + rb",,\r\n"), b",N,,\r\n"),
]

# A meter with a rate is drawn by the clock; where one was drawn, it is taken off again.
_TERMINAL = [
    (re.compile(rb"\r[^\r\n]*\d/s[^\r\n]*\x1b\[K"), b""),
    (re.compile(rb"\r\x1b\[K"), b""),
]

_BENCH = [
    (re.compile(rb'("(?:median|minimum|\w*images_per_second|\w*_ms|peak_rss_mb)":)' + _NUMBER), rb"\1N"),
    (re.compile(rb"(?<![\w.])\d[\d,]*\.\d+(?![\w.])"), b"N"),
    (re.compile(rb"\bpeak \d+ MB"), b"peak N MB"),
    # The columns are as wide as the numbers, and the algorithms of a layer stand by their times.
    (re.compile(rb"  +"), b"  "),
    (re.compile(rb"\w+ N(?:, \w+ N)+"), lambda match: b", ".join(sorted(match[0].split(b", ")))),
    (re.compile(rb" +\n"), b"\n"),
]


def normalised(content: bytes, scratch: bytes, *, bench: bool = False, terminal: bool = False) -> bytes:
    """`content` without what varies: bytes that are no text stay as they are.

    `scratch` is the path of the folder that the tool ran in, `bench` and `terminal` tell what printed it.
    """
    if b"\0" in content or not _is_text(content):
        return content
    content = content.replace(scratch, b"SCRATCH")
    for pattern, replacement in _EVERYWHERE + (_BENCH if bench else []) + (_TERMINAL if terminal else []):
        content = pattern.sub(replacement, content)
    return content


def _is_text(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
