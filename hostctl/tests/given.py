"""What tests are given: settings, and a login of an app, made on a real server as hostctl makes it."""
import json
import tempfile

from hostctl.machine.system import System


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
