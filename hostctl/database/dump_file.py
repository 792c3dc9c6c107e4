"""A dump that lies on this host as a file: one that AWS Batch has put into the bucket, or that of another system."""
from pathlib import Path

from ..machine.errors import HostError

GZIP, CUSTOM = b"\x1f\x8b", b"PGDMP"


class DumpFile:
    """What a restore must know of a backup, and where it reads it from. No media come with it."""

    media = sha256 = release = ""

    def __init__(self, path, database):
        self._path = Path(path)
        try:
            with open(self._path, "rb") as file:
                head = file.read(len(CUSTOM))
            self.seconds = self._path.stat().st_mtime
        except OSError as failure:
            raise HostError(f"restore: {path}: cannot be read: {failure.strerror}") from None
        self.id, self._packed = self._path.name, head.startswith(GZIP)
        if database.CUSTOM_DUMPS != (head == CUSTOM):
            form = "as `pg_dump --format=custom` writes it" if database.CUSTOM_DUMPS else "as `mariadb-dump NAME` writes it, plain or by gzip"
            raise HostError(f"restore: {path}: must be a dump {form}, got a file that begins otherwise; nothing was touched")

    def source(self, _found):
        """(command, environment) that writes it to standard output."""
        return (["gzip", "--decompress", "--stdout", str(self._path)] if self._packed else ["cat", str(self._path)]), {}
