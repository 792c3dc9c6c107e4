"""One alert on a machine in a folder, from the unit that fails to what leaves the host or shows on its status page: for tests of descriptions.

    python3 -m hostctl.tests.one_alert < {"settings": TEXT, "secrets": {NAME: VALUE}}     the file /etc/webstack/settings.json, and what stands beside it

Prints {"published": [{url, body}], "pages": [[NAME]]}: what was sent to services, and the pages that nginx answers 200 before the unit failed, while it had, and after.
Limit: nginx, systemd and the machine's role are played."""
import json
import sys

from hostctl.machine.system import Result
from hostctl.monitor import alerts, monitoring
from hostctl.tests.fake_machine import Machine

ROLES = "/latest/meta-data/iam/security-credentials/"
METADATA = {"/latest/api/token": "T", ROLES: "role", f"{ROLES}role": json.dumps({"AccessKeyId": "ASIA1", "SecretAccessKey": "s", "Token": "t"})}


class Host(Machine):
    def __init__(self):
        super().__init__()
        self.failing, self.published = [], []

    def _run(self, argv):
        if argv[:2] == ["systemctl", "list-units"]:
            return Result(0, "".join(f"{unit} loaded failed failed words\n" for unit in self.failing))
        return super()._run(argv)

    def request(self, method, url, headers, body=b"", *, timeout):
        if url.startswith("http://169.254.169.254"):
            return 200, METADATA[url.removeprefix("http://169.254.169.254")].encode()
        self.published.append({"url": url, "body": body.decode()})
        return 200, b""

    def look(self):
        alerts.look(self.host("watch"))
        return sorted(path.name for path in self.paths.status_pages.iterdir())


def main():
    asked, machine = json.load(sys.stdin), Host()
    try:
        machine.paths.settings.parent.mkdir(parents=True)
        machine.paths.settings.write_text(asked["settings"])
        machine.paths.status_pages.mkdir(parents=True)
        monitoring.keep_secrets(machine.host("apply"), asked["secrets"])
        pages = []
        for failing in ([], ["collect.service"], []):
            machine.failing = failing
            pages.append(machine.look())
            machine.clock += 60
        print(json.dumps({"published": machine.published, "pages": pages}))
    finally:
        machine.remove()


if __name__ == "__main__":
    main()
