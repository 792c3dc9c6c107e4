"""Power cuts: a deployment, a backup, a restore and a rollback in an ext4 file system whose disk is copied at every line of the log and at every rename
that counts, with hostctl stopped. Each copy is what a power cut then would have left: what the kernel had not yet written is not in it. It
is mounted in the place of the original, hostctl started from it as at boot, and the machine must be as before or as after.

    python3 -m unittest hostctl.tests.on_disk

Needs root. Limits: systemctl, nginx, pip, PostgreSQL and restic are played (machine.py), the last two on machines whose power stays; what another program of the box syncs meanwhile is on the disk, too.
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
import time
import unittest
from collections.abc import MutableSet
from pathlib import Path
from unittest import mock

from hostctl.backup import backup, restore
from hostctl.backup.repository import DUMP, Repository
from hostctl.deploy import compare, deploy, handover
from hostctl.machine.log import DeployLog
from hostctl.machine.system import Result, System
from hostctl.manifest import environment
from hostctl.manifest.stored import stored
from hostctl.release import history, slots
from hostctl.tests.backup.test_restore import Restoring
from hostctl.tests.fake_machine import RELOAD_NGINX, SITE, MachineWithDatabases, add_file, file, manifest, source
from hostctl.tests.given import modules, sums
from hostctl.verbs import cli


HOSTCTL = Path(__file__).resolve().parents[1]
PROGRAMS = "/usr/local/lib/webstack"
# A unit that does not start.
REFUSED = "refused.timer"
# In place of the last line of hostctl's __main__.py: hostctl as it is, on a machine below the rig.
LAST = "sys.exit(main(sys.argv[1:]))"
OURS = """import hostctl
hostctl.__path__.append({hostctl!r})
from hostctl.tests import on_disk
sys.exit(on_disk.main({rig!r}, sys.argv[1:]))  # {name}
"""


class Links(MutableSet):
    """What is enabled, as systemd keeps it: a link each, which nobody synchronizes."""

    def __init__(self, folder):
        self.folder = folder

    def add(self, name):
        self.folder.mkdir(parents=True, exist_ok=True)
        if name not in self:
            os.symlink(f"/etc/systemd/system/{name}", self.folder / name)

    def discard(self, name):
        (self.folder / name).unlink(missing_ok=True)

    def __contains__(self, name):
        return os.path.lexists(self.folder / name)

    def __iter__(self):
        return iter(os.listdir(self.folder) if self.folder.is_dir() else [])

    def __len__(self):
        return len(list(iter(self)))


class DiskMachine(MachineWithDatabases):
    """A machine whose root is the file system below the rig. Kept beside that: its databases ({name: content}), and the snapshots in the repository of
    its backups."""

    def __init__(self, rig):
        super().__init__(rig / "disk")
        self.beside = rig / "beside.json"
        self.users.add("shop")
        self.installed.add("nginx-light")
        self.databases, self.snapshots, self.refused = {"shop": "first"}, [], None
        self.enabled = Links(self.paths.at("/etc/systemd/system/multi-user.target.wants"))
        if self.beside.exists():
            self.databases, self.snapshots, self.refused = json.loads(self.beside.read_text())
            self.reboot()

    def time(self):
        return time.time()

    def _run(self, argv):
        if argv[0] == "psql":
            sql = argv[-1].removeprefix("--command=")
            return Result(0, "") if "pg_locks" in sql else Restoring._psql(self, sql)
        if argv[0] == "restic":
            return Result(0, getattr(self, f"_{argv[1]}", lambda *_: "")(*argv[2:]))
        return System.run(self, argv) if argv[0] == "ssh-keygen" else super()._run(argv)

    def pipe(self, source, sink, **_):
        if source[0] == "pg_dump":
            content = self._keep(sink, [f"/{DUMP}"], self.databases["shop"])
        else:
            content = self.databases[sink[-1].removeprefix("--dbname=")] = self._snapshot(source[3])["content"]
        return hashlib.sha256(content.encode()).hexdigest(), len(content), ""

    def _backup(self, *words):
        folders = [Path(word) for word in words if word.startswith("/")]
        self._keep(words, list(map(str, folders)), {str(path): path.read_text() for folder in folders for path in folder.rglob("*") if path.is_file()})
        return ""

    def _keep(self, words, paths, content):
        tags = [word for option, word in zip(words, words[1:]) if option == "--tag"]
        self.snapshots.append({"id": os.urandom(8).hex(), "time": "2026-01-01T00:00:00Z", "paths": paths, "tags": tags, "content": content})
        return content

    def _snapshot(self, name):
        return next(one for one in self.snapshots if one["id"] == name)

    def _snapshots(self, *_):
        return json.dumps(self.snapshots)

    def _tag(self, *words):
        for one in self.snapshots:
            if words[2] in one["tags"] and words[4] in one["paths"]:
                one["tags"].append(words[6])
        return ""

    def _forget(self, *words):
        self.snapshots = [one for one in self.snapshots if one["id"] not in words]
        return ""

    def _restore(self, *words):
        """As restic does: nothing of it is synchronized."""
        for path, content in self._snapshot(words[2])["content"].items():
            there = Path(f"{words[4]}{path}")
            there.parent.mkdir(parents=True, exist_ok=True)
            there.write_text(content)
        return ""

    def sync(self, folder):
        System.run(self, ["sync", "--file-system", str(folder)])

    def disk(self, folder):
        return os.statvfs("/")

    def _start(self, name):
        return 1 if name == REFUSED else super()._start(name)

    def keep(self):
        self.beside.write_text(json.dumps([self.databases, self.snapshots, self.refused]))

    def stop(self):
        """Until the test has its copy."""
        self.keep()
        os.kill(os.getpid(), signal.SIGSTOP)


def main(rig, words):
    """hostctl as the rig starts it."""
    machine = DiskMachine(Path(rig))
    if words[0] in JUDGES:
        return JUDGES[words[0]](machine)
    with stops(machine) if "STOPS" in os.environ else contextlib.nullcontext():
        code = cli.main(words, machine.root, machine)
    machine.keep()
    return code


@contextlib.contextmanager
def stops(machine):
    """A stop at the beginning, after each line of the log, and after each rename except those of hostctl's own modules."""
    write, rename = DeployLog._write, os.rename

    def written(log, name, text):
        write(log, name, text)
        if name == "deploy_logs":
            machine.stop()

    def renamed(old, new, **options):
        rename(old, new, **options)
        if not str(new).startswith(str(machine.paths.programs)):
            machine.stop()

    machine.stop()
    with mock.patch.object(DeployLog, "_write", written), mock.patch("os.rename", renamed):
        yield


def judge(machine):
    """What a boot finds: prints which deployment's state it is. Raises AssertionError for anything between."""
    is_, host, paths = unittest.TestCase(), machine.host("recover"), machine.paths
    deploy.recover(host)
    serving, declared = slots.current(paths), stored(paths)
    is_.assertEqual(declared.release.digest, serving)
    is_.assertEqual(history.read(paths)[-1]["digest"], serving)
    is_.assertEqual(machine.answering(), {"web": serving})
    is_.assertEqual(compare.compare(host, declared).lines, [])
    is_.assertEqual(set(machine.enabled), {*declared.units, *slots.units("web", slots.serving(paths, "web")), "bot.service"})
    is_.assertRegex((paths.release(serving) / "app.py").read_text(), r"^version = \d\n$")
    for step in (step for step in declared.release.steps if step.command[0] == "touch-static"):
        published = paths.static / "static" / step.command[1]
        is_.assertEqual(published.read_text(), "body{}" * 500)
        is_.assertEqual(gzip.decompress(published.with_name(f"{published.name}.gz").read_bytes()).decode(), "body{}" * 500)
    name = paths.at(SITE).read_text().strip()
    is_.assertEqual(environment.read(paths.env.read_bytes())["NAME"], name)
    points = {entry["restorePoint"]["id"] for entry in history.read(paths) if "restorePoint" in entry}
    is_.assertLessEqual(points, {point.id for point in Repository(host).listing().points()})
    print(name)
    return 0


def judge_data(machine):
    """What a boot finds, with what systemd has done soon after: prints the content of the database, which is that of the media, too, and the ID
    of the last backup that the host knows of, which is in the repository. Raises AssertionError for anything between."""
    is_, host, paths = unittest.TestCase(), machine.host("recover"), machine.paths
    cli.main(["recover"], machine.root, machine, echo=lambda *_, **__: None)
    asked = any(argv[0] == "systemd-run" and "--recover" in argv for argv in machine.ran)
    # The site starts now: what is open still is for the database to say.
    is_.assertEqual(paths.restoring.exists(), asked)
    restore.settle(host)
    machine.keep()
    media = {path.name: path.read_text() for path in (paths.data / "media").iterdir() if path.is_file()}
    is_.assertEqual(media, {"photo": machine.databases["shop"], f"of-{machine.databases['shop']}": machine.databases["shop"]})
    is_.assertEqual(set(machine.answering()), {"web"})
    is_.assertEqual(compare.compare(host, stored(paths)).lines, [])
    last = backup.state(host)["last"]
    is_.assertIn(last, [None, *(one.id for one in Repository(host).listing().backups())])
    print(machine.databases["shop"], last)
    return 0


def judge_pair(machine):
    """What a boot finds, with what systemd has done soon after: prints which bundle's release serves, on which bundle's schema. Raises
    AssertionError where what a switch has put aside is gone."""
    is_, host, paths = unittest.TestCase(), machine.host("recover"), machine.paths
    cli.main(["recover"], machine.root, machine, echo=lambda *_, **__: None)
    restore.settle(host)
    machine.keep()
    is_.assertFalse(paths.restoring.exists())
    is_.assertIn("two", machine.databases.values())
    serving = slots.current(paths)
    is_.assertEqual(machine.answering(), {"web": serving})
    print({"version = 1\n": "one", "version = 2\n": "two"}[(paths.release(serving) / "app.py").read_text()], machine.schema)
    return 0


JUDGES = {"judge": judge, "judge-data": judge_data, "judge-pair": judge_pair}
BACKUPS = {"version": 1, "monitoring": None, "watchdog": None, "externalDatabase": None,
           "backup": {"schedule": "daily", "keepDays": 7, "keepWeekly": 4, "keepMonthly": 0, "paths": ["media"], "drill": {"schedule": "weekly", "checks": []}}}


class Rig(unittest.TestCase):
    maxDiff = None
    # Folders with a file system of their own.
    MOUNTS = ()

    def setUp(self):
        # In memory: the copies cost nothing, and the loop device waits for no real disk.
        self.rig = Path(tempfile.mkdtemp(prefix="hostctl-disk-", dir="/dev/shm"))
        self.addCleanup(shutil.rmtree, self.rig)
        self.image, self.disk = self.rig / "disk.img", self.rig / "disk"
        self.hostctl = self.disk / "usr/local/bin/hostctl"
        self.disk.mkdir()
        self.disks, self.last = [], (None, None)
        self.mount(self.image, self.disk)
        for name in self.MOUNTS:
            (self.disk / name).mkdir()
            self.mount(self.rig / f"{name}.img", self.disk / name)
        self.machine = DiskMachine(self.rig)
        self.one, self.two = (self.machine.deliver(source(version)) for version in (1, 2))
        self.machine.paths.backup_access.parent.mkdir(parents=True)
        self.machine.paths.backup_access.write_text('RESTIC_PASSWORD="marker"\nRESTIC_REPOSITORY="/r"\n')
        self.run_to_end(*self.apply(self.bundle("one", self.one)))
        self.sync()

    def mount(self, image, folder):
        """A new file system there, which is in what a power cut leaves from then on."""
        with image.open("wb") as made:
            made.truncate(64 << 20)
        subprocess.run(["mkfs.ext4", "-q", "-F", str(image)], check=True)
        subprocess.run(["mount", "-o", "loop,noauto_da_alloc,commit=600", str(image), str(folder)], check=True)
        self.addCleanup(subprocess.run, ["umount", "--lazy", str(folder)], check=True)
        self.disks.append((image, folder))

    def sync(self):
        for _, folder in self.disks:
            subprocess.run(["sync", "--file-system", str(folder)], check=True)

    def bundle(self, name, digest, *units):
        """A program as infra/host/bundle.ts makes it, whose paths outside the manifest are those of the rig; with these units more."""
        texts = modules(HOSTCTL)
        texts["__main__.py"] = texts["__main__.py"].replace(LAST, OURS.format(hostctl=str(HOSTCTL), rig=str(self.rig), name=name))
        texts["SHA256SUMS"] = sums(texts)
        release = {**manifest(digest).raw["release"], "schema": {"revision": ["schema"], "down": [], "check": []}, "steps": [{"name": f"Static-{css}", "command": ["touch-static", f"{css}.css"], "timeoutSeconds": 5} for css in ("both", digest)]}
        release["steps"].append({"name": "migrate", "command": ["migrate-to", name], "timeoutSeconds": 5})
        files = [file(SITE, f"{name}\n", [RELOAD_NGINX]), *manifest(digest).raw["files"][1:], file("/etc/webstack/settings.json", json.dumps(BACKUPS)),
                 file("/usr/local/bin/hostctl", self.placed((HOSTCTL.parent / "cloud-init/bin/hostctl.tmpl").read_text().replace("{{stack}}", "prod")), mode="0755"),
                 *(file(f"{PROGRAMS}/hostctl/{module}", text) for module, text in texts.items())]
        head = (HOSTCTL / "standalone/receive.py").read_text()
        head = self.placed(head).replace('folder = f"{PROGRAMS}/hostctl/"', f'folder = "{PROGRAMS}/hostctl/"')
        path = self.rig / f"{name}.bundle"
        declared = manifest(digest, files=files, release=release, units=[*manifest(digest).raw["units"], *units])
        path.write_text(f"{head}# BUNDLE {json.dumps(declared.raw)}\n")
        return path

    def placed(self, text):
        return text.replace(PROGRAMS, f"{self.disk}{PROGRAMS}").replace("/var/lib/webstack", f"{self.disk}/var/lib/webstack")

    def apply(self, bundle):
        """(command, its input) that applies a bundle."""
        env = {"NAME": bundle.stem, "DATABASE_URL": "postgresql://shop:pass@10.0.0.3/shop"}
        return [sys.executable, "-I", str(bundle), "apply"], json.dumps({"env": env, "files": {}})

    def points(self, command, text="", code=0):
        """Run hostctl, which ends with that code; once for each stop, and once when it is done."""
        said = tempfile.TemporaryFile()
        self.addCleanup(said.close)
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=said, stderr=said, env={**os.environ, "STOPS": "1"})
        try:
            process.stdin.write(text.encode())
            process.stdin.close()
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
        said.seek(0)
        self.assertEqual(process.returncode, code, said.read().decode())

    def run_to_end(self, command, text=""):
        for _ in self.points(command, text):
            pass

    def after_power_cut(self, script):
        """Run shell text where the disk is what a power cut now would leave of it."""
        # Between two points at which nothing was written, a power cut leaves the same.
        same = [script, self.machine.beside.read_text(), [image.stat().st_mtime_ns for image, _ in self.disks]]
        if self.last[0] == same:
            return self.last[1]
        mounts = ""
        for image, folder in self.disks:
            copy = image.with_suffix(".copy")
            subprocess.run(["cp", "--sparse=always", str(image), str(copy)], check=True)
            mounts += f'mount -o loop "{copy}" "{folder}"\n'
        beside = self.machine.beside.read_text()
        booted = subprocess.run(["unshare", "--mount", "sh", "-euc", f"{mounts}{script}"], stdin=subprocess.DEVNULL, capture_output=True, text=True)
        self.machine.beside.write_text(beside)
        self.last = same, booted
        return booted

    def judge_each(self, points, judge, states, apply, applied):
        """Cut the power at every point: `judge` finds the machine in one of the states, which come in this order; at every tenth, that the apply
        (command, what is late) needs nobody's hand and leaves it as `applied`."""
        found, (command, late) = [], apply
        (self.rig / "late").write_text(late)
        for number, _ in enumerate(points):
            with self.subTest(point=number):
                again = f"; {' '.join(command)} < {self.rig}/late > {self.rig}/said; {self.hostctl} {judge}" if number % 10 == 0 else ""
                booted = self.after_power_cut(f"{self.hostctl} {judge}{again}")
                self.assertEqual((booted.returncode, booted.stderr), (0, ""))
                before, *after = booted.stdout.splitlines()
                found.append(before)
                self.assertEqual(after, [applied] if again else [])
        self.assertEqual(list(dict.fromkeys(found)), states)


class Deployments(Rig):
    def check(self, bundle, names):
        """Apply it, and cut the power at every point: the machine is as one of the named bundles says; at every tenth, that the next apply needs
        nobody's hand."""
        command, late = self.apply(bundle)
        self.judge_each(self.points(command, late), "judge", names, (command, late), names[-1])

    def check_failing(self, bundle):
        """As check(), of one that cannot be applied."""
        for number, _ in enumerate(self.points(*self.apply(bundle), code=1)):
            with self.subTest(point=number):
                booted = self.after_power_cut(f"{self.hostctl} judge")
                self.assertEqual((booted.returncode, booted.stdout, booted.stderr), (0, "one\n", ""))


class ReleaseTest(Deployments):
    def test_a_power_cut_during_a_release_leaves_the_old_state_or_the_new_one(self):
        self.check(self.bundle("two", self.two), ["one", "two"])

    def test_a_power_cut_during_a_release_that_fails_leaves_the_old_state(self):
        self.check_failing(self.bundle("broken", self.machine.deliver(source(3, answer="500"))))

    def test_what_a_host_took_over_is_on_its_disk(self):
        stream = io.BytesIO()
        with tarfile.open(fileobj=stream, mode="w") as made:
            add_file(made, "media/photo", b"margherita", uname="root", gname="root")
        handover.receive(self.machine.host("take-over"), ("media",), io.BytesIO(stream.getvalue()))
        self.assertEqual(self.after_power_cut(f"cat {self.machine.paths.data}/photo").stdout, "margherita")

    def test_the_key_for_backups_is_on_the_disk_before_anybody_is_told_of_it(self):
        line = backup.make_key(self.machine.host("backup-key"))
        self.assertIn(line, self.after_power_cut(f"ssh-keygen -y -f {self.machine.paths.backup_key}").stdout)


class FilesTest(Deployments):
    """hostctl's state is on one file system, what is enabled on another: of two, one may be ahead of the other."""
    MOUNTS = ("var",)

    def test_a_power_cut_during_a_change_of_files_and_units_leaves_the_old_state_or_the_new_one(self):
        self.check(self.bundle("two", self.one, "later.timer"), ["one", "two"])

    def test_a_power_cut_during_one_whose_last_unit_does_not_start_leaves_the_old_state(self):
        self.check_failing(self.bundle("two", self.one, REFUSED))


class PairTest(Rig):
    def test_a_power_cut_during_a_rollback_with_its_restore_point_leaves_the_old_release_on_its_schema_or_the_new_one_on_its_own(self):
        two, late = self.apply(self.bundle("two", self.two))
        self.run_to_end(two, late)
        self.sync()
        self.judge_each(self.points([str(self.hostctl), "rollback", self.one, "--restore"]), "judge-pair", ["two two", "one one"], (two, late), "two two")


class DataTest(Rig):
    """Media on a disk of their own, and a database elsewhere; what they hold is called after the time: "then", of which there is a backup, or "now"."""

    def setUp(self):
        super().setUp()
        self.machine = DiskMachine(self.rig)
        self.media = self.machine.paths.data / "media"
        self.media.mkdir(parents=True)
        self.make_disk()
        self.put("then")
        self.hostctl_("run-backup")
        self.put("now")

    def put(self, content):
        self.machine = DiskMachine(self.rig)
        self.machine.databases["shop"] = content
        for file in self.media.glob("of-*"):
            file.unlink()
        for name in ("photo", f"of-{content}"):
            (self.media / name).write_text(content)
        self.machine.keep()
        self.sync()

    def make_disk(self):
        self.mount(self.rig / "media.img", self.media)
        table = self.machine.paths.proc / "self/mountinfo"
        table.parent.mkdir(parents=True)
        table.write_text(f"36 35 7:1 / {self.machine.paths.name(self.media)} rw - ext4 /dev/loop1 rw\n")

    def hostctl_(self, *words):
        self.run_to_end([str(self.hostctl), *words])

    def cut(self, words, again, code=0):
        """Run a verb, which ends with that code, and cut the power at every point; "CONTENT LAST-BACKUP" each time. At every tenth, `again` works
        without anybody's hand."""
        found = []
        for number, _ in enumerate(self.points([str(self.hostctl), *words], code=code)):
            with self.subTest(point=number):
                then = f"; {self.hostctl} {again} > {self.rig}/said; {self.hostctl} judge-data" if again and number % 10 == 0 else ""
                booted = self.after_power_cut(f"{self.hostctl} judge-data{then}")
                self.assertEqual((booted.returncode, booted.stderr), (0, ""))
                found.append(booted.stdout.splitlines())
        return found

    def test_a_power_cut_during_a_restore_leaves_the_data_that_served_or_what_was_restored(self):
        last = backup.state(self.machine.host())["last"]
        found = self.cut(["restore", last, "--yes"], "restore latest --yes")
        self.assertEqual(list(dict.fromkeys(lines[0] for lines in found)), [f"now {last}", f"then {last}"])
        self.assertEqual({line for lines in found for line in lines[1:]}, {f"then {last}"})
        time.sleep(1)
        found = self.cut(["restore", "--undo"], "")
        self.assertEqual(list(dict.fromkeys(lines[0] for lines in found)), [f"then {last}", f"now {last}"])

    def test_a_power_cut_during_a_restore_that_fails_leaves_the_data_that_served(self):
        last = backup.state(self.machine.host())["last"]
        self.machine.refused = "other users are there"
        self.machine.keep()
        found = self.cut(["restore", last, "--yes"], "", code=1)
        self.assertEqual({lines[0] for lines in found}, {f"now {last}"})

    def test_a_power_cut_during_a_backup_leaves_the_one_before_or_the_new_one(self):
        first = backup.state(self.machine.host())["last"]
        time.sleep(1)
        found = self.cut(["run-backup"], "run-backup")
        ids = list(dict.fromkeys(lines[0] for lines in found))
        self.assertEqual([len(ids), ids[0]], [2, f"now {first}"])
        self.assertNotIn(f"now {first}", [line for lines in found for line in lines[1:]])


class DataOnOneDiskTest(DataTest):
    def make_disk(self):
        """Media are where all else is."""

    test_a_power_cut_during_a_restore_that_fails_leaves_the_data_that_served = None
    test_a_power_cut_during_a_backup_leaves_the_one_before_or_the_new_one = None


if __name__ == "__main__":
    unittest.main()
