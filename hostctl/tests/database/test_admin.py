"""The database's administrator: what it is used for, and that its password is in one file alone. The server is played; on_postgres.py asks a real
one."""
import io
import json
import os
import stat
import subprocess
import unittest
from contextlib import redirect_stderr

from hostctl.database import admin as admins
from hostctl.database.engines import open_url
from hostctl.machine.errors import CommandFailed
from hostctl.machine.system import Result
from hostctl.manifest import environment
from hostctl.tests.fake_machine import Machine, manifest, source
from hostctl.verbs import cli

APP, ADMIN = "postgresql://shop:app-password@db.example:25060/shop", "postgresql://doadmin:admin-password@db.example:25060/shop"
STEPS = [{"name": "migrate", "command": ["migrate-to", "A"], "timeoutSeconds": 9}]


class Cluster(Machine):
    """A machine beside a database whose user may do nothing there until it is granted."""

    def __init__(self):
        super().__init__()
        self.granted, self.asked, self.refuses = False, [], False

    def run(self, argv, *, timeout=600, env=None, check=True):
        if argv[0] != "psql":
            return super().run(argv, timeout=timeout, env=env, check=check)
        sql = next(word for word in argv if word.startswith("--command=")).removeprefix("--command=")
        self.ran.append(argv)
        if "pg_stat_activity" in sql:
            # A step looks for sessions that are in its way.
            return Result(0, "")
        self.asked.append((env["PGUSER"], env["PGDATABASE"], sql))
        if "has_schema_privilege" in sql:
            return Result(0, "t\n" if self.granted else "f\n")
        if self.refuses:
            raise CommandFailed(argv, 2, f"password authentication failed for {env['PGPASSWORD']}")
        self.granted = True
        return Result(0, "")

    def late(self, app=APP, admin=ADMIN):
        given = {"env": {"DATABASE_URL": app}, "files": {}, **({"databaseAdmin": admin} if admin else {})}
        return io.StringIO(json.dumps(given))

    def apply(self, declared, late):
        """Exit code, and what it said on standard error."""
        path = self.root / "manifest.json"
        path.write_text(json.dumps(declared.raw))
        with redirect_stderr(io.StringIO()) as said:
            code = cli.main(["apply", str(path), "--runtime-inputs"], self.root, self, lambda line, **_: self.said.append(line), late)
        return code, said.getvalue()

    def steps_told(self):
        return [line.split(" : ")[1] for line in self.said if line.startswith("# Step")]


class AdministratorTest(unittest.TestCase):
    def setUp(self):
        self.machine = Cluster()
        self.addCleanup(self.machine.remove)
        digest = self.machine.deliver(source(1))
        self.declared = manifest(digest, release={**manifest(digest).raw["release"], "steps": STEPS})

    def test_the_app_s_user_gets_its_rights_before_the_first_step_and_once(self):
        self.assertEqual(self.machine.apply(self.declared, self.machine.late())[0], 0)
        self.assertEqual(self.machine.asked[-2:], [
            ("doadmin", "shop", 'grant all privileges on database "shop" to "shop"; grant all on schema public to "shop"'),
            ("shop", "shop", "alter role current_user set default_transaction_isolation = 'read committed'; alter role current_user set timezone = 'UTC';")])
        self.assertTrue(self.machine.asked[0][2].endswith("current_setting('default_transaction_isolation') = 'read committed' and current_setting('timezone') = 'UTC'"))
        told = self.machine.steps_told()
        self.assertLess(told.index("DATABASE-RIGHTS"), told.index("STEPS"))
        self.machine.asked.clear()
        two = self.machine.deliver(source(2))
        self.assertEqual(self.machine.apply(self.declared.with_digest(two), self.machine.late())[0], 0)
        self.assertEqual([(user, database) for user, database, _ in self.machine.asked], [("shop", "shop")])

    def test_its_url_is_in_one_file_for_root_and_in_no_word_of_a_command(self):
        self.machine.apply(self.declared, self.machine.late())
        places = subprocess.run(["grep", "-rl", "admin-password", self.machine.root], capture_output=True, text=True, check=True).stdout.split()
        self.assertEqual(places, [str(self.machine.paths.database_admin)])
        self.assertEqual(stat.S_IMODE(os.stat(places[0]).st_mode), 0o600)
        self.assertNotIn("DATABASE_ADMIN_URL", environment.read(self.machine.paths.env.read_bytes()))
        self.assertNotIn("admin-password", str(self.machine.ran) + str(self.machine.said))

    def test_a_refused_administrator_fails_the_deployment_with_everything_as_it_was_and_no_password_told(self):
        self.machine.refuses = True
        code, said = self.machine.apply(self.declared, self.machine.late())
        self.assertEqual(code, 1)
        self.assertIn("password authentication failed for [DATABASE_ADMIN_URL]", said)
        self.assertFalse(self.machine.paths.database_admin.exists())
        self.assertNotIn("STEPS", self.machine.steps_told())

    def test_a_move_to_another_cluster_that_fails_leaves_the_administrator_of_the_first(self):
        self.machine.apply(self.declared, self.machine.late())
        self.machine.granted, self.machine.refuses = False, True
        other = [url.replace("db.example", "copy.example") for url in (APP, ADMIN)]
        self.assertEqual(self.machine.apply(self.declared, self.machine.late(*other))[0], 1)
        self.assertEqual(admins.secrets(self.machine.paths), {"DATABASE_ADMIN_URL": ADMIN})
        self.assertEqual(environment.read(self.machine.paths.env.read_bytes()), {"DATABASE_URL": APP})

    def test_the_same_again_changes_nothing_and_a_stack_without_one_keeps_none(self):
        self.machine.apply(self.declared, self.machine.late())
        self.machine.said.clear()
        self.machine.apply(self.declared, self.machine.late())
        self.assertEqual(self.machine.said, ["unchanged"])
        self.machine.apply(self.declared, io.StringIO(""))
        self.assertTrue(self.machine.paths.database_admin.exists())
        self.machine.apply(self.declared, self.machine.late(admin=""))
        self.assertFalse(self.machine.paths.database_admin.exists())

    def test_a_database_without_an_administrator_is_asked_nothing(self):
        self.assertEqual(self.machine.apply(self.declared, self.machine.late(admin=""))[0], 0)
        self.assertEqual(self.machine.asked, [])

    def test_hostctl_goes_past_the_pool(self):
        self.machine.paths.env.parent.mkdir(parents=True)
        self.machine.paths.env.write_bytes(environment.render({"DATABASE_URL": APP.replace("/shop", "/database-pool"), "DATABASE_DIRECT_URL": APP}))
        self.machine.paths.database_admin.write_bytes(admins.content(ADMIN))
        found = admins.app_database(self.machine.host())
        self.assertEqual([found.name, found.user, found.admin.user], ["shop", "shop", "doadmin"])


class MySQL(Machine):
    """A server that answers "show grants" as told."""

    def __init__(self, grants):
        super().__init__()
        self.grants, self.asked = grants, []

    def run(self, argv, *, timeout=600, env=None, check=True):
        sql = next(word.removeprefix("--execute=") for word in argv if word.startswith("--execute="))
        user = next(word.removeprefix("--user=") for word in argv if word.startswith("--user="))
        self.asked.append((user, sql))
        return Result(0, "\n".join(self.grants) if sql == "show grants" else "")


class MySQLTest(unittest.TestCase):
    def database(self, *grants):
        self.server = MySQL(grants)
        self.addCleanup(self.server.remove)
        return open_url(self.server, "mysql://app:pw@db/my_shop", "mysql://doadmin:pw@db/my_shop")

    def test_a_user_with_the_administrator_s_rights_is_not_admitted_yet(self):
        usage, own = "GRANT USAGE ON *.* TO `app`@`%`", "GRANT ALL PRIVILEGES ON `my\\_shop`.* TO `app`@`%`"
        self.assertTrue(self.database(usage, own).admitted())
        self.assertFalse(self.database(usage).admitted())
        self.assertFalse(self.database("GRANT SELECT, CREATE USER ON *.* TO `app`@`%` WITH GRANT OPTION", own).admitted())
        self.assertFalse(self.database(usage, "GRANT ALL PRIVILEGES ON `my\\_shop\\_drill`.* TO `app`@`%`").admitted())

    def test_loses_all_rights_and_gets_those_to_its_database(self):
        self.database().admit()
        self.assertEqual(self.server.asked, [("doadmin", "revoke all privileges, grant option from 'app'@'%'"),
                                             ("doadmin", "grant all privileges on `my\\_shop`.* to 'app'@'%'")])

    def test_the_administrator_makes_and_drops_databases_and_the_app_s_user_moves_the_tables(self):
        database = self.database()
        database.create("my_shop_restoring")
        database.switch("my_shop_restoring", "my_shop_before", self.server.paths.taken_down)
        by_admin = [sql for user, sql in self.server.asked if user == "doadmin" and "information_schema" not in sql]
        self.assertEqual(by_admin, ["drop database if exists `my_shop_restoring`", "create database `my_shop_restoring`",
                                    "grant all privileges on `my\\_shop\\_restoring`.* to 'app'@'%'",
                                    "create database `my_shop`", "grant all privileges on `my\\_shop`.* to 'app'@'%'",
                                    "drop database if exists `my_shop_restoring`"])


if __name__ == "__main__":
    unittest.main()
