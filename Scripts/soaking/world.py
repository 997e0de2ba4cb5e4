"""A folder of images, what is made of them, and a disk that can be filled."""

import contextlib
import hashlib
import os
import pathlib
import random
import shutil
import struct
import subprocess
import zlib

from shared.running import DEMO, REPOSITORY


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


class World:
    """Everything of one soak, below `root`.

    `images` is the users' only copy: `contents` holds what each image must be at the end. `disk` holds what the tool writes.
    """

    def __init__(self, root, count, seed):
        self.random = random.Random(seed)
        self.root = root
        self.images = root / "images"
        self.disk = Disk(root / "disk", count)
        self.maps = self.disk.path / "maps"
        self.records = self.disk.path / "records.jsonl"
        self.model = root / "model.bin"
        shutil.copyfile(DEMO, self.model)
        self.demos = [path.read_bytes() for path in sorted((REPOSITORY / "models" / "images").glob("*.jpg"))]
        self.contents = {}
        # Images and outputs that the soak itself changed: they have more than one record.
        self.touched = set()
        for index in range(count):
            path = self.images / f"ward {index % 40:02}" / self.name(index)
            path.parent.mkdir(parents=True, exist_ok=True)
            self.write(path, self.draw(path.suffix, index))

    def name(self, index):
        """Names of the sorts that people give to files; no two have a stem in common."""
        forms = ["{0:05}", "{0:05}.v1.final", "-{0:05}", "été {0:05}", "{0:05}.gradcam", "x" * 180 + "{0:05}"]
        ending = self.random.choices([".jpg", ".pgm", ".png"], [6, 3, 1])[0]
        return self.random.choice(forms).format(index) + ending

    def draw(self, ending, index):
        """An image that no other is equal to."""
        if ending == ".jpg":
            demo = self.random.choice(self.demos)
            mark = f"soak {index} {self.random.random()}".encode()
            # A comment behind the start of the image.
            return demo[:2] + b"\xff\xfe" + struct.pack(">H", len(mark) + 2) + mark + demo[2:]
        width, height = self.random.randint(40, 120), self.random.randint(40, 120)
        rows = [self.random.randbytes(width) for _ in range(height)]
        if ending == ".pgm":
            return b"P5 %d %d 255\n" % (width, height) + b"".join(rows)
        return png(width, height, rows)

    def write(self, path, content):
        """Gives an image a content to stay."""
        path.write_bytes(content)
        self.contents[path] = content

    def restore(self, path):
        """Gives an image back what a trouble took."""
        path.write_bytes(self.contents[path])

    def pick(self, count=1):
        return self.random.sample(sorted(self.contents), min(count, len(self.contents)))

    def outputs(self, path):
        """The files that are made of an image."""
        relative = path.relative_to(self.images)
        overlay = self.maps / relative.parent / (relative.name + ".gradcam.png")
        return [overlay, self.maps / relative.parent / (relative.stem + ".npy")]

    def command(self, tool, maps=None, records=None, resume=True):
        maps, records = maps or self.maps, records or self.records
        return [tool, "explain", "-r", self.images, "-w", self.model, "-d", maps, "--heatmap", maps / "{stem}.npy",
                "--records", records] + (["--resume"] if resume else [])


def png(width, height, rows):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


class Disk:
    """A file system of its own where one can be mounted, which can be filled without harm."""

    def __init__(self, path, count):
        self.path = path
        self.filler = path / "filler"
        path.mkdir()
        megabytes = 64 + count // 4
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", path]
        self.is_own = shutil.which("mount") is not None and subprocess.run(mount, capture_output=True).returncode == 0

    def fill(self, room):
        """Leaves `room` bytes."""
        for _ in range(20):
            free = os.statvfs(self.path)
            size = free.f_bavail * free.f_frsize - room
            if size <= 0:
                return
            # The run may take some of it meanwhile.
            with open(self.filler, "wb") as file, contextlib.suppress(OSError):
                os.posix_fallocate(file.fileno(), 0, size)
                return

    def free(self):
        self.filler.unlink(missing_ok=True)

    def close(self):
        if self.is_own:
            subprocess.run(["umount", "-l", self.path], capture_output=True)


def files(folder):
    """All files below a folder, by their paths below it."""
    return {path.relative_to(folder): path for path in pathlib.Path(folder).rglob("*") if not path.is_dir()}
