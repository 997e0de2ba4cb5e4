"""What is linked into the command besides the project's own code, from the map that the linker wrote, and under which licence."""

import functools
import json
import pathlib
import re
import subprocess
import sys


@functools.cache
def text(*words):
    """What a command prints, which does not change while this runs."""
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout


def toolchain():
    """The folder of Swift's toolchain that has bin and lib."""
    resources = json.loads(text("swiftc", "-print-target-info"))["paths"]["runtimeResourcePath"]
    return pathlib.Path(resources).resolve().parent.parent


def linked(map_file, own):
    """The archives of which a member is linked in, and the object files, but for those below `own`, a folder of objects."""
    found = re.findall(r"(/[^\s()]+\.a)(?=\()|(/[^\s()]+\.o)(?=[:\s])", map_file.read_text(errors="replace"))
    paths = {pathlib.Path(archive or file).resolve() for archive, file in found}
    return sorted(path for path in paths if own.resolve() not in path.parents)


@functools.cache
def licences(map_file, own):
    """Names to texts: a licence for each source package of what is linked in, and CONTENTS.txt, a line for each package.

    A file is Swift's or one of a Debian package: nothing is linked in whose licence is unknown.
    """
    swift = toolchain()
    files, lines = {}, set()
    for path in linked(map_file, own):
        if swift in path.parents:
            name, version, licence = "swift", text("swiftc", "--version").split("(")[1].split(")")[0], swift / "share/swift/LICENSE.txt"
        else:
            owner = subprocess.run(["dpkg", "-S", path], capture_output=True, text=True)
            if owner.returncode != 0:
                sys.exit(f"package: {path} is linked in, and belongs to no package whose licence is known")
            package = owner.stdout.split(": ")[0]
            name, version = text("dpkg-query", "-W", "-f", "${source:Package} ${source:Version}\n", package).split("\n")[0].split(" ")
            licence = pathlib.Path("/usr/share/doc") / package.split(":")[0] / "copyright"
        if not licence.exists():
            sys.exit(f"package: the licence of {name} is missing: {licence}")
        files[f"{name}.txt"] = licence.read_bytes()
        lines.add(f"{name} {version}: {path.name}\n")
    files["CONTENTS.txt"] = ("Linked into the command, by source package, version and file:\n\n" + "".join(sorted(lines))).encode()
    return files
