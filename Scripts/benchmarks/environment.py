"""The peers: a virtual environment of their own with pinned packages, and what could not be installed."""

import os
import pathlib
import subprocess
import sys

# Group by group, so that one that cannot be installed takes no other with it. All need the first.
GROUPS = {
    "pytorch": ["torch", "torchvision", "numpy", "pillow", "matplotlib"],
    "export": ["onnx", "onnxscript"],
    "onnxruntime": ["onnxruntime"],
    "ncnn": ["ncnn", "pnnx"],
    "mnn": ["MNN"],
    "openvino": ["openvino"],
    "grad-cam": ["grad-cam", "opencv-python-headless"],
    "torchcam": ["torchcam"],
}
# What grad-cam needs beside what is there already; its own list asks for an OpenCV that needs a display's libraries.
WITHOUT_DEPENDENCIES = {"grad-cam": ["ttach", "scikit-learn", "tqdm"]}


def pinned(names):
    """The packages with their versions in constraints.txt."""
    lines = (pathlib.Path(__file__).resolve().parent.parent / "constraints.txt").read_text().splitlines()
    pins = {line.split("==")[0]: line for line in lines if "==" in line}
    return [pins[name] for name in names]


class Environment:
    """Python with the peers in it."""

    def __init__(self, folder):
        self.failures = {}
        given = os.environ.get("BENCHMARK_VENV")
        self.folder = pathlib.Path(given).resolve() if given else folder / "venv"
        self.python = self.folder / "bin" / "python"
        self.is_given = bool(given)

    def install(self, groups):
        """Makes the environment and installs what is missing of `groups`; notes failures."""
        if self.is_given:
            return
        if not self.python.exists():
            print(f"making {self.folder}", file=sys.stderr)
            subprocess.run([sys.executable, "-m", "venv", self.folder], check=True)
        for group in groups:
            stamp = self.folder / f".installed-{group}"
            pins = "\n".join(pinned(GROUPS[group] + WITHOUT_DEPENDENCIES.get(group, [])))
            if stamp.exists() and stamp.read_text() == pins:
                continue
            print(f"installing {' '.join(pinned(GROUPS[group]))}", file=sys.stderr)
            failure = self._install(group)
            if failure:
                self.failures[group] = failure
            else:
                stamp.write_text(pins)

    def _install(self, group):
        """The reason why a group cannot be installed, or None."""
        beside = WITHOUT_DEPENDENCIES.get(group)
        packages = pinned(GROUPS[group])
        calls = [["--no-deps", *packages], pinned(beside)] if beside else [packages]
        for packages in calls:
            command = [self.python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
            process = subprocess.run(command, capture_output=True, text=True)
            if process.returncode != 0:
                lines = [line for line in process.stderr.splitlines() if line.startswith("ERROR: ")]
                reason = lines[-1].removeprefix("ERROR: ") if lines else f"pip ended with {process.returncode}"
                return f"not installed: {reason}"
        return None

    def versions(self):
        """What is installed, by distribution."""
        code = "from importlib.metadata import distributions as d\nfor x in d(): print(x.name.lower(), x.version)"
        process = subprocess.run([self.python, "-c", code], capture_output=True, text=True)
        return dict(line.split(" ", 1) for line in process.stdout.splitlines())
