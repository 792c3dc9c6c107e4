"""The steps of a release (migrations, static files), run as the app's user in the new release before any process of it starts."""
from ..database.lock_wait import LockWait
from ..machine.errors import HostError
from . import app_command

STEP_UNIT = "webstack-step.service"


def end_lost(host):
    """End the step of a run that was killed: until then its program may write the release's static folders."""
    host.system.run(["systemctl", "stop", STEP_UNIT], check=False)


def run(host, manifest, digest, step):
    """Run one step to its end; returns its output, which goes to the deploy log too. Raises HostError with the last 40 lines when it fails or
    takes longer than its time, or waits too long for a lock of the database."""
    release = host.paths.release(digest)
    # "-": the folders come with the steps, and the state of the database is asked before those.
    writable = [f"ReadWritePaths=-{release / item.folder}" for item in manifest.release.static]
    # A killed run leaves its step running for a while: it must have ended before another one migrates.
    end_lost(host)
    wait = LockWait(host, STEP_UNIT, manifest.host, manifest.release.lock_timeout_seconds)
    with wait:
        command = app_command.words(host, manifest.user, release, STEP_UNIT, step.command, ends=["--pipe"], variables=[f"PGAPPNAME={wait.mark}"],
                                    properties=[f"RuntimeMaxSec={step.timeout_seconds}", "UMask=0022", *writable])
        result = host.system.run(command, timeout=step.timeout_seconds + 30, check=False)
    host.log.output(result.output)
    if result.code != 0:
        if wait.ended:
            raise HostError(f"{step.name}: {wait.ended}")
        last = "\n".join(result.output.strip().splitlines()[-40:])
        raise HostError(f"{step.name}: `{' '.join(step.command)}` ended with {result.code} (allowed time: {step.timeout_seconds} s)\n{last}".rstrip())
    return result.output
