"""systemd units: their state in one question, their verbs in one command each."""
import os
import re
from typing import NamedTuple

from .errors import HostError

OWN, OF_PACKAGES = "/etc/systemd/system", "/usr/lib/systemd/system"
# Units of Debian that take other ones of ours, on purpose.
REPLACED = ("nginx.service", "nagios-nrpe-server.service")

PROPERTIES = ("LoadState", "ActiveState", "SubState", "UnitFileState", "NRestarts", "MainPID", "ActiveEnterTimestamp")

# The last line of a traceback, and of most other languages' as well; one of a package may be called otherwise, as django.core.exceptions.ImproperlyConfigured. gunicorn's HaltServer
# only tells that a worker ended. cli/failure.ts has the same form.
EXCEPTION = re.compile(r"(?!gunicorn\.errors\.HaltServer)(?:[\w.]+(?:Error|Exception|Exit|Interrupt)|(?:[a-z_]\w*\.)+[A-Z]\w+)(: |$)")


def require_own(paths, files):
    """Raises HostError where a unit among a manifest's files would take the place of one that a package brought: a job that is called as one of host.packages is."""
    names = [os.path.basename(file.path) for file in files if os.path.dirname(file.path) == OWN]
    taken = [name for name in names if name not in REPLACED and paths.at(f"{OF_PACKAGES}/{name}").exists()]
    if taken:
        raise HostError(f"{', '.join(taken)}: must not be the name of a unit that a package of this host brought, whose place it would take; give the service or job another name, such as app-{taken[0].rsplit('.', 1)[0]}")


class UnitState(NamedTuple):
    load: str
    active: str
    sub: str
    file: str
    restarts: int
    pid: int
    since: str

    @property
    def runs(self):
        return self.active in ("active", "reloading")

    @property
    def wanted(self):
        """Whether it runs, or systemd is about to have it run: one that ends at once and is started again is between two starts."""
        return self.runs or self.active == "activating"

    @property
    def enabled(self):
        return self.file in ("enabled", "enabled-runtime", "static", "alias", "generated")


class Units:
    def __init__(self, system):
        self.system = system

    def properties(self, names, wanted):
        """{name: {property: value}} of each unit, by the name it was asked for: one call however many. Values are as systemctl words them, "" where a unit
        has none."""
        names = list(names)
        if not names:
            return {}
        # With Id no unit's answer is empty: an empty line parts one from the next.
        text = self.system.run(["systemctl", "show", "--property=" + ",".join(dict.fromkeys(("Id", *wanted))), "--", *names]).output
        blocks = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in text.strip("\n").split("\n\n")]
        return {name: dict.fromkeys(wanted, "") | block for name, block in zip(names, blocks, strict=True)}

    def states(self, names):
        """State of each unit, by the name it was asked for."""
        return {name: UnitState(found["LoadState"], found["ActiveState"], found["SubState"], found["UnitFileState"], int(found["NRestarts"] or 0),
                                int(found["MainPID"] or 0), found["ActiveEnterTimestamp"])
                for name, found in self.properties(names, PROPERTIES).items()}

    def runs(self, name):
        return self.states([name])[name].runs

    def call(self, verb, names, *, check=True, timeout=600):
        """One `systemctl VERB` for all names; nothing for none."""
        if names:
            return self.system.run(["systemctl", verb, "--", *names], check=check, timeout=timeout)
        return None

    def read_files_again(self):
        self.system.run(["systemctl", "daemon-reload"])

    def retire(self, names):
        """Disable and stop. Units whose files are gone are meant as well: systemctl then removes what enabled them, complains, and is not heard."""
        self.call("disable", names, check=False)
        self.call("stop", names, check=False)
        self.call("reset-failed", names, check=False)

    def saved(self, names):
        """{name: (runs, is enabled)} of each unit, as restore() takes it."""
        return {name: (state.wanted, state.enabled) for name, state in self.states(names).items()}

    def restore(self, saved, *, booted):
        """Give each unit the two states that saved() told. `booted`: the machine has started anew since, and systemd starts what is enabled;
        that comes after the caller, who must not wait for it. Raises HostError when one that ran does not start."""
        now = self.states(saved)
        # The file of a unit that only the new state has is gone; what enabled it is not.
        self.call("disable", [name for name, (_, enabled) in saved.items() if not enabled and (now[name].enabled or not now[name].file)], check=False)
        self.call("enable", [name for name, (_, enabled) in saved.items() if enabled and not now[name].enabled])
        ended = [name for name, (ran, enabled) in saved.items() if not (enabled if booted else ran)]
        self.call("stop", ended, check=False)
        self.call("reset-failed", [name for name in ended if now[name].active != "inactive"], check=False)
        started = [name for name, (ran, enabled) in saved.items() if ran and (enabled or not booted) and not now[name].wanted]
        if started:
            self.system.run(["systemctl", "start", *(["--no-block"] if booted else []), "--", *started])

    def act(self, actions):
        """`reload` and `restart` of the units that run, once each; a restart makes a reload of the same unit needless."""
        restarts = {a.unit for a in actions if a.verb == "restart"}
        reloads = {a.unit for a in actions if a.verb == "reload"} - restarts
        running = {unit for unit, state in self.states(sorted(restarts | reloads)).items() if state.runs}
        self.call("restart", sorted(restarts & running))
        self.call("reload", sorted(reloads & running))

    def last_words(self, name, since):
        """Why a unit does not run, for people: the exception that it ended with, where it wrote one, its last lines, and where the rest is."""
        said = self.journal(name, since).rstrip()
        exceptions = [line for line in said.splitlines() if EXCEPTION.match(line)]
        service = name.removesuffix(".service").split("@")[0]
        return "\n".join([*exceptions[-1:], *([said] if said else []), f"`sudo hostctl logs {service}` has the rest"])

    def journal(self, name, since, lines=20):
        """Last lines that the unit wrote since a moment, in seconds since 1970."""
        # What a unit said last before it failed is otherwise still on its way.
        self.system.run(["journalctl", "--sync"], check=False)
        # Of systemd 252, --lines after --since are the first ones: https://github.com/systemd/systemd/issues/26657
        part = [f"--since=@{int(since)}"] if since else [f"--lines={lines}"]
        said = self.system.run(["journalctl", "--no-pager", "--output=cat", *part, f"--unit={name}"], check=False).output
        return "".join(said.splitlines(keepends=True)[-lines:])
