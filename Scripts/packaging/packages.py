"""Packs a built gradcam: a tarball, a Debian package and a wheel. Run by Scripts/package:

    packages.py COMMAND FOLDER

Files have the time of SOURCE_DATE_EPOCH, an order and an owner that do not depend on the machine: the same command gives the same bytes.
Prints a line a package, with its size.
"""

import base64
import gzip
import hashlib
import io
import os
import pathlib
import platform
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

import contents

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
TIME = int(os.environ["SOURCE_DATE_EPOCH"])
SUMMARY = "Explains what an image classifier looked at: class-activation maps from the command line"


def stripped(command):
    """The command without symbols, and the glibc that it needs; it may need no library but libc's."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "gradcam"
        subprocess.run(["strip", "-o", path, command], check=True)
        listed = subprocess.run(["objdump", "-p", path], check=True, capture_output=True, text=True).stdout
        needed = re.findall(r"NEEDED\s+(\S+)", listed)
        others = [name for name in needed if not re.match(r"lib(c|m|dl|pthread|rt|util)\.so|ld-linux", name)]
        if others:
            sys.exit(f"package: the command still needs {', '.join(others)}")
        blank(path, ".swift_modhash")
        versions = [tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_([\d.]+)", listed)]
        return path.read_bytes(), max(versions)


def blank(path, section):
    """Zeroes a section. The compiler leaves a digest of each of its modules there, for its own builds: the folder's name is part of it."""
    listed = subprocess.run(["objdump", "-h", "-j", section, path], capture_output=True, text=True).stdout
    found = re.search(rf"{re.escape(section)}\s+([0-9a-f]+)\s+\S+\s+\S+\s+([0-9a-f]+)", listed)
    if found:
        size, offset = (int(number, 16) for number in found.groups())
        with path.open("r+b") as file:
            file.seek(offset)
            file.write(bytes(size))


def printed(command, *words):
    return subprocess.run([command, *words], check=True, capture_output=True).stdout


def licences():
    """The project's own, and those of what is linked in, as the linker's map beside the command says."""
    linked = contents.licences(pathlib.Path(os.environ["LINK_MAP"]), TOP)
    return {"LICENSE": (TOP / "LICENSE").read_bytes()} | {f"licences/{name}": data for name, data in sorted(linked.items())}


def shared_files(command):
    """What an installation has beside the command, below its prefix."""
    return {
        "share/man/man1/gradcam.1": printed(command, "man"),
        "share/bash-completion/completions/gradcam": printed(command, "completions", "bash"),
        "share/zsh/site-functions/_gradcam": printed(command, "completions", "zsh"),
        "share/fish/vendor_completions.d/gradcam.fish": printed(command, "completions", "fish"),
    }


def tar(files, prefix=""):
    """A tar archive of paths to bytes and modes, each folder before what is in it."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as archive:
        folders = sorted({str(parent) for path in files for parent in pathlib.PurePosixPath(path).parents if str(parent) != "."})
        for path in sorted([*files, *folders]):
            entry = tarfile.TarInfo(prefix + path)
            entry.mtime, entry.uname, entry.gname = TIME, "root", "root"
            if path in files:
                data, entry.mode = files[path]
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
            else:
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(entry)
    return buffer.getvalue()


def zipped(data):
    return gzip.compress(data, 9, mtime=TIME)


def tarball(target, version, machine, binary, command):
    top = f"gradcam-{version}-linux-{machine}"
    files = {f"{top}/bin/gradcam": (binary, 0o755)}
    files |= {f"{top}/{name}": (data, 0o644) for name, data in {**shared_files(command), **licences()}.items()}
    for path in sorted((TOP / "models").rglob("*")):
        if path.is_file():
            files[f"{top}/models/{path.relative_to(TOP / 'models')}"] = (path.read_bytes(), 0o644)
    return write(target / f"{top}.tar.gz", zipped(tar(files)))


def deb(target, version, machine, binary, command, glibc):
    arch = {"x86_64": "amd64", "aarch64": "arm64"}.get(machine, machine)
    files = {"usr/bin/gradcam": (binary, 0o755)}
    for name, data in shared_files(command).items():
        name = name.replace("zsh/site-functions", "zsh/vendor-completions")
        if name.endswith(".1"):
            name, data = name + ".gz", zipped(data)
        files[f"usr/{name}"] = (data, 0o644)
    text = b"".join(f"==== {name}\n\n".encode() + data + b"\n" for name, data in licences().items())
    files["usr/share/doc/gradcam/copyright"] = (text, 0o644)
    size = sum(len(data) for data, _ in files.values()) // 1024
    control = (f"Package: gradcam\nVersion: {version}\nArchitecture: {arch}\nMaintainer: The gradcam authors <gradcam@localhost>\n"
               f"Installed-Size: {size}\nDepends: libc6 (>= {'.'.join(map(str, glibc))})\nSection: science\nPriority: optional\n"
               f"Description: {SUMMARY}\n Reads PyTorch checkpoints, safetensors and ONNX files, without Python.\n")
    sums = "".join(f"{hashlib.md5(data).hexdigest()}  {name}\n" for name, (data, _) in sorted(files.items()))
    about = {"control": (control.encode(), 0o644), "md5sums": (sums.encode(), 0o644)}
    package = b"!<arch>\n"
    for name, data in [("debian-binary", b"2.0\n"), ("control.tar.gz", zipped(tar(about, "./"))), ("data.tar.gz", zipped(tar(files, "./")))]:
        package += f"{name:<16}{TIME:<12}{0:<6}{0:<6}{100644:<8}{len(data):<10}`\n".encode() + data + b"\n" * (len(data) % 2)
    return write(target / f"gradcam_{version}_{arch}.deb", package)


def wheel(target, version, machine, binary, glibc):
    tag = f"py3-none-manylinux_{glibc[0]}_{glibc[1]}_{machine}"
    about = f"gradcam-{version}.dist-info"
    files = {f"gradcam/{path.name}": (path.read_bytes(), 0o644) for path in sorted((HERE / "python/gradcam").glob("*.py"))}
    files[f"gradcam-{version}.data/scripts/gradcam"] = (binary, 0o755)
    readme = (TOP / "README.md").read_text().split("## In one minute")[0]
    readme = re.sub(r"!\[[^\]]*\]\([^)]*\)\n\n", "", readme)
    files[f"{about}/METADATA"] = ((
        f"Metadata-Version: 2.1\nName: gradcam\nVersion: {version}\nSummary: {SUMMARY}\nLicense: MIT\nRequires-Python: >=3.9\n"
        f"Requires-Dist: numpy\nDescription-Content-Type: text/markdown\n\n{readme}").encode(), 0o644)
    files[f"{about}/WHEEL"] = (f"Wheel-Version: 1.0\nGenerator: gradcam\nRoot-Is-Purelib: false\nTag: {tag}\n".encode(), 0o644)
    for name, data in licences().items():
        files[f"{about}/licences/{pathlib.Path(name).name}"] = (data, 0o644)
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b'=').decode()},{len(data)}\n"
        for name, (data, _) in sorted(files.items()))
    files[f"{about}/RECORD"] = (f"{record}{about}/RECORD,,\n".encode(), 0o644)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, (data, mode) in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr, entry.compress_type, entry.create_system = (0o100000 | mode) << 16, zipfile.ZIP_DEFLATED, 3
            archive.writestr(entry, data)
    return write(target / f"gradcam-{version}-{tag}.whl", buffer.getvalue())


def write(path, data):
    path.write_bytes(data)
    print(f"{path.name}  {len(data) / 1e6:.1f} MB")


def main():
    command, target = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    binary, glibc = stripped(command)
    version = printed(command, "--version").decode().split()[-1]
    machine = platform.machine()
    print(f"gradcam {version}: {len(binary) / 1e6:.1f} MB, needs glibc {'.'.join(map(str, glibc))}")
    tarball(target, version, machine, binary, command)
    deb(target, version, machine, binary, command, glibc)
    wheel(target, version, machine, binary, glibc)


main()
