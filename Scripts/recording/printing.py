"""What is printed, to files, pipes and terminals."""

import signal

from recording.kit import FIXTURES, Runs, step

DEMO = "-w models/demo-xray.bin"
FORMATS = {
    "text": "", "json": "--json", "jsonl": "--jsonl", "csv": "--csv", "quiet": "--quiet", "verbose":
    "--verbose -j 1", "verbose-json": "--verbose --json -j 1", "quiet-csv": "--quiet --csv", "quiet-verbose":
    "--quiet --verbose -j 1", "verbose-quiet": "--verbose --quiet"
}
SETS = {
    "one": f"explain models/images/opacity-01.jpg {DEMO}",
    "folder": f"explain models/images {DEMO}",
    "negative": f"explain models/images/normal-01.jpg {DEMO}",
    "failing":
    f"explain models/images/normal-01.jpg cli/photo.jpg none.jpg images/bad-data-crc.png models/README.md {DEMO}",
    "all-failing": f"explain none.jpg images/zero-width.png {DEMO}",
    "strict": f"explain models/images {DEMO} --strict",
    "several":
    f"explain cli/photo.jpg cli/tiny.png -w cli/cifar.th -m gradcam,fem -t 0 -t 1 -l layer2,layer3",
    "top5": "explain cli/photo.jpg -w cli/cifar.th -t top5",
    "regions": f"explain models/images/opacity-01.jpg {DEMO} --boxes --contours",
    "labels": "explain cli/photo.jpg cli/tiny.png -w cli/cifar.th --labels l.txt",
    "sampling": "explain cli/photo.jpg cli/tiny.png -w cli/cifar.th -m rise,smoothgrad --samples 4",
    "several-on-one-core": f"explain models/images {DEMO} -j 1",
    "in-part": f"explain cut.jpg cli/photo.jpg -w cli/cifar.th",
}


def add(runs: Runs):
    labels = b'zero\n"one", 1\ntwo\ttabs\nthree\\\nf\xc3\xb6ur\n<five>\n\x1b[31msix\nseven\xe2\x80\xa8\neight&\nnine\n'
    files = {"l.txt": labels, "cut.jpg": (FIXTURES / "cli/photo.jpg").read_bytes()[:2500]}
    for name, line in SETS.items():
        needed = {key: content for key, content in files.items() if key in line}
        for kind, words in FORMATS.items():
            runs.add(f"printing/{name}/{kind}", f"{line} -d out {words}", files=needed)
        for kind in ["text", "jsonl", "verbose"]:
            runs.add(f"terminal/{name}/{kind}",
                     step(f"{line} -d out {FORMATS[kind]}",
                          terminal=True,
                          environment={"TERM": "xterm-256color"}),
                     files=needed)
    _terminals(runs)
    _closed(runs)
    _signals(runs)


def _terminals(runs: Runs):
    for name, line in {
            "help": "help explain", "methods": "methods", "error": "explain --bogus", "no-model":
            "explain x.jpg -w none.bin", "inspect": "inspect models/demo-xray.bin", "convert":
            "convert cli/cifar.th -o m.bin", "nothing": "", "passes":
            "explain cli/photo.jpg -w cli/cifar.th -m rise --samples 40 --batch 10 -j 1 -d out",
            "passes-quiet": "explain cli/photo.jpg -w cli/cifar.th -m scorecam --batch 4 -j 1 -d out --quiet",
            "bench": "bench cli/cifar.th --runs 2", "stdout": "explain cli/photo.jpg -w cli/cifar.th -o -",
            "warning": f"explain models/images/normal-01.jpg {DEMO} -d out", "missing":
            f"explain none.jpg {DEMO}"
    }.items():
        for kind, environment in {
                "color": {"TERM": "xterm"}, "no-color": {"TERM": "xterm", "NO_COLOR": "1"}, "empty-no-color":
            {"TERM": "xterm", "NO_COLOR": ""}, "dumb": {"TERM": "dumb"}, "no-term": {}
        }.items():
            runs.add(f"terminal/{name}/{kind}", step(line, terminal=True, environment=environment))
    runs.add("terminal/report", f"explain models/images {DEMO} -d out --records r.jsonl",
             step("report r.jsonl -o page.html", terminal=True, environment={"TERM": "xterm"}))
    runs.add("terminal/verify", f"explain models/images {DEMO} -d out --records r.jsonl",
             step("verify r.jsonl", terminal=True, environment={"TERM": "xterm"}),
             step("verify r.jsonl --verbose", terminal=True, environment={"TERM": "xterm"}))


def _closed(runs: Runs):
    lines = {
        "help": "help explain", "methods": "methods", "man": "man", "inspect": "inspect models/demo-xray.bin",
        "folder": f"explain models/images {DEMO} -d out -j 1", "jsonl":
        f"explain models/images {DEMO} -d out --jsonl -j 1", "json":
        f"explain models/images {DEMO} -d out --json -j 1", "csv":
        f"explain models/images {DEMO} -d out --csv -j 1", "png":
        f"explain models/images/opacity-01.jpg {DEMO} -o -", "completions": "completions bash", "bench":
        "bench cli/cifar.th --runs 1", "inspect-json": "inspect cli/cifar.th --json", "version": "--version",
        "error": "explain --bogus"
    }
    for name, line in lines.items():
        runs.add(f"closed/{name}/unread", step(line, unread=True))
        for kind, shell in {
                "full": 'exec "$@" >/dev/full', "none": 'exec "$@" >&-', "no-stderr": 'exec "$@" 2>&-',
                "no-descriptors": 'exec "$@" <&- >&- 2>&-'
        }.items():
            runs.add(f"closed/{name}/{kind}", step(line, shell=shell))
    runs.add(
        "closed/no-stdin",
        *(step(line, shell='exec "$@" <&-') for line in [
            f"explain - {DEMO} -o -", f"explain --files-from - {DEMO} -d out", "report - -o x.html",
            "verify -", f"explain models/images/opacity-01.jpg {DEMO} -d out"
        ]))
    runs.add(
        "closed/empty-stdin",
        *(step(line, stdin=b"") for line in [
            f"explain - {DEMO} -o -", f"explain --files-from - {DEMO} -d out", "report - -o x.html",
            "verify -", f"explain --files-from - -0 {DEMO} -d out"
        ]))


def _signals(runs: Runs):
    """A list whose end does not come: the signal is sent once the first image is done."""
    for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
        for kind, words in {
                "text": "", "jsonl": "--jsonl", "csv": "--csv", "records": "--records r.jsonl", "report":
                "--report page"
        }.items():
            runs.add(
                f"signals/{number.name}/{kind}",
                step(f"explain --files-from - {DEMO} -d out {words}",
                     stdin=b"models/images/opacity-01.jpg\n",
                     interrupt=number),
                files={"models/images/opacity-01.jpg": FIXTURES.parents[1] / "models/images/opacity-01.jpg"})
