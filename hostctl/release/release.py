"""A release on the host: unpacked and verified, with its runtime, its steps run and its static files published."""
import os

from ..machine import files
from ..machine.errors import HostError
from ..manifest import environment
from . import archive, history, runtime, schema, slots, source as sources, static, steps


def on_host(paths, digest):
    """Whether a release is complete: it gets its name last, and its runtime is there."""
    return (paths.release(digest) / "venv/bin/python").exists()


def at_hand(paths, digest):
    """Whether a release is on the host, or served and can be had from its archive, as after this host took over from another."""
    return on_host(paths, digest) or archive.of(paths, digest).exists() and any(entry["digest"] == digest for entry in history.read(paths))


def prepare(host, manifest, *, run_steps):
    """Make the declared release, unpacked, ready to start; returns the schema revision of the database by then, or None.
    Nothing that serves is touched. Raises HostError at the first thing amiss."""
    digest = manifest.release.digest
    if run_steps:
        do_steps(host, manifest)
        if slots.current(host.paths) == digest:
            # What its steps made is other than it was.
            files.remove(archive.made(host.paths, digest))
    revision = schema.revision(host, manifest, digest)
    _publish(host, manifest.release)
    return revision


def ensure(host, manifest):
    """Have the declared release on the host, unpacked and verified, with its runtime. Raises HostError at the first thing amiss."""
    paths, log, declared, digest = host.paths, host.log, manifest.release, manifest.release.digest
    if on_host(paths, digest):
        return
    final = paths.release(digest)
    unfinished = final.with_name(f"{digest}.unfinished")
    source = unfinished / "source"
    log.step("RELEASE")
    with log.event("Release-unpacking", digest):
        files.remove_tree(unfinished)
        archive.unpack(archive.of(paths, digest), unfinished, manifest.stack)
    with log.event("Digest-verification"):
        contents = archive.contents(source) if source.is_dir() else None
        found = "of nothing" if contents is None else archive.digest_of(contents)
        if found != digest:
            raise HostError(f"release {digest}: its files have the digest {found}; {archive.again(manifest.stack)}")
        requirements = source / declared.requirements
        if not requirements.is_file():
            raise HostError(f"release {digest}: has no {declared.requirements}; set app.requirements to the file with hashed requirements")
        for name, what in (("venv", "the runtime"), (environment.RELEASE, "its own settings"), (static.RECORD, "the record of its static files"), (sources.RECORD, "the record of its files")):
            if os.path.lexists(source / name):
                raise HostError(f"release {digest}: `{name}` at its top is the name of {what}; rename it or add it to app.exclude")
        sources.keep(host, source, contents)
        if archive.made(paths, digest).exists():
            for item in declared.static:
                files.remove_tree(source / item.folder)
            archive.add(archive.made(paths, digest), unfinished, manifest.stack)
    log.step("RUNTIME")
    with log.event("Virtual-environment-installation") as facts:
        name = runtime.name_of(requirements.read_bytes())
        made = runtime.ensure(host, name, requirements, unfinished / "wheels")
        facts["detail"] = f"{name} {'made' if made else 'was there'}"
    with log.event("Byte-compilation"):
        runtime.compile_source(host, source, final)
    with log.event("Virtual-environment-activation"):
        os.symlink(f"../../runtimes/{name}", source / "venv")
        files.write(source / environment.RELEASE, environment.render({"SENTRY_RELEASE": digest}), 0o644, host.system.ids("root", "root"))
    with log.event("Release-completion"):
        static.keep(host, source, declared.static)
        files.remove_tree(final)
        os.rename(source, final)
        files.sync(final.parent)
        files.remove_tree(unfinished)


def do_steps(host, manifest):
    """Run the steps of the declared release in it."""
    digest, declared = manifest.release.digest, manifest.release
    if not declared.steps:
        if declared.static:
            # Those of an earlier description, killed with their run, may own the folders still.
            steps.end_lost(host)
            static.give(host, digest, declared.static, host.system.ids("root", "root"))
        return
    host.log.step("STEPS")
    static.clear(host, digest, declared.static)
    static.give(host, digest, declared.static, host.system.ids(manifest.user, manifest.user))
    try:
        for step in declared.steps:
            with host.log.event(step.name):
                steps.run(host, manifest, digest, step)
    finally:
        # The release may serve already, when a step was added to it.
        static.give(host, digest, declared.static, host.system.ids("root", "root"))
    static.keep(host, host.paths.release(digest), declared.static)


def mend_static(host, manifest):
    """Publish the static files of the release that serves anew; its steps make those that are damaged in the release itself."""
    digest, declared = manifest.release.digest, manifest.release
    if static.damaged(host, digest, declared.static):
        do_steps(host, manifest)
    _publish(host, declared)


def _publish(host, declared):
    host.log.step("STATIC")
    with host.log.event("Static-files-publication") as facts:
        facts["detail"] = f"{static.publish(host, declared.digest, declared.static)} written"
