"""The process of webstack-watchdog.service: asks the slot that serves each service for its live page, and nginx for anything. A service that gives
no answer is restarted into its other slot, an nginx that gives none behind its sockets. Any answer is one, an error too: a dead database is no reason to restart.
A refused connection is none either: then systemd knows that the process is gone. Each is asked where the other has no part, a slot on its own socket and nginx
under a name that no service has, so that what hangs is told from what waits for it."""
from ..manifest.settings import read
from ..release import slots
from ..site.nginx import UNIT
# From there, since that program can import nothing from here.
from ..standalone.pause_proxy import tell_systemd

# What is asked beside the services; none of them can have this name.
NGINX = "nginx"
# Three times in a row nothing for three seconds: about twelve seconds from the last answer to the restart.
ANSWER_SECONDS = 3
PAUSE_SECONDS = 1
STRIKES = 3
# Until the next restart of the same one.
QUIET_SECONDS = 60


def watch(host):
    """Never returns."""
    strikes, quiet = {}, {}
    tell_systemd("READY=1")
    while True:
        for name, place, silent in looks(host):
            counted, before = strikes.get(name, (place, 0))
            strikes[name] = (place, (before if counted == place else 0) + 1 if silent else 0)
            if strikes[name][1] >= STRIKES and host.system.monotonic() >= quiet.get(name, 0):
                quiet[name] = host.system.monotonic() + QUIET_SECONDS
                host.log.say(f"{place}: no answer {STRIKES} times in a row; restarting it")
                host.system.run(["systemd-run", "--quiet", "--collect", "--no-block", f"--unit=webstack-heal-{name}",
                                 "--property=MemoryMax=256M", "--property=TasksMax=64", "--", "/usr/local/bin/hostctl", "heal", name, "--lock-wait", "600"], check=False)
        tell_systemd("WATCHDOG=1")
        host.system.sleep(PAUSE_SECONDS)


def looks(host):
    """(name, place, whether it gives no answer) of each service that has a slot and of nginx, asked one after the other; nothing on a host without any."""
    watched = read(host.paths)["watchdog"]
    if watched is None:
        return
    for service in watched["services"]:
        slot = slots.serving(host.paths, service["name"])
        if slot is not None:
            yield service["name"], f"{service['name']}-{slot}", not answers(host, service, slot)
    # One that does not start is no more there to answer than one that is refused: connections wait in its sockets, and its state is an alert of its own.
    yield NGINX, NGINX, not nginx_answers(host) and host.units.runs(UNIT)


def nginx_answers(host):
    """Whether nginx gives any answer, or is not there to give one. It closes a connection for a name that is not its own, and logs nothing of it."""
    try:
        host.system.get(80, "watchdog", "/", ANSWER_SECONDS)
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def answers(host, service, slot):
    """Whether a slot gives any answer, or is not there to give one. A full queue of connections is asked again: an overloaded
    service takes the next one in time, a hung one never."""
    until = host.system.monotonic() + ANSWER_SECONDS
    while True:
        left = until - host.system.monotonic()
        if left <= 0:
            return False
        try:
            host.system.get(host.paths.socket(service["name"], slot), service["host"], service["path"], left)
            return True
        except BlockingIOError:
            host.system.sleep(0.05)
        except TimeoutError:
            return False
        except OSError:
            return True
