"""The source of a release as it was delivered: what `verify` holds the files of the release that serves against, and what an apply puts back."""
import json
import os

from . import archive, files
from .errors import HostError

# In the release's folder: {path: what archive.seen() tells of it}.
RECORD = ".webstack-source"


def keep(host, source, contents):
    """Record what archive.contents() found of a source whose digest was verified."""
    files.write(source / RECORD, json.dumps(contents, indent=1).encode(), 0o644, host.system.ids("root", "root"))


def faults(host, declared):
    """{path: how it differs} of the release's files; what its steps make is static.py's. What lies beside them is nobody's."""
    release = host.paths.release(declared.digest)
    try:
        recorded = json.loads((release / RECORD).read_text())
    except FileNotFoundError:
        # A release from before there were records.
        return {}
    made = tuple(f"{item.folder}/" for item in declared.static)
    found = {}
    for path, expected in recorded.items():
        if path.startswith(made):
            continue
        seen = _seen(release / path)
        if seen != expected:
            found[path] = "is missing" if seen is None else "has other content" if seen[1:] != expected[1:] else "must be executable" if expected[0] == "x" else "must not be executable"
    return found


def mend(host, manifest):
    """Put the files that differ back, from the archive. Raises HostError where that is gone."""
    declared, digest = manifest.release, manifest.release.digest
    release = host.paths.release(digest)
    unpacked = release.with_name(f"{digest}.unfinished")
    host.log.step("RELEASE")
    with host.log.event("Release-mending") as facts:
        files.remove_tree(unpacked)
        archive.unpack(archive.of(host.paths, digest), unpacked, manifest.stack)
        if (found := archive.digest(unpacked / "source")) != digest:
            raise HostError(f"release {digest}: the files of its archive have the digest {found}; {archive.again(manifest.stack)}")
        changed = faults(host, declared)
        for path in changed:
            (release / path).parent.mkdir(parents=True, exist_ok=True)
            os.replace(unpacked / "source" / path, release / path)
        host.system.sync(release)
        files.remove_tree(unpacked)
        facts["detail"] = ", ".join(changed)


def _seen(path):
    """A link is nothing that a source has: what is behind it may change unseen."""
    if not os.path.isfile(path) or os.path.islink(path):
        return None
    return archive.seen(path)
