"""`logs`: the journal of a service or job, or the deploy log."""
import json
import re

from ..machine.errors import HostError, nearest
from ..manifest.stored import stored
from . import jobs

DEPLOYMENTS = "deploy"
LINES = 50
# Lines of log.py: what a run begins with, and how an event went. Backups, certificates and maintenance have theirs there, too, so a deployment is known by a step.
FIRST_STEP = "# Step 1 : "
EVENT = re.compile(r"\d{4}-\S+ : (.+) > (CORRECT|ERROR)$")
DEPLOYING = {"PACKAGES", "LOGIN", "UPDATE", "RELEASE", "RESTORE-POINT", "FILES", "SWITCH", "PUT-BACK"}


def command(host, name, follow, lines):
    """The words of the command that shows the log of a service, a job, the deployments ("deploy"), or of everything (None). Without a number of lines the deploy log begins
    with the last deployment, and any other log with its last 50 lines. Raises HostError for a name that this host has no log of: the journal would say that there are no entries."""
    manifest = stored(host.paths)
    shown = ["nginx", *(service.name for service in manifest.services), *jobs.names(manifest)] if manifest else ["nginx"]
    if name == DEPLOYMENTS:
        return _deployments(host, follow, lines)
    # Of every other unit of this project too, whether it is said here or not.
    known = {*shown, *(unit.rsplit(".", 1)[0].split("@")[0] for unit in manifest.units)} if manifest else {*shown}
    if name and name not in known:
        raise HostError(f"logs: there is no service or job {name} on this host; there are: {', '.join([*shown, DEPLOYMENTS])}{nearest(name, [*shown, DEPLOYMENTS])}")
    units = [name] if name else shown
    patterns = [pattern for unit in units for pattern in (f"--unit={unit}.service", f"--unit={unit}@*.service")]
    return ["journalctl", "--no-pager", f"--lines={LINES if lines is None else lines}", *(["--follow"] if follow else []), *patterns]


def _deployments(host, follow, lines):
    file = host.paths.logs / "deploy_logs"
    said = file.read_text(errors="replace").splitlines() if file.exists() else []
    first, end = _last_deployment(said)
    if not said or lines is None and first == end:
        raise HostError("logs: nothing was deployed on this host since its log began")
    if lines is None:
        host.log.say(_heading(host, said[first:end], said[end:]))
    return ["tail", f"--lines=+{first + 1}" if lines is None else f"--lines={lines}", *(["--follow=name"] if follow else []), str(file)]


def _last_deployment(said):
    """(index of its first line, and of the one after its last), which are the same where there was none."""
    begins = [number for number, line in enumerate(said) if number == 0 or line.startswith(FIRST_STEP)]
    for first, end in reversed(list(zip(begins, [*begins[1:], len(said)]))):
        if DEPLOYING & {line.partition(" : ")[2] for line in said[first:end] if line.startswith("# Step ")}:
            return first, end
    return 0, 0


def _heading(host, said, later):
    """Of the last deployment, by its lines and those after it: which verb, until when, and how it went. What is put back after a failure goes well."""
    failed = [found[1] for found in map(EVENT.match, said) if found and found[2] == "ERROR"]
    how = f"failed at {failed[0]}" if failed else "went well"
    try:
        # One for each event of the other file.
        last = json.loads((host.paths.logs / "deploy_logs.jsonl").read_text().splitlines()[-1 - sum(map(bool, map(EVENT.match, later)))])
    except (FileNotFoundError, IndexError, ValueError):
        return f"The last deployment {how}; -n LINES shows earlier ones, too"
    return f"The last deployment, hostctl {last['verb']}, {how} and ended at {last['time'][:19].replace('T', ' ')} UTC; -n LINES shows earlier ones, too"
