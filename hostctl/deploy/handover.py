"""Handover to the next host: what a host holds that is nowhere else, its certificate, uploaded media and what it knows of its releases, from the host that serves to the
one that shall. The stream is a tar archive whose names begin with `media/`, `acme/` or `releases/`; who owns a file goes by name, since numbers
differ between machines."""
import os
import re
import shutil
import tarfile
from contextlib import suppress

from ..machine import files
from ..machine.errors import HostError
from ..manifest.stored import stored_or_fail
from ..release import kept
from ..site import certificate

LABELS = ("acme", "media", "releases")
HISTORY = "history.json"


def send(host, labels, stream):
    """Write what there is of the labelled folders; symbolic links and other things that are no files stay behind."""
    with tarfile.open(fileobj=stream, mode="w|") as archive:
        for label in labels:
            if label == "releases":
                _send_releases(host, archive)
                continue
            root = _root(host.paths, label)
            if not root.is_dir():
                continue
            # By open folders, not by names: the app may change its own folders meanwhile.
            top = os.open(root, files.FOLDER)
            try:
                for path, folder in files.folders(top):
                    _add(archive, folder, os.path.normpath(os.path.join(label, path)))
                    for file in os.listdir(folder):
                        _add_file(archive, folder, file, os.path.join(label, path, file))
            finally:
                os.close(top)


def receive(host, labels, stream):
    """Unpack such a stream; returns how many files were written, which are on the disk then. Media that are here already and as new stay where
    media are all that comes, since this host may serve by then.
    Raises HostError for a stream that holds anything else than files and folders below the labels."""
    written, came = 0, set()
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            label, *parts = member.name.split("/")
            if label not in labels or ".." in parts or "" in parts or not (member.isreg() or member.isdir()):
                raise HostError(f"hand-over: {member.name!r} is nothing that a host hands over")
            came.add(member.name)
            written += _accept(host, archive, member, parts) if label == "releases" else _unpack(host, archive, member, _root(host.paths, label), parts, tuple(labels) == ("media",))
    # Of a first attempt, what the other host has settled or dropped since.
    for record in _records(host.paths) if "releases" in labels else ():
        if f"releases/{record.name}" not in came:
            files.remove(record)
    # The host that had them goes next; files of releases are on the disk one by one.
    for root in (_root(host.paths, label) for label in labels if label != "releases"):
        if root.is_dir():
            host.system.sync(root)
    return written


def take_over(host, labels, stream):
    """Receive; where it is the whole, timers wait until `in_service`, because the other host's still run, and the certificate is loaded."""
    manifest = stored_or_fail(host.paths)
    host.log.step("HAND-OVER")
    if "acme" in labels:
        with host.log.event("Timers-waiting"):
            # The mark outlasts this run: an apply that comes before the address has moved must not start them.
            files.write(host.paths.waiting, b"", 0o600, host.system.ids("root", "root"))
            # A boot must not start them either.
            host.units.call("disable", timers(manifest))
            host.units.call("stop", timers(manifest))
    with host.log.event("Hand-over") as facts:
        facts["detail"] = f"{receive(host, labels, stream)} files"
    if certificate.expected(manifest) and host.paths.ordered_certificate.exists():
        certificate.install(host)


def in_service(host):
    """The site's address leads here: let the timers run, and order the certificate where it is due."""
    files.remove(host.paths.waiting)
    host.units.call("enable", timers(stored_or_fail(host.paths)))
    host.units.call("start", timers(stored_or_fail(host.paths)))
    certificate.order_after_apply(host)


def timers(manifest):
    return [unit for unit in manifest.units if unit.endswith(".timer")]


def _root(paths, label):
    return {"acme": paths.ordered_certificate.parent, "media": paths.data}[label]


def _send_releases(host, archive):
    """The history first: by it the next host knows which of the archives it wants most, those that come first. What a restore put aside is in
    the database and among the media, so its record goes with them."""
    for path in [host.paths.history, *_records(host.paths), *kept.archives(host)]:
        if path.exists():
            archive.add(path, f"releases/{path.name}")


def _records(paths):
    return [paths.restored, paths.restoring, paths.taken_down]


def _accept(host, archive, member, parts):
    """Take one file of the releases; 1 where it was wanted."""
    name = "/".join(parts)
    if name == HISTORY:
        kept.merge(host, archive.extractfile(member).read())
        return 1
    if record := next((path for path in _records(host.paths) if path.name == name and member.isreg()), None):
        files.write(record, archive.extractfile(member).read(), 0o600, host.system.ids("root", "root"))
        return 1
    if not member.isreg() or not re.fullmatch(kept.FILE, name):
        raise HostError(f"hand-over: {member.name!r} is nothing that a host hands over")
    if not kept.wants(host, name, member.size):
        return 0
    unfinished = host.paths.inbox / f"{name}.part"
    with open(unfinished, "wb") as file:
        shutil.copyfileobj(archive.extractfile(member), file)
    files.place(unfinished, host.paths.inbox / name)
    return 1


def _add(archive, handle, name):
    archive.addfile(archive.gettarinfo(arcname=name, fileobj=_Handle(handle)))


def _add_file(archive, folder, file, name):
    try:
        source = files.open_foreign(file, folder)
    except OSError:
        # Gone meanwhile, or no file.
        return
    with source:
        archive.addfile(archive.gettarinfo(arcname=name, fileobj=source), source)


class _Handle:
    """An open folder, as gettarinfo takes files."""

    name = ""

    def __init__(self, handle):
        self._handle = handle

    def fileno(self):
        return self._handle


def _unpack(host, archive, member, root, parts, newer_stay):
    """Write one member; 1 for a file that was written. No link is followed: the app owns folders below the root."""
    try:
        owner = host.system.ids(member.uname, member.gname)
    except KeyError:
        raise HostError(f"hand-over: {member.name} belongs to {member.uname}:{member.gname}, who is not known here") from None
    root.mkdir(parents=True, exist_ok=True)
    folder = files.enter(root, "/".join(parts if member.isdir() else parts[:-1]), lambda _: 0o700)
    try:
        if member.isdir():
            os.fchown(folder, *owner)
            os.fchmod(folder, member.mode & 0o7777)
            return 0
        if root == host.paths.data and _as_new(folder, parts[-1], member, newer_stay):
            return 0
        _write(archive.extractfile(member), folder, parts[-1], member, owner)
        return 1
    finally:
        os.close(folder)


def _as_new(folder, name, member, newer_stay):
    """A file of the same moment and another size is what a power cut left of it."""
    try:
        found = os.stat(name, dir_fd=folder, follow_symlinks=False)
        return newer_stay and found.st_mtime > member.mtime or found.st_mtime == member.mtime and found.st_size == member.size
    except FileNotFoundError:
        return False


def _write(source, folder, name, member, owner):
    unfinished = f".{name}.handover"
    # Never into what is there: a pipe would wait for a reader, and a file have one already.
    with suppress(FileNotFoundError):
        os.unlink(unfinished, dir_fd=folder)
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600, dir_fd=folder)
    with os.fdopen(handle, "wb") as file:
        shutil.copyfileobj(source, file)
        file.flush()
        os.fchown(handle, *owner)
        os.fchmod(handle, member.mode & 0o7777)
        os.utime(handle, (member.mtime, member.mtime))
    os.rename(unfinished, name, src_dir_fd=folder, dst_dir_fd=folder)
