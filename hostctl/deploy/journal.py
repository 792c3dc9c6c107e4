"""The journal of a deployment, its way back (undo, rollback of a transaction): what a deployment is about to change is saved first, and put back when it fails or is killed.

`undo/` exists from before the first change until the new state serves; renaming it to `undo.done/` is the one moment at
which the deployment counts as done. Its journal also says how each unit was, running and enabled, that the deployment may touch (put back
the same way, whatever was done to it), and names the units that only the old state needs (stopped once the new one serves)."""
import json
import os
import stat
from pathlib import Path
from typing import NamedTuple

from ..machine import files
from ..machine.errors import HostError
from ..manifest.manifest import Action
from ..release.steps import STEP_UNIT
from ..site.nginx import UNIT as NGINX, sockets


class Journal(NamedTuple):
    verb: str
    # Paths on the machine, each with what was there: {"path", "kind": "absent" | "link" | "file", ...}
    entries: tuple[dict, ...]
    actions: tuple[Action, ...]
    # How each unit was that the deployment may touch: {name: (ran, was enabled)}.
    units: dict[str, tuple[bool, bool]]
    stops: tuple[str, ...]
    commands: tuple[str, ...]
    drain_seconds: float
    # Number of nginx's main process, or 0, and those of its workers when the deployment began: of a new slot these know nothing.
    nginx_main: int
    workers: frozenset[int]

    def touches(self, prefix):
        return any(entry["path"].startswith(prefix) for entry in self.entries)


def begin(paths, *, verb, touched, actions, units, stops, commands, drain_seconds, nginx_main, workers):
    """Save what is at the `touched` paths (of this machine), and how the `units` are: {name: (runs, is enabled)}. On disk when this returns."""
    unfinished = paths.state / "undo.unfinished"
    files.remove_tree(unfinished)
    unfinished.mkdir(parents=True, mode=0o700)
    entries = [_save(paths, path, unfinished / str(number)) for number, path in enumerate(sorted(set(map(paths.name, touched))))]
    # The copy of hostctl that knows how to put this back; /usr/local/bin/hostctl prefers it while it is there.
    os.symlink(Path(__file__).resolve().parents[1], unfinished / "hostctl")
    journal = {"verb": verb, "entries": entries, "actions": [[a.verb, a.unit] for a in actions], "units": units, "stops": list(stops),
               "commands": list(commands), "drainSeconds": drain_seconds, "nginxMain": nginx_main, "workers": list(workers)}
    files.write(unfinished / "journal.json", json.dumps(journal).encode(), 0o600, (os.geteuid(), os.getegid()))
    files.write(_since_boot(paths), b"", 0o600, (os.geteuid(), os.getegid()))
    os.rename(unfinished, paths.undo)
    files.sync(paths.state)
    return _journal(journal)


def unfinished(paths):
    """The journal of a run that was killed before its new state served, or None."""
    return _read(paths.undo)


def done(paths):
    """The journal of a run whose new state serves and whose old units may still run, or None."""
    return _read(_done(paths))


def keep_units(host):
    """Which units are enabled is on the disk when this returns: systemctl leaves that to the kernel, and the journal, which may be on another file
    system, must not be ahead of it."""
    host.system.sync(host.paths.at("/etc"))


def commit(paths):
    """From here on the new state is the state; on disk once the folder is synchronized, see deploy.settle(). Nothing has changed when this raises. Needs
    keep_units()."""
    forget(paths)
    os.rename(paths.undo, _done(paths))


def forget(paths):
    """The old units have stopped: nothing is left to do."""
    _discard(paths, _done(paths))


def _discard(paths, folder):
    """Remove a journal whole: one that lost half its copies would restore nothing good."""
    gone = paths.state / "undo.gone"
    files.remove_tree(gone)
    if folder.exists():
        os.rename(folder, gone)
        files.sync(paths.state)
        files.remove_tree(gone)


def put_back(host, journal):
    """Restore the saved files and everything that follows from them. May be repeated: a kill in the middle does no harm."""
    paths, units, booted = host.paths, host.units, not _since_boot(host.paths).exists()
    host.system.run(["systemctl", "stop", STEP_UNIT], check=False)
    # An nginx that does not do as it is told keeps no other unit from its old state.
    faults = []
    if not booted:
        _attempt(faults, _close_new_ports, units, journal)
    for entry in journal.entries:
        _restore(paths, entry)
    if journal.touches("/etc/systemd/system/"):
        units.read_files_again()
    if NGINX in journal.units or journal.touches("/etc/nginx/"):
        _attempt(faults, _load_nginx, host, journal, booted)
    units.restore(journal.units, booted=booted)
    units.call("try-restart", journal.commands, check=False)
    # Last: one that fails must not keep the site from being what it was.
    units.act([action for action in journal.actions if action.unit != NGINX])
    if faults:
        raise HostError("\n".join(faults))
    keep_units(host)
    _discard(paths, paths.undo)


def _attempt(faults, part, *given):
    try:
        part(*given)
    except HostError as failure:
        faults.append(str(failure))


def _close_new_ports(units, journal):
    """Stop the sockets that nginx did not have. Where it had none it held its ports itself, as its old unit will: it ends by the new one, which leaves
    its requests to its workers."""
    held = sockets(journal.units)
    new, states = [unit for unit in held if not journal.units[unit][0]], units.states(held)
    open_now = [unit for unit in new if states[unit].runs]
    units.call("stop", open_now)
    if open_now and new == held:
        units.call("stop", [NGINX])


def _load_nginx(host, journal, booted):
    """Have nginx serve by its old files, with the ports that it had. One that did not run goes with the other units, and at a boot it comes with them."""
    nginx, states = host.nginx, host.units.states([NGINX, *sockets(journal.units)])
    lost = [unit for unit in sockets(journal.units) if journal.units[unit][0] and not states[unit].runs]
    if not journal.units.get(NGINX, (True, True))[0] or (booted and not states[NGINX].runs):
        return
    if not states[NGINX].runs:
        host.units.call("start", [NGINX])
    # One that the deployment had not come to restart serves on.
    elif not booted and (lost or (Action("restart", NGINX) in journal.actions and states[NGINX].pid != journal.nginx_main)):
        host.units.call("restart", [NGINX])
    elif journal.touches("/etc/nginx/"):
        nginx.reload()
    nginx.drain(journal.drain_seconds, journal.workers)


def _since_boot(paths):
    """A mark that a reboot removes: after one, what ran when the deployment began has ended anyway, and what is enabled starts."""
    return paths.run / "deployment"


def _done(paths):
    return paths.state / "undo.done"


def _read(folder):
    try:
        return _journal(json.loads((folder / "journal.json").read_text()))
    except FileNotFoundError:
        return None


def _journal(raw):
    actions = tuple(Action(verb, unit) for verb, unit in raw["actions"])
    # A hostctl that knew no states wrote down what it would start, and meant that none of it was there.
    units = {unit: tuple(state) for unit, state in raw.get("units", {unit: (False, False) for unit in raw.get("starts", ())}).items()}
    return Journal(raw["verb"], tuple(raw["entries"]), actions, units, tuple(raw["stops"]), tuple(raw["commands"]), raw["drainSeconds"], raw.get("nginxMain", 0),
                   frozenset(raw.get("workers", ())))


def _save(paths, path, copy):
    there = paths.at(path)
    try:
        found = os.lstat(there)
    except (FileNotFoundError, NotADirectoryError):
        return {"path": path, "kind": "absent"}
    if stat.S_ISLNK(found.st_mode):
        return {"path": path, "kind": "link", "target": os.readlink(there)}
    files.write(copy, there.read_bytes(), 0o600, (os.geteuid(), os.getegid()))
    return {"path": path, "kind": "file", "copy": copy.name, "mode": stat.S_IMODE(found.st_mode), "ids": [found.st_uid, found.st_gid]}


def _restore(paths, entry):
    there = paths.at(entry["path"])
    if entry["kind"] == "absent":
        files.remove(there)
    elif entry["kind"] == "link":
        if files.target(there) != entry["target"]:
            files.link(there, entry["target"])
    else:
        content = (paths.undo / entry["copy"]).read_bytes()
        if not files.matches(there, content, entry["mode"], tuple(entry["ids"])):
            files.write(there, content, entry["mode"], tuple(entry["ids"]))
