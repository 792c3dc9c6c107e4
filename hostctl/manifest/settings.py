"""Settings: what the description says of backups, monitoring, the watchdog and a database of somebody else's, in /etc/webstack/settings.json. Its shape is
contract.schema.json's."""
from ..machine import files
from .manifest import require_version

VERSION = 1
# A host of an earlier version has a file for each part until the first deployment has written its files: a restore point is taken before that.
EARLIER = {"backup": "/etc/webstack/backup.json", "monitoring": "/etc/webstack/monitoring.json", "watchdog": "/etc/webstack/watchdog.json",
           "externalDatabase": "/etc/webstack/external-database.json"}


def read(paths):
    """{backup, monitoring, watchdog, externalDatabase}: of each part what the description says, None where it has none. Raises HostError for settings
    that another version has written."""
    found = files.read_json(paths.settings)
    if found is None:
        return {part: files.read_json(paths.at(path)) for part, path in EARLIER.items()}
    require_version(found.get("version"), VERSION, f"{paths.name(paths.settings)}: version")
    return found
