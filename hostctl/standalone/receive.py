"""The head of a bundle: `sudo python3 -I BUNDLE apply` keeps the bundle's own copy of hostctl and lets it apply the
manifest in the last line. What is in no bundle is read from standard input, see runtime_inputs.py."""
import hashlib
import json
import os
import shutil
import subprocess
import sys

PROGRAMS = "/usr/local/lib/webstack"


def main():
    with open(__file__, encoding="utf-8") as bundle:
        manifest = json.loads(bundle.read().rstrip("\n").rsplit("\n", 1)[1].removeprefix("# BUNDLE "))
    folder = f"{PROGRAMS}/hostctl/"
    modules = {file["path"].removeprefix(folder): file["content"].encode() for file in manifest["files"] if file["path"].startswith(folder)}
    name = hashlib.sha256(modules["SHA256SUMS"]).hexdigest()[:16]
    home = f"{PROGRAMS}/hostctl-{name}"
    if not is_whole(f"{home}/hostctl", modules):
        write(home, modules)
    verb, *rest = sys.argv[1:] or ["--help"]
    more = [os.path.abspath(__file__), "--runtime-inputs"] if verb == "apply" else []
    os.execv(sys.executable, [sys.executable, "-I", f"{home}/hostctl/__main__.py", verb, *more, *rest])


def is_whole(folder, modules):
    """Whether a copy is there with all of its content: its name alone says nothing of what a power cut left of it."""
    return all(content_of(f"{folder}/{name}") == content for name, content in modules.items())


def content_of(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None


def write(home, modules):
    """Make the copy, in the place of a damaged one; on the disk when this returns."""
    unfinished = f"{home}.{os.getpid()}"
    # Of a run of this number before a reboot.
    shutil.rmtree(unfinished, ignore_errors=True)
    os.makedirs(f"{unfinished}/hostctl", mode=0o755)
    for name, content in modules.items():
        place = f"{unfinished}/hostctl/{name}"
        os.makedirs(os.path.dirname(place), mode=0o755, exist_ok=True)
        with open(place, "wb") as module:
            module.write(content)
    subprocess.run(["sync", "--file-system", unfinished], check=True)
    shutil.rmtree(home, ignore_errors=True)
    os.rename(unfinished, home)
    # The name, too.
    subprocess.run(["sync", PROGRAMS], check=True)


main()
