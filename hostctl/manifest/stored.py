"""The manifest that was applied last, as this machine keeps it."""
from ..machine.errors import HostError
from . import manifest


def stored(paths):
    """The manifest applied last, or None."""
    return manifest.load(paths.manifest) if paths.manifest.exists() else None


def stored_or_fail(paths):
    """The same. Raises HostError where no manifest was applied yet."""
    found = stored(paths)
    if found is None:
        raise HostError("no manifest was applied on this host yet; run `hostctl apply` with a bundle first")
    return found
