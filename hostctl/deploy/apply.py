"""`apply`, `release` and `restart`: what each of them changes; deploy.py brings it about."""
from ..database import admin, login
from ..machine import files, packages, units
from ..machine.errors import HostError, nearest
from ..manifest import environment
from ..manifest.stored import stored, stored_or_fail
from ..release import slots
from . import database_move
from .compare import Changes, compare, missing, roll
from .deploy import bring, deploy, recover

# Settings that a package reads while it is being installed, or that say which updates are installed, so they come before it.
READ_BY_PACKAGES = ("/etc/postgresql-common/createcluster.conf", "/etc/apt/apt.conf.d/60webstack")


def apply(host, manifest, env=None, database_admin=None, *, database_from=None, save_database=True):
    """Make the machine as the manifest declares; say "unchanged" when it is. `env`: values for the app; `database_admin`: see runtime_inputs.py; None keeps them.
    `database_from`: URL of the database whose data move to that of `env`, see database_move.py."""
    _hide(host, env, manifest.plain, {admin.NAME: database_admin, "SOURCE": database_from})
    packages.require_release(host.paths, manifest.debian)
    recover(host)
    host.hooks.settle(host)
    before, (absent, user) = stored(host.paths), missing(host, manifest)
    if before is None or absent or user:
        _provide(host, manifest, absent, user, before is None)
    if before is None or before.raw != manifest.raw:
        # Not of what serves already, as when a login is followed: a package that came since must not keep the site from its database.
        units.require_own(host.paths, manifest.files)
    kept = login.declared(manifest)
    if kept is not None and env is not None:
        # After the packages: the database's own client is one of them.
        env = {**env, "DATABASE_URL": login.ensure(host, manifest, kept)}
    # A package brings files and units of its own, so what differs is known by now only.
    changes = compare(host, manifest, env, database_admin)
    if env is not None and changes.env is None:
        # As declared, whoever made it so.
        environment.note(host)
    if not changes:
        host.log.say("unchanged")
        return
    move = database_move.wanted(host, manifest, env, database_from)
    if move is None:
        deploy(host, manifest, changes, save_database=save_database)
        return
    # Not while visitors have the maintenance page.
    bring(host, manifest, changes)
    with database_move.site_closed(host, move):
        deploy(host, manifest, changes, save_database=save_database, move=move)


def release(host, digest, *, save_database=True):
    """Move to a release whose archive is in the inbox or that is on the host, and declare it."""
    manifest = manifest_of(host).with_digest(digest)
    changes = all_services(host, manifest, digest)
    changes.save = True
    deploy(host, manifest, changes, save_database=save_database)


def restart(host, names=()):
    """Start services (by default all of them) anew in their other slots, in the release that serves."""
    manifest = manifest_of(host)
    if slots.current(host.paths) is None:
        raise HostError("no release serves; deploy one first")
    known = [service.name for service in manifest.services]
    unknown = sorted({*names} - {*known})
    if unknown:
        raise HostError(f"{', '.join(unknown)}: is no service of this host; services are {', '.join(known)}{nearest(unknown[0], known)}")
    changes = Changes()
    for service in manifest.services:
        if not names or service.name in names:
            roll(changes, service, "restart")
    deploy(host, manifest, changes)


def manifest_of(host):
    """The manifest applied last, of a host that runs an app, with what an interrupted run left mended."""
    recover(host)
    host.hooks.settle(host)
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


def _provide(host, manifest, absent, user, is_new):
    host.log.step("PACKAGES")
    for file in manifest.files:
        if file.path in READ_BY_PACKAGES:
            files.write(host.paths.at(file.path), file.content, file.mode, host.system.ids(file.owner, file.group))
    if is_new and packages.UPDATER in manifest.packages and not packages.is_container(host.system):
        # Before the packages that listen to the world; the firewall of the first boot lets SSH in alone.
        with host.log.event("Security-updates", "of a new machine"):
            packages.install_security_updates(host.system)
    if absent:
        with host.log.event("Packages-installation", ", ".join(absent)):
            packages.install(host.system, absent)
    if user:
        with host.log.event("User-creation", user):
            packages.add_user(host.system, user)


def _hide(host, env, plain, urls):
    """The values to come; `urls` of databases, None where there is none."""
    host.log.mask.add(environment.hidden(env or {}, plain))
    host.log.mask.add({name: url or "" for name, url in urls.items()})
