"""apply, release and rollback on a machine in a folder: what they do, what they leave alone, and that a failure changes nothing.
Modules: deploy/apply.py, deploy/rollout.py, release/release.py, release/runtime.py, release/source.py and release/steps.py."""
import gzip
import json
import os
import shutil
import unittest
from unittest import mock

from hostctl.database.ca_bundle import CA
from hostctl.deploy import apply, rollback
from hostctl.deploy.compare import compare, differences
from hostctl.machine.errors import HostError
from hostctl.release import slots
from hostctl.tests.fake_machine import RELOAD_NGINX, SITE, UNIT, Killed, Machine, file, manifest, source


class ApplyTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.one = self.machine.deliver(source(1))
        self.two = self.machine.deliver(source(2))

    def apply(self, declared, env=None):
        self.machine.ran.clear()
        self.machine.said.clear()
        apply.apply(self.machine.host(), declared, env)

    def commands(self, *words):
        return [argv for argv in self.machine.ran if list(words) == [word for word in argv if word != "--"][:len(words)]]

    def refused(self, declared, text, env=None):
        with self.assertRaises(HostError) as caught:
            self.apply(declared, env)
        self.assertIn(text, str(caught.exception))

    def test_an_environment_that_was_changed_by_hand_is_told_and_applied_again(self):
        declared, env = manifest(self.one), self.machine.paths.env
        self.apply(declared, {"KEY": "value"})
        self.assertEqual(differences(self.machine.host()), [])
        env.write_text('KEY="by hand"\n')
        self.assertEqual(differences(self.machine.host()), ["/etc/webstack/env: has other content"])
        self.apply(declared, {"KEY": "value"})
        self.assertEqual((env.read_text(), differences(self.machine.host())), ('KEY="value"\n', []))
        env.write_bytes(b'KEY="no UTF-8: \xe9"\n')
        self.apply(declared, {"KEY": "value"})
        self.assertEqual(env.read_text(), 'KEY="value"\n')
        # What is declared now, too, is no difference once somebody has looked.
        env.write_text('KEY="new"\n')
        self.apply(declared, {"KEY": "new"})
        self.assertEqual((self.machine.said, differences(self.machine.host())), (["unchanged"], []))
        # A release that is refused puts both back.
        self.refused(manifest(self.machine.deliver(source(3, crash=""))), "Job failed", {"KEY": "later"})
        self.assertEqual((env.read_text(), differences(self.machine.host())), ('KEY="new"\n', []))

    def test_a_new_machine_installs_security_updates_before_any_other_package_and_no_machine_does_so_again(self):
        updates = "/etc/apt/apt.conf.d/60webstack"
        wanted = {"packages": ["nginx-light", "unattended-upgrades"], "files": [*manifest(self.one).raw["files"], file(updates, "security only\n")]}
        declared = manifest(self.one, **wanted)
        self.machine.is_container, self.machine.offered = False, {"nginx-light", "unattended-upgrades"}
        self.machine.upgrade_fails = True
        self.refused(declared, "unattended-upgrade: ended with 1: the security updates of a new machine are not installed, so nothing of it is opened\nStarting unattended upgrades script\nE: no space left")
        self.assertEqual((self.machine.answering(), "nginx-light" in self.machine.installed), ({}, False))
        self.machine.upgrade_fails, self.machine.upgrade_is_locked_until = False, self.machine.clock + 60
        self.apply(declared)
        self.assertEqual((self.machine.paths.at(updates).read_text(), self.machine.answering()), ("security only\n", {"web": self.one}))
        ran = [argv for argv in self.machine.ran if argv[0] in ("unattended-upgrade", "apt-get") or "ssh.service" in argv]
        self.assertEqual([argv for argv in ran if argv[0] == "unattended-upgrade"][-1], ["unattended-upgrade", "--verbose"])
        nginx = next(at for at, argv in enumerate(ran) if "nginx-light" in argv)
        self.assertLess(ran.index(["systemctl", "try-restart", "ssh.service"]), nginx)
        self.apply(manifest(self.two, **wanted))
        self.assertEqual(self.commands("unattended-upgrade"), [])

    def test_security_updates_wait_for_an_upgrade_that_debian_runs_itself_by_whichever_lock_it_says_so(self):
        wanted = {"packages": ["unattended-upgrades"], "files": [*manifest(self.one).raw["files"], file("/etc/apt/apt.conf.d/60webstack", "security only\n")]}
        self.machine.is_container, self.machine.offered = False, {"unattended-upgrades"}
        self.machine.upgrade_says_of_the_lock = "Lock file is already taken, exiting\n"
        # As long as it takes to install a kernel on one core.
        self.machine.upgrade_is_locked_until = self.machine.clock + 600
        self.apply(manifest(self.one, **wanted))
        self.assertEqual(self.machine.answering(), {"web": self.one})

    def test_a_machine_of_this_box_has_them_in_its_image(self):
        self.machine.offered = {"nginx-light", "unattended-upgrades"}
        self.apply(manifest(self.one, packages=["nginx-light", "unattended-upgrades"]))
        self.assertEqual((self.commands("unattended-upgrade"), self.machine.answering()), ([], {"web": self.one}))

    def test_no_unit_takes_the_place_of_one_that_a_package_brings(self):
        brought = self.machine.paths.at("/usr/lib/systemd/system/memcached.service")

        def install(argv):
            if argv[0] == "apt-get" and "install" in argv:
                brought.parent.mkdir(parents=True)
                brought.write_text("[Service]\n")
                (brought.parent / "nginx.service").write_text("[Service]\n")
        self.machine.on_command = install
        units = [file(f"/etc/systemd/system/{name}", "[Service]\n") for name in ("memcached.service", "memcached.timer", "nginx.service")]
        self.refused(manifest(self.one, files=[*manifest(self.one).raw["files"], *units]), "memcached.service: must not be the name of a unit that a package of this host brought, "
                     "whose place it would take; give the service or job another name, such as app-memcached")
        self.assertFalse(self.machine.paths.at("/etc/systemd/system/memcached.service").exists())
        self.apply(manifest(self.one, files=[*manifest(self.one).raw["files"], units[2]]))
        self.assertEqual(self.machine.answering(), {"web": self.one})

    def test_a_package_that_brings_such_a_unit_later_keeps_nobody_from_following_a_login_and_a_change_of_what_is_declared_is_told(self):
        declared = manifest(self.one, files=[*manifest(self.one).raw["files"], file("/etc/systemd/system/memcached.service", "[Service]\n")])
        self.apply(declared, {"KEY": "value"})
        brought = self.machine.paths.at("/usr/lib/systemd/system/memcached.service")
        brought.parent.mkdir(parents=True)
        brought.write_text("[Service]\n")
        self.apply(declared, {"KEY": "another"})
        self.assertIn("another", self.machine.paths.env.read_text())
        self.refused(manifest(self.one, files=[*declared.raw["files"], file("/etc/motd", "")]), "memcached.service: must not be the name of a unit")

    def test_a_first_apply_makes_the_machine_as_declared(self):
        self.apply(manifest(self.one), {"KEY": "value"})
        self.assertEqual(self.machine.answering(), {"web": self.one})
        self.assertEqual(compare(self.machine.host(), manifest(self.one)).lines, [])
        self.assertEqual(self.machine.paths.env.read_bytes(), b'KEY="value"\n')
        self.assertEqual(oct(self.machine.paths.env.stat().st_mode & 0o777), "0o600")
        self.assertEqual(os.readlink(self.machine.paths.current), f"releases/{self.one}")
        self.assertEqual(self.machine.enabled, {"nginx.service", "tidy.timer", "web@blue.socket", "web@blue.service", "bot.service"})
        self.assertIn("shop", self.machine.users)

    def test_events_that_operators_know_by_name_have_it_in_their_order(self):
        self.apply(manifest(self.one), {"KEY": "value"})
        known = ["Packages-installation", "Virtual-environment-installation", "Virtual-environment-activation", "Database-upgrading",
                 "Gunicorn-service-activation", "Website-connection-web"]
        logged = [json.loads(line)["event"] for line in (self.machine.paths.logs / "deploy_logs.jsonl").read_text().splitlines()]
        self.assertEqual([event for event in logged if event in known], known)

    def test_a_second_apply_changes_nothing_and_only_looks(self):
        self.apply(manifest(self.one), {"KEY": "value"})
        self.apply(manifest(self.one), {"KEY": "value"})
        self.assertEqual(self.machine.said, ["unchanged"])
        self.assertEqual({(argv[0], argv[1]) for argv in self.machine.ran}, {("dpkg-query", "--show"), ("systemctl", "show")})

    def test_an_apply_compares_once_also_where_it_installs_packages_before(self):
        for digest in (self.one, self.one, self.two):
            with mock.patch("hostctl.deploy.apply.compare", wraps=compare) as compared:
                self.apply(manifest(digest), {"KEY": "value"})
            self.assertEqual(compared.call_count, 1)

    def test_a_new_release_goes_to_the_idle_slot_and_the_old_slot_stops_after_the_switch(self):
        self.apply(manifest(self.one))
        self.apply(manifest(self.two))
        self.assertEqual(self.machine.answering(), {"web": self.two})
        self.assertEqual(slots.serving(self.machine.paths, "web"), "green")
        self.assertNotIn("web@blue.service", self.machine.active)
        self.assertNotIn("web@blue.service", self.machine.enabled)
        order = [argv[1] for argv in self.machine.ran if argv[0] == "systemctl" and argv[1] in ("start", "enable", "reload", "disable", "stop")]
        self.assertEqual(order, ["stop", "start", "enable", "reload", "enable", "disable", "stop"])
        self.assertEqual(len(self.commands("systemctl", "reload")), 1)

    def test_while_two_slots_run_the_database_is_trusted_by_the_certificates_of_both(self):
        self.apply(manifest(self.one).with_files({CA: "one"}))
        seen = []
        self.machine.on_command = lambda argv: seen.append(self.machine.paths.at(CA).read_text()) if argv[0] == "systemctl" and argv[1] in ("start", "reload", "stop") else None
        self.apply(manifest(self.one).with_files({CA: "two\n"}))
        # Starts the new slot, loads nginx, stops the old slot.
        self.assertEqual((seen, self.machine.paths.at(CA).read_text()), (["two\none"] * 3, "two\n"))
        self.assertEqual(compare(self.machine.host(), manifest(self.one).with_files({CA: "two\n"})).lines, [])

    def test_drift_of_a_file_is_mended_though_the_manifest_is_the_same(self):
        self.apply(manifest(self.one))
        self.machine.paths.at(SITE).write_text("broken")
        self.assertEqual(compare(self.machine.host(), manifest(self.one)).lines, [f"{SITE}: has other content"])
        self.apply(manifest(self.one))
        self.assertEqual(self.machine.paths.at(SITE).read_text(), "server {}\n")
        self.assertEqual(len(self.commands("systemctl", "reload")), 1)
        self.assertEqual(self.commands("systemctl", "start"), [])

    def test_a_wrong_mode_is_drift(self):
        self.apply(manifest(self.one))
        self.machine.paths.at(SITE).chmod(0o666)
        lines = compare(self.machine.host(), manifest(self.one)).lines
        self.assertEqual(len(lines), 1)
        self.assertIn("must be root:root 0644, got", lines[0])

    def test_a_file_that_is_no_longer_declared_is_removed(self):
        self.apply(manifest(self.one, files=[*manifest(self.one).raw["files"], file("/etc/nginx/webstack/extra.conf", "x", [RELOAD_NGINX])]))
        self.assertTrue(self.machine.paths.at("/etc/nginx/webstack/extra.conf").exists())
        self.apply(manifest(self.one))
        self.assertFalse(self.machine.paths.at("/etc/nginx/webstack/extra.conf").exists())

    def test_a_service_that_is_no_longer_declared_stops(self):
        self.apply(manifest(self.one))
        self.apply(manifest(self.one, services=manifest(self.one).raw["services"][:1], units=["nginx.service"]))
        self.assertNotIn("bot.service", self.machine.active)
        self.assertNotIn("bot.service", self.machine.enabled)
        self.assertNotIn("tidy.timer", self.machine.enabled)
        self.assertEqual(self.machine.answering(), {"web": self.one})

    def test_a_new_environment_rolls_every_service_once(self):
        self.apply(manifest(self.one), {"KEY": "one"})
        self.apply(manifest(self.one), {"KEY": "two"})
        self.assertEqual(slots.serving(self.machine.paths, "web"), "green")
        self.assertEqual(len(self.commands("systemctl", "restart")), 1)
        self.assertEqual(len(self.commands("systemctl", "start")), 1)

    def test_without_an_environment_the_old_one_stays(self):
        self.apply(manifest(self.one), {"KEY": "one"})
        self.apply(manifest(self.one))
        self.assertEqual(self.machine.said, ["unchanged"])

    def test_a_changed_unit_file_is_loaded_and_rolls_its_service_only(self):
        self.apply(manifest(self.one))
        changed = [f for f in manifest(self.one).raw["files"] if f["path"] != UNIT] + [file(UNIT, "[Service]\nNice=1\n", [{"verb": "roll", "service": "web"}])]
        self.apply(manifest(self.one, files=changed))
        self.assertEqual(len(self.commands("systemctl", "daemon-reload")), 1)
        self.assertEqual(slots.serving(self.machine.paths, "web"), "green")
        self.assertEqual(self.commands("systemctl", "restart"), [])

    def test_a_check_that_fails_puts_the_old_files_back(self):
        self.apply(manifest(self.one))
        self.machine.nginx_is_wrong = True
        changed = [file(SITE, "serve {}\n", [RELOAD_NGINX]), *manifest(self.one).raw["files"][1:]]
        self.refused(manifest(self.one, files=changed), "unknown directive")
        self.assertEqual(self.machine.paths.at(SITE).read_text(), "server {}\n")
        self.machine.nginx_is_wrong = False
        self.assertEqual(compare(self.machine.host(), manifest(self.one)).lines, [])

    def test_every_way_a_release_can_fail_leaves_the_old_one_serving(self):
        broken = {
            "answers 500": source(3, answer="500"),
            "has no page there": source(3, answer="404"),
            "does not start": source(3, crash=""),
            "has no requirements file": {"app.py": ""},
            "has a venv of its own": source(3, **{"venv/x": ""}),
        }
        says = {"answers 500": "must answer 200, got 500 from /healthz after 5 s\n",
                "has no page there": "must answer 200, got 404 from /healthz after 5 s; services.web.health.path of the stack's file names the page that is asked for\n", "does not start": "the last words of the app",
                "has no requirements file": "has no requirements.txt", "has a venv of its own": "`venv` at its top"}
        self.apply(manifest(self.one))
        for name, files in broken.items():
            with self.subTest(name):
                self.refused(manifest(self.machine.deliver(files)), says[name])
                self.assertEqual(self.machine.answering(), {"web": self.one})
                self.assertEqual(compare(self.machine.host(), manifest(self.one)).lines, [])
                self.assertNotIn("web@green.service", self.machine.active)
                self.assertFalse(self.machine.paths.undo.exists())
        self.apply(manifest(self.two))
        self.assertEqual(self.machine.answering(), {"web": self.two})

    def test_of_a_first_deployment_that_fails_hostctl_stays_and_of_a_later_one_that_of_before(self):
        def declared(digest, version):
            files = [file("/usr/local/bin/hostctl", version), file("/usr/local/lib/webstack/hostctl/verbs/cli.py", version), file("/usr/local/lib/webstack/nginx-check", version)]
            return manifest(digest, files=[*manifest(digest).raw["files"], *files])

        there = lambda: [path.read_text() if path.exists() else None for path in map(self.machine.paths.at, ("/usr/local/bin/hostctl", "/usr/local/lib/webstack/hostctl/verbs/cli.py", "/usr/local/lib/webstack/nginx-check", SITE))]
        self.refused(declared(self.machine.deliver(source(3, crash="")), "one"), "the last words of the app")
        self.assertEqual(there(), ["one", "one", None, None])
        self.apply(declared(self.one, "two"))
        self.refused(declared(self.machine.deliver(source(3, crash="")), "three"), "the last words of the app")
        self.assertEqual(there(), ["two", "two", "two", "server {}\n"])

    def test_a_step_that_fails_leaves_the_old_release_and_hides_secrets(self):
        self.apply(manifest(self.one), {"PASSWORD": "hunter2hunter2"})
        steps = [{"name": "Database-upgrading", "command": ["fail"], "timeoutSeconds": 5}]
        with self.assertRaises(HostError):
            self.apply(manifest(self.two, release={**manifest(self.two).raw["release"], "steps": steps}))
        self.assertEqual(self.machine.answering(), {"web": self.one})
        logged = (self.machine.paths.logs / "deploy_logs").read_text() + (self.machine.paths.logs / "deploy_logs.jsonl").read_text()
        self.assertIn("could not connect with [PASSWORD]", logged)
        self.assertNotIn("hunter2", logged + "\n".join(self.machine.said))
        self.assertRegex(logged, r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d-\d{3} : Database-upgrading > ERROR\n")
        self.assertRegex(logged, r"# Step \d+ : STEPS\n")

    def test_a_step_that_is_added_runs_although_the_source_is_the_same(self):
        def with_step(*command):
            release = manifest(self.one).raw["release"]
            return manifest(self.one, release={**release, "steps": [*release["steps"], {"name": "Loading", "command": list(command), "timeoutSeconds": 5}]})

        self.apply(manifest(self.one))
        self.apply(with_step("migrate-to", "shop=0002"))
        self.assertEqual((self.machine.schema, self.machine.answering()), ("shop=0002", {"web": self.one}))
        self.assertEqual(slots.serving(self.machine.paths, "web"), "green")
        self.apply(with_step("migrate-to", "shop=0002"))
        self.assertEqual(self.machine.said, ["unchanged"])
        # One that fails leaves what serves, and is tried again.
        for _ in range(2):
            self.refused(with_step("fail"), "Loading: `fail` ended with 1")
            self.assertEqual((slots.serving(self.machine.paths, "web"), differences(self.machine.host())), ("green", []))
        # Fewer steps, or another order, are nothing to run.
        self.apply(manifest(self.one))
        self.assertEqual(self.commands("systemd-run"), [])

    def test_a_reload_that_nginx_ignores_is_a_failure(self):
        self.apply(manifest(self.one))
        self.machine.reload_is_ignored = True
        self.refused(manifest(self.two), "kept its old configuration")
        self.assertEqual(slots.current(self.machine.paths), self.one)

    def test_a_reload_without_its_port_is_a_failure_with_nginx_own_words(self):
        self.apply(manifest(self.one))
        self.machine.reload_is_ignored = True
        log, began = self.machine.root / "var/log/nginx/error.log", self.machine.clock
        log.parent.mkdir(parents=True)
        log.write_text("[emerg] 1#1: of yesterday\n")
        bind = "[emerg] 7#7: bind() to 127.0.0.1:8001 failed (98: Address already in use)\n"
        said = iter([bind, bind, bind + "[emerg] 7#7: still could not bind()\n"])

        def nginx(argv):
            reloads = self.machine.ran.count(["systemctl", "reload", "nginx.service"])
            # Once the old files are back, a reload works again.
            self.machine.reload_is_ignored = reloads < 2
            if argv[:2] == ["systemctl", "show"] and "--value" in argv and reloads == 1:
                with log.open("a") as more:
                    more.write(next(said, ""))

        self.machine.on_command = nginx
        self.refused(manifest(self.two), "error.log says why\nbind() to 127.0.0.1:8001 failed (98: Address already in use)\nstill could not bind()")
        self.assertEqual(slots.current(self.machine.paths), self.one)
        self.assertLess(self.machine.clock - began, 10)

    def test_a_command_service_that_ends_at_once_is_a_failure(self):
        self.apply(manifest(self.one))
        self.machine.on_command = lambda argv: self.machine.active.pop("bot.service", None) if argv[:2] == ["systemctl", "show"] else None
        self.refused(manifest(self.two), "bot.service: must keep running")
        self.machine.on_command = lambda argv: None
        self.assertEqual(self.machine.answering(), {"web": self.one})
        self.assertEqual(slots.current(self.machine.paths), self.one)

    def test_rollback_goes_to_the_release_before_without_steps_and_verify_says_so(self):
        self.apply(manifest(self.one))
        self.apply(manifest(self.two))
        self.machine.ran.clear()
        rollback.rollback(self.machine.host("rollback"))
        self.assertEqual(self.machine.answering(), {"web": self.one})
        self.assertEqual(self.commands("systemd-run"), [])
        lines = compare(self.machine.host(), manifest(self.two)).lines
        self.assertEqual(lines[0], f"release: must be {self.two}, got {self.one}")
        self.apply(manifest(self.two))
        self.assertEqual(self.machine.answering(), {"web": self.two})

    def test_one_rollback_after_another_goes_further_back_and_says_what_serves(self):
        three = self.machine.deliver(source(3))
        keeping = lambda digest: manifest(digest, release={**manifest(digest).raw["release"], "keep": 5})
        for digest in (self.one, self.two, three):
            self.apply(keeping(digest))
        for serving, before in ((self.two, three), (self.one, self.two)):
            rollback.rollback(self.machine.host("rollback"))
            self.assertEqual(self.machine.answering(), {"web": serving})
            self.assertEqual(self.machine.said[-1], f"release {serving} serves now, in place of {before}; `hostctl rollback {before}` goes forward to that one, the next `up` to what its source is")
        with self.assertRaisesRegex(HostError, f"no earlier release than {self.one} is on this host; {self.two} served after it: `hostctl rollback {self.two}` goes forward to that one"):
            rollback.rollback(self.machine.host("rollback"))
        # Forward by name, and by what is declared; back from there to where one was.
        rollback.rollback(self.machine.host("rollback"), self.two)
        self.apply(keeping(three))
        rollback.rollback(self.machine.host("rollback"))
        self.assertEqual(self.machine.answering(), {"web": self.two})

    def test_rollback_refuses_a_release_that_is_not_there(self):
        self.apply(manifest(self.one))
        with self.assertRaisesRegex(HostError, "no earlier release"):
            rollback.rollback(self.machine.host("rollback"))
        with self.assertRaisesRegex(HostError, "is not on this host"):
            rollback.rollback(self.machine.host("rollback"), self.two)

    def test_release_declares_what_it_deploys(self):
        self.apply(manifest(self.one))
        apply.release(self.machine.host("release"), self.two)
        self.assertEqual(json.loads(self.machine.paths.manifest.read_text())["release"]["digest"], self.two)
        self.assertEqual(compare(self.machine.host(), manifest(self.two)).lines, [])

    def test_restart_moves_to_the_other_slot_with_the_same_release(self):
        self.apply(manifest(self.one))
        apply.restart(self.machine.host("restart"))
        self.assertEqual(slots.serving(self.machine.paths, "web"), "green")
        self.assertEqual(self.machine.answering(), {"web": self.one})

    def test_the_serving_and_the_previous_release_are_kept_and_older_ones_go(self):
        three = self.machine.deliver(source(3))
        for digest in (self.one, self.two, three):
            self.apply(manifest(digest))
        self.assertEqual(sorted(os.listdir(self.machine.paths.releases)), sorted([self.two, three]))
        # The next host needs their archives, and what their steps made.
        self.assertEqual(sorted(os.listdir(self.machine.paths.inbox)), sorted(f"{digest}{made}.tar.gz" for digest in (self.two, three) for made in ("", ".made")))
        self.assertEqual(len(os.listdir(self.machine.paths.runtimes)), 1)

    def test_static_files_of_kept_releases_are_served_together_with_gz_beside_texts(self):
        def with_static(digest, name):
            steps = [{"name": "Static", "command": ["touch-static", name], "timeoutSeconds": 5}]
            return manifest(digest, release={**manifest(digest).raw["release"], "steps": steps})
        self.apply(with_static(self.one, "a.css"))
        self.apply(with_static(self.two, "b.css"))
        folder = self.machine.paths.static / "static"
        self.assertEqual(sorted(os.listdir(folder)), ["a.css", "a.css.gz", "b.css", "b.css.gz"])
        self.assertEqual((folder / "a.css").stat().st_mtime_ns, (folder / "a.css.gz").stat().st_mtime_ns)
        self.apply(with_static(self.machine.deliver(source(3)), "c.css"))
        self.assertEqual(sorted(os.listdir(folder)), ["b.css", "b.css.gz", "c.css", "c.css.gz"])

    def with_static(self, digest, *names):
        steps = [{"name": f"Static-{name}", "command": ["touch-static", name], "timeoutSeconds": 5} for name in names]
        return manifest(digest, release={**manifest(digest).raw["release"], "steps": steps})

    def test_verify_looks_at_published_files_and_apply_mends_them(self):
        declared = self.with_static(self.one, "a.css")
        self.apply(declared)
        published = self.machine.paths.static / "static/a.css"
        compressed = published.with_name("a.css.gz")
        damages = {
            "/srv/webstack/shared/static/static/a.css: is missing": published.unlink,
            # The release has it by another name, and with it the damage.
            "/srv/webstack/shared/static/static/a.css: has other content": lambda: published.write_text(""),
            "/srv/webstack/shared/static/static/a.css.gz: must hold what a.css does": lambda: compressed.write_bytes(b""),
            "/srv/webstack/shared/static/static/a.css.gz: must hold what a.css does ": lambda: compressed.write_bytes(compressed.read_bytes()[:-9]),
        }
        for line, damage in damages.items():
            with self.subTest(line):
                damage()
                self.assertEqual(compare(self.machine.host(), declared).lines, [line.strip()])
                self.apply(declared)
                self.assertEqual(compare(self.machine.host(), declared).lines, [])
                self.assertEqual(published.read_text(), "body{}" * 500)
                self.assertEqual(gzip.decompress(compressed.read_bytes()), published.read_bytes())
                self.assertEqual(self.commands("systemctl", "start"), [])
        self.apply(declared)
        self.assertEqual(self.machine.said, ["unchanged"])

    def test_a_later_release_mends_the_published_files_that_it_shares(self):
        self.apply(self.with_static(self.one, "a.css"))
        published = self.machine.paths.static / "static/a.css"
        for damaged in (published, published.with_name("a.css.gz")):
            damaged.write_bytes(b"")
            self.apply(self.with_static(self.two, "a.css"))
            self.assertEqual(published.read_text(), "body{}" * 500)
            self.assertEqual(gzip.decompress(published.with_name("a.css.gz").read_bytes()), published.read_bytes())
            self.two = self.machine.deliver(source(3))

    def test_steps_find_nothing_of_what_interrupted_ones_left(self):
        self.apply(manifest(self.one))
        collect = [{"name": "Static", "command": ["collect-static", "a.css"], "timeoutSeconds": 5}]
        declared = manifest(self.two, release={**manifest(self.two).raw["release"], "steps": collect})

        def power_cut(argv):
            if "collect-static" in argv:
                (self.machine.paths.release(self.two) / "static/a.css").write_text("")
                raise Killed

        self.machine.on_command = power_cut
        with self.assertRaises(Killed):
            self.apply(declared)
        self.machine.on_command = lambda argv: None
        self.apply(declared)
        self.assertEqual((self.machine.paths.static / "static/a.css").read_text(), "body{}" * 500)

    def test_verify_looks_at_the_source_of_the_release_and_apply_puts_it_back(self):
        program = self.machine.deliver(source(7, **{"bin/tool": "#!/bin/sh\n"}))
        declared = self.with_static(program, "a.css")
        self.apply(declared)
        release = self.machine.paths.release(program)
        good = (release / "app.py").read_text()
        damages = {
            "app.py: has other content": lambda: (release / "app.py").write_text("version = 8\n"),
            "app.py: is missing": (release / "app.py").unlink,
            "bin/tool: is missing": lambda: shutil.rmtree(release / "bin"),
            "app.py: must not be executable": lambda: (release / "app.py").chmod(0o755),
            "app.py: is missing ": lambda: (os.rename(release / "app.py", self.machine.root / "app.py"), os.symlink(self.machine.root / "app.py", release / "app.py")),
        }
        for line, damage in damages.items():
            with self.subTest(line):
                damage()
                services = [f"service {name}: files of its release differ" for name in ("web", "bot")]
                self.assertEqual(differences(self.machine.host("verify")), [f"/srv/webstack/releases/{program}/{line.strip()}", *services])
                self.machine.ran.clear()
                self.apply(declared)
                self.assertEqual((release / "app.py").read_text(), good)
                self.assertEqual(differences(self.machine.host("verify")), [])
                # Who has read the changed one serves no more.
                self.assertIn("bot.service", str([argv for argv in self.machine.ran if "restart" in argv or "start" in argv]))

    def test_verify_tells_what_was_added_beside_the_source_and_apply_puts_it_away(self):
        program = self.machine.deliver(source(7, **{"shop/views.py": "", "shop/more/x.py": ""}))
        declared = self.with_static(program, "a.css")
        self.apply(declared)
        release = self.machine.paths.release(program)
        outside = self.machine.root / "outside"
        outside.mkdir()
        (outside / "x.py").write_text("")

        def folder(path):
            (release / path).mkdir(parents=True)
            (release / path / "x.py").write_text("added")

        def link():
            shutil.rmtree(release / "shop/more")
            (release / "shop/more").symlink_to(outside)

        additions = {
            "local_settings.py": lambda: (release / "local_settings.py").write_text("added"),
            "shop/views.pyc": lambda: (release / "shop/views.pyc").write_text("imported in the place of a module"),
            "shop/__pycache__/other.cpython-311.pyc": lambda: (release / "shop/__pycache__/other.cpython-311.pyc").write_text("of no module"),
            "plugins": lambda: (folder("plugins"), folder("plugins/more")),
            "shop/static": lambda: folder("shop/static"),
            "old.py": lambda: (release / "old.py").symlink_to("app.py"),
            "app.py": lambda: ((release / "app.py").unlink(), folder("app.py")),
            # What is behind it looks as if it had been delivered.
            "shop/more": link,
        }
        (release / "shop/__pycache__").mkdir()
        for added, add in additions.items():
            with self.subTest(added):
                add()
                services = [f"service {name}: files of its release differ" for name in ("web", "bot")]
                self.assertEqual(differences(self.machine.host("verify")), [f"/srv/webstack/releases/{program}/{added}: is no part of the release", *services])
                self.apply(declared)
                self.assertEqual(differences(self.machine.host("verify")), [])
                self.assertEqual([os.path.lexists(away / added) for away in release.parent.glob(f"{program}.added.*")].count(True), 1)
        self.assertTrue((release / "shop/more/x.py").is_file() and (outside / "x.py").is_file())

    def test_what_belongs_to_a_release_beside_its_source_is_not_told(self):
        program = self.machine.deliver(source(7, **{"shop/views.py": "", "shop/site.two.py": ""}))
        folders = [{"url": "/static/", "folder": "static"}, {"url": "/assets/", "folder": "shop/assets"}]
        self.apply(manifest(program, release={**manifest(program).raw["release"], "static": folders}))
        release = self.machine.paths.release(program)
        (release / "static/a.css").write_text("")
        (release / "shop/assets/b.css").write_text("")
        # A power cut has left it.
        (release / "..webstack-static.unfinished").write_text("{")
        (release / "shop/__pycache__").mkdir()
        (release / "__pycache__").mkdir()
        (release / "__pycache__/app.cpython-311.pyc").write_text("")
        for name in ("views.cpython-311.pyc", "views.cpython-313.opt-2.pyc", "site.two.cpython-311.pyc"):
            (release / "shop/__pycache__" / name).write_text("")
        self.assertEqual(differences(self.machine.host("verify")), [])

    def test_what_was_put_away_of_a_release_is_kept_as_long_as_the_release(self):
        self.apply(manifest(self.one))
        (self.machine.paths.release(self.one) / "note.txt").write_text("of somebody")
        # Nothing has to come from it.
        (self.machine.paths.inbox / f"{self.one}.tar.gz").unlink()
        self.apply(manifest(self.one))
        there = lambda: [path.read_text() for path in self.machine.paths.releases.glob(f"{self.one}.added.*/note.txt")]
        self.apply(manifest(self.two))
        self.assertEqual(there(), ["of somebody"])
        for version in (3, 4):
            self.apply(manifest(self.machine.deliver(source(version))))
        self.assertEqual(there(), [])

    def test_a_file_that_was_changed_by_hand_is_kept_beside_the_release_whether_the_deployment_comes_to_its_end_or_not(self):
        self.apply(manifest(self.one))
        release = self.machine.paths.release(self.one)
        there = lambda: [path.read_text() for path in release.parent.glob(f"{self.one}.added.*/app.py")]
        good = (release / "app.py").read_text()
        (release / "app.py").write_text("version = 8\n")
        self.machine.nginx_is_wrong = True
        with self.assertRaises(HostError):
            self.apply(manifest(self.one))
        self.assertEqual((self.machine.answering(), there(), (release / "app.py").read_text()), ({"web": self.one}, ["version = 8\n"], good))
        self.machine.nginx_is_wrong = False
        self.machine.clock += 1
        (release / "app.py").unlink()
        (release / "app.py").symlink_to("/nowhere")
        self.apply(manifest(self.one))
        self.assertEqual((sorted(os.path.islink(away / "app.py") for away in release.parent.glob(f"{self.one}.added.*")), (release / "app.py").read_text()), ([False, True], good))

    def test_a_source_that_differs_and_whose_archive_is_gone_is_left_serving(self):
        self.apply(manifest(self.one))
        (self.machine.paths.release(self.one) / "app.py").write_text("version = 8\n")
        (self.machine.paths.inbox / f"{self.one}.tar.gz").unlink()
        with self.assertRaisesRegex(HostError, "is not there; on the machine that deploys"):
            self.apply(manifest(self.one))
        self.assertEqual(self.machine.answering(), {"web": self.one})

    def test_a_rollback_to_a_release_whose_static_files_are_damaged_is_refused(self):
        self.apply(self.with_static(self.one, "a.css"))
        self.apply(self.with_static(self.two, "b.css"))
        (self.machine.paths.release(self.one) / "static/a.css").write_text("")
        with self.assertRaisesRegex(HostError, f"release {self.one}: its static files must be as they were made, and are not: static/a.css"):
            rollback.rollback(self.machine.host("rollback"))
        self.assertEqual(self.machine.answering(), {"web": self.two})

    def test_no_secret_is_in_a_command(self):
        self.apply(manifest(self.one), {"PASSWORD": "hunter2hunter2"})
        self.assertNotIn("hunter2", json.dumps(self.machine.ran))

    def test_a_host_without_an_app_needs_no_release(self):
        plain = manifest(self.one, user="", services=[], release=None, units=["nginx.service"])
        self.apply(plain)
        self.apply(plain)
        self.assertEqual(self.machine.said, ["unchanged"])
