"""`update`: a few files laid over the serving release make a new one, which then goes the way of every release."""
import shutil
import tarfile
from pathlib import Path

from ..deploy.apply import all_services, manifest_of
from ..deploy.deploy import deploy
from ..machine import files
from ..machine.errors import HostError
from ..release import archive, slots, source as sources
from . import components as listed

# What a release has beside its source, see infra/release/source.ts.
NOT_SOURCE = ("__pycache__",)


def update(host, folder):
    """Release the serving source with the components of `folder`. What is declared stays, so `verify` reports the difference and
    the next `apply` of another release replaces it."""
    manifest = manifest_of(host)
    serving = slots.current(host.paths)
    if serving is None:
        raise HostError("no release serves; deploy one first")
    made = [item.folder for item in manifest.release.static]
    components = listed.read(folder, host.paths.release(serving), made)
    digest = _pack(host, serving, made, components)
    if digest == serving:
        host.log.say("unchanged: the serving release has these files already")
        return
    deploy(host, manifest.with_digest(digest), all_services(host, manifest, digest))


def _pack(host, serving, made, components):
    """Put the archive of the new release into the inbox; returns its digest."""
    work = host.paths.state / "update.unfinished"
    files.remove_tree(work)
    source = work / "source"
    host.log.step("UPDATE")
    try:
        with host.log.event("Source-copying", serving):
            _copy_source(host.paths.release(serving), source, made)
            if archive.digest(source) != serving:
                raise HostError(f"release {serving}: its files are not those it was made of, so nothing can be laid over it; release again first")
        with host.log.event("Components-copying") as facts:
            for component in components:
                _lay(component, source / component.path)
            facts["detail"] = ", ".join(component.path for component in components)
        digest = archive.digest(source)
        if digest != serving:
            with host.log.event("Release-packing", digest):
                _archive(source, archive.of(host.paths, digest), archive.of(host.paths, serving))
        return digest
    finally:
        files.remove_tree(work)


def _copy_source(release, source, made):
    """The release without what its steps and its runtime added."""
    skipped = {release / name for name in (*sources.BESIDE, *made)}

    def ignore(folder, names):
        return [name for name in names if name in NOT_SOURCE or name.endswith(".pyc") or Path(folder, name) in skipped]

    shutil.copytree(release, source, symlinks=True, ignore=ignore)


def _lay(component, target):
    """A file that is replaced keeps its mode: whether it may be executed is part of the digest."""
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o644
    shutil.copyfile(component.file, target, follow_symlinks=False)
    target.chmod(mode)


def _archive(source, path, before):
    """With the wheels of the release before: the requirements stay, so the runtime is on this host, though not on the next one."""
    unfinished = path.with_name(f"{path.name}.part")
    with tarfile.open(unfinished, "w:gz", compresslevel=1) as made:
        made.add(source, "source")
        if before.exists():
            with tarfile.open(before, "r:gz") as members:
                for member in members:
                    if member.isreg() and member.name.startswith("wheels/"):
                        made.addfile(member, members.extractfile(member))
    files.place(unfinished, path)
