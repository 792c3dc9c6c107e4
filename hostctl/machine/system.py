"""The machine as hostctl reaches it: all that runs commands, opens connections, looks up users or waits goes by it. HTTP and mail are loaded where they are used:
together they take a third of the time of a start, and most verbs need neither."""
import contextlib
import grp
import hashlib
import os
import pwd
import socket
import subprocess
import tempfile
import threading
import time
from typing import NamedTuple

from .errors import CommandFailed

# Nothing of the caller's environment reaches a command: what came over SSH or sudo must not decide how a release is made.
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/root"}


class Result(NamedTuple):
    code: int
    output: str


class Answer(NamedTuple):
    status: int
    location: str


def _said(file):
    file.seek(0)
    return file.read().decode("utf-8", "replace")


class System:
    def run(self, argv, *, timeout=600, env=None, check=True):
        """Run a command without a shell and without input; standard output and error come back as one text.
        Raises CommandFailed for a code other than 0 unless `check` is off; a timeout counts as code 124, a missing program as 127."""
        try:
            done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  timeout=timeout, env={**ENVIRONMENT, **(env or {})})
            result = Result(done.returncode, done.stdout.decode("utf-8", "replace"))
        except subprocess.TimeoutExpired as late:
            result = Result(124, (late.stdout or b"").decode("utf-8", "replace") + f"\nnot done after {timeout} s")
        except FileNotFoundError:
            result = Result(127, "no such program")
        if check and result.code != 0:
            raise CommandFailed(argv, result.code, result.output)
        return result

    def pipe(self, source, sink, *, source_env, sink_env, timeout):
        """Run two commands, the output of the first being the input of the second; nothing of it is on disk. The second one sees
        the end of its input only when the first has ended with 0; otherwise it is killed, so half a stream never looks whole.
        Returns (SHA-256, bytes, output of the second). Raises CommandFailed with the words of the one that failed."""
        whole, size, broken = hashlib.sha256(), 0, False
        with tempfile.TemporaryFile() as source_says, tempfile.TemporaryFile() as sink_says:
            first = subprocess.Popen(source, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=source_says, env={**ENVIRONMENT, **source_env})
            second = subprocess.Popen(sink, stdin=subprocess.PIPE, stdout=sink_says, stderr=subprocess.STDOUT, env={**ENVIRONMENT, **sink_env})
            watch = threading.Timer(timeout, lambda: (first.kill(), second.kill()))
            watch.start()
            try:
                try:
                    while block := first.stdout.read(1 << 20):
                        whole.update(block)
                        size += len(block)
                        second.stdin.write(block)
                    second.stdin.flush()
                except BrokenPipeError:
                    broken = True
                    first.kill()
                if first.wait() != 0 and not broken:
                    second.kill()
                    second.wait()
                    raise CommandFailed(source, first.returncode, _said(source_says))
                second.communicate()
                if broken or second.returncode != 0:
                    raise CommandFailed(sink, second.returncode, _said(sink_says))
                return whole.hexdigest(), size, _said(sink_says)
            finally:
                watch.cancel()
                for process in (first, second):
                    process.kill()
                    process.wait()
                first.stdout.close()
                with contextlib.suppress(BrokenPipeError):
                    second.stdin.close()

    def become(self, argv):
        """Replace this process by a command that talks to the terminal itself."""
        os.execvpe(argv[0], argv, {**ENVIRONMENT, "TERM": os.environ.get("TERM", "dumb")})

    def get(self, address, host, path, timeout):
        """GET `path` from a unix socket (a path) or a port of 127.0.0.1 (a number), 443 with TLS. Raises OSError without an answer."""
        from . import http
        return Answer(*http.get(address, host, path, timeout))

    def connects(self, host, port, timeout):
        """Whether a TCP connection to that place can be made within `timeout` seconds."""
        try:
            socket.create_connection((host, port), timeout).close()
            return True
        except OSError:
            return False

    def address_toward(self, host, port):
        """The address by which this machine reaches another one, itself as far as it knows; "" where there is no way. Nothing is sent."""
        try:
            family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)[0]
            with socket.socket(family, kind, protocol) as way:
                way.connect(place)
                return way.getsockname()[0]
        except OSError:
            return ""

    def uptime(self):
        """Seconds since this machine began, be it a container of a box that did before."""
        with open("/proc/1/stat", encoding="ascii", errors="replace") as file:
            # After the name, which may have spaces in it. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
            began = int(file.read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - began

    def request(self, method, url, headers, body=b"", *, timeout):
        """Send one HTTP request to another machine; returns (status, body). Raises OSError without an answer."""
        from . import http
        return http.request(method, url, headers, body, timeout)

    def mail(self, smtp, password, message):
        """Hand an EmailMessage to the mail server. Raises HostError with its words, also when it refuses one of the receivers."""
        from . import outbound
        outbound.mail(smtp, password, message)

    def post(self, url, value, headers=None):
        """POST a value as JSON to another machine. Raises HostError for every answer but 2xx; the URL, which may be a secret, is not in it."""
        from . import outbound
        outbound.post(url, value, headers or {})

    def ids(self, owner, group):
        """Numbers of a user and a group. Raises KeyError when the machine has no such name."""
        return pwd.getpwnam(owner).pw_uid, grp.getgrnam(group).gr_gid

    def name(self):
        """The machine's own host name."""
        return os.uname().nodename

    def may_run(self, pid, program):
        """Whether the process of that number may be one of that program: one that a sandbox hides from us may."""
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        try:
            with open(f"/proc/{pid}/comm", encoding="utf-8") as file:
                return file.read().strip() == program
        except OSError:
            return True

    def disk(self, folder):
        """statvfs(3) of the file system that a folder is on."""
        return os.statvfs(folder)

    def sync(self, folder):
        """Everything written so far to the file system that a folder is on survives a power cut: seventy new files in 9 ms, where a sync
        of each takes 90. Raises CommandFailed when the disk did not take it."""
        self.run(["sync", "--file-system", str(folder)])

    def monotonic(self):
        return time.monotonic()

    def sleep(self, seconds):
        time.sleep(seconds)

    def time(self):
        """Seconds since 1970, UTC."""
        return time.time()
