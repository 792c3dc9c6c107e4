"""The head of a bundle: `sudo python3 -I BUNDLE apply` keeps the bundle's own copy of hostctl and lets it apply the
manifest in the last line. What is in no bundle is read from standard input, see late.py."""
import hashlib
import json
import os
import sys

PROGRAMS = "/usr/local/lib/webstack"


def main():
    with open(__file__, encoding="utf-8") as bundle:
        manifest = json.loads(bundle.read().rstrip("\n").rsplit("\n", 1)[1].removeprefix("# BUNDLE "))
    modules = [file for file in manifest["files"] if file["path"].startswith(f"{PROGRAMS}/hostctl/")]
    name = hashlib.sha256("".join(f"{file['path']} {file['sha256']}\n" for file in modules).encode()).hexdigest()[:16]
    home = f"{PROGRAMS}/hostctl-{name}"
    if not os.path.exists(home):
        unfinished = f"{home}.{os.getpid()}"
        os.makedirs(f"{unfinished}/hostctl", mode=0o755)
        for file in modules:
            with open(f"{unfinished}/hostctl/{os.path.basename(file['path'])}", "w", encoding="utf-8", newline="") as module:
                module.write(file["content"])
        os.rename(unfinished, home)
    verb, *rest = sys.argv[1:] or ["--help"]
    more = [os.path.abspath(__file__), "--late-stdin"] if verb == "apply" else []
    os.execv(sys.executable, [sys.executable, "-I", f"{home}/hostctl", verb, *more, *rest])


main()
