"""Room on the disks: enough before a release and before a backup, and an alert before it runs out."""
import os

from .errors import HostError

MIB = 1 << 20
# Left over after a release or a backup: for logs, the journal, uploads and the way back.
RESERVE_BYTES, RESERVE_FILES = 128 * MIB, 2000
# An unpacked release beside its archive: the wheels, and the files that they become, compiled ones included.
GROWTH = 4
RUNTIME_FILES = 20_000
LOW = 0.1


def places(paths):
    """Where hostctl and the site write, whether or not it is there yet."""
    return [paths.releases, paths.runtimes, paths.static, paths.data, paths.state, paths.logs, paths.at("/var/log"), paths.at("/var/cache")]


def check(host, what, more_bytes=0, more_files=0):
    """Raises HostError, before anything has changed, unless every disk has the reserve, and that of the releases room for `what` beside it."""
    lines, unpacked = [], set(_disks(host, [host.paths.releases, host.paths.runtimes]))
    for disk, (folder, found) in _disks(host, places(host.paths)).items():
        bytes_, files = (more_bytes, more_files) if disk in unpacked else (0, 0)
        for unit, need, free in (("bytes", bytes_ + RESERVE_BYTES, _free_bytes(found)), ("files", files + RESERVE_FILES, _free_files(found))):
            if free < need:
                lines.append(f"{folder}: must have {need} {unit} free for {what}, got {free}")
    if lines:
        raise HostError("\n".join([*lines, "Nothing was changed; make room (`du -xh --max-depth=2 / | sort -h`) or take a larger disk"]))


def for_release(host, archive):
    """The same for a release that has to be unpacked."""
    try:
        # The last four bytes of a gzip file are the size of what is in it. RFC 1952, 2.3.1
        with open(archive, "rb") as file:
            file.seek(-4, os.SEEK_END)
            size = int.from_bytes(file.read(), "little")
    except OSError:
        # Its absence is told where it is opened.
        size = 0
    check(host, "the release", size * GROWTH, RUNTIME_FILES)


def low(host):
    """{folder: sentence} of every disk that is nearly full."""
    found = {}
    for folder, disk in _disks(host, places(host.paths)).values():
        parts = [(unit, free / all_) for unit, free, all_ in (("bytes", disk.f_bavail, disk.f_blocks), ("files", disk.f_favail, disk.f_files)) if all_]
        short = [f"{free:.0%} of its {unit}" for unit, free in parts if free < LOW]
        if short:
            found[folder] = f"the disk of {folder} has only {' and '.join(short)} free"
    return found


def _disks(host, folders):
    """{its number: (first folder on it, statvfs)} of each file system."""
    found = {}
    for folder in folders:
        while not folder.exists():
            folder = folder.parent
        facts = host.system.disk(folder)
        found.setdefault(facts.f_fsid or os.stat(folder).st_dev, (host.paths.name(folder), facts))
    return found


def _free_bytes(facts):
    return facts.f_bavail * facts.f_frsize


def _free_files(facts):
    # File systems that make inodes as they need them have none to run out of.
    return facts.f_favail if facts.f_files else float("inf")
