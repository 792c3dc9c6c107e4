"""Virtual environments, filled from wheels at hand, each of which must have the hash that a requirements file says."""

PYTHON = "/usr/bin/python3"


def pip(folder):
    """Words that begin a command of pip for an environment. A copy of it in every environment would cost 2 s."""
    return [PYTHON, "-I", "-m", "pip", "--python", str(folder / "bin/python"), "--isolated", "--quiet", "--disable-pip-version-check", "--no-input"]


def make(host, folder, requirements, links):
    """Make an environment of the packages of a file. `links`: folders with their wheels. Raises CommandFailed with pip's words."""
    host.system.run([PYTHON, "-I", "-m", "venv", "--without-pip", str(folder)])
    # --no-deps: the file is complete and pip need not work that out again.
    host.system.run([*pip(folder), "--no-cache-dir", "install", "--no-index", "--no-deps", "--require-hashes", "--no-compile", "--no-warn-script-location",
                     *(word for link in links for word in ("--find-links", str(link))), "--requirement", str(requirements)])
