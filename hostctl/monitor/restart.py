"""Restart of what hangs, `heal`: what the watchdog has systemd run when a service, or nginx, gives no answer. It is asked once more first: it may answer again by now, and a
deployment may have moved a service already."""
from ..deploy import apply
from ..machine.errors import HostError
from ..manifest.settings import read
from ..release import slots
from ..site.nginx import UNIT as NGINX
from . import notifier, watchdog

# nginx starts in a tenth of a second.
START_SECONDS = 10


def service(host, name):
    """Move a service that hangs to its other slot."""
    found = next((one for one in (read(host.paths)["watchdog"] or {"services": []})["services"] if one["name"] == name), None)
    slot = found and slots.serving(host.paths, name)
    if slot is None:
        raise HostError(f"{name}: is no service that the watchdog knows")
    if watchdog.answers(host, found, slot):
        host.log.say(f"{name}-{slot}: answers again")
        return
    try:
        apply.restart(host, [name])
    except HostError as failure:
        notifier.tell(host, f"service {name} hangs in slot {slot}, and its other slot does not start either: {failure}")
        raise
    notifier.tell(host, f"service {name} hung in slot {slot} and was restarted into slot {slots.serving(host.paths, name)}")


def nginx(host):
    """Start an nginx that hangs anew. Connections wait in its sockets; the services stay as they are."""
    if watchdog.nginx_answers(host):
        host.log.say("nginx: answers again")
        return
    host.log.step("HEAL")
    try:
        with host.log.event("Nginx-restart"):
            host.units.call("restart", [NGINX])
            until = host.system.monotonic() + START_SECONDS
            while not watchdog.nginx_answers(host):
                if host.system.monotonic() > until:
                    raise HostError(f"nginx: gives no answer {START_SECONDS} s after its restart; `hostctl logs nginx` says why")
                host.system.sleep(0.1)
    except HostError as failure:
        notifier.tell(host, f"nginx hangs, and a restart did not mend it: {failure}")
        raise
    notifier.tell(host, "nginx hung and was restarted")
