"""A command of the app on its host: from a release, as the app's user, with the environment of its services, in a sandbox."""
import os

from ..manifest import environment

# That of the services, word for word: cloud-init/systemd/sandbox.conf.
SANDBOX = (
    "NoNewPrivileges=yes", "CapabilityBoundingSet=", "ProtectSystem=strict", "ReadWritePaths=-/srv/webstack/shared/data", "ProtectHome=yes",
    "PrivateTmp=yes", "PrivateDevices=yes", "PrivateUsers=yes", "PrivateMounts=yes", "ProtectHostname=yes", "ProtectClock=yes",
    "ProtectKernelTunables=yes", "ProtectKernelModules=yes", "ProtectKernelLogs=yes", "ProtectControlGroups=yes", "ProtectProc=invisible",
    "ProcSubset=pid", "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6", "RestrictNamespaces=yes", "LockPersonality=yes", "MemoryDenyWriteExecute=yes",
    "RestrictRealtime=yes", "RestrictSUIDSGID=yes", "RemoveIPC=yes", "SystemCallArchitectures=native", "SystemCallFilter=@system-service",
    "SystemCallFilter=~@resources", "SystemCallErrorNumber=EPERM", "DevicePolicy=closed", "KeyringMode=private", "IPAddressDeny=169.254.169.254",
    "UMask=0077"
)
# The slots that serve keep the other half.
LIMITS = ("MemoryMax=50%", "TasksMax=256")


def words(host, user, release, unit, command, *, ends, variables=(), properties=()):
    """The words of the command that runs `command` as the unit and waits for it. `ends`: of systemd-run, what its input and output are;
    `variables`: NAME=VALUE, nothing secret, since they show in the process list."""
    program, *arguments = command
    variables = (f"PATH={release}/venv/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE=1", "PYTHONUNBUFFERED=1", *variables)
    properties = (*SANDBOX, *LIMITS, f"EnvironmentFile={host.paths.env}", f"EnvironmentFile=-{release / environment.RELEASE}", f"WorkingDirectory={release}", *properties)
    # systemd expands $NAME in the words of a command; $$ is a dollar sign.
    escaped = [word.replace("$", "$$") for word in (find(release, program) or program, *arguments)]
    return ["systemd-run", "--wait", *ends, "--collect", "--quiet", f"--unit={unit}", "--service-type=exec", f"--uid={user}", f"--gid={user}",
            *(f"--setenv={text}" for text in variables), *(f"--property={text}" for text in properties), "--", *escaped]


def find(release, program):
    """The whole path of a program, which systemd-run wants; None where neither the release nor the host has it."""
    folders = (release / "venv/bin", "/usr/bin", "/bin") if "/" not in program else (release,)
    return next((path for folder in folders if os.path.exists(path := os.path.join(folder, program))), None)
