"""Restore points: the database as it was before the steps of a release changed its schema, kept with the backups as long as the release
whose data it is, and recorded in history.json as {id, release, schema, sha256}."""
from ..database import admin
from ..machine.errors import CommandFailed, HostError
from ..manifest.manifest import Step
from ..release import history, schema, slots, steps
from . import backup, repository_lock, restore
from .repository import POINT, POINT_HOST, RELEASE, Repository

CHECK_SECONDS = 60


def take_before(host, manifest):
    """Save the database before the declared release, which is on the host, runs its steps. None where nothing serves yet, no schema or steps
    are declared, no backups are kept, or the steps would leave the schema as it is. Raises HostError, with nothing changed, when
    it cannot be saved."""
    declared, serving = manifest.release, slots.current(host.paths)
    if serving is None or not (declared.restore_point and declared.schema and declared.steps):
        return None
    # Where backups begin with this very deployment there is no repository yet.
    if backup.settings(host.paths) is None or not host.paths.backup_access.exists():
        return None
    host.log.step("RESTORE-POINT")
    if _unchanged(host, manifest):
        return None
    try:
        return _take(host, manifest, serving)
    except HostError as failure:
        raise HostError(f"release {declared.digest}: was refused, and nothing has changed: the database cannot be saved before its steps\n{failure}\n"
                        f"In an emergency `hostctl release {declared.digest} --without-restore-point` goes on without, "
                        "as does release.restorePoint: false in the stack's file") from None


def _unchanged(host, manifest):
    check = manifest.release.schema.check
    if not check:
        return False
    with host.log.event("Schema-comparison") as facts:
        try:
            steps.run(host, manifest, manifest.release.digest, Step("Schema-comparison", check, CHECK_SECONDS))
        except HostError:
            facts["detail"] = "the steps change the schema"
            return False
        facts["detail"] = "the steps leave the schema as it is"
        return True


def _take(host, manifest, serving):
    database, repository = admin.app_database(host), Repository(host)
    revision = schema.revision(host, manifest, manifest.release.digest)
    with backup.dump_turn(host, "restore point"), repository_lock.writing(host, repository, exclusive=False), host.log.event("Restore-point") as facts:
        name, marks = backup.marks_of(host.system.time(), POINT_HOST)
        sha256, size = backup.store_dump(host, database, repository, [*marks, "--tag", POINT, "--tag", f"{RELEASE}{serving}"])
        facts["detail"] = f"{name}, {size} bytes"
    return {"id": name, "release": serving, "schema": revision, "sha256": sha256}


def find(host, repository, digest):
    """The restore point that a rollback to this release goes back to, as a backup. Raises HostError when the repository has it no more."""
    entries = history.read(host.paths)
    saved = history.point_of(entries, history.schema_of(entries, digest))
    found = next((point for point in repository.listing().points() if point.id == saved["id"] and point.release == saved["release"]), None)
    if found is None:
        raise HostError(f"restore point {saved['id']}: is not in the repository any more; `hostctl backups` lists what is")
    return found._replace(sha256=saved["sha256"])


def go_back(host, digest, move):
    """Put the restore point of a release in the place of the data, and have the services move(host) to that release; both come or neither does."""
    chosen, database, repository = backup.settings_or_fail(host.paths), admin.app_database(host), Repository(host)
    with backup.turn(host, "rollback"):
        found = find(host, repository, digest)
        done = restore.bring(host, chosen, database, repository, found, move, digest)
        since = _written_since(database, done["kept"])
    host.log.say(f"database {database.name}: is restore point {found.id}, {done['ageSeconds']} s old; what was written since is in {done['kept']} only: "
                 f"{since}; `hostctl restore --drop-old` removes it")


def _written_since(database, kept):
    """What the database that served has more of (or less), in words."""
    try:
        then, now = database.rows(database.name), database.rows(kept)
    except CommandFailed:
        return "its rows could not be counted"
    found = [f"{table} {rows - then[table]:+} rows" for table, rows in now.items() if rows != then.get(table, rows)]
    found += [f"{table} (new table) {rows} rows" for table, rows in now.items() if table not in then]
    return ", ".join(found) or "no table has another number of rows"
