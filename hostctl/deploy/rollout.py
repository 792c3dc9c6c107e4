"""Rollout, blue-green: services move to a release: slots one beside the other with a health gate between, command services by a restart."""
from ..machine import files
from ..machine.errors import HostError
from ..release import health, slots
from ..site.nginx import UNIT as NGINX

SETTLING_SECONDS = 1


class Rollout:
    """Where each service goes is settled when this is made, before anything changes."""

    def __init__(self, host, services, digest):
        self.host, self.digest = host, digest
        self.targets = {service: slots.idle(host.paths, service.name) for service in services if service.slots}
        self.commands = [f"{service.name}.service" for service in services if not service.slots]
        before = {service: slots.serving(host.paths, service.name) for service in self.targets}
        # What only the new state needs, and what only the old one does.
        self.starts = [unit for service, slot in self.targets.items() for unit in slots.units(service.name, slot)]
        self.stops = [unit for service, slot in before.items() if slot for unit in slots.units(service.name, slot)]
        self.drain_seconds = max((service.drain_seconds for service in self.targets), default=0)

    def clear(self):
        """Stop what somebody left in the idle slots: it serves nobody, so no put-back brings it again."""
        left = [unit for unit, state in self.host.units.states(self.starts).items() if state.enabled or state.active != "inactive"]
        self.host.units.retire(left)

    def make_links(self):
        """Upstream links that do not exist yet, without which nginx's test fails."""
        for service, slot in self.targets.items():
            if slots.serving(self.host.paths, service.name) is None:
                files.link(self.host.paths.upstream(service.name), f"{service.name}-{slot}.conf")

    def start(self):
        """Start the idle slots in the order of the manifest and wait until each is healthy. Nothing that serves is touched."""
        if not self.targets:
            return
        host, log = self.host, self.host.log
        log.step("START")
        for service, slot in self.targets.items():
            files.link(host.paths.slot(service.name, slot), f"../releases/{self.digest}")
        longest = max(service.start_seconds for service in self.targets)
        began, started = host.system.time(), host.system.monotonic()
        with log.event("Gunicorn-service-activation", ", ".join(f"{service.name}-{slot}" for service, slot in self.targets.items())):
            starting = host.units.call("start", self.starts, check=False, timeout=longest + 10)
            if starting.code != 0:
                raise HostError("\n".join([starting.output.strip(), *self._journals(began)]))
        for service, slot in self.targets.items():
            with log.event(f"Health-{service.name}-{slot}"):
                health.gate(host, service, slot, began, started)

    def switch(self, nginx_actions, ports, gone_sockets, check):
        """Let nginx send requests to the new slots, by these ports and without those that nothing declares any more, ask it for the health pages of the
        services in `check`, and move what runs in `current`."""
        host, log, moves = self.host, self.host.log, slots.current(self.host.paths) != (self.digest or None)
        if not (self.targets or self.commands or nginx_actions or moves):
            return
        log.step("SWITCH")
        if self.targets:
            with log.event("Slots-enabling"):
                # Before the links: after a reboot at any moment the slot that nginx names is there.
                host.units.call("enable", self.starts)
            with log.event("Upstream-switch", ", ".join(f"{service.name} to {slot}" for service, slot in self.targets.items())):
                for service, slot in self.targets.items():
                    files.link(host.paths.upstream(service.name), f"{service.name}-{slot}.conf")
        if self.targets or nginx_actions:
            with log.event("Nginx-reload"):
                self._load_nginx(nginx_actions, ports, gone_sockets)
            for service in check:
                with log.event(f"Website-connection-{service.name}") as facts:
                    facts["detail"] = health.through_nginx(host, service)
        if moves:
            files.link(host.paths.current, f"releases/{self.digest}")
        if self.commands:
            self._restart_commands()

    def _load_nginx(self, actions, ports, gone_sockets):
        nginx, units = self.host.nginx, self.host.units
        nginx.test()
        # Neither `nginx -t` nor systemd looks, and an nginx that starts anew would end over a port that somebody has.
        if faults := nginx.taken([port for port, state in units.states(ports).items() if not state.runs]):
            raise HostError("\n".join(["nginx: its ports must be free", *faults]))
        # Before nginx starts anew: it may want the ports for itself.
        units.call("stop", gone_sockets)
        if not units.runs(NGINX):
            units.call("start", [NGINX])
        elif any(action.verb == "restart" for action in actions):
            units.call("restart", [NGINX])
        else:
            nginx.reload()

    def _restart_commands(self):
        host = self.host
        began = host.system.time()
        with host.log.event("Services-restart", ", ".join(self.commands)):
            host.units.call("enable", self.commands)
            host.units.call("restart", self.commands)
            # They have no health page; one that ends at once is waiting for its next start by now.
            host.system.sleep(SETTLING_SECONDS)
            ended = [unit for unit, state in host.units.states(self.commands).items() if not state.runs]
            if ended:
                raise HostError("\n".join(f"{unit}: must keep running, ended at once\n{host.units.last_words(unit, began)}" for unit in ended))

    def _journals(self, began):
        states = self.host.units.states(self.starts)
        return [f"{unit}:\n{self.host.units.last_words(unit, began)}" for unit, state in states.items() if not state.runs and unit.endswith(".service")]
