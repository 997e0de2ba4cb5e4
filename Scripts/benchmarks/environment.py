"""The peers: a virtual environment of their own with pinned packages, and what could not be installed."""

import os
import pathlib
import subprocess
import sys

# Package by package, so that one that cannot be installed takes no other with it. All need the first group.
PINS = {
    "pytorch": ["torch==2.13.0+cpu", "torchvision==0.28.0", "numpy==2.4.6", "pillow==13.0.0", "matplotlib==3.11.2"],
    "export": ["onnx==1.23.2", "onnxscript==0.7.2"],
    "onnxruntime": ["onnxruntime==1.32.0"],
    "ncnn": ["ncnn==1.0.20261020", "pnnx==20261020"],
    "mnn": ["MNN==3.6.1"],
    "openvino": ["openvino==2026.4.1"],
    "grad-cam": ["grad-cam==1.5.7", "opencv-python-headless==5.0.0.93"],
    "torchcam": ["torchcam==0.5.0"],
}
# What grad-cam needs beside what is there already; its own list asks for an OpenCV that needs a display's libraries.
WITHOUT_DEPENDENCIES = {"grad-cam": ["ttach==0.0.3", "scikit-learn==1.9.1", "tqdm==4.70.1"]}


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
            pins = "\n".join(PINS[group] + WITHOUT_DEPENDENCIES.get(group, []))
            if stamp.exists() and stamp.read_text() == pins:
                continue
            print(f"installing {' '.join(PINS[group])}", file=sys.stderr)
            failure = self._install(group)
            if failure:
                self.failures[group] = failure
            else:
                stamp.write_text(pins)

    def _install(self, group):
        """The reason why a group cannot be installed, or None."""
        beside = WITHOUT_DEPENDENCIES.get(group)
        calls = [["--no-deps", *PINS[group]], beside] if beside else [PINS[group]]
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
