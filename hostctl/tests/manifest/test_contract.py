"""hostctl's half of contract.schema.json: its documents are taken and refused here as there. tests/host/contract.test.ts has the other half, and what the program sends.
Limit: patterns are compared by the documents alone."""
import copy
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from hostctl.backup import backup
from hostctl.database import external
from hostctl.machine.errors import HostError
from hostctl.manifest import environment, manifest, runtime_inputs, settings
from hostctl.monitor import monitoring, watchdog
from hostctl.tests.command_line import CommandLine
from hostctl.tests.fake_machine import Machine, manifest as declared

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


def shape_of(schema):
    """A schema as far as a reader goes by it, with what it refers to."""
    if isinstance(schema, list):
        return [shape_of(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return shape_of(SHAPES[schema["$ref"].rsplit("/", 1)[1]])
    names = schema.get("properties", {})
    return {key: {name: shape_of(names[name]) for name in names} if key == "properties" else shape_of(value)
            for key, value in schema.items() if key not in ("description", "examples", "x-refused", "x-shape")}


def digest(shape):
    return hashlib.sha256(json.dumps(shape, sort_keys=True).encode()).hexdigest()[:16]


class Versions(unittest.TestCase):
    def test_a_shape_that_changes_has_another_version_or_a_reason_to_keep_it(self):
        for name, reader in (("manifest", "hostctl/manifest/manifest.py, infra/host/manifest.ts"), ("settings", "hostctl/manifest/settings.py, infra/host/settings.ts")):
            version, found = SHAPES[name]["properties"]["version"], digest(shape_of(SHAPES[name]))
            with self.subTest(name):
                self.assertEqual(found, version["x-shape"], f"""
The shape of the {name} is another one than version {version["const"]} had. Where hostctl of that version would go wrong with it (a key that is away or has another name,
place, type or meaning, a value that it refuses), raise the version: `const` in hostctl/contract.schema.json, and {reader}.
Where there is only a key more, which that hostctl passes over and this one can do without (`LATER` here), it stays.
Then set "x-shape" beside `const` to "{found}".""")

    def test_the_digest_is_of_what_a_reader_goes_by(self):
        of = lambda schema: digest(shape_of(schema))
        self.assertEqual(of({"type": "string", "description": "a"}), of({"type": "string", "description": "b", "examples": ["c"]}))
        self.assertNotEqual(of({"properties": {"description": {"type": "string"}}}), of({"properties": {"description": {"type": "number"}}}))
        with mock.patch.dict(SHAPES, {"command": {"type": "string"}}):
            self.assertNotEqual(digest(shape_of(SHAPES["manifest"])), SHAPES["manifest"]["properties"]["version"]["x-shape"])

    def test_the_hostctl_before_reads_a_manifest_of_its_version_and_refuses_one_of_another(self):
        program = "import json, sys; sys.path.insert(0, sys.argv[1]); from hostctl import manifest; [manifest.parse(one) for one in json.load(sys.stdin)]"
        examples = SHAPES["manifest"]["examples"]
        now = "" if manifest.VERSION == 1 else f"manifest.version: must be 1, got {manifest.VERSION}"
        with tempfile.TemporaryDirectory() as folder, tarfile.open(Path(__file__).resolve().parents[1] / "earlier.tar.xz") as packed:
            packed.extractall(folder)
            for documents, told in ((examples, now), ([{**examples[0], "version": 2}], "manifest.version: must be 1, got 2")):
                read = subprocess.run([sys.executable, "-I", "-c", program, folder], input=json.dumps(documents), capture_output=True, text=True)
                with self.subTest(told):
                    self.assertEqual(read.stderr.strip().rpartition("HostError: ")[2], told)


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


class StandardInputContract(CommandLine):
    def refusals(self, shape):
        for case in shape["x-refused"]:
            yield case["at"], json.dumps(with_value(shape["examples"][0], case["at"], case["value"]))
        for name in shape["required"]:
            yield [name], json.dumps(without(shape["examples"][0], [name]))

    def check_refused(self, shape, *words):
        for at, text in self.refusals(shape):
            with self.subTest(at):
                code, said, errors = self.call(*words, stdin=text)
                self.assertEqual((code, said, errors.count("\n")), (1, "", 1))
                self.assertRegex(errors, "^hostctl: (standard input|environment)[:.]")
                self.assertIn(at[-1], errors)
                self.assertNotIn("hunter2", errors)

    def test_runtime_inputs_are_read_whole(self):
        full, least = SHAPES["runtimeInputs"]["examples"]
        self.assertEqual(runtime_inputs.parse_json(json.dumps(full)), tuple(full[name] for name in runtime_inputs.PARTS))
        self.assertEqual(runtime_inputs.parse_json(json.dumps(least)), runtime_inputs.RuntimeInputs({}, {}, database_admin=""))
        self.assertEqual({*full}, {*SHAPES["runtimeInputs"]["properties"]})

    def test_runtime_inputs_that_it_refuses_are_refused_before_anything_is_changed(self):
        self.check_refused(SHAPES["runtimeInputs"], "apply", self.declare(declared(self.digest)), "--runtime-inputs")
        self.assertFalse(self.machine.paths.state.joinpath("manifest.json").exists() or self.machine.paths.monitoring_secrets.exists())

    def test_every_secret_has_its_name(self):
        self.assertEqual({*SHAPES["runtimeInputs"]["properties"]["secrets"]["properties"]}, {*monitoring.NAMES})

    def test_restic_is_given_each_of_its_examples(self):
        for example in SHAPES["repository"]["examples"]:
            with mock.patch("hostctl.backup.backup.Repository") as repository, mock.patch("hostctl.backup.backup.kept.fetch"):
                self.assertEqual(self.call("backup-repository", stdin=json.dumps(example))[0], 0)
            repository().make.assert_called_once()
            self.assertEqual(environment.read(self.machine.paths.backup_access.read_bytes()), example)

    def test_restic_s_settings_that_it_refuses_are_refused(self):
        self.check_refused(SHAPES["repository"], "backup-repository")
        self.assertFalse(self.machine.paths.backup_access.exists())


if __name__ == "__main__":
    unittest.main()
