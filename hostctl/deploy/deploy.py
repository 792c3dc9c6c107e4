"""One deployment as one transaction: afterwards the machine is as declared, or as it was before."""
import json
import os

from ..database import admin, ca_bundle, external, wait_for_database
from ..machine import disk, files, signals
from ..machine.errors import HostError
from ..manifest import environment
from ..manifest.environment import MODE
from ..manifest.stored import stored, stored_or_fail
from ..release import archive, history, kept, prune, release, slots, source
from ..site import maintenance
from ..site.nginx import UNIT as NGINX, sockets
from . import database_move, journal as journals, rollout

# hostctl and what it runs from.
OWN = ("/usr/local/bin/hostctl", "/usr/local/lib/webstack/hostctl/")


def bring(host, manifest, changes):
    """Have the release that the changes ask for on this host, where there is room for it. Nothing that serves is touched, and it may take as long as what is compiled for it."""
    if changes.digest and not release.on_host(host.paths, changes.digest):
        disk.for_release(host, archive.of(host.paths, changes.digest))
        release.ensure(host, manifest)


def deploy(host, manifest, changes, *, run_steps=True, save_database=True, move=None):
    """Bring about the changes. Raises HostError with the reason after everything has been put back. `save_database`: take the restore
    point that the release needs. `move`: of the data to another server, see database_move.py."""
    digest = changes.digest or slots.current(host.paths) or ""
    if changes.digest and run_steps and release.on_host(host.paths, digest):
        disk.check(host, "the release")
    bring(host, manifest, changes)
    point = None
    if changes.digest:
        if run_steps and save_database:
            point = host.hooks.save(host, manifest)
    roll = rollout.Rollout(host, changes.roll, digest)
    roll.clear()
    journal = journals.begin(host.paths, verb=host.log.verb, touched=_touched(host, changes), actions=changes.actions,
                         units=host.units.saved(_units(manifest, changes, roll)), stops=[*roll.stops, *changes.gone], commands=roll.commands,
                         drain_seconds=roll.drain_seconds, nginx_main=host.nginx.main_pid(), workers=host.nginx.workers())
    revision = None
    try:
        if changes.write or changes.remove or changes.env is not None or changes.database_admin is not None:
            _write_files(host, manifest, changes, roll)
        # With its address as it is from here on.
        if changes.env is not None or changes.digest:
            wait_for_database.wait(host)
            external.check(host)
            admin.admit(host)
        if move is not None:
            database_move.refuse_writes(host, move)
            database_move.carry(host, move)
        if changes.source:
            source.mend(host, manifest)
        if changes.digest:
            revision = release.prepare(host, manifest, run_steps=run_steps)
        elif changes.static:
            release.mend_static(host, manifest)
        roll.start()
        roll.switch(nginx_actions=[a for a in changes.actions if a.unit == NGINX], ports=sockets(manifest.units), gone_sockets=sockets(changes.gone), check=manifest.slot_services())
        _start_units(host, changes)
        _save(host, manifest, changes, revision, point)
        journals.keep_units(host)
        with signals.ignored():
            journals.commit(host.paths)
            _tidy(host, manifest, changes, journal)
    except Exception as failure:
        if journals.unfinished(host.paths) is None:
            # A signal on the last step of the way: the new state serves, and no failure may say otherwise.
            return
        _put_back(host, journal, failure)
        raise


def _tidy(host, manifest, changes, journal):
    """What is left to do once the new state serves. Whatever goes wrong with it is told as a warning: the deployment has not failed."""
    serves = f"release {changes.digest} serves" if changes.digest else "the new state serves"
    old = f"what only the old state needs ({', '.join(journal.stops)}) is not all gone; the next run does that, or `hostctl recover`"
    steps = [(old, lambda: settle(host, journal)), ("what no kept release needs is not all removed; the next deployment does that", lambda: prune.prune(host, manifest))]
    if changes.digest:
        steps.append(("what its steps made is not kept for the next host", lambda: kept.pack_made(host, manifest)))
        steps += [(left, lambda tell=tell: tell(host, changes.digest)) for left, tell in host.hooks.announce]
    for left, do in steps:
        try:
            do()
        except Exception as failure:
            host.log.warn(f"{serves}, but {left}\n{failure if isinstance(failure, (HostError, OSError)) else repr(failure)}")


def recover(host):
    """Finish what a killed run left: put the old state back if the new one did not serve yet, else stop what only the old one needed."""
    with signals.ignored():
        database_move.open_at_boot(host)
        journal = journals.unfinished(host.paths)
        if journal:
            host.log.step("RECOVERY")
            with host.log.event("Old-state-restoration", f"`{journal.verb}` was interrupted"):
                journals.put_back(host, journal)
        journal = journals.done(host.paths)
        if journal:
            settle(host, journal)
        database_move.recover(host)
    return journal is not None


def settle(host, journal):
    """Stop what only the old state needed, once its requests are answered."""
    # First of all: a power cut must not bring the old state back once what it needs has stopped.
    files.sync(host.paths.state)
    if journal.stops:
        host.log.step("DRAIN")
        with host.log.event("Old-slots-stop") as facts:
            if not host.nginx.drain(journal.drain_seconds):
                facts["detail"] = f"requests were still open after {journal.drain_seconds} s"
            host.units.retire(journal.stops)
            journals.keep_units(host)
    ca_bundle.narrow(host, stored_or_fail(host.paths))
    journals.forget(host.paths)


def _put_back(host, journal, failure):
    try:
        with signals.ignored():
            host.log.step("PUT-BACK")
            with host.log.event("Old-state-restoration"):
                journals.put_back(host, journal)
    except (HostError, OSError) as second:
        raise HostError(f"{failure}\nThe old state could not be put back: {second}\nMend that and run `hostctl recover`") from failure


def _touched(host, changes):
    """Every path whose old state a put-back needs. On a machine that had none before hostctl itself stays: with it people read why the first deployment failed."""
    paths = host.paths
    stays = OWN if stored(paths) is None else ()
    touched = [paths.at(file.path) for file in changes.write if not file.path.startswith(stays)] + [paths.at(path) for path in changes.remove]
    touched += [paths.upstream(service.name) for service in changes.roll if service.slots]
    touched += [paths.upstream(name) for name in changes.gone_services]
    return [*touched, paths.env, paths.env_applied, paths.database_admin, paths.current, paths.manifest, paths.history, paths.database_moved]


def _units(manifest, changes, roll):
    """Every unit whose old state a put-back needs, once each."""
    touched = [*roll.starts, *roll.stops, *roll.commands, *changes.units, *changes.gone, *(action.unit for action in changes.actions)]
    # A switch starts nginx where it does not run, and nginx its sockets.
    nginx = [NGINX, *sockets(manifest.units)] if roll.targets or NGINX in touched else []
    return list(dict.fromkeys([*touched, *nginx]))


def _write_files(host, manifest, changes, roll):
    paths, system, log = host.paths, host.system, host.log
    log.step("FILES")
    with log.event("Files-writing", f"{len(changes.write)} written, {len(changes.remove)} removed"):
        for file in changes.write:
            files.write(paths.at(file.path), ca_bundle.widened(host, file), file.mode, system.ids(file.owner, file.group))
        for path in changes.remove:
            files.remove(paths.at(path))
        for name in changes.gone_services:
            files.remove(paths.upstream(name))
        if changes.env is not None:
            files.write(paths.env, changes.env, MODE, system.ids("root", "root"))
            environment.note(host)
        if changes.database_admin:
            files.write(paths.database_admin, changes.database_admin, MODE, system.ids("root", "root"))
        elif changes.database_admin is not None:
            files.remove(paths.database_admin)
        roll.make_links()
        maintenance.make_link(paths)
    changed = [file.path for file in changes.write] + changes.remove
    tmpfiles = [path for path in changed if path.startswith("/etc/tmpfiles.d/") and path not in changes.remove]
    if tmpfiles:
        with log.event("Folders-creation"):
            system.run(["systemd-tmpfiles", "--create", *(str(paths.at(path)) for path in tmpfiles)])
    for check in manifest.checks:
        if any(_is_below(path, check.below) for path in changed):
            with log.event(f"Check-{os.path.basename(check.command[0])}"):
                system.run(list(check.command))
    if any(path.startswith("/etc/systemd/system/") for path in changed):
        with log.event("Units-loading"):
            host.units.read_files_again()
    others = [action for action in changes.actions if action.unit != NGINX]
    if others:
        with log.event("Units-reload", ", ".join(sorted({action.unit for action in others}))):
            host.units.act(others)


def _is_below(path, folder):
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _start_units(host, changes):
    if not changes.units:
        return
    host.log.step("UNITS")
    with host.log.event("Units-activation", ", ".join(changes.units)):
        host.units.call("enable", changes.units)
        host.units.call("start", changes.units)


def _save(host, manifest, changes, revision, point):
    paths, owner = host.paths, host.system.ids("root", "root")
    if changes.save:
        files.write(paths.manifest, json.dumps(manifest.raw, ensure_ascii=False).encode(), 0o600, owner)
    if changes.digest:
        entries = history.with_entry(history.read(paths), changes.digest, host.log.verb, host.system.time(), revision, point)
        files.write(paths.history, entries, 0o644, owner)
