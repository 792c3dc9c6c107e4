"""`heal`: what the watchdog has systemd run when a service gives no answer."""
import json

from . import apply, notifier, slots, watchdog
from .errors import HostError


def heal(host, name):
    """Move a service that hangs to its other slot. It is asked once more first: the lock may have come late, and a deployment
    may have moved it already."""
    service = next((one for one in json.loads(host.paths.watchdog.read_text())["services"] if one["name"] == name), None)
    slot = service and slots.serving(host.paths, name)
    if slot is None:
        raise HostError(f"{name}: is no service that the watchdog knows")
    if watchdog.answers(host, service, slot):
        host.log.say(f"{name}-{slot}: answers again")
        return
    try:
        apply.restart(host, [name])
    except HostError as failure:
        notifier.tell(host, f"service {name} hangs in slot {slot}, and its other slot does not start either: {failure}")
        raise
    notifier.tell(host, f"service {name} hung in slot {slot} and was restarted into slot {slots.serving(host.paths, name)}")
