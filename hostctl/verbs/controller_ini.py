"""The verb of an option: a release made on the host."""
from ..controller_ini import update


def add(verb):
    """Declare the verb; `verb` is manual.py's."""
    one = verb("update", _update, "release the serving source with the files that a folder's controller.ini lists",
               "What is declared stays, so `verify` tells the difference, and the next release replaces it.", examples=["update /home/deploy/menus"])
    one.add_argument("folder", metavar="FOLDER", help="has the files and their controller.ini")


def _update(host, args):
    update.update(host, args.folder)
    return 0
