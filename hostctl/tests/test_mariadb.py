"""MySQL and MariaDB: what the programs are told. Limit: the server is played; tests/machines has a real one."""
import errno
import unittest

from hostctl.engines import open_url
from hostctl.errors import CommandFailed
from hostctl.system import Result
from hostctl.tests.machine import Machine

URL = "mysql://shop:p%40ss%2Fword@10.0.0.3:3307/shop?ssl_ca=/etc/webstack/database-ca.pem"


class Server(Machine):
    """Databases {name: tables}; a trigger in "new" where `triggers` is set; `refuses`: the rename fails; `full`: the disk is."""

    def __init__(self):
        super().__init__()
        self.databases, self.asked, self.envs, self.given = {"shop": ["a", "b"], "shop_new": ["a"]}, [], [], []
        self.triggers, self.refuses, self.full = False, False, False

    def run(self, argv, *, timeout=600, env=None, check=True):
        self.ran.append(argv)
        self.envs.append(env)
        if argv[0] == "mariadb-dump":
            if self.full:
                raise OSError(errno.ENOSPC, "No space left on device")
            file = next(word.split("=", 1)[1] for word in argv if word.startswith("--result-file="))
            with open(file, "w") as dump:
                dump.write("create trigger")
            return Result(0, "")
        sql = next(word.removeprefix("--execute=") for word in argv if word.startswith("--execute="))
        self.asked.append(sql)
        if "rename table" in sql and self.refuses:
            raise CommandFailed(argv, 1, "ERROR 1050")
        if sql.startswith("create database"):
            self.databases[sql.split("`")[1]] = []
        if sql.startswith("drop database"):
            self.databases.pop(sql.split("`")[1], None)
        if "information_schema.schemata" in sql:
            return Result(0, "1\n" if sql.split("'")[1] in self.databases else "")
        if "information_schema.tables" in sql:
            return Result(0, "".join(f"{table}\n" for table in self.databases[sql.split("'")[-2]]) if "not in" in sql else "")
        if "information_schema.triggers" in sql and self.triggers and "'shop_new'" in sql:
            return Result(0, "drop trigger `t`\n")
        return Result(0, "")

    def pipe(self, source, sink, **_):
        self.given.append(sink[-1])
        return "", 0, ""


class MariaDB(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.remove)
        self.database = open_url(self.server, URL)

    def test_whether_the_server_is_checked_is_told_either_way_as_a_client_that_is_not_told_writes_a_warning_among_the_rows(self):
        self.assertIn("--ssl-verify-server-cert", self.database.words)
        self.assertEqual(open_url(self.server, URL.partition("?")[0]).words[-1:], ["--disable-ssl-verify-server-cert"])

    def test_the_password_is_in_the_environment_and_in_no_word_of_the_command(self):
        self.database.ask("select 1", "shop")
        commands = [self.server.ran[0], *(words for words, _ in (self.database.dump(), self.database.load("shop_new")))]
        for words in commands:
            self.assertNotIn("p@ss/word", " ".join(words))
            self.assertEqual(words[1:8], ["--no-defaults", "--host=10.0.0.3", "--port=3307", "--user=shop", "--protocol=tcp",
                                          "--ssl-ca=/etc/webstack/database-ca.pem", "--ssl-verify-server-cert"])
        self.assertEqual(self.server.envs, [{"MYSQL_PWD": "p@ss/word"}])

    def test_a_dump_is_consistent_and_has_everything(self):
        words, _ = self.database.dump()
        self.assertLessEqual({"--single-transaction", "--routines", "--triggers", "--events"}, set(words))

    def test_the_url_of_another_database_differs_in_its_name_alone(self):
        self.assertEqual(self.database.url("shop_drill"), URL.replace("/shop?", "/shop_drill?"))

    def test_a_long_name_leaves_room_for_what_is_added(self):
        self.assertEqual(len(open_url(None, "mysql://u@h/" + "d" * 64).beside("before_20261122t060000z")), 64)

    def test_all_tables_change_places_in_one_statement(self):
        self.database.switch("shop_new", "shop_old")
        renames, = (sql for sql in self.server.asked if "rename table" in sql)
        self.assertEqual(renames, "set session lock_wait_timeout = 30; rename table `shop`.`a` to `shop_old`.`a`, "
                                  "`shop`.`b` to `shop_old`.`b`, `shop_new`.`a` to `shop`.`a`")
        self.assertEqual(sorted(self.server.databases), ["shop", "shop_old"])

    def test_a_database_that_is_gone_is_made_and_none_is_kept(self):
        del self.server.databases["shop"]
        self.database.switch("shop_new", "shop_old")
        self.assertEqual(sorted(self.server.databases), ["shop"])

    def test_triggers_go_up_again_where_their_tables_are(self):
        self.server.triggers = True
        self.database.switch("shop_new", "shop_old")
        self.assertEqual(self.server.given, ["shop"])

    def test_a_refused_rename_leaves_both_databases_with_their_triggers(self):
        self.server.triggers = self.server.refuses = True
        with self.assertRaises(CommandFailed):
            self.database.switch("shop_new", "shop_old")
        self.assertEqual(self.server.given, ["shop_new"])
        self.assertEqual(self.server.databases, {"shop": ["a", "b"], "shop_new": ["a"]})

    def test_a_full_disk_before_the_rename_leaves_both_databases_and_no_third(self):
        self.server.triggers, self.server.full = True, True
        with self.assertRaises(OSError):
            self.database.switch("shop_new", "shop_old")
        self.assertEqual(self.server.databases, {"shop": ["a", "b"], "shop_new": ["a"]})

    def test_room_that_was_made_for_a_database_does_not_hold_it(self):
        self.server.databases["shop_old"] = []
        self.assertEqual([self.database.holds(name) for name in ("shop", "shop_old", "shop_older")], [True, False, False])


if __name__ == "__main__":
    unittest.main()
