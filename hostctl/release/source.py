"""The source of a release as it was delivered: what `verify` holds the files of the release that serves against, and what an apply puts back."""
import json
import os
import re
from pathlib import Path

from ..machine import files
from ..machine.errors import HostError
from ..manifest import environment
from . import archive, static

# In the release's folder: {path: what archive.seen() tells of it}.
RECORD = ".webstack-source"
# What release.py puts beside its files, and what a power cut leaves of that.
OWN = (RECORD, static.RECORD, environment.RELEASE, "venv")
BESIDE = (*OWN, *(files.unfinished(Path(name)).name for name in OWN))
# Behind a release's name: the folder of what was found beside its files and in their place, with the time in seconds since 1970.
ADDED = ".added."
# Python's own name for the bytecode of a module: https://peps.python.org/pep-3147/
BYTECODE = re.compile(r"(.+)\.cpython-\d+(?:\.opt-[12])?\.pyc")


def keep(host, source, contents):
    """Record what archive.contents() found of a source whose digest was verified."""
    files.write(source / RECORD, json.dumps(contents, indent=1).encode(), 0o644, host.system.ids("root", "root"))


def faults(host, declared):
    """{path: how it differs} of the release's files, and of what lies beside them; what its steps make is static.py's."""
    recorded = _recorded(host, declared)
    if recorded is None:
        # A release from before there were records.
        return {}
    return {**_differing(host, declared, recorded), **{path: "is no part of the release" for path in _added(host, declared, recorded)}}


def mend(host, manifest):
    """Put the files that differ back, from the archive, and what lies beside them or in their place away: it is kept as long as the release, since no put-back brings
    it again. Raises HostError where the archive is gone."""
    declared = manifest.release
    release, recorded = host.paths.release(declared.digest), _recorded(host, declared)
    host.log.step("RELEASE")
    with host.log.event("Release-mending") as facts:
        added = list(_added(host, declared, recorded))
        away = release.with_name(f"{declared.digest}{ADDED}{host.system.time():.0f}")
        for path in added:
            (away / path).parent.mkdir(parents=True, exist_ok=True)
            os.rename(release / path, away / path)
        # Only now: a link to a folder hides what is missing behind it.
        changed = list(_differing(host, declared, recorded))
        if changed:
            _put_back(host, manifest, changed, away)
        host.system.sync(release)
        facts["detail"] = ", ".join(f"{path} (is in {host.paths.name(away)} now)" if os.path.lexists(away / path) else path for path in [*changed, *added])


def _put_back(host, manifest, paths, away):
    digest, release = manifest.release.digest, host.paths.release(manifest.release.digest)
    unpacked = release.with_name(f"{digest}.unfinished")
    files.remove_tree(unpacked)
    archive.unpack(archive.of(host.paths, digest), unpacked, manifest.stack)
    if (found := archive.digest(unpacked / "source")) != digest:
        raise HostError(f"release {digest}: the files of its archive have the digest {found}; {archive.again(manifest.stack)}")
    for path in paths:
        (release / path).parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(release / path):
            (away / path).parent.mkdir(parents=True, exist_ok=True)
            files.remove(away / path)
            # A second name: what serves finds the file at every moment.
            os.link(release / path, away / path, follow_symlinks=False)
        os.replace(unpacked / "source" / path, release / path)
    files.remove_tree(unpacked)


def _recorded(host, declared):
    """{path: what was delivered there}, or None where there is no record."""
    return files.read_json(host.paths.release(declared.digest) / RECORD)


def _differing(host, declared, recorded):
    release, made = host.paths.release(declared.digest), _made(declared)
    found = {}
    for path, expected in recorded.items():
        if path.startswith(made):
            continue
        seen = _seen(release / path)
        if seen != expected:
            found[path] = "is missing" if seen is None else "has other content" if seen[1:] != expected[1:] else "must be executable" if expected[0] == "x" else "must not be executable"
    return found


def _added(host, declared, recorded):
    """Paths of what lies in the release and was not delivered, a folder as a whole."""
    release, made = os.fspath(host.paths.release(declared.digest)), _made(declared)
    folders = {path[:slash.start()] for path in [*recorded, *made] for slash in re.finditer("/", path)}
    for folder, inner, names in os.walk(release):
        inside = folder[len(release) + 1:] and f"{folder[len(release) + 1:]}/"
        for name in list(inner):
            path = inside + name
            if f"{path}/" in made or path in BESIDE:
                inner.remove(name)
            elif os.path.islink(os.path.join(folder, name)) or path not in folders and name != "__pycache__":
                inner.remove(name)
                yield path
        for name in names:
            if inside + name not in recorded and inside + name not in BESIDE and not _is_bytecode(inside, name, recorded):
                yield inside + name


def _is_bytecode(inside, name, recorded):
    module = BYTECODE.fullmatch(name)
    return module is not None and inside.endswith("__pycache__/") and f"{inside.removesuffix('__pycache__/')}{module[1]}.py" in recorded


def _made(declared):
    return tuple(f"{item.folder}/" for item in declared.static)


def _seen(path):
    """A link is nothing that a source has: what is behind it may change unseen."""
    if not os.path.isfile(path) or os.path.islink(path):
        return None
    return archive.seen(path)
