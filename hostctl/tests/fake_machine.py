"""A machine in a folder: real files, and systemctl, nginx, apt and pip played by a fake that behaves as they are documented to.
Its limit: it proves what hostctl does with the answers of those programs, not the answers; real machines prove those."""
import hashlib
import io
import os
import re
import shutil
import tarfile
import tempfile
from pathlib import Path

from hostctl.machine import files
from hostctl.machine.errors import CommandFailed
from hostctl.machine.paths import Paths
from hostctl.machine.system import Answer, Result, System
from hostctl.manifest.manifest import parse
from hostctl.release import archive
from hostctl.verbs import host_secrets
from hostctl.verbs.host import Host

# Of the first master of nginx; each later one has the next number.
NGINX_MAIN = 100
# Where there is one, a file system in memory: what hostctl syncs to a disk, thousands of files a test, is half of the processor's time and most of the waiting.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Killed(BaseException):
    """kill -9 as far as Python code can tell: no except clause of hostctl catches it."""


class Machine(System):
    def __init__(self, root=None):
        self.root = root or Path(tempfile.mkdtemp(prefix="hostctl-test-", dir=MEMORY))
        self.paths = Paths(self.root)
        self.ran, self.said, self.clock = [], [], 1_700_000_000.0
        self.active, self.enabled, self.failed = {}, set(), set()
        self.installed, self.users = set(), {"root", "www-data"}
        # What apt knows, and what it would know once it has fetched its lists; others hold their lock until then.
        self.listed, self.offered, self.lists_are_locked_until = {"nginx-light"}, {"nginx-light"}, 0
        self.is_container, self.upgrade_is_locked_until, self.upgrade_fails = True, 0, False
        self.upgrade_says_of_the_lock = "Lock could not be acquired (another package manager running?)\n"
        self.loaded, self.workers = {}, []
        # nginx's main process, its workers whose master has ended, and the sockets of its unit as systemd read it last.
        self.nginx_main, self.orphans, self.nginx_sockets = NGINX_MAIN, [], None
        # Commands during or after which nobody held nginx's ports.
        self.refusing = []
        self.on_command = lambda argv: None
        self.nginx_is_wrong = False
        # (address, program, its number) of what listens beside systemd's sockets.
        self.listening = []
        # How often the database refuses a connection before it takes one.
        self.refusals = 0
        self.certificate = ""
        self.reload_is_ignored = False
        self.schema = "shop=0001"
        self.paths.inbox.mkdir(parents=True, exist_ok=True)

    # What a test asks for

    def host(self, verb="apply"):
        """As cli.main() has it."""
        made = Host.at(self.root, self, verb, lambda line, **_: self.said.append(line))
        host_secrets.hide(made)
        return made

    def remove(self):
        shutil.rmtree(self.root)

    def deliver(self, files_, wheels=()):
        """Put a release's archive into the inbox; returns its digest."""
        folder = Path(tempfile.mkdtemp(dir=self.root))
        for path, content in files_.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(content)
        digest = archive.digest(folder)
        with tarfile.open(self.paths.inbox / f"{digest}.tar.gz", "w:gz") as made:
            made.add(folder, "source")
            for name, content in wheels:
                add_file(made, f"wheels/{name}", content)
        shutil.rmtree(folder)
        os.utime(self.paths.inbox / f"{digest}.tar.gz", (self.time(),) * 2)
        return digest

    def answering(self):
        """Digest of the release that a visitor reaches, by service name; None where the visitor gets an error."""
        return {name: self._digest_of(f"{name}@{slot}") for name, slot in self.loaded.items()} if "nginx.service" in self.active else {}

    def reboot(self, first=lambda: None):
        """Power off and on: `first`, then what is enabled starts, with the files as they are."""
        self.active, self.failed, self.loaded = {}, set(), {}
        shutil.rmtree(self.paths.run, ignore_errors=True)
        self.nginx_sockets = None
        first()
        self._systemctl(["start", *sorted(self.enabled)])

    # What hostctl asks for

    def run(self, argv, *, timeout=600, env=None, check=True):
        self.ran.append(argv)
        self.on_command(argv)
        result = self._run(argv)
        self._see_ports(argv)
        if check and result.code != 0:
            raise CommandFailed(argv, result.code, result.output)
        return result

    def get(self, address, host, path, timeout):
        if address in (80, 443):
            slots = [f"{name}@{slot}" for name, slot in self.loaded.items() if "nginx.service" in self.active]
            unit = slots[0] if slots else None
        else:
            unit = "@".join(Path(address).stem.rsplit("-", 1))
        if unit is None or f"{unit}.service" not in self.active:
            raise ConnectionRefusedError("connection refused")
        folder = self.active[f"{unit}.service"]
        return Answer(int((folder / "answer").read_text()) if (folder / "answer").exists() else 200, "")

    def connects(self, host, port, timeout):
        self.clock += timeout if self.refusals else 0
        self.refusals = max(0, self.refusals - 1)
        return self.refusals == 0

    def ids(self, owner, group):
        if {owner, group} - self.users:
            raise KeyError(owner)
        return os.getuid(), os.getgid()

    def sync(self, folder):
        pass

    def monotonic(self):
        return self.clock

    def time(self):
        return self.clock

    def sleep(self, seconds):
        self.clock += seconds
        self.workers, self.orphans = [(pid, title) for pid, title in self.workers if "shutting" not in title], []
        self._show_workers()

    # The programs

    def _run(self, argv):
        program, words = Path(argv[0]).name, argv[1:]
        if program == "systemctl":
            return self._systemctl(words)
        if program == "systemd-run" and "--unit=webstack-build" in words:
            return self._build(words)
        if program == "systemd-run" and "--wait" in words:
            return self._step(words)
        if program == "dpkg-query":
            return Result(0, "".join(f"{name} ii \n" for name in words[2:] if name in self.installed))
        if program == "pg_dump":
            return Result(0, "pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n")
        if program == "systemd-detect-virt":
            return Result(0 if self.is_container else 1, "")
        if program == "unattended-upgrade" and self.upgrade_is_locked_until > self.clock:
            return Result(1, self.upgrade_says_of_the_lock)
        if program == "unattended-upgrade" and self.upgrade_fails:
            return Result(1, "Starting unattended upgrades script\nE: no space left\n")
        if program == "apt-cache":
            return Result(0, "".join(f"{name}\n" for name in self.installed | self.listed))
        if program == "apt-get" and words[-1] == "update" and self.lists_are_locked_until > self.clock:
            return Result(100, "E: Could not get lock /var/lib/apt/lists/lock. It is held by process 77 (unattended-upgr)\nE: Unable to lock directory /var/lib/apt/lists/\n")
        if program == "apt-get" and words[-1] == "update":
            self.listed |= self.offered
        if program == "apt-get":
            self.installed |= set(words[words.index("install") + 1:]) if "install" in words else set()
        if program == "useradd":
            self.users.add(words[-1])
        if program == "nginx-check" and self.nginx_is_wrong:
            return Result(1, "nginx: [emerg] unknown directive")
        if "venv" in words:
            (Path(words[-1]) / "bin").mkdir(parents=True)
            (Path(words[-1]) / "bin/python").write_text("")
        if program == "ss":
            return Result(0, "".join(f'LISTEN 0 5 {address} 0.0.0.0:* users:(("{name}",pid={pid},fd=3))\n' for address, name, pid in self.listening
                                     if address.endswith(words[-1].removeprefix("sport = "))))
        if program == "openssl":
            return Result(0, self.certificate)
        if program == "journalctl":
            return Result(0, "the last words of the app\n")
        return Result(0, "")

    def _systemctl(self, words):
        verb, names = words[0], [word for word in words[1:] if not word.startswith("-")]
        if verb == "show" and "--value" in words:
            return Result(0, str(self._main_pid("nginx.service")))
        if verb == "show":
            return Result(0, "\n".join(self._show(name) for name in names))
        code = 0
        if verb == "start":
            # Sockets come before their services.
            names.sort(key=lambda name: not name.endswith(".socket"))
        if verb == "daemon-reload":
            self.nginx_sockets = self._read_sockets()
        for name in names:
            if verb == "start" or (verb == "restart") or (verb == "try-restart" and name in self.active):
                if verb != "start" or name not in self.active:
                    self._stop(name)
                    self._see_ports(["systemctl", *words])
                    code = self._start(name) or code
            elif verb == "stop":
                self._stop(name)
            elif verb == "enable":
                self.enabled.add(name)
            elif verb == "disable":
                self.enabled.discard(name)
            elif verb == "reset-failed":
                self.failed.discard(name)
            elif verb == "reload" and name == "nginx.service" and not self.reload_is_ignored:
                self._load_nginx()
        return Result(code, "Job failed" if code else "")

    def _show(self, name):
        state = "active" if name in self.active else "failed" if name in self.failed else "inactive"
        return f"Id={name}\nActiveState={state}\nSubState=x\nUnitFileState={'enabled' if name in self.enabled else 'disabled'}\nNRestarts=0\nMainPID={self._main_pid(name)}\n"

    def _main_pid(self, name):
        return self.nginx_main if name == "nginx.service" and name in self.active else 0

    def _read_sockets(self):
        unit = self.root / "etc/systemd/system/nginx.service"
        return re.findall(r"nginx\S*\.socket", unit.read_text()) if unit.exists() else []

    def _open_sockets(self):
        return [name for name in self.active if re.fullmatch(r"nginx\S*\.socket", name)]

    def _see_ports(self, argv):
        if "nginx.service" not in self.active and not self._open_sockets():
            self.refusing.append(" ".join(argv))

    def _stop(self, name):
        # By a unit with sockets the workers outlive it.
        if self.active.pop(name, None) and name == "nginx.service":
            self.orphans = [(pid, "nginx: worker process is shutting down") for pid, _ in self.workers] if self.nginx_sockets else []
            self.workers = []
            self._show_workers()

    def _start(self, name):
        folder = self.root
        if match := re.fullmatch(r"(.+)@(blue|green)\.service", name):
            folder = self.paths.slot(*match.groups()).resolve()
        elif name not in ("nginx.service",) and name.endswith(".service"):
            folder = self.paths.current.resolve()
        if (folder / "crash").exists():
            self.failed.add(name)
            return 1
        # systemd opens no socket beside a service that runs, and nginx no port that systemd has.
        if re.fullmatch(r"nginx\S*\.socket", name):
            refused = "nginx.service" in self.active
        else:
            refused = name == "nginx.service" and not self._take_sockets()
        if refused:
            self.failed.add(name)
            return 1
        self.active[name] = folder
        if name == "nginx.service":
            self.nginx_main += 1
            self._load_nginx()
        return 0

    def _take_sockets(self):
        """Start what nginx.service has in Sockets=; whether nginx then has its ports, or can open them itself."""
        if self.nginx_sockets is None:
            self.nginx_sockets = self._read_sockets()
        for name in self.nginx_sockets:
            if name not in self.active:
                self._start(name)
        return bool(self.nginx_sockets) or not self._open_sockets()

    def _load_nginx(self):
        self.loaded = {}
        for link in self.paths.upstreams.glob("*.conf"):
            if link.is_symlink():
                self.loaded[link.stem] = os.readlink(link).removesuffix(".conf").rsplit("-", 1)[1]
        last = max((pid for pid, _ in self.workers), default=1000 * self.nginx_main)
        self.workers = [(pid, "nginx: worker process is shutting down") for pid, _ in self.workers] + [(last + 1, "nginx: worker process")]
        self._show_workers()

    def _show_workers(self):
        for parent, children in ((self.nginx_main, self.workers), (1, self.orphans)):
            task = self.paths.proc / f"{parent}/task/{parent}"
            task.mkdir(parents=True, exist_ok=True)
            (task / "children").write_text(" ".join(str(pid) for pid, _ in children))
        for pid, title in [*self.workers, *self.orphans]:
            (self.paths.proc / str(pid)).mkdir(exist_ok=True)
            (self.paths.proc / str(pid) / "cmdline").write_text(title)

    def _step(self, words):
        """A step command `touch-static NAME` writes a static file, `collect-static NAME` one that is not there, `fail` fails, `migrate-to X` changes the
        database, `schema` says how it is, anything else does nothing."""
        release = Path(next(word for word in words if "WorkingDirectory=" in word).split("=", 2)[2])
        command = words[words.index("--") + 1:]
        if command[0] == "touch-static" or command[0] == "collect-static" and not (release / "static" / command[1]).exists():
            (release / "static" / command[1]).write_text("body{}" * 500)
        if command[0] == "migrate-to":
            self.schema = command[1]
        if command[0] == "schema":
            return Result(0, f"a warning\n{self.schema}\n")
        if command[0] == "fail":
            return Result(1, "django.db.utils.OperationalError: could not connect with hunter2hunter2\n")
        return Result(0, f"ran {' '.join(command)}\n")

    def _build(self, words):
        """A source whose text begins with `broken` becomes no wheel, any other one that has its text and `, compiled`, in what is the build's own folder."""
        source = Path(words[-1])
        if source.read_text().startswith("broken"):
            return Result(1, "error: command 'gcc' failed: No such file or directory\n")
        self.paths.compiling.mkdir(parents=True)
        (self.paths.compiling / f"{source.name.removesuffix('.tar.gz')}-cp313-cp313-linux_x86_64.whl").write_text(f"{source.read_text()}, compiled")
        return Result(0, "Building wheel\n")

    def _digest_of(self, unit):
        folder = self.active.get(f"{unit}.service")
        if folder is None or (folder / "answer").exists():
            return None
        return folder.name


class MachineWithDatabases(Machine):
    """One whose schema is that of the site's database, whichever that is: `databases` is {name: its schema}."""

    def __init__(self, *given):
        self.databases = {}
        super().__init__(*given)

    @property
    def schema(self):
        return self.databases["shop"]

    @schema.setter
    def schema(self, revision):
        self.databases["shop"] = revision


def add_file(made, name, content, **fields):
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    made.addfile(info, io.BytesIO(content))


def file(path, content, on_change=(), mode="0644", owner="root"):
    return {"path": path, "owner": owner, "group": owner, "mode": mode, "sha256": hashlib.sha256(content.encode()).hexdigest(),
            "content": content, "onChange": list(on_change)}


RELOAD_NGINX = {"verb": "reload", "unit": "nginx.service"}
SITE = "/etc/nginx/webstack/site.conf"
UNIT = "/etc/systemd/system/web@.service"


def manifest(digest, **changed):
    """One service in slots, one command service, one timer; `changed` replaces top-level keys."""
    raw = {
        "version": 1, "project": "webstack", "stack": "test", "host": "web-0", "user": "shop", "packages": ["nginx-light"],
        "files": [file(SITE, "server {}\n", [RELOAD_NGINX]),
                  file("/etc/nginx/webstack/upstreams/web-blue.conf", "blue\n", [RELOAD_NGINX]),
                  file("/etc/nginx/webstack/upstreams/web-green.conf", "green\n", [RELOAD_NGINX]),
                  file(UNIT, "[Service]\n", [{"verb": "roll", "service": "web"}])],
        "checks": [{"below": "/etc/nginx/", "command": ["/usr/local/lib/webstack/nginx-check"]}],
        "units": ["nginx.service", "tidy.timer"],
        "services": [{"name": "web", "kind": "slots", "healthPath": "/healthz", "healthHost": "shop.test", "startSeconds": 5, "drainSeconds": 3, "timeoutSeconds": 30},
                     {"name": "bot", "kind": "command"}],
        "release": {"digest": digest, "requirements": "requirements.txt",
                    "steps": [{"name": "Database-upgrading", "command": ["python", "manage.py", "migrate"], "timeoutSeconds": 60}],
                    "static": [{"url": "/static/", "folder": "static"}], "keep": 2, "schema": None, "restorePoint": True},
    }
    return parse({**raw, **changed})


def source(version, **more):
    return {"requirements.txt": "", "app.py": f"version = {version!r}\n", **more}
