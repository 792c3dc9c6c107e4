"""Uploaded media while a restore puts them in place. They are unpacked on the disk that they serve from, so that the change is renames alone,
each of which happens or does not, and can be turned back: a folder of `backup.paths` in one, a disk that is mounted there entry by entry.
The site goes on meanwhile, so what it writes is in the way of a rename, or among the media that go back: that is kept, too.
Folders are entered without following links, because the app may change what is in its own meanwhile."""
import os
import secrets
import shutil
import stat
from contextlib import contextmanager

from ..machine import files
from ..machine.errors import CommandFailed, HostError

INCOMING, ASIDE = ".incoming-", ".aside-"
# In a folder of the first kind, made when everything is there: what is younger came from the site.
UNPACKED = ".unpacked"
# What restic restores into: a folder in one that is root's alone.
RESTORED = "restored"
# Of the file system at the top of a disk: https://man7.org/linux/man-pages/man8/mklost+found.8.html
LOST = "lost+found"


def folders(paths, wanted):
    """Those of the wanted folders that are there. Raises HostError for a link, of which a backup would hold no more than where it leads."""
    for path in wanted:
        there = paths.data / path
        if there.is_symlink():
            raise HostError(f"{there}: must be a folder, got a link to {os.readlink(there)}; mount that disk at {there} itself")
    return [str(paths.data / path) for path in wanted if (paths.data / path).is_dir()]


def excluded(paths, wanted):
    """restic's options that leave out what is no media of these: the folders of restores on a disk mounted there."""
    disks = [path for path in wanted if _disk(paths, path) == path]
    return [word for path in disks for mark in (INCOMING, ASIDE) for word in ("--exclude", str(paths.data / path / f"{mark}*"))]


def check(paths, wanted):
    """Raises HostError, before anything is touched, for media that renames cannot put in place."""
    folders(paths, wanted)
    mounts = _mounts(paths)
    for path in wanted:
        there = paths.data / path
        inner = next((mount for mount in mounts if there in mount.parents), None)
        if inner:
            raise HostError(f"{there}: must have no mount inside it, got {inner}; unmount that, or mount one disk at {there} for all of it")


@contextmanager
def unpacked(host, repository, found, wanted):
    """The media of a backup beside those that serve, until the block ends: {path: folder}, both below the data. Raises HostError with
    nothing touched."""
    places = {}
    try:
        if found.media:
            check(host.paths, wanted)
            places = {path: f"{_disk(host.paths, path)}/{INCOMING}{found.id}" for path in wanted}
            with host.log.event("Media-restoration", ", ".join(wanted)):
                for place in dict.fromkeys(places.values()):
                    _unpack(host, repository, found, place, [path for path in wanted if places[path] == place])
        folders = {path: f"{place}/{RESTORED}/{str(host.paths.data / path).lstrip('/')}" for path, place in places.items()}
        yield {path: os.path.normpath(folder) for path, folder in folders.items() if (host.paths.data / folder).is_dir()}
    finally:
        # What could not be turned back yet needs them.
        for place in () if host.paths.restoring.exists() else places.values():
            shutil.rmtree(host.paths.data / place, ignore_errors=True)


def _unpack(host, repository, found, place, wanted):
    # Also those that a power cut left of other restores.
    for folder in (host.paths.data / place).parent.glob(f"{INCOMING}*"):
        shutil.rmtree(folder, ignore_errors=True)
    handle = None
    try:
        handle = _enter(host.paths, place, make=True)
        os.mkdir(RESTORED, 0o700, dir_fd=handle)
        # By the open folder: whoever may rename it cannot lead restic elsewhere. Not that itself: restic 0.18 takes the link for a file in its target's
        # way, and removes it. https://github.com/restic/restic/blob/v0.18.0/internal/restorer/restorer.go
        target = f"/proc/{os.getpid()}/fd/{handle}/{RESTORED}"
        repository.unpack(found.media, target, [host.paths.data / path for path in wanted])
        os.close(os.open(UNPACKED, os.O_WRONLY | os.O_CREAT, 0o600, dir_fd=handle))
        # restic leaves that to the kernel; now, the switch waits for no more than its renames.
        host.system.sync(target)
    except (CommandFailed, OSError) as failure:
        raise HostError(f"backup {found.id}: its media cannot be unpacked; neither they nor the database were touched\n{failure}") from None
    finally:
        if handle is not None:
            os.close(handle)


def asides(paths, wanted, mark):
    """{path: folder} below the data, where what serves at these paths goes."""
    return {path: os.path.normpath(f"{_disk(paths, path)}/{ASIDE}{mark}/{path}") for path in wanted}


def moves(paths, folders, kept):
    """[(from, to)] below the data, in their order, that bring `folders` to their paths and what is there to `kept`. Both are {path: folder}."""
    found = []
    for path, incoming in folders.items():
        if paths.data / path in _mounts(paths):
            found += [(f"{path}/{name}", f"{kept[path]}/{name}") for name in _entries(paths, path)]
            found += [(f"{incoming}/{name}", f"{path}/{name}") for name in _entries(paths, incoming)]
        else:
            found += [(path, kept[path])] if os.path.lexists(paths.data / path) else []
            found.append((incoming, path))
    return found


def mounts(paths, folders):
    """Where the file systems of these folders are mounted, by their names on the machine: all below its first one."""
    wanted = [paths.data / path for path in folders]
    return sorted({paths.name(mount) for mount in _mounts(paths) if mount != paths.root and any(mount == there or mount in there.parents for there in wanted)})


def unmounted(paths, names):
    """Those of mounts() that are no mount now. A disk may come later than the boot does (nofail in /etc/fstab)."""
    now = _mounts(paths)
    return [name for name in names if paths.at(name) not in now]


def put(host, planned):
    """Carry the moves out, on the disk when this returns. Raises HostError at the first that fails."""
    try:
        for move in planned:
            _move(host, *move)
    except OSError as failure:
        raise HostError(f"media could not be put in place ({failure})") from None
    _sync(host.paths, host.system)


def turn_back(host, planned):
    """Undo those of the moves that were made, on the disk when this returns. Raises HostError at the first that fails; may be repeated."""
    try:
        for source, to in reversed(_made(host.paths, planned)):
            _move(host, to, source)
        _keep_written(host, planned)
    except OSError as failure:
        raise HostError(f"media could not be turned back ({failure})") from None
    _sync(host.paths, host.system)


def _made(paths, planned):
    """Those of the moves that a run which failed or was interrupted has made. Each is judged by itself: of two disks, a power cut may have left
    the later moves on one and not the earlier ones on the other."""
    return [(source, to) for source, to in planned if (_is_there(paths, to) if ASIDE in to else not _is_there(paths, source))]


def _sync(paths, system):
    for disk in [paths.data, *(mount for mount in _mounts(paths) if paths.data in mount.parents)]:
        system.sync(disk)


def drop(paths, wanted):
    """Remove what restores put aside, on every disk."""
    for disk in {".", *(_disk(paths, path) for path in wanted)}:
        for pattern in (f"{INCOMING}*", f"{ASIDE}*"):
            for folder in sorted((paths.data / disk).glob(pattern)):
                shutil.rmtree(folder)


def _disk(paths, path):
    """The folder, below the data, whose entries are renamed on one disk to change the content of a path."""
    return path if paths.data / path in _mounts(paths) else os.path.dirname(os.path.normpath(path)) or "."


def _mounts(paths):
    """Where file systems are mounted."""
    try:
        lines = (paths.proc / "self/mountinfo").read_text().splitlines()
    except FileNotFoundError:
        return []
    # The fifth field, with \040 for a space. https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
    return [paths.at(line.split()[4].replace("\\040", " ")) for line in lines]


def _entries(paths, folder):
    return sorted(name for name in os.listdir(paths.data / folder) if name != LOST and not name.startswith((INCOMING, ASIDE)))


def _enter(paths, folder, make=False):
    """An open folder below the data. `make`: what is not there is made, the last one for root alone."""
    paths.data.mkdir(parents=True, exist_ok=True)
    return files.enter(paths.data, folder, (lambda part: 0o700 if part.startswith((INCOMING, ASIDE)) else 0o755) if make else None)


def _keep_written(host, planned):
    """Media of a backup that served for a moment, and go, are kept where the site has written to them."""
    sources = {source for source, _ in planned}
    for place in dict.fromkeys(source[:source.index("/", source.index(INCOMING))] for source in sources if INCOMING in source):
        if _is_there(host.paths, place) and _was_written(host.paths, place, sources):
            _keep(host, place, "was written to while it served")


def _was_written(paths, place, moved):
    """Whether a file in that folder is younger than its mark, by the inode: who renames a file into place leaves its own time as it is. By that one alone
    files are told which have been `moved` themselves."""
    handle = _enter(paths, place)
    try:
        unpacked = os.stat(UNPACKED, dir_fd=handle).st_ctime_ns
        for folder, _, names, inner in os.fwalk(".", dir_fd=handle):
            for name in names:
                found = os.stat(name, dir_fd=inner, follow_symlinks=False)
                itself = os.path.normpath(os.path.join(place, folder, name)) in moved
                if (found.st_mtime_ns if itself else found.st_ctime_ns) > unpacked:
                    return True
        return False
    except FileNotFoundError:
        # Without a mark nobody knows.
        return True
    finally:
        os.close(handle)


def _move(host, source, to):
    if _is_there(host.paths, to):
        _keep(host, to, "came while a restore changed the media")
    _rename(host.paths, source, to)


def _keep(host, path, why):
    folder, name = os.path.split(path)
    kept = os.path.join(folder, f"{ASIDE}{secrets.token_hex(4)}")
    _rename(host.paths, path, f"{kept}/{name}")
    host.log.say(f"{host.paths.data / path}: {why}, and is kept in {host.paths.data / kept}; `hostctl restore --drop-old` removes it")


def _rename(paths, source, to):
    (old, name), (new, renamed) = os.path.split(source), os.path.split(to)
    first, second = _enter(paths, old), None
    try:
        second = _enter(paths, new, make=True)
        os.rename(name, renamed, src_dir_fd=first, dst_dir_fd=second)
    finally:
        for handle in (first, second):
            if handle is not None:
                os.close(handle)


def _is_there(paths, path):
    folder, name = os.path.split(path)
    try:
        handle = _enter(paths, folder)
    except OSError:
        return False
    try:
        return stat.S_IFMT(os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode) != 0
    except FileNotFoundError:
        return False
    finally:
        os.close(handle)
