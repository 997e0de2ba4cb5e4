"""Runs of the tool: started, watched, and judged by how they end."""

import os
import signal
import subprocess
import threading
import time

# What the help documents; the rest are traps.
DOCUMENTED = {0, 1, 2, 130, 143, 129}
LONGEST = 120


class Fault(Exception):
    """Something that must never happen."""


class Run:
    """One run of the tool: its status, what it said, and the most memory it took."""

    def __init__(self, command, limits=None, stdout=subprocess.DEVNULL):
        self.command = list(map(str, command))
        self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE,
                                        preexec_fn=limits, env={**os.environ, "SWIFT_BACKTRACE": "enable=no"})
        self.said = b""
        self.reader = threading.Thread(target=self.listen, daemon=True)
        self.reader.start()
        self.megabytes = 0

    def listen(self):
        self.said = self.process.stderr.read()

    def sleep(self, seconds):
        """Waits, though no longer than the run lasts; whether it still runs."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.has_ended():
                return False
            time.sleep(0.01)
        return not self.has_ended()

    def has_ended(self):
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def send(self, number):
        if not self.has_ended():
            self.process.send_signal(number)

    def end(self, allowed=DOCUMENTED):
        """Waits for the end; `Fault` where it hangs, traps, or ends with a status that says something else."""
        if self.sleep(LONGEST):
            self.send(signal.SIGKILL)
            self.reap()
            raise Fault(f"did not end in {LONGEST} s: {self.last}")
        self.reap()
        if self.status not in allowed:
            raise Fault(f"ended with {self.status}, not {sorted(allowed)}: {self.last}")
        return self

    def reap(self):
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = self.status = os.waitstatus_to_exitcode(status)
        self.megabytes = usage.ru_maxrss / 1024
        self.reader.join(5)

    @property
    def last(self):
        lines = self.said.decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else "(no word)"
