"""`pause` and `resume`: new requests wait in the socket of webstack-pause.service while the database is switched, and none fails."""
import json

from ..machine import files
from ..machine.errors import HostError
from ..manifest.stored import stored_or_fail

HOLDER, TIMER = "webstack-pause.service", "webstack-resume"
# Of a request's time, for the app once it has waited.
ANSWER_SECONDS = 5


def pause(host, seconds):
    """Hold new requests for at most `seconds`; returns once the app has answered those it had. Raises HostError, with the site
    as before, when it has not done so in half that time."""
    services = stored_or_fail(host.paths).slot_services()
    _check(host, services, seconds)
    began = host.system.monotonic()
    owner = host.system.ids("root", "root")
    host.log.step("PAUSE")
    try:
        with host.log.event("Requests-holding", f"at most {seconds} s"):
            plan = {"until": began + seconds, "services": [service.name for service in services]}
            files.write(host.paths.pause_plan, json.dumps(plan).encode(), 0o644, owner)
            host.units.call("start", [HOLDER])
            # The holder lets go by itself in time; this takes it out of the way afterwards, even when nobody resumes.
            host.system.run(["systemd-run", "--quiet", "--collect", f"--unit={TIMER}", f"--on-active={seconds}", "--timer-property=AccuracySec=100ms",
                             "--", "/usr/local/bin/hostctl", "resume", "--lock-wait", "600"])
            files.write(host.paths.pause / "on.map", b'"~." ".held";\n', 0o644, owner)
            host.nginx.test()
            host.nginx.reload()
        with host.log.event("Requests-end"):
            if not host.nginx.drain(seconds / 2):
                raise HostError(f"requests were still open after {seconds / 2:g} s, so the site goes on; try a longer --max")
    except Exception:
        _end(host)
        raise


def let_go(host):
    """Send the held requests on to the slots that serve, and every later one after them."""
    if host.units.runs(HOLDER):
        host.units.call("reload", [HOLDER], check=False)


def resume(host):
    """Let the held requests go on and take the holder out of their way; with nothing paused it only says so."""
    if not holds(host):
        host.log.say("not paused")
        return
    host.log.step("RESUME")
    with host.log.event("Requests-going-on"):
        _end(host)


def holds(host):
    """Whether a pause is under way, or was cut short."""
    return host.paths.pause_plan.exists()


def _check(host, services, seconds):
    if not services:
        raise HostError("this host serves no site")
    longest = min(service.timeout_seconds for service in services) - ANSWER_SECONDS
    if seconds > longest:
        raise HostError(f"pause: --max must be at most {longest:g}, got {seconds}: a request may take timeoutSeconds in all, and the app needs {ANSWER_SECONDS} of them")
    if not host.units.runs("nginx.service"):
        raise HostError("nginx.service: does not run, so there are no requests to hold; `hostctl start` starts the site")
    if holds(host):
        raise HostError("pause: requests are held already; `hostctl resume` lets them go on")


def _end(host):
    """Held requests go on first, through the holder; once nginx sends new ones straight to the slots it is not needed any more."""
    let_go(host)
    files.remove(host.paths.pause / "on.map")
    host.nginx.reload()
    host.nginx.drain(30)
    host.units.call("stop", [HOLDER, f"{TIMER}.timer"], check=False)
    files.remove(host.paths.pause_plan)
