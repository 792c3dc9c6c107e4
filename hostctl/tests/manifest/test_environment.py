"""The EnvironmentFile and what comes late: every value comes back byte for byte, and no message shows one."""
import json
import random
import tempfile
import unittest

from hostctl.machine.errors import HostError
from hostctl.machine.paths import Paths
from hostctl.manifest import environment, runtime_inputs
from hostctl.tests.fake_machine import manifest


def as_systemd(text):
    """systemd's rules for double-quoted values, read from its manual and not from our own reader: a backslash before one of
    \\ " $ ` gives that character, before a line break nothing, else itself; the value ends at the next quote.
    https://www.freedesktop.org/software/systemd/man/252/systemd.exec.html#EnvironmentFile="""
    values, at = {}, 0
    while at < len(text):
        name, at = text[at:text.index("=", at)], text.index("=", at) + 2
        value = ""
        while text[at] != '"':
            if text[at] == "\\":
                at += 1
                value += "" if text[at] == "\n" else text[at] if text[at] in '\\"$`' else "\\" + text[at]
            else:
                value += text[at]
            at += 1
        values[name], at = value, at + 2
    return values


class EnvironmentTest(unittest.TestCase):
    def test_awkward_values_come_back_as_they_were(self):
        values = {"A": 'a\\b"c$d`e\nf\'g # ; \\n', "B": "", "C": "ü %h {{x}} ${X}\r\t end\\", "D": "\\\\\"\n\n", "E": "no"}
        self.assertEqual(as_systemd(environment.render(values).decode()), values)
        self.assertEqual(environment.read(environment.render(values)), values)

    def test_random_values_come_back_as_they_were(self):
        source = random.Random(7)
        for _ in range(500):
            values = {"X": "".join(source.choices('ab\\"$`\n\r\'=#; é', k=source.randrange(12))), "Y": "end"}
            self.assertEqual(as_systemd(environment.render(values).decode()), values)
            self.assertEqual(environment.read(environment.render(values)), values)

    def test_what_is_no_utf_8_hides_no_other_value(self):
        self.assertEqual(environment.read(b'A="caf\xe9"\nB="two"\n'), {"A": "caf\ufffd", "B": "two"})

    def test_a_name_or_value_that_cannot_be_is_refused_without_showing_the_value(self):
        for values, text in [({"A=B": "hunter2"}, '"A=B" cannot be the name'), ({"A": "hunter2\0"}, "environment.A: must be text"),
                             ({"A": ["hunter2"]}, "environment.A: must be text"), ({"A": "\ud800"}, "environment.A: must be text")]:
            with self.assertRaises(HostError) as caught:
                environment.checked(values)
            self.assertIn(text, str(caught.exception))
            self.assertNotIn("hunter2", str(caught.exception))

    def test_all_is_secret_but_what_the_manifest_applied_last_calls_plain(self):
        with tempfile.TemporaryDirectory() as root:
            paths = Paths(root)
            self.assertEqual(environment.secrets(paths), {})
            paths.env.parent.mkdir(parents=True)
            paths.env.write_bytes(environment.render({"KEY": "hunter2hunter2", "SITE_HOSTS": "www.ocpizza.fr"}))
            self.assertEqual(environment.secrets(paths), {"KEY": "hunter2hunter2", "SITE_HOSTS": "www.ocpizza.fr"})
            paths.manifest.parent.mkdir(parents=True)
            paths.manifest.write_text(json.dumps({**manifest("0" * 16).raw, "plain": ["SITE_HOSTS"]}))
            self.assertEqual(environment.secrets(paths), {"KEY": "hunter2hunter2"})
            self.assertEqual(environment.hidden({"A": "one", "B": "two"}, ["B"]), {"A": "one"})
            paths.manifest.write_text("half of")
            self.assertEqual(set(environment.secrets(paths)), {"KEY", "SITE_HOSTS"})

    def test_standard_input_is_both_parts_or_nothing(self):
        self.assertEqual(runtime_inputs.parse_json("\n"), runtime_inputs.RuntimeInputs(None, None))
        self.assertEqual(runtime_inputs.parse_json('{"env": {"A": "b"}, "files": {"/x": "y"}}'), runtime_inputs.RuntimeInputs({"A": "b"}, {"/x": "y"}, database_admin=""))
        self.assertEqual(runtime_inputs.parse_json('{"env": {}, "files": {}, "databaseAdmin": "mysql://a:b@c/d"}').database_admin, "mysql://a:b@c/d")
        for text in ('{"A": "hunter2"}', "[]", "hunter2", '{"env": {}, "files": []}', '{"env": {}, "files": {}, "databaseAdmin": {"a": "hunter2"}}'):
            with self.assertRaises(HostError) as caught:
                runtime_inputs.parse_json(text)
            self.assertNotIn("hunter2", str(caught.exception))
