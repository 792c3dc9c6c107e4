"""A database that is somebody else's service: what is looked at before the first step, and where its backups are rehearsed. The server is played; on_postgres.py asks a
real one."""
import json
import unittest

from hostctl.database import external, scratch
from hostctl.database.postgres import Postgres
from hostctl.deploy import apply
from hostctl.machine.errors import CommandFailed, HostError
from hostctl.machine.system import Result
from hostctl.manifest import environment
from hostctl.tests.fake_machine import Machine, manifest, source
from hostctl.tests.given import give_settings


URL = "postgresql://shop:app-password@db.example:6432/shop?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt"
GOOD = {"major": 15, "readOnly": False, "tls": True, "schema": "public", "create": True, "connections": None, "databases": False}
STEPS = [{"name": "migrate", "command": ["migrate-to", "A"], "timeoutSeconds": 9}]


class Elsewhere(Machine):
    """A machine whose database is not here."""

    def __init__(self, *, dumps=True):
        super().__init__()
        self.found, self.asked = dict(GOOD), []
        give_settings(self.paths, externalDatabase={"dumps": dumps, "connections": 20})

    def run(self, argv, *, timeout=600, env=None, check=True):
        if argv[0] == "pg_dump":
            return Result(0, "pg_dump (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)\n")
        if argv[0] != "psql":
            return super().run(argv, timeout=timeout, env=env, check=check)
        if "pg_stat_ssl" not in argv[-1]:
            return Result(0, "")
        self.asked.append(env)
        if self.found is None:
            raise CommandFailed(argv, 2, "SSL error: certificate verify failed")
        return Result(0, json.dumps(self.found))

    def deploy(self, number=1):
        digest = self.deliver(source(number))
        declared = manifest(digest, release={**manifest(digest).raw["release"], "steps": STEPS})
        apply.apply(self.host(), declared, {"DATABASE_URL": URL})

    def steps_told(self):
        return [line.split(" : ")[1] for line in self.said if line.startswith("# Step")]


class RightsTest(unittest.TestCase):
    def setUp(self):
        self.machine = Elsewhere()
        self.addCleanup(self.machine.remove)

    def refused(self, **found):
        self.machine.found = {**GOOD, **found}
        with self.assertRaises(HostError) as failure:
            self.machine.deploy()
        self.assertNotIn("STEPS", self.machine.steps_told())
        return str(failure.exception)

    def test_they_are_looked_at_over_checked_tls_before_the_first_step(self):
        self.machine.deploy()
        told = self.machine.steps_told()
        self.assertLess(told.index("DATABASE-RIGHTS"), told.index("STEPS"))
        self.assertEqual([(env["PGSSLMODE"], env["PGSSLROOTCERT"], env["PGPORT"]) for env in self.machine.asked],
                         [("verify-full", "/etc/ssl/certs/ca-certificates.crt", "6432")])

    def test_a_login_without_the_right_to_make_tables(self):
        self.assertEqual(self.refused(create=False), "DATABASE_URL: the login must be able to make tables in the schema public, for the steps of a release; "
                         "have its owner `grant create on schema public`")

    def test_every_fault_at_once(self):
        said = self.refused(tls=False, readOnly=True, create=False, connections=5, major=17).split("\n")
        self.assertEqual([line.split(",")[0].split(";")[0] for line in said], [
            "DATABASE_URL: the session is not encrypted", "DATABASE_URL: the database only reads", "DATABASE_URL: the login must be allowed 20 connections",
            "DATABASE_URL: PostgreSQL must be 15 or older while backup.enabled"])

    def test_a_certificate_that_is_not_trusted_is_named_with_the_key_that_mends_it_and_no_password_told(self):
        self.machine.found = None
        with self.assertRaises(HostError) as failure:
            self.machine.deploy()
        self.assertRegex(str(failure.exception), r"(?s)DATABASE_URL: the database lets nobody in by it\n.*certificate verify failed\n.*database\.ca")
        self.assertNotIn("app-password", str(failure.exception) + str(self.machine.said))

    def test_a_newer_server_is_no_fault_where_nothing_is_dumped(self):
        other = Elsewhere(dumps=False)
        self.addCleanup(other.remove)
        other.found["major"] = 18
        other.deploy()

    def test_the_target_s_own_database_is_not_asked(self):
        give_settings(self.machine.paths, externalDatabase=None)
        self.machine.deploy()
        self.assertEqual(self.machine.asked, [])

    def test_a_restore_without_the_right_to_make_a_database_is_refused_with_the_way_out(self):
        database = Postgres(self.machine, URL)
        with self.assertRaisesRegex(HostError, 'nothing was touched. Have the service let it .`alter role "shop" createdb`'):
            external.needs_databases(self.machine.host(), database)
        self.machine.found["databases"] = True
        external.needs_databases(self.machine.host(), database)


class ScratchTest(unittest.TestCase):
    def setUp(self):
        self.machine = Elsewhere()
        self.addCleanup(self.machine.remove)
        self.database = Postgres(self.machine, URL)

    def test_a_drill_gets_a_server_of_this_host_whose_password_is_in_no_file_while_it_runs(self):
        host = self.machine.host()
        given = []
        call = host.units.__class__.call
        self.addCleanup(setattr, host.units.__class__, "call", call)

        def noted(units, verb, names, **options):
            given.append((verb, names, environment.read(self.machine.paths.scratch_env.read_bytes()) if verb == "start" else None))
            return Result(0, "")
        host.units.__class__.call = noted
        with scratch.place_for(host, self.database) as place:
            self.assertEqual([(verb, names) for verb, names, _ in given], [("start", ["webstack-scratch.service"])])
            values = given[0][2]
            self.assertEqual((place.env["PGHOST"], place.env["PGPORT"], place.env["PGPASSWORD"], place.name), ("127.0.0.1", values["PORT"], values["PASSWORD"], "shop"))
            self.assertFalse(self.machine.paths.scratch_env.exists())
            self.assertNotIn(values["PASSWORD"], host.log.mask(f"it said {values['PASSWORD']}"))
        self.assertEqual([verb for verb, _, _ in given], ["start", "stop", "reset-failed"])

    def test_the_target_s_own_server_takes_the_copy_itself(self):
        give_settings(self.machine.paths, externalDatabase=None)
        with scratch.place_for(self.machine.host(), self.database) as place:
            self.assertIs(place, self.database)


if __name__ == "__main__":
    unittest.main()
