"""Static files: written by the release steps, then served from one folder that has those of all kept releases together.

Each release has a record of them, made once they are on the disk: a file that it does not name may be half a one."""
import gzip
import json
import os
import stat
import zlib
from pathlib import Path

from . import files
from .errors import HostError

COMPRESSED = (".css", ".js", ".svg", ".json", ".html", ".txt", ".xml", ".ico")
WORTH_IT = 1024
# In the release's folder: {path below the static folder: SHA-256}.
RECORD = ".webstack-static"


def keep(host, release, static):
    """Have all files of a release on the disk, then record the static ones. `release` is its folder."""
    host.system.sync(release)
    made = {path: files.sha256(source) for path, source in _files(release, static)}
    files.write(release / RECORD, json.dumps(made, indent=1).encode(), 0o644, host.system.ids("root", "root"))


def clear(host, digest, static):
    """Remove what interrupted steps left: `collectstatic` for one takes a file that is there for one that is whole."""
    release = host.paths.release(digest)
    recorded = _recorded(release)
    for path, source in list(_files(release, static)) if recorded is not None else ():
        if recorded.get(path) != files.sha256(source):
            source.unlink()


def give(host, release, static, ids):
    """Make the static folders of a release and hand them to (uid, gid): the app's user while the steps run, root afterwards."""
    for item in static:
        folder = host.paths.release(release) / item.folder
        folder.mkdir(parents=True, exist_ok=True)
        for inside, folders, names in os.walk(folder):
            for path in (Path(inside), *(Path(inside, name) for name in [*folders, *names])):
                os.chown(path, *ids, follow_symlinks=False)
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() else 0o644)


def damaged(host, digest, static):
    """Static files of a release that are not as recorded, by their paths below the static folder."""
    release = host.paths.release(digest)
    sources, recorded = dict(_files(release, static)), _recorded(release) or {}
    return [path for path, sha256 in recorded.items() if path not in sources or files.sha256(sources[path]) != sha256]


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
    sources = dict(_files(release, static))
    for path, source in sources.items():
        target = host.paths.static / path
        compressed = _beside(target)
        there = _same(source, target)
        if not there:
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f".{target.name}.unfinished")
            unfinished.unlink(missing_ok=True)
            os.link(source, unfinished)
            compressed.unlink(missing_ok=True)
        if _compresses(path, source, sources) and not _expands(compressed, source):
            _compress(target if there else source, compressed)
            written += there
        if not there:
            os.rename(unfinished, target)
            written += 1
    host.system.sync(release)
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
        elif _compresses(path, target, recorded) and not _expands(_beside(target), target):
            found.append(f"{name}.gz: must hold what {target.name} does")
    return found


def prune(host, kept, static):
    """Remove published files that no kept release has; tells how many."""
    wanted = {host.paths.static}
    for digest in kept:
        sources = dict(_files(host.paths.release(digest), static))
        for path, source in sources.items():
            wanted.add(host.paths.static / path)
            if _compresses(path, source, sources):
                wanted.add(_beside(host.paths.static / path))
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
    try:
        return json.loads((release / RECORD).read_text())
    except FileNotFoundError:
        return None


def _files(release, static):
    """(path below the published folder, file) of a release's static files."""
    for item in static:
        root = release / item.folder
        for folder, _, names in os.walk(root):
            for name in names:
                source = Path(folder, name)
                if stat.S_ISREG(os.lstat(source).st_mode):
                    yield os.path.join(item.url.strip("/"), source.relative_to(root)), source


def _same(source, target):
    try:
        return os.path.samefile(source, target) or (source.stat().st_size == target.stat().st_size and files.sha256(source) == files.sha256(target))
    except FileNotFoundError:
        return False


def _beside(target):
    return target.with_name(f"{target.name}.gz")


def _compresses(path, file, paths):
    """Whether hostctl makes the `.gz` beside a file; `paths` are those of the release, which may have one of its own."""
    return file.suffix in COMPRESSED and file.stat().st_size > WORTH_IT and f"{path}.gz" not in paths


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
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))
    unfinished.chmod(0o644)
    os.utime(unfinished, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))
    os.rename(unfinished, target)
