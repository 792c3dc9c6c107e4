"""hostctl's command line on a machine in a folder, which has one release delivered."""
import contextlib
import io
import json
import unittest

from hostctl.tests.fake_machine import Machine, source
from hostctl.verbs import cli


class CommandLine(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)
        self.digest = self.machine.deliver(source(1))

    def call(self, *words, stdin=""):
        said, errors = [], io.StringIO()
        with contextlib.redirect_stderr(errors):
            code = cli.main(list(words), self.machine.root, self.machine, lambda line, **_: said.append(line), io.StringIO(stdin))
        return code, "\n".join(said), errors.getvalue()

    def declare(self, declared):
        path = self.machine.root / "declared.json"
        path.write_text(json.dumps(declared.raw))
        return str(path)
