"""`start`, `stop` and `reload` of the whole site. What stops comes back after a reboot: nothing is disabled."""
from ..manifest.stored import stored_or_fail
from ..release import slots
from ..release.health import through_nginx
from ..site.nginx import UNIT, sockets


def start(host):
    """Services first, then nginx once its test passes, then one look at each health page."""
    manifest = stored_or_fail(host.paths)
    host.log.step("START")
    with host.log.event("Services-activation"):
        host.units.call("start", _units(host, manifest))
    if manifest.slot_services():
        with host.log.event("Nginx-service-activation"):
            host.nginx.test()
            host.units.call("start", [UNIT])
        for service in manifest.slot_services():
            with host.log.event(f"Website-connection-{service.name}"):
                through_nginx(host, service)


def stop(host):
    """nginx first, so that no visitor meets a half-stopped site, then the services."""
    manifest = stored_or_fail(host.paths)
    host.log.step("STOP")
    if manifest.slot_services():
        with host.log.event("Nginx-service-stop"):
            # The sockets first: who came by one would start nginx again.
            host.units.call("stop", sockets(manifest.units))
            host.units.call("stop", [UNIT])
            host.nginx.drain(max(service.drain_seconds for service in manifest.slot_services()))
    with host.log.event("Services-stop"):
        host.units.call("stop", list(reversed(_units(host, manifest))))


def reload(host):
    """Have nginx read its files again, after their test."""
    host.log.step("RELOAD")
    with host.log.event("Nginx-reload"):
        host.nginx.test()
        host.nginx.reload()


def _units(host, manifest):
    found = []
    for service in manifest.services:
        slot = slots.serving(host.paths, service.name) if service.slots else None
        found += slots.units(service.name, slot) if slot else [] if service.slots else [f"{service.name}.service"]
    return found
