"""What every part of hostctl is given: where things are, how to reach the machine, and where to tell what was done."""
from dataclasses import dataclass

from .log import DeployLog
from .nginx import Nginx
from .paths import Paths
from .system import System
from .units import Units


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
