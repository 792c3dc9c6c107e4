"""`logs`: the journal of a service or job, or the deploy log."""
import json
import re

from . import jobs, words
from .compare import stored
from .errors import HostError

DEPLOYMENTS = "deploy"
LINES = 50
# What a deployment begins with, see log.py.
FIRST_STEP = "# Step 1 : "
FAILED = re.compile(r"\d{4}-\S+ : (.+) > ERROR$")


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
        raise HostError(f"logs: there is no service or job {name} on this host; there are: {', '.join([*shown, DEPLOYMENTS])}{words.nearest(name, [*shown, DEPLOYMENTS])}")
    units = [name] if name else shown
    patterns = [pattern for unit in units for pattern in (f"--unit={unit}.service", f"--unit={unit}@*.service")]
    return ["journalctl", "--no-pager", f"--lines={LINES if lines is None else lines}", *(["--follow"] if follow else []), *patterns]


def _deployments(host, follow, lines):
    file = host.paths.logs / "deploy_logs"
    said = file.read_text(errors="replace").splitlines() if file.exists() else []
    if not said:
        raise HostError("logs: nothing was deployed on this host since its log began")
    first = max((number for number, line in enumerate(said, 1) if line.startswith(FIRST_STEP)), default=1)
    if lines is None:
        host.log.say(_heading(host, said[first - 1:]))
    return ["tail", f"--lines=+{first}" if lines is None else f"--lines={lines}", *(["--follow=name"] if follow else []), str(file)]


def _heading(host, said):
    """Of the last deployment, by its lines: which verb, until when, and how it went. What is put back after a failure goes well."""
    failed = [line for line in said if FAILED.match(line)]
    how = f"failed at {FAILED.match(failed[0])[1]}" if failed else "went well"
    try:
        last = json.loads((host.paths.logs / "deploy_logs.jsonl").read_text().splitlines()[-1])
    except (FileNotFoundError, IndexError, ValueError):
        return f"The last deployment {how}; -n LINES shows earlier ones, too"
    return f"The last deployment, hostctl {last['verb']}, {how} and ended at {last['time'][:19].replace('T', ' ')} UTC; -n LINES shows earlier ones, too"
