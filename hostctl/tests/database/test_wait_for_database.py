"""A database that lets a new host in only after a while."""
import unittest

from hostctl.database import wait_for_database
from hostctl.deploy import apply
from hostctl.machine.errors import HostError
from hostctl.manifest import environment
from hostctl.tests.fake_machine import Machine, manifest, source


URL = "postgresql://user:secret@database.example:25060/shop?sslmode=verify-full"


class ReachableTest(unittest.TestCase):
    def setUp(self):
        self.machine = Machine()
        self.addCleanup(self.machine.remove)

    def wait(self, url=URL):
        self.machine.paths.env.parent.mkdir(parents=True, exist_ok=True)
        self.machine.paths.env.write_bytes(environment.render({"DATABASE_URL": url}))
        wait_for_database.wait(self.machine.host())

    def test_one_that_answers_leaves_no_trace(self):
        self.wait()
        self.assertEqual(self.machine.said, [])

    def test_one_that_answers_later_is_waited_for(self):
        self.machine.refusals = 4
        self.wait()
        self.assertEqual([line.split(" > ")[0] for line in self.machine.said], ["# Step 1 : DATABASE", "  Database-answer"])

    def test_one_that_never_answers_fails_the_release_and_names_no_secret(self):
        self.machine.refusals = 1000
        with self.assertRaises(HostError) as failure:
            self.wait()
        self.assertEqual(str(failure.exception),
                         "database.example:25060: the database took no connection from this host for 120 s; look at its firewall and whether it runs")

    def test_a_deployment_that_moves_the_app_to_such_a_database_waits_before_anything_starts(self):
        self.machine.refusals = 4
        declared = manifest(self.machine.deliver(source(1)))
        apply.apply(self.machine.host(), declared, {"DATABASE_URL": URL})
        steps = [line for line in self.machine.said if line.startswith("# Step")]
        self.assertLess([i for i, line in enumerate(steps) if line.endswith("DATABASE")], [i for i, line in enumerate(steps) if line.endswith("START")])

    def test_an_app_without_a_database_waits_for_none(self):
        self.machine.refusals = 1000
        self.wait("")
        self.assertEqual(self.machine.clock, 1_700_000_000.0)


if __name__ == "__main__":
    unittest.main()
