"""`rollback`: the code of an earlier release, and where the database has moved on since, the database with it."""
from ..machine.errors import HostError
from ..release import history, schema, slots
from ..release.release import at_hand, do_steps
from . import apply
from .deploy import deploy


def rollback(host, digest=None, down=False, point=False):
    """Move back to a release that is on the host (by default the one that served before; after a rollback, the one before that), without its steps. What is declared
    stays, so `verify` reports the difference and the next `apply` moves forward again. Where the database has moved on since, it is refused, or
    comes after the down step when `down` is set, or with the restore point when `point` is set."""
    manifest = apply.manifest_of(host)
    digest = digest or _previous(host)
    if not at_hand(host.paths, digest):
        raise HostError(f"release {digest}: is not on this host; `hostctl releases` lists those that are")
    changes, serving = apply.all_services(host, manifest, digest), slots.current(host.paths)
    way = schema.before_rollback(host, manifest, digest, down, point)

    def move(host):
        deploy(host, manifest.with_digest(digest), changes, run_steps=False)

    if way == "restore":
        host.hooks.restore(host, digest, move)
    else:
        try:
            move(host)
        except HostError:
            if way == "down":
                # The serving release goes on, and needs its schema.
                do_steps(host, manifest.with_digest(serving))
            raise
    host.log.say(f"release {digest} serves now, in place of {serving}; `hostctl rollback {serving}` goes forward to that one, the next `up` to what its source is")


def _previous(host):
    entries, serving = history.read(host.paths), slots.current(host.paths)
    there = [digest for digest in history.previous(entries, serving) if at_hand(host.paths, digest)]
    for digest in reversed(history.line(entries)):
        if digest in there:
            return digest
    forward = f"{there[0]} served after it: `hostctl rollback {there[0]}` goes forward to that one" if there else "`hostctl releases` lists those that served"
    raise HostError(f"no earlier release than {serving} is on this host; {forward}")
