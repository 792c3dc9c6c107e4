"""Every place on the machine, below a root that tests replace by a folder of their own."""
from pathlib import Path


class Paths:
    def __init__(self, root="/"):
        self.root = Path(root)
        self.srv = self.at("/srv/webstack")
        self.releases = self.srv / "releases"
        self.runtimes = self.srv / "runtimes"
        # Wheels that were made here; and where the build of one leaves it.
        self.compiled = self.srv / "compiled"
        self.compiling = self.at("/var/lib/private/webstack-build")
        self.slots = self.srv / "slots"
        self.current = self.srv / "current"
        self.static = self.srv / "shared/static"
        self.env = self.at("/etc/webstack/env")
        # SHA-256 of that file as it was applied last.
        self.env_applied = self.at("/var/lib/webstack/env.sha256")
        # There while the data move to another server; and from which one to which they have.
        self.database_moving = self.at("/var/lib/webstack/database-move.unfinished.json")
        self.database_moved = self.at("/var/lib/webstack/database-move.json")
        # Which move has given the other server its data, from then until the deployment that it is for has ended well.
        self.database_copied = self.at("/var/lib/webstack/database-move.copied.json")
        self.moved_definitions = self.at("/var/lib/webstack/database-move.definitions.json")
        self.database_admin = self.at("/etc/webstack/database-admin")
        self.settings = self.at("/etc/webstack/settings.json")
        self.backup_access = self.at("/etc/webstack/backup-repository")
        self.monitoring_secrets = self.at("/etc/webstack/monitoring-secrets")
        self.backup_key = self.at("/etc/webstack/backup-key")
        self.data = self.srv / "shared/data"
        self.nginx = self.at("/etc/nginx/webstack")
        self.upstreams = self.nginx / "upstreams"
        self.maintenance = self.nginx / "maintenance"
        self.certificate = self.at("/etc/webstack/tls/site.pem")
        self.ordered_certificate = self.at("/var/lib/webstack-acme/site.pem")
        self.run = self.at("/run/webstack")
        self.lock = self.run / "lock"
        self.pause = self.run / "pause"
        self.status_pages = self.run / "status"
        self.pause_plan = self.run / "pause.json"
        self.state = self.at("/var/lib/webstack")
        self.manifest = self.state / "manifest.json"
        self.history = self.state / "history.json"
        self.undo = self.state / "undo"
        # There while the machine has taken over from another host, and the site's address does not lead to it yet.
        self.waiting = self.state / "waiting"
        self.drill = self.state / "drill.json"
        self.scratch_env = self.run / "scratch.env"
        self.drill_env = self.run / "drill.env"
        # There once a move of the data has begun since the machine booted.
        self.database_filter = self.run / "database-move"
        self.last_backup = self.state / "backup.json"
        # What the last restore put aside; and how to turn back one that switches, or did when it was interrupted.
        self.restored = self.state / "restore.json"
        self.restoring = self.state / "restore.unfinished.json"
        # Of databases that switch, what keeps their tables from moving; see mariadb.py.
        self.taken_down = self.state / "restore.definitions.json"
        # There while a run writes to the repository, and after one that did not come to its end.
        self.backup_writing = self.state / "backup-writing.json"
        # There once this host has what the repository knows of the releases of hosts before it.
        self.kept_fetched = self.state / "kept.fetched"
        self.alerts = self.state / "alerts.json"
        self.inbox = self.state / "inbox"
        # Written by packages whose update the running system does not have yet, the kernel's above all.
        self.reboot = self.at("/run/reboot-required")
        self.logs = self.at("/var/log/webstack")
        self.programs = self.at("/usr/local/lib/webstack")
        self.proc = self.at("/proc")

    def at(self, absolute):
        """`/etc/x` of the machine as a path below the root."""
        return self.root / str(absolute).lstrip("/")

    def name(self, path):
        """The inverse of at()."""
        return "/" + str(path.relative_to(self.root))

    def release(self, digest):
        return self.releases / digest

    def slot(self, service, slot):
        return self.slots / f"{service}-{slot}"

    def socket(self, service, slot):
        return self.run / f"{service}-{slot}.sock"

    def upstream(self, service):
        return self.upstreams / f"{service}.conf"
