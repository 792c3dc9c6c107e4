"""The verbs of the app's login to a managed database: rotate it, and follow the cloud's store of secrets."""
from ..database import login
from ..deploy import apply
from ..machine import signals
from ..machine.lock import locked
from ..manifest.stored import stored_or_fail
from . import argument_types


def add(verb):
    """Declare the verbs; `verb` is manual.py's."""
    one = verb("rotate-database-password", _rotate, "make another login with a new password the app's, without a failed request")
    one.add_argument("--although-in-use", action="store_true", help="also while sessions of that login are open, as of whoever has a password that leaked")
    verb("watch-login", _watch, "have systemd run follow-login if the cloud's store of secrets holds another login", "webstack-login.timer runs it.", locks=False)
    one = verb("follow-login", _follow, "take over the database login that the cloud's store of secrets holds now", locks=False, exits={75: "another run holds the lock"})
    argument_types.add_lock_wait(one)


def _rotate(host, args):
    manifest = stored_or_fail(host.paths)
    login.rotate(host, manifest, in_use=args.although_in_use)
    env = login.look(host, manifest)
    if env is not None:
        apply.apply(host, manifest, env)
    return 0


def _watch(host, _args):
    login.watch(host, stored_or_fail(host.paths))
    return 0


def _follow(host, args):
    manifest = stored_or_fail(host.paths)
    env = login.look(host, manifest)
    if env is not None:
        # The lock only now: a look must not turn a deployment away.
        signals.raise_on_signals()
        with locked(host.paths, host.system, args.verb, args.lock_wait):
            apply.apply(host, manifest, env)
    return 0
