"""Static files: written by the release steps, then served from one folder that has those of all kept releases together.

Each release has a record of them, made once they are on the disk: a file that it does not name may be half a one."""
import errno
import gzip
import hashlib
import json
import os
import shutil
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path

from ..machine import files
from ..machine.errors import HostError

COMPRESSED = (".css", ".js", ".svg", ".json", ".html", ".txt", ".xml", ".ico")
WORTH_IT = 1024
# In the release's folder: {path below the static folder: SHA-256}.
RECORD = ".webstack-static"


def keep(host, release, static):
    """Have all files of a release on the disk, then record the static ones. `release` is its folder."""
    host.system.sync(release)
    made = {path: _sha256(file) for path, file in _files(release, static)}
    files.write(release / RECORD, json.dumps(made, indent=1).encode(), 0o644, host.system.ids("root", "root"))


def clear(host, digest, static):
    """Remove what interrupted steps left: `collectstatic` for one takes a file that is there for one that is whole."""
    release = host.paths.release(digest)
    recorded = _recorded(release)
    for item in static if recorded is not None else ():
        for path, name, folder in _names(release, item):
            with _regular(name, folder) as file:
                half = file is not None and recorded.get(path) != _sha256(file)
            if half:
                os.unlink(name, dir_fd=folder)


def give(host, release, static, ids):
    """Make the static folders of a release and hand them to (uid, gid): the app's user while the steps run, root afterwards. Raises HostError where one is
    a link, which a step has made: what is behind it is not the release's."""
    for item in static:
        with _opened(host.paths.release(release), item.folder, make=True) as root:
            # From the outside in: what is root's again, the app's user changes no more.
            for _, folder in files.folders(root):
                os.fchown(folder, *ids)
                os.fchmod(folder, 0o755)
                for name in os.listdir(folder):
                    # Of a step that runs on, a name may be gone by now.
                    with suppress(FileNotFoundError):
                        os.chown(name, *ids, dir_fd=folder, follow_symlinks=False)
                    with _regular(name, folder) as file:
                        if file is not None:
                            os.fchmod(file.fileno(), 0o644)


def damaged(host, digest, static):
    """Static files of a release that are not as recorded, by their paths below the static folder."""
    release = host.paths.release(digest)
    recorded = _recorded(release) or {}
    whole = {path for path, file in _files(release, static) if path in recorded and recorded[path] == _sha256(file)}
    return [path for path in recorded if path not in whole]


def publish(host, digest, static):
    """Put a release's static files where nginx finds them, on the disk when this returns; tells how many were written. A file whose
    content is there already stays, so that its ETag does. Links are left out: they could point at anything. Raises HostError
    when the release's own are damaged."""
    release, written = host.paths.release(digest), 0
    if _recorded(release) is None:
        # A release from before there were records.
        keep(host, release, static)
    if found := damaged(host, digest, static):
        raise HostError(f"release {digest}: its static files must be as they were made, and are not: {', '.join(found)}; deploy another release")
    recorded = _recorded(release)
    for path, source in _files(release, static):
        if path not in recorded:
            continue
        target = host.paths.static / path
        there = _same(source, target)
        unfinished = files.unfinished(target)
        if not there:
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished.unlink(missing_ok=True)
            _link(source, unfinished)
            _beside(target).unlink(missing_ok=True)
        # By its place in root's own folder from here on.
        file = target if there else unfinished
        if _compresses(path, file.stat().st_size, recorded) and not _expands(_beside(target), file):
            _compress(file, _beside(target))
            written += there
        if not there:
            os.rename(unfinished, target)
            written += 1
    # Two disks, where the published files have one of their own.
    for disk in (release, host.paths.static) if written else (release,):
        host.system.sync(disk)
    return written


def faults(host, digest):
    """One line for each published file that is not as the release's record says."""
    recorded = _recorded(host.paths.release(digest)) or {}
    found = []
    for path, sha256 in recorded.items():
        target = host.paths.static / path
        name = host.paths.name(target)
        if not target.is_file():
            found.append(f"{name}: is missing")
        elif files.sha256(target) != sha256:
            found.append(f"{name}: has other content")
        elif _compresses(path, target.stat().st_size, recorded) and not _expands(_beside(target), target):
            found.append(f"{name}.gz: must hold what {target.name} does")
    return found


def prune(host, kept, static):
    """Remove published files that no kept release has; tells how many."""
    wanted = {host.paths.static}
    for digest in kept:
        sizes = {path: os.fstat(file.fileno()).st_size for path, file in _files(host.paths.release(digest), static)}
        wanted |= {host.paths.static / path for path in sizes}
        wanted |= {_beside(host.paths.static / path) for path, size in sizes.items() if _compresses(path, size, sizes)}
    removed = 0
    for folder, _, names in os.walk(host.paths.static, topdown=False):
        for name in names:
            if Path(folder, name) not in wanted:
                os.unlink(Path(folder, name))
                removed += 1
        if Path(folder) != host.paths.static and not os.listdir(folder):
            os.rmdir(folder)
    return removed


def _recorded(release):
    """{path: SHA-256}, or None where there is no record."""
    return files.read_json(release / RECORD)


def _files(release, static):
    """(path below the published folder, the file, open until the next is asked for) of a release's static files; links and what else is no file are left out."""
    for item in static:
        for path, name, folder in _names(release, item):
            with _regular(name, folder) as file:
                if file is not None:
                    yield path, file


def _names(release, item):
    """(path below the published folder, name, descriptor of the folder that it is in) of what lies in a static folder, and is no folder."""
    try:
        with _opened(release, item.folder) as root:
            for inside, folder in files.folders(root):
                for name in os.listdir(folder):
                    yield os.path.join(item.url.strip("/"), inside, name), name, folder
    except FileNotFoundError:
        return


@contextmanager
def _regular(name, folder):
    """A regular file of an open folder, itself open; None for a link, a pipe and all else."""
    try:
        file = files.open_foreign(name, folder)
    except OSError as failure:
        if failure.errno not in files.NO_FILE:
            raise
        yield None
    else:
        with file:
            yield file


@contextmanager
def _opened(release, folder, make=False):
    """Descriptor of a folder of a release. None of its components is a link: the app's user owns some of them while steps run, and root comes after it."""
    try:
        handle = files.enter(release, folder, (lambda _: 0o755) if make else None)
    except OSError as failure:
        if failure.errno not in files.NO_FOLDER:
            raise
        raise HostError(f"release {release.name}: {folder}: must be a folder, and {failure.filename} of it is a link or a file; no step may put one there") from None
    try:
        yield handle
    finally:
        os.close(handle)


def _sha256(file):
    return hashlib.file_digest(file, "sha256").hexdigest()


def _same(source, target):
    try:
        found, own = os.stat(target), os.fstat(source.fileno())
        return os.path.samestat(found, own) or (found.st_size == own.st_size and files.sha256(target) == _sha256(source))
    except FileNotFoundError:
        return False


def _link(source, target):
    """A second name for an open file, or a copy of it on another disk. By the descriptor, for its name may be another file's by now; os.link() follows the
    link of /proc only where it is given a descriptor: https://github.com/python/cpython/issues/81793"""
    folder = os.open(target.parent, files.FOLDER)
    try:
        os.link(f"/proc/self/fd/{source.fileno()}", target.name, dst_dir_fd=folder, follow_symlinks=True)
    except OSError as failure:
        if failure.errno != errno.EXDEV:
            raise
        shutil.copy2(f"/proc/self/fd/{source.fileno()}", target)
    finally:
        os.close(folder)


def _beside(target):
    return target.with_name(f"{target.name}.gz")


def _compresses(path, size, paths):
    """Whether hostctl makes the `.gz` beside a file; `paths` are those of the release, which may have one of its own."""
    return Path(path).suffix in COMPRESSED and size > WORTH_IT and f"{path}.gz" not in paths


def _expands(compressed, file):
    """Whether a `.gz` holds what the file does."""
    try:
        # Block by block: the unit that verifies has 128 MiB.
        with gzip.open(compressed) as packed, open(file, "rb") as plain:
            while block := plain.read(1 << 20):
                if packed.read(len(block)) != block:
                    return False
            return packed.read(1) == b""
    except (FileNotFoundError, EOFError, gzip.BadGzipFile, zlib.error):
        return False


def _compress(source, target):
    """nginx serves the `.gz` in place of the file, so both have one modification time."""
    unfinished = files.unfinished(target)
    unfinished.write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))
    unfinished.chmod(0o644)
    os.utime(unfinished, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))
    os.rename(unfinished, target)
