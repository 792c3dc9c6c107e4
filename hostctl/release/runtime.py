"""Runtimes: virtual environments, each named by the requirements file it was made of, shared by the releases that have the same."""
import hashlib
import os
import platform
import re
import sys

from ..machine import files
from ..machine.errors import HostError
from . import compiled, environments
from .environments import PYTHON

# In a runtime: the folders of what was compiled for it, one a line.
COMPILED = "compiled"


def name_of(requirements):
    """First 16 hex digits of the SHA-256 over the requirements file and the version of Python."""
    return hashlib.sha256(requirements + platform.python_version().encode()).hexdigest()[:16]


def other_python(wheels):
    """Version of the Python that the compiled wheels in a folder are for, "3.11", where it is not this host's; None where they fit.
    https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/"""
    own = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    found = {match[1] for wheel in wheels.glob("*.whl") if (match := re.search(r"-cp3\d+-(cp3\d+)-[^-]+$", wheel.stem))}
    return None if not found or own in found else min(found).replace("cp3", "3.")


def ensure(host, name, requirements, wheels):
    """Make the runtime unless it is there; tells whether it was made. Every wheel must have the hash that the requirements
    file says; what has to be compiled is, before. Raises HostError for wheels of another Python and for a build that fails, CommandFailed with pip's words."""
    final = host.paths.runtimes / name
    if final.exists():
        return False
    other = other_python(wheels)
    if other is not None:
        raise HostError(f"the wheels of this release are for Python {other}, and this host has {platform.python_version()}, as after another host.image; "
                        "bring its source back and run npm run up, which delivers it with wheels for this host")
    made = compiled.ensure(host, requirements, wheels)
    unfinished = final.with_name(f"{name}.unfinished")
    files.remove_tree(unfinished)
    final.parent.mkdir(parents=True, exist_ok=True)
    environments.make(host, unfinished, _with_wheels(requirements, made, wheels.parent), [wheels, *(wheel.parent for wheel in made.values())])
    (unfinished / COMPILED).write_text("".join(f"{wheel.parent.name}\n" for wheel in made.values()))
    _compile(host, unfinished, final)
    # Scripts carry the folder they were made in on their first line.
    for script in (unfinished / "bin").iterdir():
        if script.is_file() and not script.is_symlink():
            text = script.read_bytes()
            script.write_bytes(text.replace(os.fsencode(unfinished), os.fsencode(final)))
    host.system.sync(unfinished)
    os.rename(unfinished, final)
    files.sync(final.parent)
    return True


def _with_wheels(requirements, made, scratch):
    """The file, or where something was made its copy, which has the hashes of wheels in place of those of their sources."""
    if not made:
        return requirements
    text = requirements.read_text()
    for sha256, wheel in made.items():
        text = text.replace(sha256, files.sha256(wheel))
    copy = scratch / "requirements.txt"
    copy.write_text(text)
    return copy


def compile_source(host, source, final):
    """Byte-compile what the app's user may not write to later. A file that is no Python 3 is not an error: it may never be imported."""
    _compile(host, source, final)


def _compile(host, folder, final):
    """`final` is what tracebacks will say."""
    host.system.run([PYTHON, "-I", "-m", "compileall", "-q", "-j", "0", "-s", str(folder), "-p", str(final), str(folder)], check=False)
