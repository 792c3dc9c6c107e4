"""The secrets of a host: what nothing that it says may show."""
from ..backup import repository
from ..database import admin
from ..manifest import environment
from ..monitor import monitoring


def hide(host):
    """From here on no log, error or alert of this run shows a secret that the host has by now. What comes later hides what it brings."""
    paths = host.paths
    for values in (environment.secrets(paths), admin.secrets(paths), monitoring.secrets(paths), repository.secrets(paths)):
        host.log.mask.add(values)
