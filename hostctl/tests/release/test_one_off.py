"""One-off commands. Limit: which words systemd-run is given; tests/machines/site.test.ts shows what those let a command do.
Modules: release/one_off.py, release/app_command.py and database/client.py."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from hostctl.release import app_command, one_off
from hostctl.tests.command_line import CommandLine
from hostctl.tests.fake_machine import manifest


URL = "postgresql://shop:hunter2hunter2@db.internal:5433/shop_1?sslmode=verify-full&sslrootcert=/etc/webstack/ca.pem"


class OneOffTest(CommandLine):
    def setUp(self):
        super().setUp()
        self.became = []
        self.machine.become = self.became.append

    def test_a_command_runs_as_the_app_in_the_release_that_serves(self):
        self.call("apply", self.declare(manifest(self.digest)))
        self.assertEqual(self.call("exec", "--", "python", "manage.py", "shell", "--command=print('$HOME')")[0], 0)
        words = self.became[0]
        release = f"{self.machine.root}/srv/webstack/releases/{self.digest}"
        self.assertEqual(words[words.index("--") + 1:], [f"{release}/venv/bin/python", "manage.py", "shell", "--command=print('$$HOME')"])
        self.assertLessEqual({"--uid=shop", "--gid=shop", "--pty", "--pipe", f"--property=WorkingDirectory={release}", "--property=ProtectSystem=strict",
                              f"--property=EnvironmentFile={self.machine.root}/etc/webstack/env"}, set(words))
        self.assertEqual([word for word in words if "ReadWritePaths" in word], ["--property=ReadWritePaths=-/srv/webstack/shared/data"])
        self.assertEqual([word for word in words if word.startswith("--unit=")], [f"--unit=webstack-one-off-{os.getpid()}"])

    def test_on_a_terminal_its_last_words_are_waited_for_and_its_status_stays(self):
        self.call("apply", self.declare(manifest(self.digest)))
        with mock.patch("os.isatty", return_value=True):
            self.assertEqual(self.call("exec", "python", "manage.py", "check")[0], 0)
        words = self.became[0][self.became[0].index("--") + 1:]
        self.assertEqual(words[3:], ["sh", f"{self.machine.root}/srv/webstack/releases/{self.digest}/venv/bin/python", "manage.py", "check"])
        shown = subprocess.run([*(word.replace("$$", "$") for word in words[:4]), "sh", "-c", "echo said; exit 7"], capture_output=True, text=True, check=False)
        self.assertEqual([shown.returncode, shown.stdout], [7, "said\n"])

    def test_a_command_and_a_step_of_a_release_have_the_sandbox_of_the_services(self):
        sandbox = (Path(__file__).resolve().parents[3] / "cloud-init/systemd/sandbox.conf").read_text()
        declared = [line for line in sandbox.splitlines() if line and not line.startswith("#")]
        self.assertEqual(list(app_command.SANDBOX), declared)
        self.call("apply", self.declare(manifest(self.digest)))
        self.call("exec", "true")
        step = next(argv for argv in self.machine.ran if argv[0] == "systemd-run" and "--unit=webstack-step.service" in argv)
        for words in (self.became[0], step):
            self.assertEqual([word for word in words if word.removeprefix("--property=") in declared], [f"--property={line}" for line in declared])

    def test_the_words_of_a_command_are_its_own(self):
        self.call("apply", self.declare(manifest(self.digest)))
        self.call("exec", "python", "-c", "pass", "--help", "--", "-x")
        self.assertEqual(self.became[0][-5:], ["-c", "pass", "--help", "--", "-x"])

    def test_what_cannot_run_is_refused_in_a_line(self):
        self.assertEqual(self.call("exec", "true")[::2], (1, "hostctl: no manifest was applied on this host yet; run `hostctl apply` with a bundle first\n"))
        self.call("apply", self.declare(manifest(self.digest)))
        self.assertEqual(self.call("exec", "--")[::2], (1, "hostctl: exec: needs the words of a command, for example hostctl exec python manage.py check\n"))
        self.assertEqual(self.call("exec", "pyhton", "x")[::2], (1, "hostctl: pyhton: is no program of the release (venv/bin) or of the host\n"))
        self.assertEqual(self.became, [])


class DatabaseClientTest(unittest.TestCase):
    def client(self, **env):
        """What the client is given: its words, and what of its environment says how to log in."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for program in ("psql", "mariadb"):
            (Path(folder.name) / program).write_text('#!/bin/sh\necho "$0" "$@"\nenv | grep -E "^(PG|MYSQL)" | sort\n')
            (Path(folder.name) / program).chmod(0o755)
        ended = subprocess.run(one_off.DATABASE_CLIENT, env={"PATH": f"{folder.name}:/usr/bin:/bin", **env}, capture_output=True, text=True)
        return ended.returncode, ended.stdout.replace(f"{folder.name}/", ""), ended.stderr

    def test_of_postgresql_gets_the_password_by_its_environment_alone(self):
        code, said, _ = self.client(DATABASE_URL=URL)
        words, *env = said.splitlines()
        self.assertEqual((code, words), (0, "psql"))
        self.assertLessEqual({"PGHOST=db.internal", "PGPORT=5433", "PGUSER=shop", "PGPASSWORD=hunter2hunter2", "PGDATABASE=shop_1", "PGSSLMODE=verify-full"}, set(env))

    def test_of_mysql_too(self):
        code, said, _ = self.client(DATABASE_URL="mysql://shop:hunter2hunter2@db.internal/shop?ssl_ca=/etc/webstack/ca.pem")
        words, *env = said.splitlines()
        self.assertEqual((code, env), (0, ["MYSQL_PWD=hunter2hunter2"]))
        self.assertRegex(words, r"^mariadb --no-defaults --host=db\.internal .*--ssl-verify-server-cert shop$")

    def test_goes_past_a_pooler(self):
        self.assertRegex(self.client(DATABASE_URL="postgresql://u:p@pool/shop", DATABASE_DIRECT_URL="postgresql://u:p@direct/shop")[1], r"PGHOST=direct\n")

    def test_is_none_where_there_is_no_database(self):
        self.assertEqual(self.client(), (1, "", "hostctl: DATABASE_URL: is not set, so this app has no database\n"))


if __name__ == "__main__":
    unittest.main()
