"""The app's login to a managed database, where the cloud keeps it in a store of secrets: made once, followed when it changes, changed on demand.

Two logins take turns, NAME_a and NAME_b. A change gives the one that this host does not use a new password and makes it the secret; the one in use
stays good until the next change, so that requests of processes which still have it go on, also when what follows fails. What they own belongs to both."""
import contextlib
import json
import os
import re
import secrets
import tempfile
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from ..machine.errors import CommandFailed, HostError
from ..manifest import environment
from . import login_mysql, login_postgres
from .ca_bundle import CA
from .engines import open_url
from .secretstore import SecretStore

SETTINGS = "/etc/webstack/database-login.json"
# In the URL of the settings, the place of user and password.
PLACE = "//USER:PASSWORD@"
# For a run of follow-login, its wait for the lock included.
FOLLOW_SECONDS = 900
# A database that lets nobody in, whoever it is: it starts, or has no room. And the pause between two tries.
PATIENCE_SECONDS, PAUSE = 30, 3
ENGINES = {"postgres": login_postgres, "mysql": login_mysql}


class Login(NamedTuple):
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
        _needs_both(self.secret, value, "`sudo hostctl rotate-database-password` makes another login")
        return self.url_of(value["username"], value["password"])


def declared(manifest):
    """The login that a manifest declares, or None where DATABASE_URL comes with the app's environment."""
    found = next((file for file in manifest.files if file.path == SETTINGS), None)
    return None if found is None else Login(**json.loads(found.content))


def ensure(host, manifest, login):
    """The URL of the login in the store. Where it holds none, as for a new stack, or one that the database refuses, as after a restore, it gets one
    made now. Raises HostError when that cannot be had."""
    store = SecretStore(host.system, login.endpoint, login.region)
    with _ca_of(host, manifest, login) as reachable:
        value = _unless_refused(host, store, reachable)
        return login.url_from(value or _renew(host, store, reachable, _spare(host, login, store.get(login.secret))))


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


def rotate(host, manifest, *, in_use=False):
    """Make the other login, with a new password, the app's. Raises HostError while sessions of that one are open, as of a host that has not followed the
    last change yet: with the old password it could open no more. `in_use`: they are meant."""
    login = declared(manifest)
    if login is None:
        raise HostError("login: DATABASE_URL of this host comes with its environment; change it where the stack's secrets are")
    store = SecretStore(host.system, login.endpoint, login.region)
    with _ca_of(host, manifest, login) as reachable:
        user = _spare(host, login, store.get(login.secret))
        sessions = [] if in_use else open_url(host.system, reachable.url_from(_master(store, login))).sessions_of(user)
        if sessions:
            raise HostError(f"login {user}: must have no session before it gets another password, got some from {', '.join(sessions)}\nRun this again once they have "
                            "ended: a host follows the last change within a minute, a job ends with the login it began with. `--although-in-use` leaves them without another connection")
        _renew(host, store, reachable, user)


def _needs_both(secret, value, mend):
    missing = [name for name in ("username", "password") if not isinstance(value.get(name), str)]
    if missing:
        raise HostError(f"login: {secret} must hold {' and '.join(missing)}, and does not; {mend}")


def _master(store, login):
    """What the store holds of the database's own login."""
    found = store.get(login.master)
    if found is None:
        raise HostError(f"login: {login.master}, the database's own, holds nothing")
    _needs_both(login.master, found, "it is the database's own, so put its last version back")
    return found


def _renew(host, store, login, user):
    """Give a login a new password (and make it, where it is not there yet), see that it lets in, and only then keep it. Returns the secret's value."""
    master = _master(store, login)
    password = secrets.token_urlsafe(24)
    parts = urlsplit(login.url)
    value = {"engine": login.engine, "host": parts.hostname, "port": parts.port, "dbname": login.database, "username": user, "password": password}
    host.log.mask.add({"MASTER": master["password"], "PASSWORD": password})
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


def _unless_refused(host, store, login):
    """What the store holds; None where that is nothing, or a login that the database refuses, twice. One that cannot be tried is kept as it is:
    whether the app can work is for its health gate to say, and a new password mends no database that is full or starts."""
    end, refused = host.system.monotonic() + PATIENCE_SECONDS, False
    while (value := store.get(login.secret)) is not None:
        host.log.mask.add({"PASSWORD": str(value.get("password", ""))})
        try:
            open_url(host.system, login.url_from(value)).ask("select 1", login.database)
            return value
        except CommandFailed as failure:
            is_refusal = re.search(ENGINES[login.engine].REFUSED, failure.output) is not None
            if is_refusal and refused:
                return None
            if not is_refusal and host.system.monotonic() >= end:
                host.log.say(f"login {value['username']}: could not be tried, and is taken as it is: {' '.join(failure.output.split())}")
                return value
            # Once more, with what the store holds by then: another host may be about to change it.
            refused = is_refusal
            host.system.sleep(PAUSE)
    return None


def _spare(host, login, value):
    """The login that may get another password: not the one that this host's services have, nor, on a host without services, the one in the store."""
    env = environment.read(host.paths.env.read_bytes()) if host.paths.env.exists() else {}
    first, second = names = f"{login.owner}_a", f"{login.owner}_b"
    candidates = unquote(urlsplit(env.get("DATABASE_URL", "")).username or ""), (value or {}).get("username")
    used = next((name for name in candidates if name in names), second)
    return second if used == first else first


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
        yield login._replace(url=login.url.replace(CA, path))
