"""The steps of a release (migrations, static files), run as the app's user in the new release before any process of it starts."""
import os

from . import environment
from .errors import HostError
from .lock_wait import LockWait
from .undo import STEP_UNIT

SANDBOX = ("ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes", "NoNewPrivileges=yes", "PrivateDevices=yes", "RestrictSUIDSGID=yes",
           "IPAddressDeny=169.254.169.254", "UMask=0022")
# The slots that serve keep the other half.
LIMITS = ("MemoryMax=50%", "TasksMax=256")


def run(host, manifest, digest, step):
    """Run one step to its end; returns its output, which goes to the deploy log too. Raises HostError with the last 40 lines when it fails or
    takes longer than its time, or waits too long for a lock of the database."""
    release = host.paths.release(digest)
    writable = [str(release / item.folder) for item in manifest.release.static]
    properties = [*SANDBOX, f"EnvironmentFile={host.paths.env}", f"EnvironmentFile=-{release / environment.RELEASE}", f"WorkingDirectory={release}", *LIMITS,
                  f"RuntimeMaxSec={step.timeout_seconds}"]
    # "-": the folders come with the steps, and the state of the database is asked before those.
    properties += [f"ReadWritePaths=-{folder}" for folder in writable]
    program, *words = step.command
    # systemd expands $NAME in the words of a command; $$ is a dollar sign.
    command = [word.replace("$", "$$") for word in (_find(release, program), *words)]
    # A killed run leaves its step running for a while: it must have ended before another one migrates.
    host.system.run(["systemctl", "stop", STEP_UNIT], check=False)
    wait = LockWait(host, STEP_UNIT, manifest.host, manifest.release.lock_seconds)
    with wait:
        result = host.system.run(["systemd-run", "--wait", "--pipe", "--collect", "--quiet", f"--unit={STEP_UNIT}", "--service-type=exec",
                                  f"--uid={manifest.user}", f"--gid={manifest.user}", f"--setenv=PGAPPNAME={wait.mark}",
                                  f"--setenv=PATH={release}/venv/bin:/usr/bin:/bin", "--setenv=PYTHONDONTWRITEBYTECODE=1", "--setenv=PYTHONUNBUFFERED=1",
                                  *(f"--property={text}" for text in properties), "--", *command],
                                 timeout=step.timeout_seconds + 30, check=False)
    host.log.output(result.output)
    if result.code != 0:
        if wait.ended:
            raise HostError(f"{step.name}: {wait.ended}")
        last = "\n".join(result.output.strip().splitlines()[-40:])
        raise HostError(f"{step.name}: `{' '.join(step.command)}` ended with {result.code} (allowed time: {step.timeout_seconds} s)\n{last}".rstrip())
    return result.output


def _find(release, program):
    """systemd-run wants the whole path of a program."""
    places = [f"{folder}/{program}" for folder in (release / "venv/bin", "/usr/bin", "/bin")]
    return next((path for path in places if os.path.exists(path)), program)
