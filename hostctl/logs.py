"""`logs`: the journal of a service or job, or the deploy log."""
from .compare import stored


def command(host, name, follow, lines):
    """The words of the command that shows the log of a service, a job, the deployments ("deploy"), or of everything (None)."""
    if name == "deploy":
        return ["tail", f"--lines={lines}", *(["--follow=name"] if follow else []), str(host.paths.logs / "deploy_logs")]
    units = [name] if name else _names(host)
    patterns = [pattern for unit in units for pattern in (f"--unit={unit}.service", f"--unit={unit}@*.service")]
    return ["journalctl", "--no-pager", f"--lines={lines}", *(["--follow"] if follow else []), *patterns]


def _names(host):
    manifest = stored(host.paths)
    if manifest is None:
        return ["nginx"]
    return ["nginx", *(service.name for service in manifest.services), *(unit.removesuffix(".timer") for unit in manifest.units if unit.endswith(".timer"))]
