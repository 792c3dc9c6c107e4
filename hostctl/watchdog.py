"""The process of webstack-watchdog.service: asks the slot that serves each service for its live page, and has a service that gives
no answer restarted into its other slot. Any answer is one, an error too: a dead database is no reason to restart. A refused connection is
none either: then systemd knows that the process is gone. /etc/webstack/watchdog.json says {"services": [{"name", "path", "host"}, ...]}."""
import http.client
import json
import os
import socket
import time

from . import slots

# Three times in a row nothing for three seconds: about twelve seconds from the last answer to the restart.
ANSWER_SECONDS = 3
PAUSE_SECONDS = 1
STRIKES = 3
# Until the next restart of the same service.
QUIET_SECONDS = 60


def watch(host):
    """Never returns."""
    services = json.loads(host.paths.watchdog.read_text())["services"]
    strikes, quiet = {}, {}
    tell_systemd("READY=1")
    while True:
        for service in services:
            name, slot = service["name"], slots.serving(host.paths, service["name"])
            counted, before = strikes.get(name, (slot, 0))
            silent = slot is not None and not answers(host, service, slot)
            strikes[name] = (slot, (before if counted == slot else 0) + 1 if silent else 0)
            if strikes[name][1] >= STRIKES and host.system.monotonic() >= quiet.get(name, 0):
                quiet[name] = host.system.monotonic() + QUIET_SECONDS
                host.log.say(f"{name}-{slot}: no answer from {service['path']} {STRIKES} times in a row; restarting it into its other slot")
                host.system.run(["systemd-run", "--quiet", "--collect", "--no-block", f"--unit=webstack-heal-{name}",
                                 "--property=MemoryMax=256M", "--property=TasksMax=64", "--", "/usr/local/bin/hostctl", "heal", name, "--lock-wait", "600"], check=False)
        tell_systemd("WATCHDOG=1")
        host.system.sleep(PAUSE_SECONDS)


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
        except (OSError, http.client.HTTPException):
            return True


def tell_systemd(text):
    """sd_notify(3)."""
    address = os.environ.get("NOTIFY_SOCKET")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
            connection.connect("\0" + address[1:] if address.startswith("@") else address)
            connection.send(text.encode())
