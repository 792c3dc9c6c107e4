"""Packages that have to be compiled: each becomes a wheel on the host, of the source that lies beside the release's requirements file, before anything of the release
starts. Whoever wrote it decides what its build does, so that runs where there is nothing of the app's, and is kept by what it was made of."""
import hashlib
import os
import platform
import re

from ..machine import files
from ..machine.errors import CommandFailed, HostError
from . import app_command, environments

# Beside the requirements file, and behind the name of a source: the tools that build it, with their hashes.
FOLDER, TOOLS = "webstack_wheels", ".build.txt"
UNIT = "webstack-build"
SECONDS = 1800
# The first moment that a zip archive can tell. https://reproducible-builds.org/docs/source-date-epoch/
VARIABLES = ("HOME=/tmp", "SOURCE_DATE_EPOCH=315532800")
# A user that is nobody else, no network, of /srv the folder of this build alone, and nothing of what hostctl keeps. Whoever serves comes first.
SANDBOX = (*app_command.SANDBOX, "ReadWritePaths=", "DynamicUser=yes", "PrivateNetwork=yes", f"StateDirectory={UNIT}", "StateDirectoryMode=0700",
           "TemporaryFileSystem=/srv:ro", "InaccessiblePaths=-/etc/webstack -/var/lib/webstack -/var/log/webstack -/run/webstack -/etc/ssh", "Nice=10",
           f"RuntimeMaxSec={SECONDS}", *app_command.LIMITS)
LARGEST_WHEEL = 1 << 30


def sources(requirements):
    """{SHA-256 of a source: its path}, of those beside a requirements file that it names."""
    # Its encoding is whatever pip takes.
    named = {found.decode() for found in re.findall(rb"--hash=sha256:([0-9a-f]{64})", requirements.read_bytes())}
    beside = [tools.with_name(tools.name.removesuffix(TOOLS)) for tools in sorted((requirements.parent / FOLDER).glob(f"*{TOOLS}"))]
    found = {files.sha256(path): path for path in beside if path.is_file()}
    return {sha256: path for sha256, path in found.items() if sha256 in named}


def ensure(host, requirements, wheels):
    """{SHA-256 of a source: the wheel that it has become}; makes those that are not there. `wheels`: the folder with those of their tools.
    Raises HostError with the last words of a build that fails."""
    made = {}
    for sha256, source in sources(requirements).items():
        tools = source.with_name(source.name + TOOLS)
        name = hashlib.sha256(f"{sha256} {files.sha256(tools)} {platform.python_version()} {platform.machine()}".encode()).hexdigest()[:16]
        folder = host.paths.compiled / name
        if not folder.exists():
            with host.log.event("Package-compilation", source.name):
                _compile(host, source, tools, wheels, folder)
        made[sha256] = next(folder.glob("*.whl"))
    return made


def _compile(host, source, tools, wheels, folder):
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    # Of a run that was killed.
    host.system.run(["systemctl", "stop", f"{UNIT}.service"], check=False)
    _clear(host, unfinished)
    try:
        _build(host, source, tools, wheels, unfinished)
    except Exception:
        # What a build has written may be what has filled the disk.
        _clear(host, unfinished)
        raise
    host.system.sync(unfinished)
    os.rename(unfinished, folder)
    files.sync(folder.parent)


def _clear(host, unfinished):
    files.remove_tree(unfinished)
    files.remove_tree(host.paths.compiling)


def _build(host, source, tools, wheels, unfinished):
    unfinished.mkdir(parents=True)
    environment = unfinished / "environment"
    environments.make(host, environment, tools, [wheels])
    os.link(source, unfinished / source.name)
    program = [*environments.pip(environment), "wheel", "--no-cache-dir", "--no-index", "--no-deps", "--use-pep517", "--no-build-isolation",
               "--wheel-dir", f"/var/lib/{UNIT}", str(unfinished / source.name)]
    variables = (f"PATH={environment}/bin:/usr/bin:/bin", *VARIABLES)
    properties = (*SANDBOX, f"BindReadOnlyPaths={unfinished}", f"WorkingDirectory=/var/lib/{UNIT}")
    words = ["systemd-run", "--wait", "--pipe", "--collect", "--quiet", f"--unit={UNIT}", "--service-type=exec", *(f"--setenv={one}" for one in variables),
             *(f"--property={one}" for one in properties), "--", *program]
    try:
        host.log.output(host.system.run(words, timeout=SECONDS + 30).output)
    except CommandFailed as failure:
        last = "\n".join(failure.output.strip().splitlines()[-40:])
        raise HostError(f"{source.name}: does not become a wheel on this host; app.buildPackages names the Debian packages that it is compiled with\n{last}") from None
    made = sorted(host.paths.compiling.glob("*.whl"))
    if len(made) != 1:
        raise HostError(f"{source.name}: must become one wheel, got {', '.join(one.name for one in made) or 'none'}")
    files.remove_tree(environment)
    os.unlink(unfinished / source.name)
    # Its owner was the build, which may have put a link there.
    (unfinished / made[0].name).write_bytes(files.read_foreign(made[0], LARGEST_WHEEL))
    files.remove_tree(host.paths.compiling)
