"""The health gate: whether a slot answers, asked on its own socket first and then through nginx, as a visitor would."""
from ..machine.errors import HostError

IN_A_ROW = 3
# What an app answers that is well and has no page there, or one behind a redirect or a login.
OTHER_PAGE = (301, 302, 303, 307, 308, 401, 403, 404, 405, 410)
PAUSE = 0.05
PAUSE_AFTER_FAULT = 0.25


def gate(host, service, slot, began, started):
    """Return once the slot has answered 200 three times in a row. Raises HostError with the last answer and the lines of the
    journal since `began`, in seconds since 1970, when the unit fails or has not answered `startSeconds` after `started`, which is
    system.monotonic()'s: a clock that is set meanwhile must not refuse a good release."""
    unit, good, status, last = f"{service.name}@{slot}.service", 0, None, "no answer"
    deadline = started + service.start_seconds
    while True:
        left = deadline - host.system.monotonic()
        if left <= 0:
            mend = f"; services.{service.name}.health.path of the stack's file names the page that is asked for" if status in OTHER_PAGE else ""
            raise _refused(host, unit, began, f"{last} from {service.health_path} after {service.start_seconds} s{mend}")
        status, last = _ask(host.system, host.paths.socket(service.name, slot), service, min(left, 5))
        good = good + 1 if status == 200 else 0
        if good == IN_A_ROW:
            return
        if good == 0 and _failed(host.units.states([unit])[unit]):
            raise _refused(host, unit, began, f"the process ended; {last} from {service.health_path}")
        host.system.sleep(PAUSE if good else PAUSE_AFTER_FAULT)


def through_nginx(host, service):
    """The health page by way of port 80, and of port 443 where a site with TLS sends one there. Raises HostError after 3 s without a 200."""
    deadline = host.system.monotonic() + 3
    while True:
        port = 80
        status, last = _ask(host.system, port, service, 5)
        if last.startswith("301 to https://"):
            port = 443
            status, last = _ask(host.system, port, service, 5)
        if status == 200:
            return last
        if host.system.monotonic() > deadline:
            raise HostError(f"{service.name}: {last} from {service.health_host}{service.health_path} through nginx on port {port}; must be 200")
        host.system.sleep(0.1)


def _ask(system, address, service, timeout):
    try:
        answer = system.get(address, service.health_host, service.health_path, timeout)
    except OSError as failure:
        return None, f"no answer ({failure or type(failure).__name__})"
    return answer.status, f"{answer.status} to {answer.location}" if answer.location else str(answer.status)


def _failed(state):
    return state.active in ("failed", "inactive") or (state.sub == "auto-restart" and state.restarts > 0)


def _refused(host, unit, began, why):
    return HostError(f"{unit}: must answer 200, got {why}\n{host.units.last_words(unit, began)}")
