"""gradcam and the peers as things that can be timed, whatever they are."""

import json
import os
import pathlib
import select
import subprocess
import time

from shared.running import Failure, last_line, run

HERE = pathlib.Path(__file__).resolve().parent

# Which files of a model an engine takes, and which packages it is installed with.
FORMATS = {"onnxruntime": "onnx", "openvino": "onnx", "ncnn": "ncnn", "mnn": "mnn"}
NEEDS = {"torch": (), "onnx": ("torch",), "ncnn": ("torch",), "mnn": ("torch", "onnx")}
FORWARD = ["onnxruntime", "ncnn", "mnn", "openvino", "pytorch"]
EXPLAIN = ["pytorch-article", "grad-cam", "torchcam"]
PEERS = FORWARD + EXPLAIN
GROUPS = {"pytorch-article": "pytorch"}
TIMEOUT = 600


def outcome(command):
    """What a command prints."""
    return run(command, TIMEOUT).stdout


class Peer:
    """An engine's process, kept for as long as its model is measured."""

    def __init__(self, environment, engine, folder, model, threads):
        command = [environment.python, HERE / "peer.py", engine, folder, model, str(threads)]
        # Engines read their number of threads from here, those that ignore what they are told included.
        variables = os.environ | {"OMP_NUM_THREADS": str(threads), "PYTHONDONTWRITEBYTECODE": "1"}
        self.process = subprocess.Popen(
            list(map(str, command)), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True, env=variables)
        ready = self.answer()
        if not ready["ready"]:
            self.close()
            raise Failure(ready["error"][:160])
        self.difference = ready["difference"]

    def tell(self, line):
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
        except OSError as error:
            raise Failure("its process ended") from error

    def answer(self):
        if not select.select([self.process.stdout], [], [], TIMEOUT)[0]:
            self.close()
            raise Failure(f"no answer in {TIMEOUT} s")
        line = self.process.stdout.readline()
        if not line:
            raise Failure(f"its process ended with {self.process.wait()}")
        return json.loads(line)

    def ask(self, line):
        self.tell(line)
        return self.answer()

    def close(self):
        self.process.kill()
        self.process.wait()


class GradCAM:
    """The tool's own figures, of its hidden command `bench`."""

    def __init__(self, tool, weights, image, preprocess=None):
        self.tool, self.weights, self.image = tool, weights, image
        self.options = ["--preprocess", preprocess] if preprocess else []

    def bench(self, runs, threads, jobs=1, *more):
        command = [self.tool, "bench", self.weights, self.image, "--runs", runs, "--threads", threads, "--jobs", jobs]
        text = outcome([*command, *self.options, "--json", "--quiet", *more])
        try:
            return json.loads(text)
        except ValueError as error:
            raise Failure("gradcam bench printed no JSON") from error


def whole_process(command, environment=None):
    """A command from its start to its end: milliseconds, the most memory in MB, and the processor's milliseconds."""
    with open(os.devnull, "w") as nothing:
        start = time.perf_counter()
        process = subprocess.Popen(list(map(str, command)), stdout=nothing, stderr=subprocess.PIPE, env=environment)
        errors = process.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
    elapsed = (time.perf_counter() - start) * 1000
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        raise Failure(last_line(errors, process.returncode))
    return elapsed, usage.ru_maxrss / 1024, (usage.ru_utime + usage.ru_stime) * 1000
