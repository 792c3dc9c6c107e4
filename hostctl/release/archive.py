"""The archive of a release: `source/...` and `wheels/*.whl`, unpacked by hand because what is in it is not trusted
(the data filter of tarfile came after Debian's 3.11.2)."""
import hashlib
import os
import shutil
import tarfile

from ..machine import files
from ..machine.errors import HostError

TOPS = ("source", "wheels")


def of(paths, digest):
    """Where the archive of a release arrives, and stays as long as the release is kept."""
    return paths.inbox / f"{digest}.tar.gz"


def made(paths, digest):
    """What the steps of a release made, in the same form; see kept.py."""
    return paths.inbox / f"{digest}.made.tar.gz"


def again(stack):
    """How one that is missing or damaged comes back."""
    return f"on the machine that deploys, npm run up -- {stack} --replace '**-release' delivers it anew"


def unpack(archive, folder, stack):
    """Unpack into a folder that is made here: regular files and folders only, owned by the caller, writable by nobody else.
    Raises HostError for a path that leaves the folder, for a link, a device or a damaged archive, which is one of that stack."""
    folder.mkdir(parents=True, mode=0o755)
    add(archive, folder, stack)


def add(archive, folder, stack):
    """The same into a folder that is there; a file that is there, too, is a fault."""
    try:
        with tarfile.open(archive, "r:gz") as members:
            for member in members:
                _unpack_member(members, member, folder)
    except FileNotFoundError:
        raise HostError(f"{archive}: is not there; {again(stack)}") from None
    except (tarfile.TarError, EOFError, OSError) as failure:
        raise HostError(f"{archive}: cannot be unpacked ({failure}); {again(stack)}") from None


def seen(path):
    """What counts of a file of a source: "x" where its owner may execute it, else "-", and its SHA-256."""
    return f"{'x' if os.stat(path).st_mode & 0o100 else '-'} {files.sha256(path)}"


def contents(source):
    """{path: what counts of it} of every file of a source."""
    paths = [os.path.join(folder, name) for folder, _, names in os.walk(source) for name in names]
    return {os.path.relpath(path, source): seen(path) for path in paths}


def digest_of(found):
    """First 16 hex digits of the SHA-256 over one line a file of contents(), as infra/release/digest.ts computes it."""
    whole = hashlib.sha256()
    for relative, path in sorted((os.fsencode(path), path) for path in found):
        whole.update(f"{found[path]} ".encode() + relative + b"\n")
    return whole.hexdigest()[:16]


def digest(source):
    return digest_of(contents(source))


def _unpack_member(members, member, folder):
    parts = [part for part in member.name.split("/") if part != "."]
    if member.name.startswith("/") or ".." in parts or "" in parts[:-1] or not parts or parts[0] not in TOPS:
        raise HostError(f"{members.name}: {member.name!r} must be below source/ or wheels/; build the release again")
    target = folder.joinpath(*parts)
    if member.isdir():
        target.mkdir(parents=True, exist_ok=True)
    elif member.isreg():
        target.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file, members.extractfile(member) as content:
            shutil.copyfileobj(content, file)
            os.fchmod(handle, 0o755 if member.mode & 0o100 else 0o644)
    else:
        raise HostError(f"{members.name}: {member.name!r} must be a file or a folder, got a link or a device; build the release again")
