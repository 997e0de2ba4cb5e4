"""Folders, lists, parts, records and runs that go on."""

import os

from recording.kit import FIXTURES, REPOSITORY, Runs, edit, folder, link, pipe, put, remove, step

CIFAR = "-w cli/cifar.th"
DEMO = "-w models/demo-xray.bin"
PHOTO = FIXTURES / "cli/photo.jpg"
TINY = FIXTURES / "cli/tiny.png"
GRAY = FIXTURES / "cli/gray.jpg"

TREE = {
    "in/a.jpg": PHOTO, "in/b.png": TINY, "in/notes.txt": b"no image\n", "in/deep/a.jpg": GRAY,
    "in/deep/er/c.jpg": PHOTO, "in/.hidden.jpg": PHOTO, "in/UPPER.JPG": GRAY, "in/no-ending": TINY,
    "in/wrong.png": b"not a png", "in/x.png.txt": TINY, "in/10.png": TINY, "in/9.png": TINY, "in/a.png": TINY
}
RAW = "".join(os.fsdecode(part) for part in (b"in/n\xff\xfe.jpg", ))
STRANGE = {
    "in/with space.jpg": PHOTO, "in/-dash.jpg": PHOTO, "in/quo\"te'.jpg": PHOTO, "in/new\nline.jpg": PHOTO,
    "in/tab\t.jpg": PHOTO, "in/\u00fcml\u00e4ut.jpg": PHOTO, RAW: PHOTO, "in/" + "l" * 240 + ".jpg": PHOTO,
    "in/" + "l" * 251 + ".jpg": TINY, "in/%41{stem}.jpg": PHOTO, "in/a.gradcam.png": TINY, "in/\x1b[31m.jpg":
    PHOTO
}


def add(runs: Runs):
    _trees(runs)
    _lists(runs)
    _records(runs)
    _collisions(runs)


def _trees(runs: Runs):
    for name, words in {
            "plain": "", "recursive": "-r", "json": "-r --json", "csv": "-r --csv", "into-itself": "-r -d in",
            "file": "-o x.png", "template": "-r --heatmap 'maps/{stem}.npy'", "one-core":
            "-r -j 1 --threads 2", "many": "-r -j 7", "slash": "", "max-errors": "-r --max-errors 1 -j 1",
            "max-errors-9": "-r --max-errors 9 -j 1", "quiet": "-r --quiet"
    }.items():
        directory = "" if "-d" in words or "-o" in words else "-d out"
        runs.add(
            f"folders/{name}",
            f"explain in{'//' * (name == 'slash')} {CIFAR} {words} {directory} --jsonl"
            if "--json" not in words and "--csv" not in words else f"explain in {CIFAR} {words} {directory}",
            files=TREE)
        runs.add(f"folders/text-{name}",
                 f"explain in {CIFAR} {words.replace('--json', '').replace('--csv', '')} {directory}",
                 files=TREE)
    for count in [1, 2, 3, 5, 40]:
        runs.add(f"folders/shards-{count}",
                 *(f"explain in {CIFAR} -r -d out --shard {part}/{count}"
                   for part in range(1,
                                     min(count, 5) + 1)),
                 files=TREE)
    for shard in ["0/3", "4/3", "1", "1/0", "a/b", "1/3/5", "", "-1/3", "1/99999999999999999999"]:
        runs.add(f"folders/shard-wrong-{shard.replace('/', '_') or 'empty'}",
                 f"explain in {CIFAR} -d out --shard={shard}",
                 files=TREE)
    runs.add("folders/strange-names",
             f"explain in {CIFAR} -d out",
             f"explain in {CIFAR} -d out2 --jsonl",
             f"explain in {CIFAR} -d out3 --csv --heatmap 'h/{{stem}}.npy'",
             f"explain in {CIFAR} --report page",
             f"explain in -d in {CIFAR}",
             files=STRANGE)
    runs.add("folders/again-passes-overlays-over",
             f"explain in {CIFAR} -d in",
             f"explain in {CIFAR} -d in",
             f"explain in {CIFAR} -d in -m fem --jsonl",
             files={"in/a.jpg": PHOTO, "in/b.png": TINY})
    runs.add("folders/special",
             folder("in/empty"),
             folder("empty"),
             pipe("in/pipe.jpg"),
             link("in/link.jpg", "a.jpg"),
             link("in/broken.jpg", "none.jpg"),
             link("in/loop", ".."),
             link("in/folder", "deep"),
             f"explain in {CIFAR} -d out",
             f"explain in {CIFAR} -r -d out2 --jsonl",
             f"explain empty {CIFAR} -d out3",
             f"explain empty in/empty in {CIFAR} -d out4",
             f"explain in/link.jpg {CIFAR} -d out5",
             f"explain in/broken.jpg {CIFAR} -d out6",
             f"explain in/folder {CIFAR} -d out7",
             f"explain /dev/null {CIFAR} -d out8",
             f"explain empty {CIFAR} -d out9 --json",
             f"explain empty {CIFAR} --csv",
             f"explain empty {CIFAR} --report page",
             f"explain empty {CIFAR} -o x.png",
             files=TREE)
    runs.add("folders/two",
             f"explain in/deep in {CIFAR} -d out",
             f"explain in in {CIFAR} -d out2",
             f"explain in in/a.jpg {CIFAR} -d out3",
             f"explain in/a.jpg in/a.jpg {CIFAR} -d out4",
             f"explain in/a.jpg in/deep/a.jpg {CIFAR} -d out5",
             f"explain in ./in {CIFAR} -r -d out6 --jsonl",
             f"explain in/../in/a.jpg {CIFAR} -d out7",
             f"explain . {CIFAR} -d out8 -r",
             files=TREE)
    runs.add("folders/alone",
             f"explain in {CIFAR} -o x.png",
             f"explain in {CIFAR} -o - ",
             f"explain in {CIFAR} --dump d",
             f"explain in {CIFAR} --heatmap m.npy -d out",
             files={"in/a.jpg": PHOTO})
    runs.add("folders/images",
             f"explain images {CIFAR} -d out",
             f"explain images {CIFAR} -d out2 --jsonl",
             f"explain images {CIFAR} -d out3 --csv --max-errors 3 -j 1",
             f"explain images {CIFAR} -d out4 --json --max-pixels 100",
             files={"images": FIXTURES / "images"})


def _lists(runs: Runs):
    paths = ["in/a.jpg", "in/b.png", "in/deep/a.jpg", "in/none.jpg", "in/notes.txt"]
    lists = {
        "lines": "\n".join(paths) + "\n", "no-end": "\n".join(paths), "crlf": "\r\n".join(paths) + "\r\n",
        "blanks": "\n\n".join(paths) + "\n\n", "folders": "in\nin/deep\n", "empty": "", "only-blanks":
        "\n\n\n", "twice": "in/a.jpg\nin/a.jpg\n./in/a.jpg\n", "dash": "-\nin/a.jpg\n", "spaces":
        " in/a.jpg\nin/a.jpg \n", "comment": "# x\nin/a.jpg\n"
    }
    for name, text in lists.items():
        for kind, words in {"text": "", "jsonl": "--jsonl"}.items():
            runs.add(f"lists/{name}/{kind}",
                     f"explain --files-from list {CIFAR} -d out {words}",
                     files={**TREE, "list": text.encode()})
        runs.add(f"lists/{name}/stdin",
                 step(f"explain --files-from - {CIFAR} -d out", stdin=text.encode()),
                 files=TREE)
        runs.add(f"lists/{name}/null",
                 f"explain --files-from list -0 {CIFAR} -d out",
                 f"explain --files-from list {CIFAR} -d out",
                 files={**TREE, "list": text.replace("\n", "\0").encode()})
    runs.add("lists/raw",
             step(f"explain --files-from - {CIFAR} -d out --jsonl",
                  stdin=os.fsencode(RAW) + b"\nin/\xfc.jpg\nin/with space.jpg\n"),
             files=STRANGE)
    runs.add("lists/new-line",
             step(f"explain --files-from - -0 {CIFAR} -d out --jsonl",
                  stdin=b"in/new\nline.jpg\0in/tab\t.jpg\0"),
             files=STRANGE)
    runs.add("lists/special",
             pipe("in/pipe.jpg"),
             put("list", b"in/pipe.jpg\n/dev/null\n/dev/zero\nin\nin/a.jpg\n"),
             f"explain --files-from list {CIFAR} -d out",
             f"explain --files-from list {CIFAR} -d out2 --jsonl",
             files=TREE)
    runs.add("lists/and-operands",
             f"explain in/b.png --files-from list {CIFAR} -d out --csv",
             f"explain in --files-from list {CIFAR} -d out2 -r",
             files={**TREE, "list": b"in/a.jpg\n"})
    runs.add("lists/wrong",
             f"explain --files-from none {CIFAR}",
             f"explain --files-from in {CIFAR}",
             f"explain --files-from in/a.jpg {CIFAR}",
             f"explain --files-from list {CIFAR}",
             f"explain --files-from= {CIFAR}",
             f"explain --files-from list2 {CIFAR} -d out",
             f"explain -0 in {CIFAR}",
             f"explain - --files-from - {CIFAR}",
             f"explain - - {CIFAR}",
             f"explain --files-from list3 {CIFAR} -o x.png",
             files={
                 **TREE, "list": b"x" * 70000, "list2": b"in/" + b"y" * 5000 + b"\nin/a.jpg\n", "list3":
                 b"in/a.jpg\nin/b.png\n"
             })
    for part in range(1, 4):
        runs.add(f"lists/shard-{part}",
                 f"explain --files-from list {CIFAR} -d out --shard {part}/3 --jsonl",
                 files={**TREE, "list": lists["lines"].encode()})


def _records(runs: Runs):
    base = f"explain models/images {DEMO} -d out --records r.jsonl"
    images = {"models/images": REPOSITORY / "models/images"}
    cut = edit("r.jsonl", lambda content: content[:content[:-1].rfind(b"\n") + 41])
    no_end = edit("r.jsonl", lambda content: content.removesuffix(b"\n"))
    changes = {
        "nothing": [], "deleted-output": [remove("out/opacity-03.jpg.gradcam.png")], "cut-line": [cut],
        "no-end": [no_end], "changed-image": [put("models/images/opacity-04.jpg", PHOTO.read_bytes())],
        "new-image": [put("models/images/new.jpg",
                          PHOTO.read_bytes())], "gone-image": [remove("models/images/opacity-04.jpg")],
        "empty-records": [put("r.jsonl", b"")], "no-records": [remove("r.jsonl")], "broken-middle":
        [edit("r.jsonl", lambda content: content.replace(b'{"height"', b'{"heigh', 1))
         ], "foreign-line": [edit("r.jsonl", lambda content: content + b'{"a":1}\n')
                             ], "changed-output": [put("out/opacity-03.jpg.gradcam.png",
                                                       TINY.read_bytes())], "touched-image":
        [lambda place: os.utime(place / "models/images/opacity-02.jpg", (1_500_000_000, 1_500_000_000))]
    }
    for name, change in changes.items():
        runs.add(f"resume/{name}",
                 base,
                 *change,
                 f"{base} --resume",
                 f"{base} --resume --jsonl",
                 files=images)
    for name, words in {
            "other-method": "-m fem", "other-target": "-t 0", "other-look": "--alpha 0.7", "other-panel":
            "--panel", "other-heatmap": "--heatmap '{stem}.npy'", "other-jobs": "-j 1 --threads 2",
            "other-folder": "-d out2", "seed": "--seed 3", "engine": "--engine im2col", "no-orient":
            "--no-orient", "fast": "--fast-decode", "labels": "--labels l.txt", "strict": "--strict",
            "preprocess": "--preprocess half", "csv": "--csv", "json": "--json", "verbose": "--verbose",
            "quiet": "--quiet", "shard": "--shard 2/3", "default-said": "-m gradcam --alpha 0.4",
            "max-pixels": "--max-pixels 300000"
    }.items():
        runs.add(f"resume/{name}", base, f"{base} --resume {words}", files={**images, "l.txt": b"a\nb\n"})
    runs.add("resume/other-model",
             base,
             "explain models/images -w cli/gray.pth -d out --records r.jsonl --resume",
             files=images)
    runs.add("resume/failures",
             f"explain in {CIFAR} -d out -r --records r.jsonl",
             f"explain in {CIFAR} -d out -r --records r.jsonl --resume",
             put("in/wrong.png", TINY.read_bytes()),
             f"explain in {CIFAR} -d out -r --records r.jsonl --resume",
             files=TREE)
    runs.add("resume/wrong",
             f"explain in {CIFAR} --resume",
             f"explain in/a.jpg {CIFAR} --resume --records r -o -",
             f"explain in {CIFAR} --records -",
             step(f"explain in/a.jpg -w /dev/stdin --records r --resume",
                  stdin=FIXTURES.joinpath("cli/cifar.th").read_bytes()),
             files=TREE)
    runs.add("resume/list",
             f"explain --files-from list {CIFAR} -d out --records r --max-errors 1 -j 1",
             f"explain --files-from list {CIFAR} -d out --records r --resume",
             files={**TREE, "list": b"in/a.jpg\nin/none.jpg\nin/b.png\n"})
    runs.add("records/append",
             f"explain in/a.jpg {CIFAR} -d out --records r",
             f"explain in/b.png {CIFAR} -d out --records r",
             f"explain in/b.png {CIFAR} -d out --records r -m fem,layercam --boxes",
             files=TREE)
    for name, words in {
            "is-image": "--records in/a.jpg", "is-text": "--records in/notes.txt", "is-folder":
            "--records in", "is-output": "--records x -o x", "in-no-folder": "--records none/r", "full":
            "--records /dev/full", "null": "--records /dev/null", "is-model": "--records cli/cifar.th",
            "is-heatmap": "--records m.npy --heatmap m.npy", "stdout-too": "--records r --jsonl",
            "folder-made": "--records a/b/r.jsonl", "empty": "--records="
    }.items():
        runs.add(f"records/{name}",
                 f"explain in/a.jpg {CIFAR} -d out {words}"
                 if "-o" not in words else f"explain in/a.jpg {CIFAR} {words}",
                 files=TREE)
    for name, words in {
            "plain": "", "records": "--records other.jsonl", "directory": "-d elsewhere", "jsonl": "--jsonl",
            "several": "-m gradcam,fem -t 0 -t 1", "quiet": "--quiet", "heatmap": "--heatmap '{stem}.npy'",
            "panel": "--panel --boxes", "stdin": ""
    }.items():
        if name == "stdin":
            runs.add("report-option/stdin", step(f"explain - {CIFAR} --report page",
                                                 stdin=PHOTO.read_bytes()))
        else:
            runs.add(f"report-option/{name}",
                     f"explain in {CIFAR} -r --report page {words}",
                     f"explain in {CIFAR} -r --report page {words} --resume",
                     f"explain in/a.jpg {CIFAR} --report page {words}",
                     files=TREE)
    runs.add("report-option/wrong",
             f"explain in {CIFAR} --report in/a.jpg",
             f"explain in {CIFAR} --report ''",
             f"explain in {CIFAR} --report /dev/null/x",
             f"explain in/a.jpg {CIFAR} --report page -o x.png",
             f"explain in/a.jpg {CIFAR} --report page -o -",
             files=TREE)
    for most in ["1", "2", "3", "0", "-1", "x"]:
        runs.add(
            f"records/max-errors-{most}",
            f"explain none1.jpg none2.jpg in/a.jpg none3.jpg {CIFAR} -d out --records r -j 1 --max-errors {most}",
            f"explain none1.jpg none2.jpg in/a.jpg none3.jpg {CIFAR} -d out --json -j 1 --max-errors {most}",
            files=TREE)


def _collisions(runs: Runs):
    runs.add("collisions/stems",
             f"explain in/a.jpg in/a.png {CIFAR} -d out",
             f"explain in/a.jpg in/deep/a.jpg {CIFAR} -d out",
             f"explain in {CIFAR} -r -d out --heatmap '{{stem}}.npy' -j 1",
             f"explain --files-from list {CIFAR} -d out2 --heatmap '{{stem}}.npy' -j 1",
             files={**TREE, "list": b"in/a.jpg\nin/a.png\n"})
    runs.add("collisions/list",
             f"explain --files-from list {CIFAR} -d out -j 1",
             f"explain --files-from list {CIFAR} -d out2 -j 1 --jsonl",
             files={**TREE, "list": b"in/a.jpg\nin//a.jpg\n../here/in/a.jpg\nin/deep/../a.jpg\n"})
    runs.add("collisions/labels",
             f"explain in/a.jpg {CIFAR} -d out -t 0 -t 1 --labels l.txt",
             files={**TREE, "l.txt": b"a/b\na_b\n" + b"".join(b"%d\n" % index for index in range(8))})
    runs.add("collisions/inputs",
             f"explain in/a.gradcam.png {CIFAR} -d in",
             f"explain in/a.jpg {CIFAR} -d in",
             f"explain in/a.jpg in/a.gradcam.png {CIFAR} -d in",
             files={"in/a.jpg": PHOTO, "in/a.gradcam.png": TINY})
    runs.add("collisions/list-file",
             f"explain --files-from list.npy {CIFAR} -d out --heatmap list.npy",
             f"explain --files-from list.npy {CIFAR} -d out --records list.npy",
             f"explain in/a.jpg {CIFAR} --labels l.txt -o l.txt",
             files={**TREE, "list.npy": b"in/a.jpg\n", "l.txt": b"a\n" * 10})
