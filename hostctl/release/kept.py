"""Retention across hosts: what a host knows of its releases and nobody else does: the history, and of each release that it keeps the archive and what its steps made, as
two files of the inbox. It goes to the next host by handover.py and, for a host that is lost, into the repository of the backups."""
import json
import os
import re
import tarfile
from pathlib import Path

from ..machine import disk, files
from ..machine.errors import HostError
from ..manifest.stored import stored_or_fail
from . import archive, history, prune, release

FILE = r"([0-9a-f]{16})(\.made)?\.tar\.gz"


def pack_made(host, manifest):
    """Keep what the steps of the serving release made, beside its archive: a host that gets both need not run them again."""
    digest = manifest.release.digest
    root, final = host.paths.release(digest), archive.made(host.paths, digest)
    folders = [item.folder for item in manifest.release.static if (root / item.folder).is_dir()]
    if not folders or final.exists() or not archive.of(host.paths, digest).exists():
        return
    unfinished = final.with_name(f"{final.name}.part")
    with tarfile.open(unfinished, "w:gz", compresslevel=1) as made:
        for folder in folders:
            # Links could point at anything, and are not published either.
            made.add(root / folder, f"source/{folder}", filter=lambda member: member if member.isreg() or member.isdir() else None)
    files.place(unfinished, final)


def archives(host):
    """Files of the inbox that make the kept releases, the newest release first."""
    declared = stored_or_fail(host.paths).release
    digests = prune.kept_releases(host.paths, declared.keep) if declared else []
    found = [path for digest in digests for path in (archive.of(host.paths, digest), archive.made(host.paths, digest))]
    return [path for path in found if path.exists()]


def merge(host, text):
    """Put another host's history before the own one; what is in both stays where it is. Raises HostError for what is no history."""
    try:
        others = [{**entry, "digest": entry["digest"], "at": entry["at"], "verb": entry["verb"]} for entry in json.loads(text)]
    except (ValueError, TypeError, KeyError):
        raise HostError("history: must be the list of releases that served, got something else") from None
    own = history.read(host.paths)
    merged = [*(entry for entry in others if entry not in own), *own]
    if merged != own:
        files.write(host.paths.history, history.text(merged), 0o644, host.system.ids("root", "root"))


def wants(host, name, size):
    """Whether a file of that name is one of another host's archives(), and neither it nor its release is here. One that has no room is said."""
    found = re.fullmatch(FILE, name)
    if found is None or (host.paths.inbox / name).exists() or release.on_host(host.paths, found[1]):
        return False
    try:
        disk.check(host, f"release {found[1]}", size)
    except HostError as failure:
        host.log.say(f"release {found[1]}: stays behind\n{failure}")
        return False
    return True


def store(host, repository):
    """Put the history and archives() into the repository, as a snapshot of their own: the newest is what a host gets that comes after this one.
    A host that has not got its own yet leaves it there."""
    if not host.paths.kept_fetched.exists() and repository.listing().kept():
        host.log.say("Releases-recording: waits for the next release, which takes over those of the host before")
        return
    with host.log.event("Releases-recording"):
        repository.store_kept([host.paths.history, *archives(host)])
    _mark(host)


def fetch(host, repository):
    """Take over what the repository has of a host that was here before. Needs the host's lock."""
    snapshots = repository.listing().kept()
    if snapshots:
        snapshot = snapshots[-1]
        host.log.step("RELEASES")
        with host.log.event("Releases-restoration") as facts:
            merge(host, repository.json_of(snapshot, host.paths.history))
            facts["detail"] = f"{_fetch_archives(host, repository, snapshot)} archives"
    _mark(host)


def _fetch_archives(host, repository, snapshot):
    sizes, chosen = dict(repository.files(snapshot)), []
    for entry in reversed(history.read(host.paths)):
        for path in map(str, (archive.of(host.paths, entry["digest"]), archive.made(host.paths, entry["digest"]))):
            if path in sizes and path not in chosen and wants(host, os.path.basename(path), sum(sizes[one] for one in [*chosen, path])):
                chosen.append(path)
    if not chosen:
        return 0
    unfinished = host.paths.state / "kept.unfinished"
    files.remove_tree(unfinished)
    try:
        repository.unpack(snapshot, unfinished, chosen)
        for path in chosen:
            files.place(Path(f"{unfinished}{path}"), Path(path))
    finally:
        files.remove_tree(unfinished)
    return len(chosen)


def _mark(host):
    files.write(host.paths.kept_fetched, b"", 0o644, host.system.ids("root", "root"))
