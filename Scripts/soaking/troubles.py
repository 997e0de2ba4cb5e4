"""What befalls a run: each is a function of the soak that begins a run, makes trouble, and ends it."""

import contextlib
import os
import resource
import signal
import subprocess

from soaking.runs import DOCUMENTED, Run
from soaking.world import sha256


def killed(soak):
    run = soak.start()
    run.sleep(soak.moment())
    run.send(signal.SIGKILL)
    return run.end(DOCUMENTED | {-signal.SIGKILL})


def asked_to_end(soak):
    run = soak.start()
    run.sleep(soak.moment())
    number = soak.random.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    run.send(number)
    # A signal before the first image ends the process at once, and shells tell of both in the same way.
    return run.end({0, 1, 128 + number, -number})


def asked_twice(soak):
    run = soak.start()
    run.sleep(soak.moment())
    for _ in range(2):
        run.send(signal.SIGTERM)
    return run.end({0, 1, 143, -signal.SIGTERM})


def paused(soak):
    run = soak.start()
    run.sleep(soak.moment())
    run.send(signal.SIGSTOP)
    run.sleep(0.3)
    run.send(signal.SIGCONT)
    run.sleep(soak.moment())
    run.send(signal.SIGTERM)
    return run.end({0, 1, 143, -signal.SIGTERM})


def disk_full(soak):
    world = soak.world
    if not world.disk.is_own:
        return too_large_files(soak)
    run = soak.start()
    run.sleep(soak.moment())
    world.disk.fill(soak.random.randint(0, 3_000_000))
    try:
        return run.end({0, 1, 2})
    finally:
        world.disk.free()


def too_large_files(soak):
    """A limit on the size of files stands in for a full disk."""
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))

    return soak.start(limits=limit).end({0, 1, 2})


def reader_leaves(soak):
    reading, writing = os.pipe()
    run = soak.start(stdout=writing)
    os.close(writing)
    os.read(reading, 200)
    os.close(reading)
    run.sleep(soak.moment())
    run.send(signal.SIGINT)
    return run.end({0, 1, 130, -signal.SIGINT})


def images_vanish(soak):
    return spoilt(soak, lambda path: path.unlink())


def images_cut(soak):
    return spoilt(soak, lambda path: os.truncate(path, soak.random.randint(0, path.stat().st_size)))


def spoilt(soak, spoil):
    """Something happens to images of a run, which are whole again after it."""
    run = soak.start()
    run.sleep(soak.moment())
    paths = soak.world.pick(20)
    for path in paths:
        spoil(path)
    run.sleep(soak.moment())
    run.send(signal.SIGTERM)
    try:
        return run.end({0, 1, 143, -signal.SIGTERM})
    finally:
        soak.touch(paths)
        for path in paths:
            soak.world.restore(path)


def images_change(soak):
    """Other images under the same names, in place or by a rename, for good."""
    run = soak.start()
    run.sleep(soak.moment())
    changed = soak.world.pick(10)
    soak.touch(changed)
    for index, path in enumerate(changed):
        content = soak.world.draw(path.suffix, index)
        if soak.random.random() < 0.5:
            soak.world.write(path, content)
        else:
            other = path.with_name(".other")
            soak.world.contents[path] = content
            other.write_bytes(content)
            other.rename(path)
    run.sleep(soak.moment())
    run.send(signal.SIGKILL)
    return run.end(DOCUMENTED | {-signal.SIGKILL})


def model_changes(soak):
    """Other weights in the model's place: no map of theirs may get the old digest."""
    world = soak.world
    whole = world.model.read_bytes()
    run = soak.start()
    run.sleep(soak.moment())
    with open(world.model, "r+b") as file:
        if soak.random.random() < 0.5:
            file.truncate(soak.random.randint(0, len(whole)))
        else:
            file.seek(len(whole) // 2)
            file.write(soak.random.randbytes(len(whole) // 2))
    # A run that began with these weights may say so.
    soak.models.add(sha256(world.model))
    try:
        return run.end({0, 1, 2})
    finally:
        world.model.write_bytes(whole)


def outputs_damaged(soak):
    """As after a power cut: names without their content, halves, another file's content."""
    damaged = soak.world.pick(12)
    soak.touch(damaged)
    for path in damaged:
        for output in soak.world.outputs(path):
            with contextlib.suppress(FileNotFoundError):
                size = output.stat().st_size
                kind = soak.random.randrange(5)
                if kind == 0:
                    output.unlink()
                elif kind == 1:
                    output.write_bytes(bytes(size))
                elif kind == 2:
                    os.truncate(output, soak.random.randint(0, size))
                elif kind == 3:
                    content = bytearray(output.read_bytes())
                    content[size // 2] ^= 1
                    output.write_bytes(content)
                else:
                    output.write_bytes(soak.world.outputs(soak.world.pick()[0])[0].read_bytes())
    return killed(soak)


def records_cut(soak):
    """The last line of the records is lost in part, as by a power cut."""
    records = soak.world.records
    if records.exists() and records.stat().st_size > 300:
        lines = records.read_bytes().splitlines(keepends=True)
        soak.touch_named(lines[-1])
        os.truncate(records, records.stat().st_size - soak.random.randint(1, len(lines[-1])))
    return killed(soak)


def leftovers(soak):
    """What a killed run left beside its outputs on a file system without nameless files."""
    gone = subprocess.Popen(["true"])
    gone.wait()
    for path in soak.world.pick(5):
        output = soak.world.outputs(path)[0]
        if output.parent.exists():
            # So that a later run writes to the folder.
            output.unlink(missing_ok=True)
            soak.touch([path])
            (output.parent / f".{output.name[:200]}.{gone.pid}.{soak.random.getrandbits(32)}.gradcam.part").write_bytes(b"\x89PNG")
    return killed(soak)


def few_descriptors(soak):
    number = soak.random.randint(6, 24)
    run = soak.start(limits=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (number, number)))
    run.sleep(soak.moment())
    run.send(signal.SIGTERM)
    return run.end({0, 1, 2, 143, -signal.SIGTERM})


def little_memory(soak):
    size = soak.random.randint(200, 900) << 20
    run = soak.start(limits=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)))
    run.sleep(soak.moment())
    run.send(signal.SIGTERM)
    return run.end({0, 1, 2, 143, -signal.SIGTERM})


# With how often each comes.
ALL = {killed: 6, asked_to_end: 4, asked_twice: 1, paused: 1, disk_full: 2, reader_leaves: 2, images_vanish: 2, images_cut: 2,
       images_change: 2, model_changes: 2, outputs_damaged: 3, records_cut: 2, leftovers: 1, few_descriptors: 1,
       little_memory: 1}
