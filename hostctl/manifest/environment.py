"""/etc/webstack/env: the one EnvironmentFile of services, jobs and release steps."""
import json
import re

from ..machine import files
from ..machine.errors import HostError
from . import manifest

MODE = 0o600
# In each release, an EnvironmentFile of its slots, jobs and steps: an error is told of the release that it came from.
RELEASE = ".webstack-release"


def checked(values):
    """The values, if systemd can hand each of them to a process. Raises HostError that names the variable, never its value."""
    for name, value in values.items():
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            raise HostError(f"environment: {json.dumps(name)} cannot be the name of a variable; use letters, digits and _")
        if not isinstance(value, str) or "\0" in value or not _is_utf8(value):
            raise HostError(f"environment.{name}: must be text without zero bytes")
    return values


def render(values):
    """The bytes of an EnvironmentFile that systemd reads back as exactly these values: inside double quotes only
    \\ " $ ` mean something, and a line break is itself.
    https://www.freedesktop.org/software/systemd/man/252/systemd.exec.html#EnvironmentFile="""
    quoted = {name: re.sub(r'([\\"$`])', r"\\\1", value) for name, value in values.items()}
    return "".join(f'{name}="{quoted[name]}"\n' for name in sorted(quoted)).encode()


def read(content):
    """{name: value} from bytes that render() made; what somebody has put there that is no UTF-8 reads as U+FFFD, so that an `apply` can mend it."""
    found = re.findall(r'^([A-Za-z_][A-Za-z0-9_]*)="((?:[^"\\]|\\.)*)"$', content.decode(errors="replace"), re.MULTILINE | re.DOTALL)
    return {name: re.sub(r"\\(.)", r"\1", value, flags=re.DOTALL) for name, value in found}


def note(host):
    """Keep a digest of the file: it is as it was applied, and what is other than that was changed by hand."""
    content, ids = files.sha256(host.paths.env).encode(), host.system.ids("root", "root")
    if not files.matches(host.paths.env_applied, content, MODE, ids):
        files.write(host.paths.env_applied, content, MODE, ids)


def hidden(values, plain):
    """{name: value} of what no log may show: all of the environment but what a manifest calls plain."""
    return {name: value for name, value in values.items() if name not in plain}


def secrets(paths):
    """Of the environment that is there, by the manifest applied last; all of it where that cannot be read."""
    try:
        plain = manifest.load(paths.manifest).plain
    except HostError:
        plain = ()
    return hidden(read(paths.env.read_bytes()) if paths.env.exists() else {}, plain)


def _is_utf8(text):
    try:
        text.encode()
        return True
    except UnicodeEncodeError:
        return False
