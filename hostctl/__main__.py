"""`python3 -I FOLDER/hostctl VERB ...`: isolated mode leaves the folder of the package out of sys.path, so it is put there."""
import os
import sys

sys.path[0] = os.path.dirname(os.path.dirname(os.path.realpath(__file__)))

from hostctl.cli import main  # noqa: E402 (needs the path above)

sys.exit(main(sys.argv[1:]))
