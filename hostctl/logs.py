"""`logs`: the journal of a service or job, or the deploy log."""
from . import jobs
from .compare import stored
from .errors import HostError

DEPLOYMENTS = "deploy"


def command(host, name, follow, lines):
    """The words of the command that shows the log of a service, a job, the deployments ("deploy"), or of everything (None). Raises HostError
    for a name that this host has no log of: the journal would say that there are no entries."""
    manifest = stored(host.paths)
    shown = ["nginx", *(service.name for service in manifest.services), *jobs.names(manifest)] if manifest else ["nginx"]
    if name == DEPLOYMENTS:
        return ["tail", f"--lines={lines}", *(["--follow=name"] if follow else []), str(host.paths.logs / "deploy_logs")]
    # Of every other unit of this project too, whether it is said here or not.
    known = {*shown, *(unit.rsplit(".", 1)[0].split("@")[0] for unit in manifest.units)} if manifest else {*shown}
    if name and name not in known:
        raise HostError(f"logs: there is no service or job {name} on this host; there are: {', '.join([*shown, DEPLOYMENTS])}")
    units = [name] if name else shown
    patterns = [pattern for unit in units for pattern in (f"--unit={unit}.service", f"--unit={unit}@*.service")]
    return ["journalctl", "--no-pager", f"--lines={lines}", *(["--follow"] if follow else []), *patterns]
