"""What tests are given: hostctl's own modules, settings, and a login of an app, made on a real server as hostctl makes it."""
import hashlib
import json
import tempfile
from pathlib import Path

from hostctl.machine.system import System


def modules(package):
    """{path below the package: text} of hostctl's modules that a host has."""
    found = {str(path.relative_to(package)): path.read_text() for path in sorted(package.rglob("*.py"))}
    return {name: text for name, text in found.items() if not name.startswith("tests/") and Path(name).name != "receive.py"}


def sums(texts):
    """Their SHA256SUMS."""
    return "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in texts.items())


def give_settings(paths, **parts):
    """Say of backups, monitoring, the watchdog or a database of somebody else's what the description would; None takes a part away."""
    there = json.loads(paths.settings.read_text()) if paths.settings.exists() else {"version": 1, "backup": None, "monitoring": None, "watchdog": None, "externalDatabase": None}
    paths.settings.parent.mkdir(parents=True, exist_ok=True)
    paths.settings.write_text(json.dumps(there | parts))


def give_login(engine, admin_url, user, password):
    """`engine` is login_mysql or login_postgres; the login is for the database `shop`."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as text:
        text.write(engine.statements("shop", user, password, "shop"))
        text.flush()
        argv, env = engine.program(System(), admin_url, "shop", text.name)
        System().run(argv, env=env)
