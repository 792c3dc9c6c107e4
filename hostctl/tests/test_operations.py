"""maintenance, update and jobs on a machine in a folder.
Modules: site/maintenance.py, site/pause.py, controller_ini/, monitor/jobs.py and release/schema.py."""
import json
import os
import tempfile
import unittest
from pathlib import Path

from hostctl.controller_ini import components, update
from hostctl.deploy import apply, rollback
from hostctl.deploy.compare import compare
from hostctl.machine.errors import HostError, Locked
from hostctl.machine.system import Result
from hostctl.monitor import jobs
from hostctl.release import slots
from hostctl.site import maintenance, pause
from hostctl.tests.fake_machine import Machine, file, manifest, source
from hostctl.verbs import argument_types


PAGES = [file("/etc/nginx/webstack/maintenance-off/state.conf", "off\n"), file("/usr/local/lib/webstack/maintenance/page.css", "p{}\n"),
         file("/usr/local/lib/webstack/maintenance/page.html", "<p>{{message}}</p>{{until}}\n")]


class MachineTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.digest = self.machine.deliver(source(1, **{"city/menu.json": "{}", "city/templates/page.html": "old", "run.py": "x"}))
        self.declared = manifest(self.digest)
        self.declared = manifest(self.digest, files=self.declared.raw["files"] + PAGES)
        apply.apply(self.machine.host(), self.declared)

    def refused(self, call, *texts):
        with self.assertRaises(HostError) as caught:
            call()
        for text in texts:
            self.assertIn(text, str(caught.exception))


class MaintenanceTest(MachineTest):
    def on(self, message="Back soon", **more):
        maintenance.on(self.machine.host("maintenance"), message, **more)

    def test_the_link_is_there_from_the_first_apply_on_and_says_off(self):
        self.assertEqual(os.readlink(self.machine.paths.maintenance), "maintenance-off")
        self.assertIsNone(maintenance.state(self.machine.paths))

    def test_the_message_can_neither_break_the_page_nor_the_configuration(self):
        self.on('<script>$uri"};{{until}}')
        folder = self.machine.paths.nginx / "maintenance/answer"
        self.assertEqual((folder / "page.html").read_text(), "<p>&lt;script&gt;$uri&quot;};{{until}}</p>\n")
        self.assertNotIn("script", (self.machine.paths.maintenance / "state.conf").read_text())
        self.assertEqual(json.loads((folder / "status.json").read_text())["message"], '<script>$uri"};{{until}}')

    def test_who_is_let_in_is_in_no_file_that_visitors_reach(self):
        self.on(allow=["203.0.113.7/32"])
        self.assertIn("    203.0.113.7/32 0;\n", (self.machine.paths.maintenance / "state.conf").read_text())
        self.assertEqual((self.machine.paths.maintenance / "notice.json").stat().st_mode & 0o777, 0o600)
        for path in (self.machine.paths.maintenance / "answer").iterdir():
            self.assertNotIn("203.0.113.7", path.read_text())

    def test_who_is_still_held_when_it_is_over_gets_the_page_until_nginx_knows_and_nobody_afterwards(self):
        self.on()
        pages, seen = [self.machine.paths.maintenance / "answer" / name for name in ("page.html", "page.css")], []
        self.machine.on_command = lambda argv: seen.append(all(page.exists() for page in pages))
        maintenance.off(self.machine.host("maintenance"))
        self.assertEqual((len(seen) > 2, set(seen), [page.exists() for page in pages]), (True, {True}, [False, False]))

    def test_it_stays_through_a_release_and_an_apply(self):
        self.on()
        apply.release(self.machine.host("release"), self.machine.deliver(source(2)))
        apply.apply(self.machine.host(), self.declared)
        self.assertEqual(maintenance.state(self.machine.paths)["message"], "Back soon")
        self.assertEqual(compare(self.machine.host(), self.declared).lines, [])
        maintenance.off(self.machine.host())
        self.assertIsNone(maintenance.state(self.machine.paths))

    def test_a_configuration_that_nginx_refuses_leaves_everything_as_it_was(self):
        self.machine.nginx_is_wrong = True
        self.refused(self.on, "unknown directive")
        self.assertIsNone(maintenance.state(self.machine.paths))

    def test_times_of_day_are_the_next_ones_in_utc(self):
        noon = 1_700_049_600
        self.assertEqual(argument_types.next_moment(argument_types.moment("12:30"), noon), noon + 1800)
        self.assertEqual(argument_types.next_moment(argument_types.moment("11:30"), noon), noon - 1800 + 86400)
        self.assertEqual(argument_types.next_moment(argument_types.moment("2023-11-15T13:00"), noon), noon + 3600)
        self.refused(lambda: argument_types.next_moment(argument_types.moment("2023-11-15T11:00Z"), noon), "must not be in the past")


class PauseTest(MachineTest):
    def pause(self, seconds=20):
        pause.pause(self.machine.host("pause"), seconds)

    def check_goes_on(self):
        self.assertFalse((self.machine.paths.pause / "on.map").exists())
        self.assertNotIn(pause.HOLDER, self.machine.active)
        self.assertFalse(pause.holds(self.machine.host()))
        self.assertEqual([argv[-1] for argv in self.machine.ran if argv[1:2] == ["reload"]][-1], "nginx.service")

    def test_requests_are_held_by_the_holder_and_go_on_at_resume(self):
        self.pause()
        self.assertEqual((self.machine.paths.pause / "on.map").read_text(), '"~." ".held";\n')
        self.assertEqual(json.loads(self.machine.paths.pause_plan.read_text())["services"], ["web"])
        self.assertIn(pause.HOLDER, self.machine.active)
        self.refused(self.pause, "requests are held already")
        self.machine.ran.clear()
        pause.resume(self.machine.host("resume"))
        self.check_goes_on()
        # What is held goes on before nginx is told anything.
        self.assertEqual([argv[-1] for argv in self.machine.ran if argv[1:2] == ["reload"]], [pause.HOLDER, "nginx.service"])

    def test_requests_that_do_not_end_in_time_end_the_pause(self):
        self.machine.sleep = lambda seconds: setattr(self.machine, "clock", self.machine.clock + seconds)
        self.refused(self.pause, "requests were still open after 10 s")
        self.check_goes_on()

    def test_a_pause_that_was_cut_short_is_mended_by_resume(self):
        self.pause()
        self.machine.active.pop(pause.HOLDER)
        os.unlink(self.machine.paths.pause / "on.map")
        pause.resume(self.machine.host("resume"))
        self.check_goes_on()

    def test_a_pause_longer_than_a_request_may_take_is_refused(self):
        self.refused(lambda: self.pause(26), "--max must be at most 25, got 26")


class UpdateTest(MachineTest):
    def folder(self, ini, **contents):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, content in {"controller.ini": ini, **contents}.items():
            Path(folder.name, name).write_text(content)
        return folder.name

    def update(self, *folder, **contents):
        update.update(self.machine.host("update"), self.folder(*folder, **contents))

    def test_components_make_a_release_of_the_same_name_as_if_it_had_been_delivered(self):
        whole = source(1, **{"city/menu.json": "{1}", "city/templates/page.html": "new", "city/templates/more.html": "m", "run.py": "x"})
        expected = self.machine.deliver(whole)
        os.unlink(self.machine.paths.inbox / f"{expected}.tar.gz")
        self.update("[heavy]\nmenu.json = city\n; a remark\npage.html=city.templates\nmore.html = city.templates\n",
                    **{"menu.json": "{1}", "page.html": "new", "more.html": "m"})
        self.assertEqual(self.machine.answering(), {"web": expected})
        self.assertEqual(slots.current(self.machine.paths), expected)
        self.assertIn(f"release: must be {self.digest}, got {expected}", compare(self.machine.host(), self.declared).lines)
        self.assertFalse((self.machine.paths.state / "update.unfinished").exists())
        self.assertTrue(any("manage.py" in argv for argv in self.machine.ran))

    def test_the_same_files_again_change_nothing(self):
        self.update("[heavy]\nrun.py = .\n", **{"run.py": "x"})
        self.assertIn("unchanged: the serving release has these files already", self.machine.said)
        self.assertEqual(slots.current(self.machine.paths), self.digest)

    def test_everything_amiss_is_named_at_once_and_nothing_is_copied(self):
        ini = "\n".join(["lost.html = city", "[medium]", "[light]", "page.html = city.templates", "[heavy]", "menu.json = ..etc", "menu.json = /etc",
                         "gone.py = city", "run.py = village", "run.py = city.folder", "run.py = static", "../x.py = city", "run.py = city", "run.py = city", "nonsense"])
        contents = {"page.html": "", "menu.json": "", "run.py": "", "extra.txt": ""}
        self.refused(lambda: self.update(ini, **contents), *[
            "nothing was changed, because of 13 faults", "line 1: must stand below [light] or [heavy]", "line 2: must be [light] or [heavy], got [medium]",
            "line 4: page.html must end in one of .ico .jpg .png .pdf .gif below [light]; put it below [heavy]",
            "line 6: menu.json = ..etc: is outside the project", "line 7: menu.json = /etc: is outside the project", "line 8: gone.py is not in the folder",
            "line 9: run.py = village: there is no app named village; there are: city", "line 10: run.py = city.folder: there is no folder in city named folder; there are: templates",
            "line 11: run.py = static: is made by the release itself", "line 12: ../x.py must be the name of a file", "line 14: city/run.py comes from line 13 already",
            "line 15: must be `file = dotted.destination`, got 'nonsense'", "extra.txt: is in the folder and in no line"])
        self.assertEqual(slots.current(self.machine.paths), self.digest)
        self.assertEqual({path.name.split(".")[0] for path in self.machine.paths.inbox.iterdir()}, {self.digest})

    def test_a_link_in_the_folder_is_refused(self):
        folder = self.folder("[heavy]\nmenu.json = city\n")
        os.symlink("/etc/shadow", f"{folder}/menu.json")
        self.refused(lambda: update.update(self.machine.host(), folder), "menu.json must be a file, got a folder or a link")

    def test_a_release_that_somebody_changed_by_hand_is_no_ground_for_an_update(self):
        (self.machine.paths.release(self.digest) / "app.py").write_text("changed\n")
        self.refused(lambda: self.update("[heavy]\nmenu.json = city\n", **{"menu.json": "{1}"}), "its files are not those it was made of")
        self.assertFalse((self.machine.paths.state / "update.unfinished").exists())

    def test_what_a_power_cut_left_of_a_record_is_nothing_that_somebody_changed(self):
        (self.machine.paths.release(self.digest) / "..webstack-static.unfinished").write_text("{")
        self.update("[heavy]\nmenu.json = city\n", **{"menu.json": "{1}"})
        self.assertNotEqual(slots.current(self.machine.paths), self.digest)

    def test_an_update_that_fails_its_health_gate_leaves_the_old_release_serving(self):
        folder = self.folder("[heavy]\nmenu.json = city\n", **{"menu.json": "{2}"})
        self.machine.on_command = lambda argv: [(path / "answer").write_text("500") for path in self.machine.paths.releases.iterdir()
                                                if path.name != self.digest and path.is_dir() and "start" in argv]
        self.refused(lambda: update.update(self.machine.host("update"), folder), "must answer 200, got 500")
        self.assertEqual(self.machine.answering(), {"web": self.digest})


class JobsTest(MachineTest):
    def run_job(self, *shown):
        answers = [dict.fromkeys(jobs.PROPERTIES, "") | {"ActiveState": "inactive", "InvocationID": "old"}, *shown]
        run = self.machine.run

        def play(argv, **options):
            if argv[:2] == ["systemctl", "show"]:
                answer = answers.pop(0) if len(answers) > 1 else answers[0]
                return Result(0, "\n".join(f"{name}={value}" for name, value in answer.items()))
            return run(argv, **options)

        self.machine.run = play
        return jobs.run(self.machine.host("run"), "tidy")

    def test_the_exit_code_says_how_the_job_ended(self):
        for result, code, status, expected in (("success", "1", "0", 0), ("exit-code", "1", "7", 7), ("signal", "2", "9", 137), ("timeout", "2", "15", 124),
                                               ("oom-kill", "2", "9", 137), ("resources", "0", "0", 1)):
            with self.subTest(result=result):
                state = {"ActiveState": "failed", "InvocationID": "new", "Result": result, "ExecMainCode": code, "ExecMainStatus": status}
                self.assertEqual(self.run_job(state), expected)
                self.machine.run = type(self.machine).run.__get__(self.machine)

    def test_what_a_job_writes_is_shown_without_its_secrets(self):
        self.machine.paths.env.write_text('DATABASE_URL="postgresql://shop:hunter2hunter2@db/shop"\n')
        state = {"ActiveState": "failed", "InvocationID": "new", "Result": "exit-code", "ExecMainCode": "1", "ExecMainStatus": "1"}
        run = self.machine.run
        self.machine.run = lambda argv, **options: Result(0, "failed at postgresql://shop:hunter2hunter2@db/shop\n-- cursor: 1\n") if argv[0] == "journalctl" and "--show-cursor" in argv else run(argv, **options)
        self.run_job(state)
        self.assertIn("failed at [DATABASE_URL]", " ".join(self.machine.said))
        self.assertNotIn("hunter2", " ".join(self.machine.said))

    def test_a_job_that_runs_is_not_started_again(self):
        run = self.machine.run
        self.machine.run = lambda argv, **options: (Result(0, "ActiveState=activating\nExecMainPID=7\nExecMainStartTimestamp=now\n")
                                                    if argv[:2] == ["systemctl", "show"] else run(argv, **options))
        with self.assertRaises(Locked) as caught:
            jobs.run(self.machine.host("run"), "tidy")
        self.assertIn("tidy: runs already, since now (process 7)", str(caught.exception))
        self.assertFalse(any(argv[:2] == ["systemctl", "start"] and "tidy.service" in argv for argv in self.machine.ran))

    def test_what_is_no_job_is_refused(self):
        self.refused(lambda: jobs.run(self.machine.host("run"), "nginx"), "nginx: is no job of this host; jobs are tidy")


class SchemaTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.one, self.two, self.three = (self.machine.deliver(source(number)) for number in (1, 2, 3))

    def declare(self, digest, revision, down=("migrate-to", "{revision}"), schema=True):
        raw = manifest(digest).raw
        release = {**raw["release"], "keep": 5, "steps": [{"name": "migrate", "command": ["migrate-to", revision], "timeoutSeconds": 9}]}
        release["schema"] = {"revision": ["schema"], "down": list(down)} if schema else None
        apply.apply(self.machine.host(), manifest(digest, release=release))

    def rollback(self, *words, **more):
        rollback.rollback(self.machine.host("rollback"), *words, **more)

    def refused(self, text, *words, **more):
        with self.assertRaises(HostError) as caught:
            self.rollback(*words, **more)
        self.assertIn(text, str(caught.exception))

    def test_with_the_schema_unchanged_only_the_code_goes_back(self):
        self.declare(self.one, "A")
        self.declare(self.two, "A")
        self.rollback()
        self.assertEqual((self.machine.answering(), self.machine.schema), ({"web": self.one}, "A"))

    def test_with_the_schema_moved_on_it_is_refused_and_offers_the_down_step(self):
        self.declare(self.one, "A")
        self.declare(self.two, "B")
        self.refused(f"its code knew the schema\n  A\nbut the database is at\n  B\n`hostctl rollback {self.one} --down` first runs `migrate-to {{revision}}`")
        self.assertEqual((self.machine.answering(), self.machine.schema), ({"web": self.two}, "B"))
        self.rollback(down=True)
        self.assertEqual((self.machine.answering(), self.machine.schema), ({"web": self.one}, "A"))

    def test_without_a_down_step_there_is_none_to_offer(self):
        self.declare(self.one, "A", down=())
        self.declare(self.two, "B", down=())
        self.refused("no down step is declared")
        self.refused("no down step is declared", down=True)

    def test_a_release_without_a_recorded_revision_is_refused(self):
        self.declare(self.one, "A", schema=False)
        self.declare(self.two, "A")
        self.refused("no schema revision was recorded for it")

    def test_a_down_step_that_does_not_get_there_leaves_the_serving_release(self):
        self.declare(self.one, "A")
        self.declare(self.two, "B", down=("true",))
        self.refused("left the database at\n  B\nand not at\n  A", down=True)
        self.assertEqual(self.machine.answering(), {"web": self.two})

    def test_a_rollback_that_fails_after_its_down_step_gets_the_schema_back(self):
        self.declare(self.one, "A")
        self.declare(self.two, "B")
        (self.machine.paths.release(self.one) / "crash").write_text("")
        self.refused("", down=True)
        self.assertEqual((self.machine.answering(), self.machine.schema), ({"web": self.two}, "B"))

    def test_forward_again_is_a_release_like_any_other(self):
        self.declare(self.one, "A")
        self.declare(self.two, "B")
        self.rollback(down=True)
        self.declare(self.two, "B")
        self.declare(self.three, "B")
        self.rollback()
        self.assertEqual((self.machine.answering(), self.machine.schema), ({"web": self.two}, "B"))


class ControllerTest(unittest.TestCase):
    def test_an_empty_or_missing_list_is_a_fault(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(HostError, "must hold a readable controller.ini"):
                components.read(folder, Path(folder))
            Path(folder, "controller.ini").write_text("[heavy]\n")
            with self.assertRaisesRegex(HostError, "names no file"):
                components.read(folder, Path(folder))
