"""The diff: what differs between a manifest and the machine: `apply` mends it, `verify` reports it."""
import stat

from ..database import admin
from ..machine import files, packages
from ..manifest import environment
from ..manifest.manifest import Action
from ..manifest.stored import stored, stored_or_fail
from ..release import slots, source, static
from ..site.nginx import UNIT as NGINX, sockets


class Changes:
    def __init__(self, digest=""):
        # Files to write, and paths of the manifest applied last that the new one does not have.
        self.write = []
        self.remove = []
        # New content of the EnvironmentFile, or None.
        self.env = None
        # New content of root's file about the database's administrator; b"" removes it.
        self.database_admin = None
        # The release to move to, or "".
        self.digest = digest
        # Whether files of the release that serves are put back, and whether its static files are published anew.
        self.source = False
        self.static = False
        # Services to move to their other slot, or to restart.
        self.roll = []
        self.actions = []
        # Units to enable and start, and units that nothing declares any more.
        self.units = []
        self.gone = []
        # Upstream links of services that nothing declares any more.
        self.gone_services = []
        self.save = False
        # One line for each difference, for people.
        self.lines = []

    def __bool__(self):
        return self.save or bool(self.lines)


def missing(host, manifest):
    """(packages, name of the app's user or "") that the manifest declares and this machine does not have."""
    absent = bool(manifest.user) and not packages.has_user(host.system, manifest.user)
    return packages.missing(host.system, manifest.packages), manifest.user if absent else ""


def compare(host, manifest, env=None, database_admin=None):
    """All differences between the manifest and this machine. `env`: values for the EnvironmentFile; `database_admin`: see runtime_inputs.py; None keeps what is there."""
    changes, before = Changes(), stored(host.paths)
    _compare_packages(host, manifest, changes)
    _compare_files(host, manifest, before, changes)
    _compare_environment(host, env, changes)
    _compare_administrator(host, database_admin, changes)
    _compare_units(host, manifest, changes)
    _compare_release(host, manifest, before, changes)
    _find_gone(host, manifest, before, changes)
    changes.save = before is None or before.raw != manifest.raw
    return changes


def differences(host):
    """One line for each way in which this machine is not as it was applied last; what mends them is an apply with all that is in no manifest."""
    lines, paths = compare(host, stored_or_fail(host.paths)).lines, host.paths
    # A host from before there was that record has none.
    if paths.env.exists() and paths.env_applied.exists() and files.sha256(paths.env) != paths.env_applied.read_text():
        lines.append(f"{paths.name(paths.env)}: has other content")
    return lines


def roll(changes, service, why):
    """Have a service rolled, once however many reasons there are."""
    if service not in changes.roll:
        changes.roll.append(service)
        changes.lines.append(f"service {service.name}: {why}")


def _compare_packages(host, manifest, changes):
    absent, user = missing(host, manifest)
    changes.lines += [f"package {name}: is not installed" for name in absent]
    if user:
        changes.lines.append(f"user {user}: is missing")


def _compare_files(host, manifest, before, changes):
    by_name = {service.name: service for service in manifest.services}
    asked = []
    for file in manifest.files:
        fault = _fault(host, file)
        if fault:
            changes.write.append(file)
            changes.lines.append(f"{file.path}: {fault}")
            asked += file.on_change
    declared = {file.path for file in manifest.files}
    for file in before.files if before else ():
        if file.path not in declared and host.paths.at(file.path).exists():
            changes.remove.append(file.path)
            changes.lines.append(f"{file.path}: is no longer declared")
            asked += file.on_change
    changes.actions = list(dict.fromkeys(action for action in asked if action.verb != "roll"))
    for action in asked:
        if action.service in by_name:
            roll(changes, by_name[action.service], "its unit files differ")


def _fault(host, file):
    """How a file differs from what is declared, or ""."""
    path = host.paths.at(file.path)
    try:
        ids = host.system.ids(file.owner, file.group)
    except KeyError:
        return f"its owner {file.owner}:{file.group} is missing"
    if files.matches(path, file.content, file.mode, ids):
        return ""
    if not path.exists():
        return "is missing"
    found = path.lstat()
    if stat.S_ISREG(found.st_mode) and path.read_bytes() == file.content:
        return f"must be {file.owner}:{file.group} {file.mode:04o}, got {found.st_uid}:{found.st_gid} {stat.S_IMODE(found.st_mode):04o}"
    return "has other content"


def _compare_environment(host, env, changes):
    path, ids = host.paths.env, host.system.ids("root", "root")
    there = path.read_bytes() if path.exists() else None
    content = environment.render(env) if env is not None else there if there is not None else b""
    if not files.matches(path, content, environment.MODE, ids):
        changes.env = content
        changes.lines.append(f"{host.paths.name(path)}: {'is missing' if there is None else 'differs'}")


def _compare_administrator(host, url, changes):
    path = host.paths.database_admin
    there = path.read_bytes() if path.exists() else b""
    content = there if url is None else admin.content(url)
    if content and not files.matches(path, content, environment.MODE, host.system.ids("root", "root")):
        changes.lines.append(f"{host.paths.name(path)}: {'differs' if there else 'is missing'}")
        changes.database_admin = content
    elif there and not content:
        changes.lines.append(f"{host.paths.name(path)}: is no longer declared")
        changes.database_admin = content


def _compare_units(host, manifest, changes):
    slotted = {service: slots.serving(host.paths, service.name) for service in manifest.slot_services()}
    asked = {service: slots.units(service.name, slot) for service, slot in slotted.items() if slot}
    asked |= {service: [f"{service.name}.service"] for service in manifest.command_services()}
    states = host.units.states([*manifest.units, *(unit for units in asked.values() for unit in units)])
    waiting = host.paths.waiting.exists()
    for unit in manifest.units:
        # Another host's timers run still, see handover.py.
        if waiting and unit.endswith(".timer"):
            continue
        if not (states[unit].runs and states[unit].enabled):
            changes.units.append(unit)
            changes.lines.append(f"unit {unit}: {'is not running' if states[unit].enabled else 'is not enabled'}")
    if any(not states[unit].runs for unit in sockets(manifest.units)):
        changes.actions = list(dict.fromkeys([*changes.actions, Action("restart", NGINX)]))
    if manifest.release is None:
        return
    if changes.env is not None:
        for service in manifest.services:
            roll(changes, service, "its environment differs")
    for service in manifest.services:
        units = asked.get(service, [])
        if not units or not all(states[unit].runs for unit in units):
            roll(changes, service, "is not running")
        elif service not in changes.roll:
            for unit in units:
                if not states[unit].enabled:
                    changes.units.append(unit)
                    changes.lines.append(f"unit {unit}: is not enabled")


def _compare_release(host, manifest, before, changes):
    if manifest.release is None:
        return
    digest, paths = manifest.release.digest, host.paths
    serving = slots.current(paths)
    if serving != digest:
        changes.digest = digest
        changes.lines.append(f"release: must be {digest}, got {serving or 'none'}")
    for service in manifest.services:
        slot = slots.serving(paths, service.name) if service.slots else None
        if serving != digest or (slot and slots.release_of(paths, service.name, slot) != digest):
            roll(changes, service, f"must run release {digest}")
    if serving == digest:
        changed = source.faults(host, manifest.release)
        changes.source = bool(changed)
        changes.lines += [f"{paths.name(paths.release(digest) / path)}: {how}" for path, how in changed.items()]
        for service in manifest.services if changed else ():
            roll(changes, service, "files of its release differ")
        if _has_new_steps(manifest.release, before and before.release):
            changes.digest = digest
            changes.lines.append(f"release {digest}: has steps that did not run")
            for service in manifest.services:
                roll(changes, service, "its release has steps that did not run")
            return
        faults = static.faults(host, digest)
        changes.static = bool(faults)
        changes.lines += faults


def _has_new_steps(declared, before):
    """Whether the same source is declared with a step that it was not deployed with."""
    ran = {step.command for step in before.steps} if before and before.digest == declared.digest else None
    return ran is not None and any(step.command not in ran for step in declared.steps)


def _find_gone(host, manifest, before, changes):
    if before is None:
        return
    kept = {(service.name, service.kind) for service in manifest.services}
    changes.gone = [unit for unit in before.units if unit not in manifest.units]
    for service in before.services:
        if (service.name, service.kind) in kept:
            continue
        if service.slots:
            changes.gone_services.append(service.name)
            changes.gone += [unit for slot in slots.SLOTS for unit in slots.units(service.name, slot)]
        else:
            changes.gone.append(f"{service.name}.service")
    changes.lines += [f"unit {unit}: is no longer declared" for unit in changes.gone]
