"""A login of an app, made on a real server as hostctl makes it."""
import tempfile

from hostctl.machine.system import System


def give_login(engine, admin_url, user, password):
    """`engine` is login_mysql or login_postgres; the login is for the database `shop`."""
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as text:
        text.write(engine.statements("shop", user, password, "shop"))
        text.flush()
        argv, env = engine.program(System(), admin_url, "shop", text.name)
        System().run(argv, env=env)
