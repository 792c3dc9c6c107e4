"""The help of the command line, and its completion in a bash of its own. Limit: no terminal, and nothing of bash-completion, which finds the command behind sudo.
Modules: verbs/manual.py, verbs/completion.py, verbs/app.py, verbs/backups.py, verbs/controller_ini.py, verbs/logins.py, verbs/replacement.py, verbs/site.py and verbs/watching.py."""
import contextlib
import io
import os
import subprocess
import unittest
from unittest import mock

from hostctl.tests.command_line import CommandLine
from hostctl.verbs import cli
from hostctl.verbs.cli import parser


class ManualTest(CommandLine):
    def test_the_overview_has_every_verb_once_with_what_it_does(self):
        manual = parser()
        lines = self.call()[1].splitlines()
        for name in manual.verbs:
            self.assertEqual(len([line for line in lines if line.split()[:1] == [name] and line.startswith("  ")]), 1, name)
        self.assertEqual([line for line in lines if len(line) > 100], [])
        self.assertEqual([line for line in lines if line and not line.startswith((" ", "usage", "Operates", "that deploys"))],
                         ["Deployments", "The site", "The app", "Watching", "Backups", "The database's login", "Replacing this host", "An option: controller.ini", "The command line", "Exit codes", "Files"])

    def test_every_verb_says_what_it_does_its_options_and_its_exit_codes(self):
        for name, verb in parser().verbs.items():
            with self.subTest(name):
                self.assertRegex(verb.description, r"^[A-Z\"'].*\.\n")
                said = " ".join(verb.format_help().split())
                self.assertRegex(said, r"Exit codes: 0 done; 1 failed")
                self.assertEqual([action.dest for action in verb._actions if not action.help], [])

    def test_the_line_of_an_exit_code_that_is_not_as_usual(self):
        verbs = parser().verbs
        self.assertIn("Exit codes: 0 done; 1 failed; 3 something differs\n", verbs["verify"].format_help())
        self.assertIn("Exit codes: 0 done; 1 failed; 75 another run holds the lock\n", verbs["restart"].format_help())

    def test_whatever_tells_a_state_tells_it_to_programs_too(self):
        found = {name for name, verb in parser().verbs.items() if any("--json" in action.option_strings for action in verb._actions)}
        self.assertEqual(found, {"verify", "releases", "status", "notify", "backup", "backups"})


class CompletionTest(CommandLine):
    def complete(self, *words):
        script = self.call("completion")[1]
        typed = " ".join(f"'{word}'" for word in words)
        program = f'{script}\nCOMP_WORDS=({typed}) COMP_CWORD={len(words) - 1}\n_hostctl\nprintf "%s\\n" "${{COMPREPLY[@]}}"'
        return subprocess.run(["bash", "--norc", "-c", program], capture_output=True, text=True, check=True).stdout.split()

    def test_verbs_their_options_and_their_words_are_completed(self):
        self.assertEqual(self.complete("hostctl", "rel"), ["release", "releases", "reload"])
        self.assertEqual(self.complete("hostctl", "rollback", "--"), ["--help", "--lock-wait", "--down", "--restore"])
        self.assertEqual(self.complete("hostctl", "maintenance", "o"), ["on", "off"])
        self.assertEqual(self.complete("hostctl", "nonsense", ""), [])

    def test_it_needs_no_root(self):
        said = []
        with mock.patch.object(os, "geteuid", return_value=1000), contextlib.redirect_stderr(io.StringIO()) as refused:
            self.assertEqual([cli.main([verb], echo=lambda line, **_: said.append(line)) for verb in ("completion", "releases")], [0, 1])
        self.assertEqual((said[0].splitlines()[-1], refused.getvalue()), ("complete -o default -F _hostctl hostctl", "hostctl: needs root; run sudo hostctl releases\n"))


if __name__ == "__main__":
    unittest.main()
