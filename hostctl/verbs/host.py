"""What every part of hostctl is given: where things are, how to reach the machine, and where to tell what was done."""
from dataclasses import dataclass

from ..machine.log import DeployLog
from ..machine.paths import Paths
from ..machine.system import System
from ..machine.units import Units
from ..site.nginx import Nginx


@dataclass
class Host:
    paths: Paths
    system: System
    log: DeployLog

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
