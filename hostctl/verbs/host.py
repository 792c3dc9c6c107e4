"""What every part of hostctl is given: where things are, how to reach the machine, and where to tell what was done."""
from ..backup import backup, restore_point, switch
from ..deploy.hooks import Hooks
from ..machine.log import DeployLog
from ..machine.paths import Paths
from ..machine.system import System
from ..machine.units import Units
from ..monitor import sentry
from ..site.nginx import Nginx

# By lambda, so that a test that replaces one of these functions replaces it here, too.
HOOKS = Hooks(
    settle=lambda host: switch.settle_release(host),
    save=lambda host, manifest: restore_point.take_before(host, manifest),
    restore=lambda host, digest, move: restore_point.go_back(host, digest, move),
    announce=(("the repository of the backups does not know of it", lambda host, _digest: backup.record_releases(host)),
              ("Sentry was not told of it", lambda host, digest: sentry.announce(host, digest))))


class Host:
    def __init__(self, paths, system, log, hooks=HOOKS):
        self.paths, self.system, self.log, self.hooks = paths, system, log, hooks

    @classmethod
    def at(cls, root, system, verb, echo=print):
        paths = Paths(root)
        return cls(paths, system, DeployLog(paths, system, verb, echo))

    @property
    def units(self):
        return Units(self.system)

    @property
    def nginx(self):
        return Nginx(self.paths, self.system)
