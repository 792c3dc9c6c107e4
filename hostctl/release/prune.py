"""Retention on the host: what no kept release needs goes: releases, runtimes and what was compiled for them, static files, archives, bundles, old copies of hostctl."""
import re
from pathlib import Path

from ..machine import files
from . import history, release, runtime, slots, source, static

DAY = 86400


def kept_releases(paths, keep):
    """Digests of the releases to keep, the serving one first: `keep` of them, but always the one that served before."""
    serving = slots.current(paths)
    there = [digest for digest in history.previous(history.read(paths), serving) if release.at_hand(paths, digest)]
    return ([serving] if serving else []) + there[:max(keep, 2) - 1]


def prune(host, manifest):
    paths = host.paths
    _prune_programs(host)
    if manifest.release is None or slots.current(paths) is None:
        return
    kept = kept_releases(paths, manifest.release.keep)
    old = [folder for folder in _folders(paths.releases) if folder.name.partition(source.ADDED)[0] not in kept]
    for folder in old:
        files.remove_tree(folder)
    used = {Path(files.target(paths.release(digest) / "venv") or "").name for digest in kept}
    for folder in _folders(paths.runtimes):
        if folder.name not in used:
            files.remove_tree(folder)
    needed = {line for folder in _folders(paths.runtimes) if (folder / runtime.COMPILED).exists() for line in (folder / runtime.COMPILED).read_text().splitlines()}
    for folder in _folders(paths.compiled):
        if folder.name not in needed:
            files.remove_tree(folder)
    static.prune(host, kept, manifest.release.static)
    _prune_inbox(host, kept, [folder.name for folder in old])


def _prune_inbox(host, kept, gone):
    """Archives of releases that are gone, and those that nobody asked for in a day (or that never arrived whole); those from days to come are of a clock
    that was ahead."""
    for file in host.paths.inbox.glob("*.tar.gz*"):
        digest = file.name.split(".")[0]
        if digest in kept and file.suffix == ".gz":
            continue
        if digest in gone or abs(host.system.time() - file.stat().st_mtime) > DAY:
            files.remove(file)


def prune_bundles(host, applied):
    """Bundles that came before the one at `applied`, which is declared now. It stays itself: the engine runs it again, without sending it again,
    when only what is in no bundle changes. So does one that came later, which another run is about to apply; one by more than a day in the future came
    while the clock was ahead."""
    if applied.parent != host.paths.inbox:
        return
    came, tomorrow = applied.stat().st_mtime, host.system.time() + DAY
    for file in host.paths.inbox.glob("*.bundle"):
        if file != applied and not came < file.stat().st_mtime <= tomorrow:
            files.remove(file)


def _prune_programs(host):
    """Copies of hostctl that came with bundles, except the one that runs, and those that receive.py did not come to finish a day ago."""
    running = Path(__file__).resolve().parents[2]
    for folder in _folders(host.paths.programs):
        made = re.fullmatch(r"hostctl-[0-9a-f]{16}(\.\d+)?", folder.name)
        if made and folder.resolve() != running and (not made[1] or abs(host.system.time() - folder.stat().st_mtime) > DAY):
            files.remove_tree(folder)


def _folders(parent):
    return sorted(path for path in parent.iterdir() if path.is_dir() and not path.is_symlink()) if parent.is_dir() else []
