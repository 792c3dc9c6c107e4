"""Files and links of the machine, changed so that a reader (or a power cut) finds the old or the new one and nothing between."""
import errno
import hashlib
import json
import os
import shutil
import stat
from contextlib import suppress
from pathlib import Path

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
# What opening says of a name that is a link or a file and no folder, and of one that is no regular file: a link, a pipe, a socket, nothing any more.
NO_FOLDER = (errno.ENOTDIR, errno.ELOOP)
NO_FILE = (errno.ELOOP, errno.EINVAL, errno.ENXIO, errno.ENOENT)


def is_full_disk(failure):
    """Whether an OSError says that a disk, or a user's share of it, is full. copytree() tells its errors in words alone."""
    return failure.errno in (errno.ENOSPC, errno.EDQUOT) or isinstance(failure, shutil.Error) and os.strerror(errno.ENOSPC) in str(failure)


def matches(path, content, mode, ids):
    """Whether a regular file has this content, mode and (uid, gid)."""
    try:
        found = os.lstat(path)
        if not stat.S_ISREG(found.st_mode) or stat.S_IMODE(found.st_mode) != mode or (found.st_uid, found.st_gid) != ids:
            return False
        return found.st_size == len(content) and Path(path).read_bytes() == content
    except (FileNotFoundError, NotADirectoryError):
        return False


def unfinished(path):
    """Beside a file, the one that write() gives its name to; a power cut may leave it there."""
    return path.with_name(f".{path.name}.unfinished")


def write(path, content, mode, ids):
    """Replace a file by way of a temporary one beside it; on disk when this returns."""
    path = Path(path)
    make_folder(path.parent)
    made = unfinished(path)
    made.unlink(missing_ok=True)
    handle = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(handle, "wb", closefd=False) as file:
            file.write(content)
        os.fchown(handle, *ids)
        os.fchmod(handle, mode)
    finally:
        os.close(handle)
    place(made, path)


def read_json(path):
    """What a record of hostctl's holds; None where there is none."""
    try:
        return json.loads(Path(path).read_text())
    except FileNotFoundError:
        return None


def open_foreign(path, folder=None):
    """A regular file, to read, that another user may have put there, below the descriptor of a folder or by its whole path: a link in its place is not followed,
    and a pipe not waited for. Raises OSError."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(errno.EINVAL, "is no regular file", str(path))
        return os.fdopen(handle, "rb")
    except OSError:
        os.close(handle)
        raise


def read_foreign(path, limit, offset=0):
    """At most `limit` bytes, from `offset` on, of such a file. Raises OSError."""
    with open_foreign(path) as file:
        file.seek(offset)
        return file.read(limit)


def place(made, path):
    """Give a finished file its name: its content is on the disk before, the name when this returns."""
    sync(made)
    os.rename(made, path)
    sync(path.parent)


def link(path, target):
    """Make or replace a symbolic link in one step; on disk when this returns."""
    path = Path(path)
    make_folder(path.parent)
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    os.symlink(target, unfinished)
    os.rename(unfinished, path)
    sync(path.parent)


def make_folder(path):
    """Make a folder and those above it, where they are missing; on disk when this returns."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync(path.parent)


def enter(root, folder, mode_of=None):
    """Descriptor of a folder below `root`. No component below the root is followed as a link: whoever owns one of them may have put it there. `mode_of`: the mode
    with which a missing component is made, by its name. Raises OSError, with the component as its `filename`."""
    return _descend(os.open(root, FOLDER), Path(folder).parts, mode_of)


def folders(top):
    """(path below it, descriptor that is open until the next is asked for) of an open folder and of each below it, from the outside in. None is entered by way of
    a link, whenever somebody puts one there; os.fwalk() waits for a pipe that takes a folder's place: it opens what a look before has called a folder."""
    waiting = [()]
    while waiting:
        parts = waiting.pop()
        try:
            handle = _descend(os.dup(top), parts)
        except OSError as failure:
            if failure.errno not in (*NO_FOLDER, errno.ENOENT):
                raise
            continue
        try:
            yield os.path.join("", *parts), handle
            with os.scandir(handle) as entries:
                waiting += [(*parts, entry.name) for entry in entries if entry.is_dir(follow_symlinks=False)]
        finally:
            os.close(handle)


def _descend(handle, parts, mode_of=None):
    for part in parts:
        try:
            inner = _open_inside(part, handle, mode_of)
        finally:
            os.close(handle)
        handle = inner
    return handle


def _open_inside(part, handle, mode_of):
    try:
        return os.open(part, FOLDER, dir_fd=handle)
    except FileNotFoundError:
        if mode_of is None:
            raise
    with suppress(FileExistsError):
        os.mkdir(part, mode_of(part), dir_fd=handle)
    return os.open(part, FOLDER, dir_fd=handle)


def remove(path):
    """Remove a file or link; one that is not there is as good."""
    try:
        os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    sync(Path(path).parent)


def target(path):
    """What a link points to, as it is written; None when there is no link."""
    try:
        return os.readlink(path)
    except (OSError, ValueError):
        return None


def remove_tree(path):
    """Remove a folder and what is in it; one that is not there is as good."""
    if os.path.lexists(path):
        shutil.rmtree(path)


def sync(path):
    """A file's content, or a folder's names, are on the disk when this returns."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
