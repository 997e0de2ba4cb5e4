#!/usr/bin/env python3
"""Explains a list of images on Apache Spark: many `gradcam` processes, one file of records.

    Scripts/spark_explain.py --master spark://host:7077 --weights w.bin --output-dir maps --records maps.jsonl \\
        --files-from images.txt -- --method layercam

The list is cut into partitions; each is piped (RDD.pipe) through one `gradcam explain --files-from - --jsonl`. For where
Spark is running already: on one machine `gradcam --jobs` does the same without it, and `--shard` needs no Spark for many.

- Paths are used as they are, from the folder in which this is started: images, model, outputs and the tool itself must be
  in the same places on all workers (a shared file system). Names may hold any bytes, line ends included.
- A failed image is a record with an `error`, as without Spark. A failed process (killed, out of memory, lost with its
  worker) fails its task, which Spark runs again: overlays are written whole under the same names, so that nothing is
  left of the first attempt. Outside of local mode Spark tries four times (spark.task.maxFailures).
- The file of records has one for each image, in the list's order, and appears when all are there.

Needs `pip install pyspark` and Java 17. Exit status: 0 all images were explained; 1 at least one was not; 2 bad usage;
3 Spark gave up.
"""
import argparse, base64, json, os, shlex, shutil, sys

# What a task runs: the paths come as lines of ASCII, and printf makes bytes of them again. gradcam's status 1 says that
# an image failed, which its record tells; anything above fails the task.
TASK = r"""cd {folder} || exit
while IFS= read -r path; do printf '%b\0' "$path"; done | {command}
status=$?
[ "$status" -le 1 ] || exit "$status"
"""
IMAGES_A_PARTITION = 100


def main():
    arguments = parsed()
    paths = images(arguments)
    refuse_repetitions(paths)
    # One process a core is Spark's part; options behind -- come later and win.
    command = [arguments.gradcam, "explain", "--files-from", "-", "--null", "--jsonl", "--jobs", "1", "--threads", "1",
               "--weights", arguments.weights, "--output-dir", arguments.output_dir, *arguments.options]
    partitions = arguments.partitions or -(-len(paths) // IMAGES_A_PARTITION)
    try:
        failed = explain(paths, command, partitions, arguments)
    except Exception as error:  # Spark's own, with the reason in one of many lines
        print(f"spark_explain: Spark gave up: {error}", file=sys.stderr)
        return 3
    print(f"{len(paths)} images, {failed} failed: {arguments.records}", file=sys.stderr)
    return 1 if failed else 0


def parsed():
    words = sys.argv[1:]
    end = words.index("--") if "--" in words else len(words)
    parser = argparse.ArgumentParser(
        description="Explains a list of images on Apache Spark.",
        usage="%(prog)s --weights FILE --records FILE [OPTIONS] [IMAGE ...] [-- OPTIONS OF GRADCAM]")
    parser.add_argument("images", nargs="*", metavar="IMAGE")
    parser.add_argument("--files-from", metavar="FILE", help="a list of paths, one a line; - is standard input")
    parser.add_argument("-0", "--null", action="store_true", help="the list is separated by NUL bytes")
    parser.add_argument("--weights", required=True, metavar="FILE")
    parser.add_argument("--output-dir", default=".", metavar="DIR", help="where overlays go (default: .)")
    parser.add_argument("--records", required=True, metavar="FILE", help="the records to write, one a line")
    parser.add_argument("--partitions", type=int, metavar="N",
                        help=f"how many processes the work is cut into (default: one for {IMAGES_A_PARTITION} images)")
    parser.add_argument("--master", metavar="URL", help="as spark-submit takes it (default: what Spark is set up for)")
    parser.add_argument("--gradcam", default=shutil.which("gradcam"), metavar="FILE",
                        help="the tool (default: the one on PATH)")
    arguments = parser.parse_args(words[:end])
    arguments.options = words[end + 1:]
    if not arguments.gradcam:
        parser.error("gradcam is not on PATH: name it by --gradcam")
    if arguments.partitions is not None and arguments.partitions < 1:
        parser.error("--partitions: a number above 0")
    return arguments


def images(arguments):
    """The paths, as bytes, in their order: those named, then those listed."""
    paths = [os.fsencode(path) for path in arguments.images]
    if arguments.files_from:
        stream = sys.stdin.buffer if arguments.files_from == "-" else open(arguments.files_from, "rb")
        with stream:
            listed = stream.read().split(b"\0" if arguments.null else b"\n")
        paths += [path if arguments.null else path.removesuffix(b"\r") for path in listed]
    paths = [path for path in paths if path]
    if not paths:
        usage_error("no image is named: images or --files-from FILE")
    return paths


def refuse_repetitions(paths):
    """Overlays keep the folders of a listed image, so that only one named twice would be written twice."""
    seen = set()
    for path in paths:
        if path in seen:
            usage_error(f"{os.fsdecode(path)} is named twice: each image once")
        seen.add(path)


def usage_error(problem):
    print(f"spark_explain: {problem}", file=sys.stderr)
    sys.exit(2)


def explain(paths, command, partitions, arguments):
    """Runs the job and writes its records; returns how many images failed."""
    from pyspark import StorageLevel
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("gradcam explain")
    spark = (builder.master(arguments.master) if arguments.master else builder).getOrCreate()
    try:
        task = TASK.format(folder=shlex.quote(os.getcwd()), command=shlex.join(command))
        lines = spark.sparkContext.parallelize([escaped(path) for path in paths], min(partitions, len(paths)))
        records = lines.pipe(shlex.join(["sh", "-c", task]), checkCode=True)
        # Kept on the workers' disks, so that no machine has to hold them all; those of a worker that is lost are
        # computed again.
        records.persist(StorageLevel.DISK_ONLY).count()
        return merge(records.toLocalIterator(), paths, arguments.records)
    finally:
        spark.stop()


def escaped(path):
    """ASCII on one line, from which printf's %b makes the bytes again."""
    return "".join(chr(byte) if chr(byte).isalnum() and byte < 128 or byte in b"/._-" else f"\\0{byte:03o}"
                   for byte in path)


def merge(records, paths, target):
    """Writes the records beside their place and moves them there; refuses any but one for each path, in order."""
    failed, expected = 0, iter(paths)
    draft = f"{target}.{os.getpid()}.tmp"
    try:
        with open(draft, "w", encoding="utf-8") as file:
            for line in records:
                record = json.loads(line)
                encoded = record.get("image_base64")
                image = base64.b64decode(encoded) if encoded else record["image"].encode()
                if image != next(expected, None):
                    raise ValueError(f"a record is out of place: {line}")
                failed += "error" in record
                file.write(line + "\n")
        for path in expected:
            raise ValueError(f"there is no record of {os.fsdecode(path)}")
        os.replace(draft, target)
    finally:
        if os.path.exists(draft):
            os.unlink(draft)
    return failed


if __name__ == "__main__":
    sys.exit(main())
