"""hostctl's half of contract.schema.json: its documents are taken and refused here as there. tests/host/contract.test.ts has the other half, and what the program sends.
Limit: patterns are compared by the documents alone."""
import copy
import json
import re
import unittest
from pathlib import Path

from hostctl.backup import backup
from hostctl.database import external
from hostctl.machine.errors import HostError
from hostctl.manifest import manifest, settings
from hostctl.monitor import monitoring, watchdog
from hostctl.tests.fake_machine import Machine

SHAPES = json.loads((Path(__file__).resolve().parents[2] / "contract.schema.json").read_text())["$defs"]
# What manifests have only since some version, so that one which a host has kept may be without.
LATER = {("debian",), ("plain",), ("release", "restorePoint"), ("release", "lockTimeoutSeconds"), ("release", "schema", "check")}


def with_value(document, at, value):
    made = copy.deepcopy(document)
    place = made
    for part in at[:-1]:
        place = place[part]
    place[at[-1]] = value
    return made


def keys(document, at=()):
    """The way to each key of each object in a document."""
    for name, value in document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ():
        if isinstance(document, dict):
            yield (*at, name)
        yield from keys(value, (*at, name))


def without(document, at):
    made = copy.deepcopy(document)
    place = made
    for part in at[:-1]:
        place = place[part]
    del place[at[-1]]
    return made


def named(at):
    return "manifest" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in at)


def snake(name):
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


class ManifestContract(unittest.TestCase):
    shape = SHAPES["manifest"]

    def test_its_examples_are_read(self):
        full, least = map(manifest.parse, self.shape["examples"])
        self.assertEqual((full.release.steps[0].name, full.services[1].kind, full.files[0].on_change[1].service), ("migrate", "command", "web"))
        self.assertEqual((least.user, least.release), ("", None))

    def test_what_it_refuses_is_refused_with_its_place(self):
        for case in self.shape["x-refused"]:
            with self.subTest(case), self.assertRaises(HostError) as refused:
                manifest.parse(with_value(self.shape["examples"][0], case["at"], case["value"]))
            self.assertTrue(str(refused.exception).startswith(f"{named(case['at'])}: must"), refused.exception)

    def test_a_key_less_is_refused_but_where_an_earlier_version_had_none(self):
        full = self.shape["examples"][0]
        taken = set()
        for at in keys(full):
            try:
                manifest.parse(without(full, at))
                taken.add(at)
            except HostError as refused:
                self.assertIn(f"{named(at)}: is missing", str(refused))
        self.assertEqual(taken, LATER)

    def test_a_key_more_is_of_a_newer_version_and_passed_over(self):
        self.assertEqual(manifest.parse({**self.shape["examples"][1], "topology": "pair"}).host, "database-0")

    def test_every_key_has_its_field(self):
        release = SHAPES["release"]["properties"]
        slots, command = SHAPES["service"]["oneOf"]
        actions = {name for one in SHAPES["action"]["oneOf"] for name in one["properties"]}
        for fields, shape in ((manifest.Manifest, {*self.shape["properties"], "raw"} - {"version"}), (manifest.File, SHAPES["file"]["properties"]), (manifest.Action, actions),
                              (manifest.Service, {*slots["properties"], *command["properties"]}), (manifest.Release, release), (manifest.Step, release["steps"]["items"]["properties"]),
                              (manifest.Static, release["static"]["items"]["properties"]), (manifest.Schema, release["schema"]["anyOf"][0]["properties"]),
                              (manifest.Check, self.shape["properties"]["checks"]["items"]["properties"])):
            with self.subTest(fields.__name__):
                self.assertEqual({*fields._fields}, set(map(snake, shape)))

    def test_its_version_is_the_one_that_is_read(self):
        self.assertEqual(self.shape["properties"]["version"]["const"], manifest.VERSION)

    def test_another_version_is_told_in_one_line_that_says_what_to_do(self):
        for version, which in ((2, "a newer version"), (0, "an older version"), ("1", "another version")):
            with self.subTest(version), self.assertRaises(HostError) as refused:
                manifest.parse({**self.shape["examples"][0], "version": version})
            self.assertEqual(str(refused.exception), f"manifest.version: must be 1, got {json.dumps(version)}; {which} of this project made it, so deploy with that one")


class SettingsContract(unittest.TestCase):
    shape = SHAPES["settings"]

    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.paths = self.machine.paths
        self.paths.settings.parent.mkdir(parents=True, exist_ok=True)

    def given(self, document):
        self.paths.settings.write_text(json.dumps(document))

    def looks(self):
        return [name for name, *_ in watchdog.looks(self.machine.host())]

    def test_its_full_example_is_read_whole(self):
        full = self.shape["examples"][0]
        self.given(full)
        chosen, told = backup.settings(self.paths), monitoring.settings(self.paths)
        self.assertEqual((chosen.schedule, chosen.drill_schedule, chosen.keep_days, chosen.keep_weekly, chosen.keep_monthly, chosen.paths, chosen.checks, chosen.health),
                         ("*-*-* 06:00:00", "Sun *-*-* 07:00:00", 7, 4, 6, ("media",), (("select count(*) > 0 from auth_user", "t"),), True))
        self.assertEqual((told.emails, told.smtp, told.sentry), (("ops@shop.example",), monitoring.Smtp("smtp.shop.example", 587, "starttls", "", "alerts@shop.example"),
                                                                monitoring.Sentry("shop", "site", "https://sentry.io")))
        self.assertEqual(external.settings(self.paths), {"dumps": True, "connections": 20})
        self.assertEqual(set(full) - {"version"}, set(settings.EARLIER))

    def test_its_least_example_asks_for_nothing(self):
        self.given(self.shape["examples"][1])
        self.assertEqual((backup.settings(self.paths), monitoring.settings(self.paths), external.settings(self.paths), self.looks()), (None, monitoring.Settings(), None, ["nginx"]))

    def test_another_version_is_told_in_one_line(self):
        self.given(with_value(self.shape["examples"][0], *self.shape["x-refused"][0].values()))
        with self.assertRaises(HostError) as refused:
            backup.settings(self.paths)
        self.assertEqual(str(refused.exception), "/etc/webstack/settings.json: version: must be 1, got 2; a newer version of this project made it, so deploy with that one")
        self.assertEqual(self.shape["properties"]["version"]["const"], settings.VERSION)

    def test_a_host_of_an_earlier_version_has_a_file_for_each_part(self):
        full = self.shape["examples"][0]
        for part, path in settings.EARLIER.items():
            self.paths.at(path).write_text(json.dumps(full[part]))
        self.assertEqual(settings.read(self.paths), {part: full[part] for part in settings.EARLIER})
        self.given(self.shape["examples"][1])
        self.assertIsNone(backup.settings(self.paths))


if __name__ == "__main__":
    unittest.main()
