"""Pages of records, and records that are verified."""

from recording.kit import FIXTURES, REPOSITORY, Runs, edit, folder, put, remove, step
from recording.folders import CIFAR, DEMO, PHOTO, TINY, TREE

RUN = f"explain in {CIFAR} -r -d out --records r.jsonl -j 1"
IMAGES = {"models/images": REPOSITORY / "models/images"}


def add(runs: Runs):
    for name, words in {
            "plain": "", "page": "--pictures page", "files": "--pictures files", "auto": "--pictures auto",
            "title": "--title 'A <b>title</b> & more'", "empty-title": "--title ''", "base": "--base .",
            "base-away": "--base in", "jobs": "-j 1", "quiet": "--quiet", "base-none": "--base none",
            "pictures-wrong": "--pictures pags", "twice": "--title a --title b", "files-jobs":
            "--pictures files -j 3"
    }.items():
        runs.add(f"reports/{name}", RUN, f"report r.jsonl -o page.html {words}", files=TREE)
        runs.add(f"reports/demo-{name}",
                 f"explain models/images {DEMO} -d out --records r.jsonl --panel",
                 f"report r.jsonl -o sub/page.html {words}",
                 f"report r.jsonl -o page.html {words}",
                 files=IMAGES)
    runs.add("reports/several-models",
             RUN,
             "explain in -w cli/gray.pth -d out2 -m gradcam,fem --records r.jsonl -j 1",
             "explain in -w models/demo-xray.bin -d out3 --records s.jsonl --boxes",
             "report r.jsonl s.jsonl -o page.html",
             "report s.jsonl r.jsonl -o page2.html --pictures files",
             files=TREE)
    runs.add("reports/stdin",
             RUN,
             step("report - -o page.html", stdin="r.jsonl"),
             step("report - r.jsonl -o page2.html", stdin="r.jsonl"),
             step("report - - -o page3.html", stdin="r.jsonl"),
             files=TREE)
    broken = edit(
        "r.jsonl", lambda content: b"junk\n" + content.replace(b"\n", b"\n{}\n[1]\n\n", 2) + b'{"image":1}\n'
        + b"x\n" * 30)
    runs.add("reports/broken-lines",
             RUN,
             broken,
             "report r.jsonl -o page.html",
             "report r.jsonl -o page2.html --quiet",
             files=TREE)
    runs.add("reports/cut",
             RUN,
             edit("r.jsonl", lambda content: content[:content[:-1].rfind(b"\n") + 41]),
             "report r.jsonl -o page.html",
             files=TREE)
    runs.add("reports/resumed", RUN, f"{RUN} --resume", f"{RUN}", "report r.jsonl -o page.html", files=TREE)
    runs.add("reports/gone-pictures",
             RUN,
             remove("out/a.jpg.gradcam.png"),
             remove("in/a.jpg"),
             put("in/b.png", b"x"),
             "report r.jsonl -o page.html",
             "report r.jsonl -o page2.html --pictures files",
             files=TREE)
    runs.add("reports/only-failures", "explain none.jpg none2.jpg -w cli/cifar.th --records r.jsonl -j 1",
             "report r.jsonl -o page.html")
    runs.add("reports/json-array",
             f"explain in {CIFAR} -d out --json",
             put("a.json", b'[\n{"image":"x"}\n]\n'),
             "report a.json -o page.html",
             files=TREE)
    many = "\n".join(f"many/{index:03}.png" for index in range(205)) + "\n"
    runs.add("reports/many",
             "explain many -w cli/cifar.th -d out --records r.jsonl --quiet",
             "report r.jsonl -o page.html",
             "report r.jsonl -o page2.html --pictures page --title many",
             files={f"many/{index:03}.png": FIXTURES / "images/rgb-8.png"
                    for index in range(205)} | {"list": many.encode()})
    runs.add("reports/large-pictures",
             f"explain models/images {DEMO} -d out --records r.jsonl --canvas original",
             "report r.jsonl -o page.html --pictures files",
             "report r.jsonl -o page2.html --pictures page",
             files=IMAGES)
    for name, words in {
            "nothing": "", "no-output": "r.jsonl", "to-stdout": "r.jsonl -o -", "missing":
            "none.jsonl -o page.html", "folder": "in -o page.html", "image": "in/a.jpg -o page.html", "empty":
            "empty -o page.html", "blank": "blank -o page.html", "onto-records": "r.jsonl -o r.jsonl",
            "onto-folder": "r.jsonl -o in", "in-no-folder": "r.jsonl -o none/page.html", "full":
            "r.jsonl -o /dev/full", "below-file": "r.jsonl -o in/a.jpg/page.html", "junk":
            "junk -o page.html", "one-and-junk": "r.jsonl junk -o page.html", "onto-picture":
            "r.jsonl -o in/a.jpg", "one-and-missing": "r.jsonl none -o page.html"
    }.items():
        runs.add(f"reports/wrong-{name}",
                 RUN,
                 f"report {words}",
                 files={**TREE, "empty": b"", "blank": b"\n\n", "junk": b"a\nb\n"})
    _verifying(runs)


def _verifying(runs: Runs):
    images = IMAGES
    demo = f"explain models/images {DEMO} -d out --records r.jsonl"
    for name, words in {
            "plain": "", "methods": "-m gradcam,layercam,eigencam", "targets": "-t all", "rise":
            "-m rise --samples 3", "smoothgrad": "-m smoothgrad --samples 2", "panel":
            "--panel --canvas original", "signed": "--signed --counterfactual", "compat": "--compat captum",
            "strict": "--strict", "budget": "-m rise --budget 0.000001 --batch 4", "no-orient": "--no-orient",
            "fast": "--fast-decode", "im2col": "--engine im2col", "preprocess": "--preprocess half,crop=256",
            "layers": "-l resnet_blocks.-1,resnet_blocks.-2 --fuse mean", "none": "--normalize none", "score":
            "--score output", "labels": "--labels l.txt"
    }.items():
        runs.add(f"verify/{name}",
                 f"{demo} {words}",
                 "verify r.jsonl",
                 "verify r.jsonl --verbose -j 1",
                 files={**images, "l.txt": b"well\nill\n"})
    for name, changes in {
            "changed-image": [put("models/images/opacity-01.jpg", PHOTO.read_bytes())], "gone-image":
        [remove("models/images/opacity-02.jpg")], "changed-map":
        [edit("r.jsonl",
              lambda content: content.replace(b'"sha256":"', b'"sha256":"0', 1))], "changed-digest":
        [edit("r.jsonl", lambda content: content.replace(b"AAAA", b"BBBB", 3))], "changed-options": [
            edit(
                "r.jsonl",
                lambda content: content.replace(b'"options":[]', b'"options":["--gamma=x"]', 2).replace(
                    b'"options":[]', b'"options":["--json"]', 1))
        ], "old-version": [edit("r.jsonl", lambda content: content.replace(b'"version":', b'"verson":', 2))
                           ], "cut": [edit("r.jsonl", lambda content: content[:-100])], "junk":
        [edit("r.jsonl", lambda content: b"junk\n\n{}\n" + content)], "damaged-maps":
        [edit("r.jsonl", lambda content: b'{"image":"b","maps":null}\n{"image":"c","maps":[{"output":3}]}\n' + content)
         ], "processor":
        [edit("r.jsonl", lambda content: content.replace(b'"processor":"', b'"processor":"Other', 3))
         ], "recipe": [edit("r.jsonl",
                            lambda content: content.replace(b'"recipe":"', b'"recipe":"0', 1))], "method":
        [edit("r.jsonl",
              lambda content: content.replace(b'"method":"gradcam"', b'"method":"fem"', 1))], "layer":
        [edit("r.jsonl", lambda content: content.replace(b"resnet_blocks.4", b"resnet_blocks.9", 1))
         ], "changed-model": [put("models/demo-xray.bin",
                                  b"x")], "gone-model": [remove("models/demo-xray.bin")]
    }.items():
        runs.add(f"verify/{name}",
                 demo,
                 *changes,
                 "verify r.jsonl",
                 "verify r.jsonl --verbose -j 1",
                 files={**images, "models/demo-xray.bin": REPOSITORY / "models/demo-xray.bin"})
    runs.add("verify/weights",
             demo,
             put("other.bin", (REPOSITORY / "models/demo-xray.bin").read_bytes()),
             "verify r.jsonl -w other.bin",
             "verify r.jsonl --weights cli/gray.pth",
             "verify r.jsonl -w none.bin",
             "verify r.jsonl -w models/images",
             files=images)
    runs.add("verify/failures", RUN, "verify r.jsonl", "verify r.jsonl --verbose", files=TREE)
    runs.add("verify/stdin",
             RUN,
             step("verify -", stdin="r.jsonl"),
             step("verify - -", stdin="r.jsonl"),
             step("verify - r.jsonl", stdin="r.jsonl"),
             step(f"explain - {CIFAR} -d out --records s.jsonl", stdin=PHOTO.read_bytes()),
             "verify s.jsonl",
             files=TREE)
    runs.add("verify/several",
             RUN,
             "explain in -w cli/gray.pth -d out2 --records s.jsonl -j 1",
             "verify r.jsonl s.jsonl",
             "verify s.jsonl r.jsonl -j 2 --verbose",
             files=TREE)
    runs.add("verify/wrong",
             "verify",
             "verify none.jsonl",
             "verify in",
             "verify in/a.jpg",
             "verify empty",
             "verify junk",
             "verify -j 0 empty",
             "verify --quiet empty",
             "verify -w",
             files={**TREE, "empty": b"", "junk": b"a\nb\n"})
