"""`apply`, `release`, `rollback` and `restart`: what each of them changes; deploy.py brings it about."""
from . import environment, history, packages, schema, slots
from .compare import Changes, compare, roll, stored_or_fail
from .deploy import deploy, recover
from .errors import HostError
from .release import do_steps, on_host


def apply(host, manifest, env=None):
    """Make the machine as the manifest declares; say "unchanged" when it is. `env`: values for the app, None to keep them."""
    _hide_secrets(host, env)
    recover(host)
    changes = compare(host, manifest, env)
    if changes.user or changes.packages:
        _provide(host, changes)
        # A package brings files and units of its own.
        changes = compare(host, manifest, env)
    if not changes:
        host.log.say("unchanged")
        return
    deploy(host, manifest, changes)


def release(host, digest):
    """Move to a release whose archive is in the inbox or that is on the host, and declare it."""
    manifest = manifest_of(host).with_digest(digest)
    changes = all_services(host, manifest, digest)
    changes.save = True
    deploy(host, manifest, changes)


def rollback(host, digest=None, down=False):
    """Move back to a release that is on the host (by default the one that served before), without its steps. What is
    declared stays, so `verify` reports the difference and the next `apply` moves forward again. Where the database has moved on since, it is refused, or comes after the down step when `down` is set."""
    manifest = manifest_of(host)
    digest = digest or _previous(host)
    if not on_host(host.paths, digest):
        raise HostError(f"release {digest}: is not on this host; `hostctl releases` lists those that are")
    changes, serving = all_services(host, manifest, digest), slots.current(host.paths)
    went_down = schema.before_rollback(host, manifest, digest, down)
    try:
        deploy(host, manifest.with_digest(digest), changes, run_steps=False)
    except HostError:
        if went_down:
            # The serving release goes on, and needs its schema.
            do_steps(host, manifest.with_digest(serving))
        raise


def restart(host, names=()):
    """Start services (by default all of them) anew in their other slots, in the release that serves."""
    manifest = manifest_of(host)
    if slots.current(host.paths) is None:
        raise HostError("no release serves; deploy one first")
    unknown = set(names) - {service.name for service in manifest.services}
    if unknown:
        raise HostError(f"{', '.join(sorted(unknown))}: is no service of this host; services are {', '.join(service.name for service in manifest.services)}")
    changes = Changes()
    for service in manifest.services:
        if not names or service.name in names:
            roll(changes, service, "restart")
    deploy(host, manifest, changes)


def manifest_of(host):
    """The manifest applied last, of a host that runs an app, with what an interrupted run left mended."""
    _hide_secrets(host, None)
    recover(host)
    manifest = stored_or_fail(host.paths)
    if manifest.release is None:
        raise HostError(f"host {manifest.host}: runs no app, so it has no releases")
    return manifest


def all_services(host, manifest, digest):
    """Changes that move every service to a release which does not serve yet."""
    if digest == slots.current(host.paths):
        raise HostError(f"release {digest}: serves already; `hostctl restart` starts its services anew")
    changes = Changes(digest=digest)
    for service in manifest.services:
        roll(changes, service, f"must run release {digest}")
    return changes


def _previous(host):
    serving = slots.current(host.paths)
    for digest in history.previous(history.read(host.paths), serving):
        if on_host(host.paths, digest):
            return digest
    raise HostError("no earlier release is on this host; name one that `hostctl releases` lists")


def _provide(host, changes):
    host.log.step("PACKAGES")
    if changes.packages:
        with host.log.event("Packages-installation", ", ".join(changes.packages)):
            packages.install(host.system, changes.packages)
    if changes.user:
        with host.log.event("User-creation", changes.user):
            packages.add_user(host.system, changes.user)


def _hide_secrets(host, env):
    """Both the values to come and those that are there: an old password is a secret still."""
    there = environment.read(host.paths.env.read_bytes()) if host.paths.env.exists() else {}
    new, old = environment.hider(env or {}), environment.hider(there)
    host.log.hide = lambda text: old(new(text))
