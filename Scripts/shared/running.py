"""The tool, the demo model, and how commands are run."""

import pathlib
import subprocess

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent.parent
TOOL = REPOSITORY / ".build" / "release" / "gradcam"
DEMO = REPOSITORY / "models" / "demo-xray.bin"


class Failure(Exception):
    """Why a command gave nothing."""


def run(command, timeout=None, **options):
    """A process that has ended well, with what it printed as text; `Failure` says its last line where it fails."""
    try:
        process = subprocess.run(list(map(str, command)), capture_output=True, encoding="utf-8", errors="replace",
                                 timeout=timeout, **options)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Failure(str(error)[:160]) from error
    if process.returncode != 0:
        raise Failure(last_line(process.stderr, process.returncode))
    return process


def last_line(errors, status):
    lines = errors.strip().splitlines()
    return lines[-1][:160] if lines else f"ended with {status}"
