"""nginx: its test, its reload, the units that hold its ports, and which of its workers are still of the old configuration."""
import re
from contextlib import suppress

from ..machine import files
from ..machine.errors import HostError

UNIT = "nginx.service"
# Where visitors come by HTTP/3, too.
HTTP3 = "nginx-http3.service"
# Runs `nginx -t` as the user of nginx.service: by root it would create log and pid files that nginx may then not write.
TEST = "/usr/local/lib/webstack/nginx-check"
# Not the journal: nginx writes what goes wrong after its start to its own log.
LOG = "/var/log/nginx/error.log"
# Of its own log nginx may make what it likes.
LOG_BYTES = 1 << 20


def sockets(units):
    """Those of the units that hold nginx's ports. nginx.service starts them before itself; systemd starts none beside an nginx that runs, which goes on
    with copies of one that is stopped."""
    return [unit for unit in units if re.fullmatch(r"nginx(-local)?@\d+\.socket", unit)]


class Nginx:
    def __init__(self, paths, system):
        self.paths = paths
        self.system = system

    def test(self):
        """Raises CommandFailed with nginx's own words when the configuration on disk is wrong."""
        self.system.run([str(self.paths.at(TEST))], timeout=60)

    def taken(self, sockets):
        """Sentences as nginx's own about the ports of these socket units that another program than nginx has."""
        found = []
        for unit in sockets:
            local, port = re.fullmatch(r"nginx(-local)?@(\d+)\.socket", unit).groups()
            for line in self.system.run(["ss", "-Hltnp", f"sport = :{port}"]).output.splitlines():
                address, holders = line.split()[3], re.findall(r'\("([^"]*)",pid=(\d+)', line)
                others = [f"{name} (process {pid})" for name, pid in holders if name not in ("nginx", "systemd")]
                # A program on one address of the box leaves the other addresses free.
                if others and (not local or address.split(":")[0] in ("127.0.0.1", "0.0.0.0", "*")):
                    found.append(f"bind() to {address} failed (98: Address already in use): {', '.join(others)} has it")
        return found

    def main_pid(self):
        text = self.system.run(["systemctl", "show", "--property=MainPID", "--value", UNIT]).output.strip()
        return int(text or 0)

    def workers(self):
        """{pid: is shutting down} of nginx's worker processes, those included whose master has ended: the first process has them then."""
        return {**self._workers_of(1), **self._workers_of(self.main_pid())}

    def _workers_of(self, parent):
        found = {}
        try:
            children = (self.paths.proc / f"{parent}/task/{parent}/children").read_text().split()
        except OSError:
            return found
        for pid in children:
            try:
                title = (self.paths.proc / f"{pid}/cmdline").read_bytes()
            except OSError:
                continue
            if title.startswith(b"nginx: worker process"):
                found[int(pid)] = b"shutting down" in title
        return found

    def reload(self):
        """Load the configuration on disk; returns once the old workers accept no connection any more. A SIGHUP is answered later than
        `systemctl reload` returns, and a configuration that fails then leaves the old workers serving: both are waited for."""
        old, said_before = set(self.workers()), self._log_size()
        self.system.run(["systemctl", "reload", UNIT])
        deadline = self.system.monotonic() + 10
        while any(pid in old and not leaving for pid, leaving in self.workers().items()):
            faults = self._emergencies(said_before)
            # `nginx -t` passes over a port that somebody has, because it is usually nginx itself; the reload tries five times to bind it.
            if self.system.monotonic() > deadline or any(not fault.startswith("bind() to ") for fault in faults):
                raise HostError("\n".join([f"nginx: kept its old configuration after a reload; {LOG} says why", *faults]))
            self.system.sleep(0.02)

    def _log_size(self):
        with suppress(OSError):
            return self.paths.at(LOG).lstat().st_size
        return 0

    def _emergencies(self, offset):
        """What nginx could not do, from the part of its log after `offset` bytes, each fault once."""
        try:
            said = files.read_foreign(self.paths.at(LOG), LOG_BYTES, offset).decode("utf-8", "replace")
        except OSError:
            return []
        return list(dict.fromkeys(re.findall(r"\[emerg\] \d+#\d+: (.+)", said)))

    def drain(self, seconds, others=frozenset()):
        """Wait until the workers of old configurations, but for the `others`, have ended, at most `seconds`; tells whether they have."""
        deadline = self.system.monotonic() + seconds
        while any(leaving and pid not in others for pid, leaving in self.workers().items()):
            if self.system.monotonic() > deadline:
                return False
            self.system.sleep(0.05)
        return True
