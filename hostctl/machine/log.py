"""The deploy log: for people in the form `# Step n : NAME`, for programs one JSON line an event, and both on standard output."""
import datetime
import json
import os
from contextlib import contextmanager

from . import files
from .mask import Mask


class DeployLog:
    """Steps and events of one run. Nothing is written before the first step, so a run that changes nothing leaves no trace."""

    def __init__(self, paths, system, verb, echo=print):
        self.paths = paths
        self.system = system
        self.verb = verb
        self.count = 0
        self.name = ""
        self.mask = Mask()
        # Whether the log takes nothing, which is said once.
        self._blind = False
        self._echo = echo

    def say(self, line):
        """To standard output. A reader that went away (a lost SSH connection) must not end a deployment half-way."""
        try:
            self._echo(self.mask(line), flush=True)
        except OSError:
            pass

    def step(self, name):
        """Begin a step; events follow."""
        self.count += 1
        self.name = name
        self._write("deploy_logs", f"# Step {self.count} : {name}\n")
        self.say(f"# Step {self.count} : {name}")

    @contextmanager
    def event(self, name, detail=""):
        """Log the block as one event. Its failure is logged and goes on; what the block adds to the dict it is given becomes the detail."""
        began = self.system.monotonic()
        facts = {"detail": detail}
        try:
            yield facts
        except Exception as failure:
            self._record(name, False, began, str(failure))
            raise
        self._record(name, True, began, facts["detail"])

    def warn(self, text):
        """Something that a person should know and that is no failure of the run."""
        self.say(f"WARNING: {text}")
        self.output(f"WARNING: {text}")

    def output(self, text):
        """What a command of the release said, as it said it, with every secret hidden."""
        if text.strip():
            self._write("deploy_logs", "".join(f"    {line}\n" for line in self.mask(text).splitlines()))

    def _record(self, name, ok, began, detail):
        milliseconds = round((self.system.monotonic() - began) * 1000)
        now = datetime.datetime.fromtimestamp(self.system.time(), datetime.timezone.utc)
        stamp = now.strftime("%Y-%m-%d_%H-%M-%S-") + f"{now.microsecond // 1000:03d}"
        detail = self.mask(detail)
        self._write("deploy_logs", f"{stamp} : {name} > {'CORRECT' if ok else 'ERROR'}\n")
        event = {"time": now.isoformat(timespec="milliseconds"), "verb": self.verb, "step": self.name, "event": name, "ok": ok,
                 "ms": milliseconds, "detail": detail}
        self._write("deploy_logs.jsonl", json.dumps(event, ensure_ascii=False) + "\n")
        shown = f"  {detail}" if ok and detail else ""
        self.say(f"  {name} > {'CORRECT' if ok else 'ERROR'}  {milliseconds} ms{shown}")

    def _write(self, file, text):
        try:
            self.paths.logs.mkdir(parents=True, exist_ok=True)
            target = os.open(self.paths.logs / file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
            try:
                os.write(target, text.encode("utf-8", "replace"))
            finally:
                os.close(target)
        except OSError as failure:
            # A disk that is full or takes nothing more must not keep the old state from being put back.
            if not files.is_full_disk(failure) and not self._blind:
                self._blind = True
                self.say(f"WARNING: {self.paths.logs / file}: takes nothing ({failure.strerror})")
