"""The command line: exit codes, the lock, and a whole bundle as a program.
Modules: verbs/cli.py, standalone/receive.py, monitor/logs.py, machine/lock.py, machine/system.py and machine/http.py."""
import contextlib
import hashlib
import importlib.util
import io
import json
import marshal
import os
import socket
import subprocess
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import UnixStreamServer

from hostctl.machine.errors import CommandFailed
from hostctl.machine.lock import holder, locked
from hostctl.machine.system import System
from hostctl.tests.command_line import CommandLine
from hostctl.tests.fake_machine import manifest, source
from hostctl.tests.given import modules, sums
from hostctl.verbs import cli

PACKAGE = Path(__file__).resolve().parents[2]

class CliTest(CommandLine):
    def test_apply_verify_and_status_with_their_exit_codes(self):
        path = self.declare(manifest(self.digest))
        late = '{"env": {"KEY": "value"}, "files": {"/etc/webstack/ca.pem": "pem"}}'
        self.assertEqual(self.call("apply", path, "--runtime-inputs", stdin=late)[0], 0)
        self.assertEqual(self.call("verify")[:2], (0, "as declared"))
        self.assertEqual(self.call("apply", path)[:2], (0, "unchanged"))
        (self.machine.root / "etc/webstack/ca.pem").unlink()
        code, said, _ = self.call("verify", "--json")
        self.assertEqual((code, json.loads(said)["serving"], json.loads(said)["differences"][0]), (3, self.digest, "/etc/webstack/ca.pem: is missing"))
        report = json.loads(self.call("status", "--json")[1])
        self.assertEqual(report["release"]["serving"], self.digest)
        self.assertEqual([(s["name"], s["slot"], s["state"]) for s in report["services"]], [("web", "blue", "active"), ("bot", None, "active")])
        self.assertEqual(json.loads(self.call("releases", "--json")[1])[0]["serving"], True)

    def test_failures_are_one_message_and_exit_code_1(self):
        code, _, errors = self.call("apply", "/none.json")
        self.assertEqual(code, 1)
        self.assertTrue(errors.startswith("hostctl: /none.json: cannot be read"), errors)
        self.assertEqual(self.call("rollback")[0], 1)

    def test_wrong_usage_is_exit_code_2(self):
        for words in (["release", "../x"], ["nonsense"], ["logs", "--output=/etc/x"]):
            with self.assertRaises(SystemExit) as ended, contextlib.redirect_stderr(io.StringIO()):
                cli.main(words, self.machine.root, self.machine)
            self.assertEqual(ended.exception.code, 2)

    def test_alone_it_says_what_it_can_do(self):
        code, said, errors = self.call()
        self.assertEqual((code, errors), (0, ""))
        self.assertRegex(said, r"(?s)usage: hostctl .*rollback .*move back to an earlier release")

    def test_a_second_run_is_refused_with_the_name_of_the_first(self):
        with locked(self.machine.paths, self.machine, "release"):
            code, _, errors = self.call("restart")
            self.assertEqual(code, 75)
            self.assertRegex(errors, r"held by \S+ for `release` since .* \(process %d\)" % os.getpid())
            self.assertEqual(json.loads(self.call("status", "--json")[1])["lock"]["verb"], "release")
        self.assertIsNone(holder(self.machine.paths.lock))

    def test_a_killed_holder_blocks_nobody(self):
        program = ("import os,sys; sys.path.insert(0, sys.argv[1]); from hostctl.machine.lock import locked; from hostctl.machine.paths import Paths; "
                   "from hostctl.machine.system import System\nwith locked(Paths(sys.argv[2]), System(), 'apply'): os.kill(os.getpid(), 9)")
        project = str(Path(cli.__file__).resolve().parents[2])
        ended = subprocess.run([sys.executable, "-c", program, project, str(self.machine.root)])
        self.assertEqual(ended.returncode, -9)
        with locked(self.machine.paths, self.machine, "restart"):
            self.assertEqual(holder(self.machine.paths.lock)["verb"], "restart")

    def test_logs_are_those_of_what_the_host_has(self):
        self.call("apply", self.declare(manifest(self.digest)))
        became = []
        self.machine.become = became.append
        self.assertEqual([self.call("logs", *words)[0] for words in (["web"], ["tidy"], ["deploy"], [])], [0, 0, 0, 0])
        self.assertEqual(became[0][-2:], ["--unit=web.service", "--unit=web@*.service"])
        self.assertEqual(self.call("logs", "webb")[::2], (1, "hostctl: logs: there is no service or job webb on this host; there are: nginx, web, bot, tidy, deploy; did you mean web?\n"))
        self.assertEqual(len(became), 4)

    def test_no_verb_tells_a_secret_whatever_fails(self):
        self.call("apply", self.declare(manifest(self.digest, units=["nginx.service", "tidy.timer", "webstack-certificate.timer"])), "--runtime-inputs", stdin='{"env": {"API_KEY": "the-key-of-the-app"}, "files": {}}')
        secrets = {"env": ("API_KEY", "the-key-of-the-app"), "database-admin": ("DATABASE_ADMIN_URL", "mysql://admin:the-admins-password@db/shop"),
                   "monitoring-secrets": ("smtpPassword", "the-password-of-mail"), "backup-repository": ("RESTIC_PASSWORD", "the-password-of-backups")}
        for file, (name, value) in secrets.items():
            (self.machine.paths.env.parent / file).write_text(f'{name}="{value}"\n')
        values = [value for _, value in secrets.values()]
        parts = [*values, "the-admins-password"]
        plain = self.machine.run
        said = f"could not log in: {', '.join(values)}\n"
        verbs = [["start"], ["stop"], ["restart"], ["renew"], ["reload"], ["verify"], ["status"], ["run", "tidy"], ["notify", "web@blue.service"], ["watch"], ["rollback"], ["release", self.digest],
                 ["pause", "--max", "1"], ["in-service"], ["recover"], ["backup-key"], ["install-certificate"], ["rotate-database-password"], ["maintenance", "off"], ["heal", "nginx"]]
        told = 0
        for fault in (CommandFailed(["psql"], 1, said), ValueError(said), PermissionError(13, said)):
            for words in verbs:
                with self.subTest(words=words, fault=type(fault).__name__):
                    def fails(argv, fault=fault, **options):
                        if argv[0] in ("systemctl", "openssl", "ssh-keygen", "dpkg-query") and argv[1:2] != ["list-units"]:
                            raise fault
                        return plain(argv, **options)
                    self.machine.run = fails
                    code, out, errors = self.call(*words)
                    logs = "".join(path.read_text() for path in self.machine.paths.logs.glob("*"))
                    for text in (out, errors, logs):
                        self.assertFalse([part for part in parts if part in text], text)
                    told += "[API_KEY]" in errors and "[DATABASE_ADMIN_URL]" in errors and "[smtpPassword]" in errors and "[RESTIC_PASSWORD]" in errors
                    self.assertEqual(code, 1 if "[API_KEY]" in errors else code)
        # Some have nothing to ask.
        self.assertGreater(told, 40)

    def test_what_comes_over_standard_input_is_hidden_before_anything_is_done_with_it(self):
        late = {"env": {"API_KEY": "the-key-of-the-app", "SITE": "www.shop.test"}, "files": {}, "secrets": {"smtpPassword": "the-password-of-mail"}, "databaseAdmin": "mysql://admin:the-admins-password@db/shop"}
        access = {"RESTIC_PASSWORD": "the-password-of-backups", "RESTIC_REPOSITORY": "s3:https://s3.example/shop", "AWS_SECRET_ACCESS_KEY": "the-key-of-backups"}
        said = "the-key-of-the-app the-password-of-mail the-admins-password the-password-of-backups the-key-of-backups www.shop.test s3:https://s3.example/shop"
        path = self.declare(manifest(self.digest, plain=["SITE"]))
        plain = self.machine.run

        def fails(argv, **options):
            if argv[0] in ("systemctl", "restic"):
                raise CommandFailed(argv, 1, said)
            return plain(argv, **options)
        self.machine.run = fails
        code, out, errors = self.call("apply", path, "--runtime-inputs", stdin=json.dumps(late))
        self.assertEqual(code, 1)
        self.assertIn("[API_KEY] [smtpPassword] [DATABASE_ADMIN_URL] the-password-of-backups the-key-of-backups www.shop.test", errors)
        code, out, errors = self.call("backup-repository", stdin=json.dumps(access))
        self.assertEqual(code, 1)
        self.assertIn("[smtpPassword] the-admins-password [RESTIC_PASSWORD] [AWS_SECRET_ACCESS_KEY] www.shop.test s3:https://s3.example/shop", errors)

    def test_status_of_a_machine_whose_first_deployment_failed_names_no_stack(self):
        self.assertEqual(self.call("apply", self.declare(manifest(self.machine.deliver(source(2, crash="")))))[0], 1)
        self.assertRegex(self.call("status")[1], r"^host \(no manifest applied yet\)\nrelease none\nlast    apply ")

    def test_another_word_is_told_the_nearest_that_the_host_has(self):
        self.call("apply", self.declare(manifest(self.digest)))
        for typed, said in ((["logs", "depoly"], "; did you mean deploy?"), (["run", "tydi"], "jobs are tidy; did you mean tidy?"), (["restart", "bott"], "services are web, bot; did you mean bot?"), (["logs", "mail"], "deploy")):
            code, _, errors = self.call(*typed)
            self.assertEqual((code, errors.strip().endswith(said)), (1, True), errors)

    def test_the_deploy_log_begins_with_the_last_deployment_and_says_which_it_is(self):
        became = []
        self.machine.become = became.append
        self.assertEqual(self.call("logs", "deploy")[::2], (1, "hostctl: logs: nothing was deployed on this host since its log began\n"))
        self.call("apply", self.declare(manifest(self.digest)))
        self.assertRegex(self.call("logs", "deploy")[1], r"^The last deployment, hostctl apply, went well and ended at ")
        became.clear()
        log = self.machine.paths.logs / "deploy_logs"
        before = len(log.read_text().splitlines())
        self.call("apply", self.declare(manifest(self.machine.deliver(source(2, answer="500")))))
        code, said, _ = self.call("logs", "deploy")
        self.assertRegex(said, r"^The last deployment, hostctl apply, failed at \S+ and ended at 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d UTC; -n LINES shows earlier ones, too")
        self.assertEqual((code, became), (0, [["tail", f"--lines=+{before + 1}", str(log)]]))
        self.assertEqual(log.read_text().splitlines()[before], "# Step 1 : RELEASE")
        # A backup at night writes there, too, and may fail for another reason.
        night = self.machine.host("run-backup").log
        night.step("BACKUP")
        with night.event("Database-dump"):
            pass
        self.assertEqual(self.call("logs", "deploy")[:2], (0, said))
        self.assertEqual(became.pop(), became[-1])
        self.assertEqual(self.call("logs", "deploy", "-n", "5", "-f")[:2], (0, ""))
        self.assertEqual(became[-1], ["tail", "--lines=5", "--follow=name", str(log)])

    def test_stop_takes_nginx_first_and_start_takes_it_last(self):
        self.call("apply", self.declare(manifest(self.digest)))
        self.machine.ran.clear()
        self.assertEqual(self.call("stop")[0], 0)
        self.assertEqual([argv[3] for argv in self.machine.ran if argv[1] == "stop"], ["nginx.service", "bot.service"])
        self.assertEqual(self.call("start")[0], 0)
        self.assertEqual(self.machine.answering(), {"web": self.digest})


class CopyTest(unittest.TestCase):
    """The copies of hostctl that a bundle and /usr/local/bin/hostctl start."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        package = Path(cli.__file__).resolve().parents[1]
        self.modules = modules(package)
        self.modules["SHA256SUMS"] = sums(self.modules)
        self.bundle = self.folder / "bundle"
        files = [{"path": f"{folder.name}/hostctl/{name}", "content": text} for name, text in self.modules.items()]
        self.bundle.write_text(f"{self.placed(package / 'standalone/receive.py')}# BUNDLE {json.dumps({'files': files})}\n")
        self.installed = self.folder / "hostctl"
        for name, text in self.modules.items():
            (self.installed / name).parent.mkdir(parents=True, exist_ok=True)
            (self.installed / name).write_text(text)
        self.command = self.folder / "command"
        self.command.write_text(self.placed(package.parent / "cloud-init/bin/hostctl.tmpl"))

    def placed(self, program):
        return program.read_text().replace("{{stack}}", "prod").replace("/usr/local/lib/webstack", str(self.folder)).replace("/var/lib/webstack", f"{self.folder}/state")

    def run_bundle(self):
        return subprocess.run([sys.executable, "-I", str(self.bundle), "status", "--help"], capture_output=True, text=True)

    def run_command(self):
        return subprocess.run(["sh", str(self.command), "status", "--help"], capture_output=True, text=True)

    def check_runs(self, done):
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("usage: hostctl status", done.stdout)

    def copies(self):
        return [path for path in self.folder.iterdir() if path.name.startswith("hostctl-")]

    def compile_nothing(self, module):
        """A compiled module beside its source, as a stale one looks: the source's time and size, and another program."""
        found = module.stat()
        path = Path(importlib.util.cache_from_source(module))
        path.parent.mkdir(exist_ok=True)
        head = importlib.util.MAGIC_NUMBER + bytes(4) + int(found.st_mtime).to_bytes(4, "little") + found.st_size.to_bytes(4, "little")
        path.write_bytes(head + marshal.dumps(compile("def main(words): return 0", "stale", "exec")))

    def test_a_bundle_runs_the_copy_of_hostctl_that_it_brings(self):
        self.check_runs(self.run_bundle())
        self.assertEqual(len(self.copies()), 1)
        self.assertRegex(self.copies()[0].name, r"^hostctl-[0-9a-f]{16}$")

    def test_what_a_power_cut_left_of_a_copy_under_the_number_that_this_run_has_is_no_obstacle(self):
        name = hashlib.sha256(self.modules["SHA256SUMS"].encode()).hexdigest()[:16]
        left = f'import os\nos.makedirs("{self.folder}/hostctl-{name}.%d/hostctl" % os.getpid())\n'
        self.bundle.write_text(left + self.bundle.read_text())
        self.check_runs(self.run_bundle())
        self.assertEqual([copy.name for copy in self.copies()], [f"hostctl-{name}"])

    def test_a_bundle_makes_a_damaged_copy_anew(self):
        self.run_bundle()
        copy = self.copies()[0] / "hostctl"
        for damage in (lambda path: path.write_text(""), lambda path: path.unlink(), lambda path: path.write_text("pass\n")):
            for name in ("__main__.py", "verbs/cli.py", "SHA256SUMS"):
                damage(copy / name)
                self.check_runs(self.run_bundle())
                self.assertEqual({str(path.relative_to(copy)): path.read_text() for path in copy.rglob("*") if path.is_file()}, self.modules)
        self.assertEqual(len(self.copies()), 1)

    def test_the_command_refuses_a_damaged_copy_and_says_what_mends_it(self):
        self.check_runs(self.run_command())
        for name in self.modules:
            with self.subTest(name):
                (self.installed / name).write_text("")
                refused = self.run_command()
                self.assertEqual((refused.returncode, refused.stdout), (1, ""))
                self.assertIn(f"hostctl: {self.installed}: its files must be as its SHA256SUMS says, and are not; on the machine that deploys, npm run up -- prod --replace '**-apply'", refused.stderr)
                (self.installed / name).write_text(self.modules[name])
        self.check_runs(self.run_command())

    def test_the_command_prefers_the_copy_of_an_unfinished_deployment_and_refuses_it_damaged(self):
        self.run_bundle()
        (self.folder / "state/undo").mkdir(parents=True)
        (self.folder / "state/undo/hostctl").symlink_to(self.copies()[0] / "hostctl")
        (self.installed / "__main__.py").unlink()
        self.check_runs(self.run_command())
        (self.copies()[0] / "hostctl/verbs/cli.py").write_text("")
        refused = self.run_command()
        self.assertEqual(refused.returncode, 1)
        self.assertIn(f"hostctl: {self.copies()[0]}/hostctl: its files must be", refused.stderr)

    def test_a_compiled_module_beside_its_source_is_not_read(self):
        self.run_bundle()
        for folder, run in ((self.copies()[0] / "hostctl", self.run_bundle), (self.installed, self.run_command)):
            for name in ("__main__.py", "__init__.py", "verbs/__init__.py", "verbs/cli.py"):
                self.compile_nothing(folder / name)
            self.check_runs(run())

    def test_what_is_kept_compiled_is_used_whole_and_for_the_sources_that_it_is_of(self):
        self.check_runs(self.run_command())
        kept = self.folder / "hostctl.compiled"
        whole = kept.read_bytes()
        modules = {"hostctl": ("__init__.py", ""), "hostctl.verbs": ("verbs/__init__.py", ""), "hostctl.verbs.cli": ("verbs/cli.py", "def main(words): print('kept')")}
        content = marshal.dumps({name: (place, marshal.dumps(compile(text, "other", "exec"))) for name, (place, text) in modules.items()})
        other = hashlib.sha256(content).digest() + content
        kept.write_bytes(whole[:32] + other)
        self.assertEqual(self.run_command().stdout, "kept\n")
        for damaged in (b"", whole[:-1], bytes(len(whole)), whole[:64] + content, bytes(32) + other):
            kept.write_bytes(damaged)
            self.check_runs(self.run_command())
            self.assertEqual(kept.read_bytes(), whole)

    def test_a_module_that_is_loaded_later_is_of_the_same_copy_as_those_before(self):
        """Of a place whose files have gone meanwhile, as when another version is put there."""
        program = "import runpy, shutil, sys\nsys.argv = ['hostctl', 'completion']\nreal = sys.exit\nsys.exit = lambda code: None\n" \
                  f"runpy.run_path({str(self.installed / '__main__.py')!r})\nshutil.rmtree({str(self.installed)!r})\nfrom hostctl.machine import http\nprint(http.__file__)"
        done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, text=True)
        self.assertEqual((done.returncode, done.stderr, done.stdout.splitlines()[-1]), (0, "", f"{self.installed}/machine/http.py"))

    def test_a_verb_that_tells_of_this_machine_loads_no_http_no_mail_and_no_tls(self):
        """They were a third of the time that a start takes, of which a host has some each minute."""
        program = f"import sys\nsys.path.insert(0, {str(PACKAGE.parent)!r})\nimport hostctl.verbs.cli\nprint(*sorted({{'http.client', 'smtplib', 'email', 'ssl', 'dataclasses', 'inspect'}} & {{*sys.modules}}))"
        self.assertEqual(subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True).stdout, "\n")

    def test_sources_that_a_deployment_is_writing_are_not_compiled_under_the_digests_of_others(self):
        other = self.modules["verbs/cli.py"].replace("def main(", "def main(*words):\n    print('other')\n\n\ndef former(")
        (self.installed / "verbs/cli.py").write_text(other)
        # Past the look of the command, which was over before.
        refused = subprocess.run([sys.executable, "-I", str(self.installed / "__main__.py"), "status", "--help"], capture_output=True, text=True)
        self.assertEqual((refused.returncode, refused.stdout, refused.stderr), (1, "", f"hostctl: {self.installed}: its files change, verbs/cli.py is another than in SHA256SUMS; try again\n"))
        self.assertFalse((self.folder / "hostctl.compiled").exists())
        (self.installed / "verbs/cli.py").write_text(self.modules["verbs/cli.py"])
        self.check_runs(self.run_command())


class SystemTest(unittest.TestCase):
    """The real machine's half, as far as it needs no systemd."""

    def test_get_over_a_unix_socket_sends_the_host_and_reads_the_status(self):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(301 if self.headers["Host"] == "shop.test" and self.path == "/healthz" else 500)
                self.send_header("Location", "https://shop.test/")
                self.end_headers()

            def address_string(self):
                return "unix"

            def log_message(self, *_):
                pass

        with tempfile.TemporaryDirectory() as folder, UnixStreamServer(f"{folder}/s.sock", Handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            answer = System().get(f"{folder}/s.sock", "shop.test", "/healthz", 2)
            server.shutdown()
        self.assertEqual((answer.status, answer.location), (301, "https://shop.test/"))

    def test_what_answers_by_no_rule_of_http_gives_no_answer(self):
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
            server.bind(f"{folder}/s.sock")
            server.listen()
            for said, told in ((b"nonsense\r\n\r\n", "nonsense"), (b"", "closed connection without response")):
                threading.Thread(target=self.answer, args=(server, said), daemon=True).start()
                with self.subTest(said), self.assertRaises(OSError) as refused:
                    System().get(f"{folder}/s.sock", "shop.test", "/", 2)
                self.assertIn(told, str(refused.exception))

    @staticmethod
    def answer(server, said):
        with server.accept()[0] as asked:
            asked.recv(4096)
            asked.sendall(said)

    def test_a_command_gets_no_environment_of_the_caller_and_its_time_is_limited(self):
        os.environ["HOSTCTL_TEST"] = "leak"
        self.addCleanup(os.environ.pop, "HOSTCTL_TEST")
        self.assertNotIn("leak", System().run(["env"]).output)
        self.assertEqual(System().run(["sleep", "5"], timeout=0.1, check=False).code, 124)
        self.assertEqual(System().run(["no-such-program"], check=False).code, 127)
