"""systemd units: their state in one question, their verbs in one command each."""
from dataclasses import dataclass

PROPERTIES = ("Id", "LoadState", "ActiveState", "SubState", "UnitFileState", "NRestarts", "MainPID", "ActiveEnterTimestamp")


@dataclass(frozen=True)
class UnitState:
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
    def enabled(self):
        return self.file in ("enabled", "enabled-runtime", "static", "alias", "generated")


class Units:
    def __init__(self, system):
        self.system = system

    def states(self, names):
        """State of each unit, by the name it was asked for: one call however many."""
        names = list(names)
        if not names:
            return {}
        text = self.system.run(["systemctl", "show", "--property=" + ",".join(PROPERTIES), "--", *names]).output
        blocks = [dict(line.split("=", 1) for line in block.splitlines() if "=" in line) for block in text.strip().split("\n\n")]
        return {name: UnitState(b.get("LoadState", ""), b.get("ActiveState", ""), b.get("SubState", ""), b.get("UnitFileState", ""),
                                int(b.get("NRestarts") or 0), int(b.get("MainPID") or 0), b.get("ActiveEnterTimestamp", ""))
                for name, b in zip(names, blocks, strict=True)}

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

    def act(self, actions):
        """`reload` and `restart` of the units that run, once each; a restart makes a reload of the same unit needless."""
        restarts = {a.unit for a in actions if a.verb == "restart"}
        reloads = {a.unit for a in actions if a.verb == "reload"} - restarts
        running = {unit for unit, state in self.states(sorted(restarts | reloads)).items() if state.runs}
        self.call("restart", sorted(restarts & running))
        self.call("reload", sorted(reloads & running))

    def journal(self, name, since, lines=20):
        """Last lines that the unit wrote since a moment, in seconds since 1970."""
        # What a unit said last before it failed is otherwise still on its way.
        self.system.run(["journalctl", "--sync"], check=False)
        return self.system.run(["journalctl", "--no-pager", "--output=cat", f"--lines={lines}", f"--since=@{int(since)}", f"--unit={name}"],
                               check=False).output
