"""Blue-green slots: the two places, blue and green, that a service can run in; the upstream link of nginx says which one serves."""
from ..machine import files

SLOTS = ("blue", "green")


def serving(paths, service):
    """The slot that nginx sends requests to, or None before the first deployment."""
    target = files.target(paths.upstream(service))
    for slot in SLOTS:
        if target == f"{service}-{slot}.conf":
            return slot
    return None


def idle(paths, service):
    """The slot that the next release starts in."""
    return "blue" if serving(paths, service) in (None, "green") else "green"


def units(service, slot):
    """Socket first: the service needs it."""
    return [f"{service}@{slot}.socket", f"{service}@{slot}.service"]


def release_of(paths, service, slot):
    """Digest of the release that a slot points to, or None."""
    target = files.target(paths.slot(service, slot))
    return target.rsplit("/", 1)[-1] if target else None


def current(paths):
    """Digest of the release that serves, or None."""
    target = files.target(paths.current)
    return target.rsplit("/", 1)[-1] if target else None
