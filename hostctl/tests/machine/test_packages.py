"""Packages: what apt would take for something else, and an apt that is at work already."""
import unittest

from hostctl.machine import packages
from hostctl.machine.errors import HostError
from hostctl.machine.system import Result
from hostctl.tests.fake_machine import Machine


class PackagesTest(unittest.TestCase):
    def setUp(self):
        self.system = Machine()
        self.addCleanup(self.system.remove)
        self.system.offered = {"nginx-light", "libpq5", "g++"}

    def calls(self):
        return [argv for argv in self.system.ran if argv[0] == "apt-get"]

    def test_names_that_apt_would_take_for_a_pattern_or_for_an_order_to_remove_are_refused_by_name(self):
        for name in ("openssh-server-", "libpq.+", "libpq5+", "nothing-of-the-kind"):
            with self.assertRaisesRegex(HostError, "^packages: must be names of packages that apt of this host knows, got " + name.replace("+", r"\+").replace(".", r"\.") + "; "):
                packages.install(self.system, ["nginx-light", name])
        self.assertEqual([call for call in self.calls() if "install" in call], [])

    def test_what_the_lists_at_hand_do_not_have_is_fetched_and_installed_and_nothing_is_removed_for_it(self):
        packages.install(self.system, ["libpq5", "g++"])
        install = self.calls()[-1]
        self.assertEqual(install[-3:], ["install", "libpq5", "g++"])
        self.assertIn("--no-remove", install)
        self.assertTrue({"libpq5", "g++"} <= self.system.installed)

    def test_a_machine_with_another_release_of_debian_is_refused_with_what_to_write(self):
        file = self.system.paths.at("/etc/os-release")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text('PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\n', encoding="utf-8")
        packages.require_release(self.system.paths, "12")
        packages.require_release(self.system.paths, "")
        with self.assertRaisesRegex(HostError, "^this host is Debian 12 and was to be made Debian 13; nothing was touched. .*: debian: debian-12$"):
            packages.require_release(self.system.paths, "13")

    def test_the_lists_wait_for_another_apt(self):
        self.system.lists_are_locked_until = self.system.clock + 60
        packages.install(self.system, ["libpq5"])
        self.assertIn("libpq5", self.system.installed)

    def test_a_dpkg_that_was_killed_is_finished_once_another_has_ended(self):
        ran, plain = [], self.system.run

        def run(argv, **options):
            ran.append(argv[0])
            if argv[0] == "dpkg" and ran.count("dpkg") < 3:
                return Result(2, "dpkg: error: dpkg frontend lock was locked by another process with pid 77\n")
            return plain(argv, **options)
        self.system.run = run
        packages.install(self.system, ["libpq5"])
        self.assertEqual(ran.count("dpkg"), 3)
        self.assertLess(max(i for i, name in enumerate(ran) if name == "dpkg"), max(i for i, name in enumerate(ran) if name == "apt-get"))

    def test_what_a_package_s_script_says_is_no_lock_that_anybody_waits_for(self):
        plain, began = self.system.run, self.system.clock

        def run(argv, **options):
            if argv[:2] == ["dpkg", "--configure"]:
                return Result(1, "Setting up shop-server (1.0) ...\nbind: port 80 is already taken\nThe address could not be acquired\ndpkg: error processing package shop-server (--configure):\n")
            return plain(argv, **options)
        self.system.run = run
        packages.install(self.system, ["libpq5"])
        self.assertEqual(self.system.clock, began)

    def test_but_not_for_ever(self):
        self.system.lists_are_locked_until = self.system.clock + 3600
        with self.assertRaisesRegex(HostError, "(?s)^apt-get update: ended with 100\nE: Could not get lock .* process 77 "):
            packages.install(self.system, ["libpq5"])


if __name__ == "__main__":
    unittest.main()
