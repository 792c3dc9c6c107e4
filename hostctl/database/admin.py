"""The administrator of the app's database, where the app's user may log in to it and little more (DigitalOcean): its URL, which root alone
has, and the rights that it gives the app's user."""
from ..machine.errors import HostError
from ..manifest import environment
from .engines import open_url

NAME = "DATABASE_ADMIN_URL"


def content(url):
    """What root's file holds; nothing where there is no such administrator."""
    return environment.render({NAME: url}) if url else b""


def secrets(paths):
    """{NAME: URL}, or nothing."""
    try:
        return environment.read(paths.database_admin.read_bytes())
    except FileNotFoundError:
        return {}


def app_database(host):
    """The app's database, with its administrator where it has one. Raises HostError when the app has none."""
    env = environment.read(host.paths.env.read_bytes())
    if "DATABASE_URL" not in env:
        raise HostError("DATABASE_URL: is not in the app's environment; deploy the stack first")
    # Past the pooler, where there is one: it knows the app's database alone, and lends no session for longer than a transaction.
    return open_url(host.system, env.get("DATABASE_DIRECT_URL", env["DATABASE_URL"]), secrets(host.paths).get(NAME))


def admit(host):
    """Have the app's user able to work in its database, and in nothing else; at once where it is. Raises CommandFailed when the administrator cannot."""
    if not secrets(host.paths):
        return
    database = app_database(host)
    if database.admitted():
        return
    host.log.step("DATABASE-RIGHTS")
    with host.log.event("User-association", f"{database.user} on {database.name}"):
        database.admit()
