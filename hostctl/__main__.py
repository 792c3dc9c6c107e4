"""`python3 -I FOLDER/hostctl/__main__.py VERB ...`: isolated mode leaves the folder of the package out of sys.path, so it is put there."""
import os
import sys
from importlib.machinery import FileFinder, SourceFileLoader


class Sources(SourceFileLoader):
    """Modules from their sources, which were found whole. Nothing vouches for a compiled one beside them, and none is left there: they would
    save 0.1 s."""

    def get_code(self, fullname):
        return self.source_to_code(self.get_data(self.path), self.path)


package = os.path.dirname(os.path.realpath(__file__))
sys.path.insert(0, os.path.dirname(package))
for folder in (sys.path[0], package):
    sys.path_importer_cache[folder] = FileFinder(folder, (Sources, [".py"]))

from hostctl.cli import main  # noqa: E402 (needs the path above)

sys.exit(main(sys.argv[1:]))
