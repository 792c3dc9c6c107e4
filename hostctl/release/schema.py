"""Migrations, as far as a rollback has to know: the schema revision, one line by which the app names the state of its database, recorded with every release.

It must depend on the database alone and not on the code that asks, so that two releases can be compared by it."""
from ..machine.errors import HostError
from ..manifest.manifest import Step
from . import history, slots, steps

ASK_SECONDS, DOWN_SECONDS = 60, 3600
# Stands for the revision to go to in the words of the down step.
REVISION = "{revision}"


def revision(host, manifest, digest):
    """What the database is at, asked by the code of a release; None where none is declared."""
    declared = manifest.release.schema
    if declared is None:
        return None
    with host.log.event("Schema-revision") as facts:
        lines = steps.run(host, manifest, digest, Step("Schema-revision", declared.revision, ASK_SECONDS)).strip().splitlines()
        if not lines or len(lines[-1]) > 2000:
            raise HostError(f"`{' '.join(declared.revision)}`: must print the schema revision as its last line, got {len(lines)} lines")
        facts["detail"] = lines[-1]
        return lines[-1]


def before_rollback(host, manifest, digest, down, point):
    """How a rollback to `digest` may go on: None when the database is as that release knew it; "down" after the down step, which runs
    when `down` is set; "restore" when `point` is set: to the restore point that history.point_of gives. Raises HostError otherwise,
    before anything has changed."""
    if manifest.release.schema is None:
        if down:
            raise HostError("rollback --down: no release.schema.down is declared")
        if point:
            raise HostError("rollback --restore: no release.schema is declared, so no restore points are taken; `hostctl restore ID` restores a backup")
        return None
    host.log.step("SCHEMA")
    serving = slots.current(host.paths)
    entries = history.read(host.paths)
    now, then = revision(host, manifest, serving), history.schema_of(entries, digest)
    if now == then:
        return None
    command = manifest.release.schema.down
    if then is None:
        raise HostError(f"release {digest}: no schema revision was recorded for it, so nobody knows whether it can run with the database as it is; "
                        f"`hostctl release {digest}` moves to it with its steps")
    saved = history.point_of(entries, then)
    if point and saved:
        return "restore"
    if not (down and command):
        down_way = (f"`hostctl rollback {digest} --down` first runs `{' '.join(command)}`, which may lose what was stored since" if command
                    else "no down step is declared (release.schema.down)")
        point_way = (f"`hostctl rollback {digest} --restore` goes back to restore point {saved['id']} and keeps the database of now beside it" if saved
                     else "no restore point of that schema is known: restore a backup from before, or release a version that fits the schema")
        way = f"{down_way}\n{point_way}"
        raise HostError(f"release {digest}: its code knew the schema\n  {then}\nbut the database is at\n  {now}\n{way}")
    words = tuple(then if word == REVISION else word for word in command)
    with host.log.event("Schema-down", f"to {then}"):
        steps.run(host, manifest, serving, Step("Schema-down", words, DOWN_SECONDS))
    found = revision(host, manifest, serving)
    if found != then:
        raise HostError(f"the down step ended well, and left the database at\n  {found}\nand not at\n  {then}\nThe serving release still serves")
    return "down"
