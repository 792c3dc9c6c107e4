"""Power cuts: a deployment in an ext4 file system whose disk is copied at every line of the deployment's log and at every rename that
counts, with hostctl stopped. Each copy is what a power cut then would have left: what the kernel had not yet written is not in it. It
is mounted in the place of the original, hostctl started from it as at boot, and the machine must be as before or as after.

    python3 -m unittest hostctl.tests.on_disk

Needs root. Limits: systemctl, nginx and pip are played (machine.py); what another program of the box syncs meanwhile is on the disk, too.
The mount's options take away what ext4 does of itself for programs that do not sync, and other file systems do not."""
import contextlib
import gzip
import hashlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from hostctl import backup, cli, compare, deploy, handover, history, slots
from hostctl.log import DeployLog
from hostctl.system import System

from .machine import RELOAD_NGINX, SITE, Machine, add_file, file, manifest, source

HOSTCTL = Path(__file__).resolve().parents[1]
PROGRAMS = "/usr/local/lib/webstack"
# In place of the last line of hostctl's __main__.py: hostctl as it is, on a machine below the rig.
LAST = "sys.exit(main(sys.argv[1:]))"
OURS = """import hostctl
hostctl.__path__.append({hostctl!r})
from hostctl.tests import on_disk
sys.exit(on_disk.main({rig!r}, sys.argv[1:]))  # {name}
"""


class DiskMachine(Machine):
    """A machine whose root is the file system below the rig. What systemd knows of it is kept beside that."""

    def __init__(self, rig):
        super().__init__(rig / "disk")
        self.units = rig / "units.json"
        self.users.add("shop")
        self.installed.add("nginx-light")
        if self.units.exists():
            self.enabled = set(json.loads(self.units.read_text()))
            self.reboot()

    def _run(self, argv):
        return System.run(self, argv) if argv[0] == "ssh-keygen" else super()._run(argv)

    def sync(self, folder):
        System.run(self, ["sync", "--file-system", str(folder)])

    def disk(self, folder):
        return os.statvfs("/")

    def keep_units(self):
        self.units.write_text(json.dumps(sorted(self.enabled)))

    def stop(self):
        """Until the test has its copy."""
        self.keep_units()
        os.kill(os.getpid(), signal.SIGSTOP)


def main(rig, words):
    """hostctl as the rig starts it."""
    machine = DiskMachine(Path(rig))
    if words[0] == "judge":
        return judge(machine)
    with stops(machine) if "STOPS" in os.environ else contextlib.nullcontext():
        code = cli.main(words, machine.root, machine)
    machine.keep_units()
    return code


@contextlib.contextmanager
def stops(machine):
    """A stop at the beginning, after each line of the log, and after each rename except those of hostctl's own modules."""
    write, rename = DeployLog._write, os.rename

    def written(log, name, text):
        write(log, name, text)
        if name == "deploy_logs":
            machine.stop()

    def renamed(old, new):
        rename(old, new)
        if not str(new).startswith(str(machine.paths.programs)):
            machine.stop()

    machine.stop()
    with mock.patch.object(DeployLog, "_write", written), mock.patch("os.rename", renamed):
        yield


def judge(machine):
    """What a boot finds: prints which deployment's state it is. Raises AssertionError for anything between."""
    is_, host, paths = unittest.TestCase(), machine.host("recover"), machine.paths
    deploy.recover(host)
    serving, declared = slots.current(paths), compare.stored(paths)
    is_.assertEqual(declared.release.digest, serving)
    is_.assertEqual(history.read(paths)[-1]["digest"], serving)
    is_.assertEqual(machine.answering(), {"web": serving})
    is_.assertEqual(compare.compare(host, declared).lines, [])
    is_.assertRegex((paths.release(serving) / "app.py").read_text(), r"^version = \d\n$")
    for step in declared.release.steps:
        published = paths.static / "static" / step.command[1]
        is_.assertEqual(published.read_text(), "body{}" * 500)
        is_.assertEqual(gzip.decompress(published.with_name(f"{published.name}.gz").read_bytes()).decode(), "body{}" * 500)
    print(paths.at(SITE).read_text().strip())
    return 0


class PowerCutTest(unittest.TestCase):
    def setUp(self):
        # In memory: the copies cost nothing, and the loop device waits for no real disk.
        self.rig = Path(tempfile.mkdtemp(prefix="hostctl-disk-", dir="/dev/shm"))
        self.addCleanup(shutil.rmtree, self.rig)
        self.image, self.disk = self.rig / "disk.img", self.rig / "disk"
        self.hostctl = self.disk / "usr/local/bin/hostctl"
        self.disk.mkdir()
        with self.image.open("wb") as image:
            image.truncate(64 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", str(self.image)], check=True)
        subprocess.run(["mount", "-o", "loop,noauto_da_alloc,commit=600", str(self.image), str(self.disk)], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", str(self.disk)], check=True)
        self.machine = DiskMachine(self.rig)
        self.one, self.two = (self.machine.deliver(source(version)) for version in (1, 2))
        for _ in self.points(self.bundle("one", self.one)):
            pass
        subprocess.run(["sync", "--file-system", str(self.disk)], check=True)

    def bundle(self, name, digest):
        """A program as infra/host/bundle.ts makes it, whose paths outside the manifest are those of the rig."""
        modules = {path.name: path.read_text() for path in sorted(HOSTCTL.glob("*.py")) if path.name != "receive.py"}
        modules["__main__.py"] = modules["__main__.py"].replace(LAST, OURS.format(hostctl=str(HOSTCTL), rig=str(self.rig), name=name))
        modules["SHA256SUMS"] = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {name}\n" for name, text in modules.items())
        release = {**manifest(digest).raw["release"], "steps": [{"name": f"Static-{css}", "command": ["touch-static", f"{css}.css"], "timeoutSeconds": 5} for css in ("both", digest)]}
        files = [file(SITE, f"{name}\n", [RELOAD_NGINX]), *manifest(digest).raw["files"][1:],
                 file("/usr/local/bin/hostctl", self.placed((HOSTCTL.parent / "cloud-init/bin/hostctl").read_text()), mode="0755"),
                 *(file(f"{PROGRAMS}/hostctl/{module}", text) for module, text in modules.items())]
        head = (HOSTCTL / "receive.py").read_text()
        head = self.placed(head).replace('folder = f"{PROGRAMS}/hostctl/"', f'folder = "{PROGRAMS}/hostctl/"')
        path = self.rig / f"{name}.bundle"
        path.write_text(f"{head}# BUNDLE {json.dumps(manifest(digest, files=files, release=release).raw)}\n")
        return path

    def placed(self, text):
        return text.replace(PROGRAMS, f"{self.disk}{PROGRAMS}").replace("/var/lib/webstack", f"{self.disk}/var/lib/webstack")

    def points(self, bundle, code=0):
        """Apply a bundle, which ends with that code; once for each stop, and once when it is done."""
        process = subprocess.Popen([sys.executable, "-I", str(bundle), "apply"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "STOPS": "1"})
        try:
            while process.returncode is None:
                _, status = os.waitpid(process.pid, os.WUNTRACED)
                if not os.WIFSTOPPED(status):
                    process.returncode = os.waitstatus_to_exitcode(status)
                yield
                if process.returncode is None:
                    os.kill(process.pid, signal.SIGCONT)
        finally:
            process.kill()
            process.wait()
        self.assertEqual(process.returncode, code)

    def after_power_cut(self, script):
        """Run shell text where the disk is what a power cut now would leave of it."""
        copy = self.rig / "copy.img"
        subprocess.run(["cp", "--sparse=always", str(self.image), str(copy)], check=True)
        units = (self.rig / "units.json").read_text()
        booted = subprocess.run(["unshare", "--mount", "sh", "-euc", f'mount -o loop "{copy}" "{self.disk}"\n{script}'], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        (self.rig / "units.json").write_text(units)
        return booted

    def check(self, bundle, names):
        """Apply it, and cut the power at every point: the machine is as one of the named bundles says; at every tenth, that the next apply needs
        nobody's hand."""
        found = []
        for number, _ in enumerate(self.points(bundle)):
            with self.subTest(point=number):
                again = f"; {sys.executable} -I {bundle} apply > {self.rig}/said; {self.hostctl} judge" if number % 10 == 0 else ""
                booted = self.after_power_cut(f"{self.hostctl} judge{again}")
                self.assertEqual((booted.returncode, booted.stderr), (0, ""))
                before, *after = booted.stdout.split()
                found.append(before)
                self.assertEqual(after, names[-1:] if again else [])
        self.assertEqual(list(dict.fromkeys(found)), names)

    def test_a_power_cut_during_a_release_leaves_the_old_state_or_the_new_one(self):
        self.check(self.bundle("two", self.two), ["one", "two"])

    def test_a_power_cut_during_a_change_of_files_does_as_well(self):
        self.check(self.bundle("two", self.one), ["one", "two"])

    def test_a_power_cut_during_a_release_that_fails_leaves_the_old_state(self):
        broken = self.bundle("broken", self.machine.deliver(source(3, answer="500")))
        for number, _ in enumerate(self.points(broken, code=1)):
            with self.subTest(point=number):
                booted = self.after_power_cut(f"{self.hostctl} judge")
                self.assertEqual((booted.returncode, booted.stdout, booted.stderr), (0, "one\n", ""))

    def test_what_a_host_took_over_is_on_its_disk(self):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as made:
            add_file(made, "media/photo", b"margherita", uname="root", gname="root")
        handover.receive(self.machine.host("take-over"), ("media",), io.BytesIO(stream.getvalue()))
        self.assertEqual(self.after_power_cut(f"cat {self.machine.paths.data}/photo").stdout, "margherita")

    def test_the_key_for_backups_is_on_the_disk_before_anybody_is_told_of_it(self):
        line = backup.make_key(self.machine.host("backup-key"))
        self.assertIn(line, self.after_power_cut(f"ssh-keygen -y -f {self.machine.paths.backup_key}").stdout)


if __name__ == "__main__":
    unittest.main()
