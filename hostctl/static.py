"""Static files: written by the release steps, then served from one folder that has those of all kept releases together."""
import gzip
import os
import stat
from pathlib import Path

from . import files

COMPRESSED = (".css", ".js", ".svg", ".json", ".html", ".txt", ".xml", ".ico")
WORTH_IT = 1024


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


def publish(host, digest, static):
    """Put a release's static files where nginx finds them; tells how many are new. A file whose content is there already
    stays, so that its ETag does. Links are left out: they could point at anything."""
    new = 0
    for source, target in _pairs(host.paths, digest, static):
        if _same(source, target):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f".{target.name}.unfinished")
        unfinished.unlink(missing_ok=True)
        os.link(source, unfinished)
        compressed = target.with_name(f"{target.name}.gz")
        compressed.unlink(missing_ok=True)
        if _worth_compressing(source):
            _compress(source, compressed)
        os.rename(unfinished, target)
        new += 1
    return new


def prune(host, kept, static):
    """Remove published files that no kept release has; tells how many."""
    wanted = {host.paths.static}
    for digest in kept:
        for source, target in _pairs(host.paths, digest, static):
            wanted.add(target)
            if _worth_compressing(source):
                wanted.add(target.with_name(f"{target.name}.gz"))
    removed = 0
    for folder, _, names in os.walk(host.paths.static, topdown=False):
        for name in names:
            if Path(folder, name) not in wanted:
                os.unlink(Path(folder, name))
                removed += 1
        if Path(folder) != host.paths.static and not os.listdir(folder):
            os.rmdir(folder)
    return removed


def _pairs(paths, digest, static):
    for item in static:
        root = paths.release(digest) / item.folder
        for folder, _, names in os.walk(root):
            for name in names:
                source = Path(folder, name)
                if stat.S_ISREG(os.lstat(source).st_mode):
                    yield source, paths.static / item.url.strip("/") / source.relative_to(root)


def _same(source, target):
    try:
        return os.path.samefile(source, target) or (source.stat().st_size == target.stat().st_size and files.sha256(source) == files.sha256(target))
    except FileNotFoundError:
        return False


def _worth_compressing(source):
    return source.suffix in COMPRESSED and source.stat().st_size > WORTH_IT and not source.with_name(f"{source.name}.gz").exists()


def _compress(source, target):
    """nginx serves the `.gz` in place of the file, so both have one modification time."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    unfinished.write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))
    unfinished.chmod(0o644)
    os.utime(unfinished, ns=(source.stat().st_atime_ns, source.stat().st_mtime_ns))
    os.rename(unfinished, target)
