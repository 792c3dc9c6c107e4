"""The CA bundle: the certificates by which the app trusts its database. Every new connection reads the file
(https://www.postgresql.org/docs/15/libpq-ssl.html): the slot that serves reaches the old database by the old ones until the new slot has taken
over, so from FILES until that slot is gone the file holds both."""
from ..machine import files

CA = "/etc/webstack/database-ca.pem"


def widened(host, file):
    """What a file of the manifest holds while the old slots run: its own content, and for CA what is there as well."""
    there = host.paths.at(file.path)
    if file.path != CA or not there.exists():
        return file.content
    return file.content.rstrip(b"\n") + b"\n" + there.read_bytes()


def narrow(host, manifest):
    """Leave what the manifest declares, once the old slots are gone."""
    file = next((one for one in manifest.files if one.path == CA), None)
    if file is None:
        return
    path, ids = host.paths.at(CA), host.system.ids(file.owner, file.group)
    if not files.matches(path, file.content, file.mode, ids):
        files.write(path, file.content, file.mode, ids)
