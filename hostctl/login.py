"""The app's login to a managed database, where the cloud keeps it in a store of secrets: made once, followed when it changes, changed on demand.

Two logins take turns, NAME_a and NAME_b. A change gives the one that is not in use a new password and makes it the secret; the one in use stays
good until the next change, so that requests of processes which still have it go on. What they own belongs to both."""
import contextlib
import json
import os
import secrets
import tempfile
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from . import environment, login_mysql, login_postgres
from .engines import open_url
from .errors import CommandFailed, HostError
from .secretstore import SecretStore
from .trust import CA

SETTINGS = "/etc/webstack/database-login.json"
# In the URL of the settings, the place of user and password.
PLACE = "//USER:PASSWORD@"
# For a run of follow-login, its wait for the lock included.
FOLLOW_SECONDS = 900
ENGINES = {"postgres": login_postgres, "mysql": login_mysql}


@dataclass(frozen=True)
class Login:
    """`owner`: what the logins are called after. `url`: of the app's database, with PLACE in it. `secret`, `master`: names in the store."""
    endpoint: str
    region: str
    secret: str
    master: str
    engine: str
    owner: str
    database: str
    url: str

    def url_of(self, user, password):
        return self.url.replace(PLACE, f"//{quote(user, safe='')}:{quote(password, safe='')}@")

    def url_from(self, value):
        return self.url_of(value["username"], value["password"])


def declared(manifest):
    """The login that a manifest declares, or None where DATABASE_URL comes with the app's environment."""
    found = next((file for file in manifest.files if file.path == SETTINGS), None)
    return None if found is None else Login(**json.loads(found.content))


def ensure(host, manifest, login):
    """The URL of a login that works: the one in the store, or one made now. Raises HostError when neither can be had."""
    store = SecretStore(host.system, login.endpoint, login.region)
    with _ca_of(host, manifest, login) as reachable:
        value = store.get(login.secret)
        if value is not None and _works(host, reachable, value):
            return login.url_from(value)
        # A store without a value is a new stack; a value that does not let in is one of before a restore.
        user = f"{login.owner}_a" if value is None else value["username"]
        return login.url_from(_renew(host, store, reachable, user))


def look(host, manifest):
    """The app's whole environment with the login that the store holds now; None while that is the one it has."""
    login = declared(manifest)
    if login is None:
        raise HostError("login: DATABASE_URL of this host comes with its environment; there is nothing to follow")
    value = SecretStore(host.system, login.endpoint, login.region).get(login.secret)
    if value is None:
        raise HostError(f"login: {login.secret} holds nothing; deploy the stack")
    env, url = environment.read(host.paths.env.read_bytes()), login.url_from(value)
    return None if env.get("DATABASE_URL") == url else {**env, "DATABASE_URL": url}


def watch(host, manifest):
    """Have systemd run follow-login if there is another login. What looks for one every few seconds is in a sandbox, where it could not
    deploy it. Raises CommandFailed when that run fails."""
    if look(host, manifest) is not None:
        host.log.say("the store of secrets holds another login to the database; follow-login takes it over")
        host.system.run(["systemd-run", "--quiet", "--collect", "--wait", "--unit=webstack-follow-login", "--property=MemoryMax=256M", "--property=TasksMax=64",
                         "--", "/usr/local/bin/hostctl", "follow-login", "--lock-wait", "300"], timeout=FOLLOW_SECONDS)


def rotate(host, manifest):
    """Make the other login, with a new password, the app's."""
    login = declared(manifest)
    if login is None:
        raise HostError("login: DATABASE_URL of this host comes with its environment; change it where the stack's secrets are")
    store = SecretStore(host.system, login.endpoint, login.region)
    value = store.get(login.secret) or {"username": ""}
    other = f"{login.owner}_b" if value["username"] == f"{login.owner}_a" else f"{login.owner}_a"
    with _ca_of(host, manifest, login) as reachable:
        _renew(host, store, reachable, other)


def _renew(host, store, login, user):
    """Give a login a new password (and make it, where it is not there yet), see that it lets in, and only then keep it. Returns the secret's value."""
    master = store.get(login.master)
    if master is None:
        raise HostError(f"login: {login.master}, the database's own, holds nothing")
    password = secrets.token_urlsafe(24)
    parts = urlsplit(login.url)
    value = {"engine": login.engine, "host": parts.hostname, "port": parts.port, "dbname": login.database, "username": user, "password": password}
    known, there = environment.hider({"MASTER": master["password"], "PASSWORD": password}), host.log.hide
    host.log.hide = lambda text: known(there(text))
    host.log.step("LOGIN")
    with host.log.event("Login-creation", user):
        engine = ENGINES[login.engine]
        with _secret_file(host, engine.statements(login.owner, user, password, login.database)) as path:
            argv, env = engine.program(host.system, login.url_from(master), login.database, path)
            host.system.run(argv, env=env, timeout=120)
    with host.log.event("Login-check", user):
        open_url(host.system, login.url_from(value)).ask("select 1", login.database)
    with host.log.event("Login-keeping", user):
        store.put(login.secret, value)
    return value


def _works(host, login, value):
    try:
        return open_url(host.system, login.url_from(value)).ask("select 1", login.database) == "1"
    except CommandFailed:
        return False


@contextlib.contextmanager
def _secret_file(host, text):
    """A file that root alone reads, in memory: words of a command show in the process list."""
    host.paths.run.mkdir(parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(dir=host.paths.run)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        yield path
    finally:
        os.unlink(path)


@contextlib.contextmanager
def _ca_of(host, manifest, login):
    """The login with the certificates that the manifest declares, which are not in their place yet when a host gets its first one."""
    found = next((file for file in manifest.files if file.path == CA), None)
    if found is None:
        yield login
        return
    with _secret_file(host, found.content.decode()) as path:
        yield Login(**{**login.__dict__, "url": login.url.replace(CA, path)})
