"""MySQL and MariaDB: what the programs are told. Limit: the server is played; tests/machines has a real one."""
import errno
import re
import unittest
from unittest import mock

from hostctl.backup import switch
from hostctl.database.engines import open_url
from hostctl.machine.errors import CommandFailed, HostError
from hostctl.machine.system import Result
from hostctl.tests.fake_machine import Killed, Machine

URL = "mysql://shop:p%40ss%2Fword@10.0.0.3:3307/shop?ssl_ca=/etc/webstack/database-ca.pem"


class Server(Machine):
    """Databases {name: tables}; `triggers`: those that have one; `refuses`: the rename fails; `full`: the disk is; `gone`: the server is, from the rename on.
    `on_command` is asked before each command."""

    def __init__(self):
        super().__init__()
        self.databases, self.asked, self.envs, self.given = {"shop": ["a", "b"], "shop_new": ["a"]}, [], [], []
        self.triggers, self.refuses, self.full, self.gone = set(), False, False, False
        # Numbers of sessions that rename.
        self.renaming = []

    def run(self, argv, *, timeout=600, env=None, check=True):
        self.on_command(argv)
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
        if "; rename table" in sql and (self.refuses or self.triggers):
            raise CommandFailed(argv, 1, "ERROR 1050")
        for old, table, new in re.findall(r"`(\w+)`\.`(\w+)` to `(\w+)`", sql):
            self.databases[old].remove(table)
            self.databases[new].append(table)
        if sql.startswith("create database"):
            self.databases[sql.split("`")[1]] = []
        if sql.startswith("drop database"):
            self.databases.pop(sql.split("`")[1], None)
        if "info like 'rename table" in sql:
            return Result(0, "\n".join(self.renaming))
        if sql.startswith("kill "):
            self.renaming.remove(sql.split()[1])
        if "information_schema.schemata" in sql:
            return Result(0, "1\n" if sql.split("'")[1] in self.databases else "")
        if "information_schema.tables" in sql:
            return Result(0, "".join(f"{table}\n" for table in self.databases.get(sql.split("'")[-2], [])) if "not in" in sql else "")
        if "information_schema.triggers" in sql and any(f"'{name}'" in sql for name in self.triggers):
            return Result(0, "drop trigger `t`\n")
        if sql.startswith("drop trigger"):
            self.triggers.remove(argv[-1])
        return Result(0, "")

    def pipe(self, source, sink, **_):
        self.on_command(source)
        if self.gone:
            raise CommandFailed(sink, 1, "ERROR 2002")
        self.given.append(sink[-1])
        self.triggers.add(sink[-1])
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

    @property
    def aside(self):
        return self.server.paths.taken_down

    def switch(self):
        self.database.switch("shop_new", "shop_old", self.aside)

    def test_all_tables_change_places_in_one_statement(self):
        self.switch()
        renames, = (sql for sql in self.server.asked if "rename table" in sql)
        self.assertEqual(renames, "set session lock_wait_timeout = 30; rename table `shop`.`a` to `shop_old`.`a`, "
                                  "`shop`.`b` to `shop_old`.`b`, `shop_new`.`a` to `shop`.`a`")
        self.assertEqual(sorted(self.server.databases), ["shop", "shop_old"])

    def test_a_database_that_is_gone_is_made_and_none_is_kept(self):
        del self.server.databases["shop"]
        self.switch()
        self.assertEqual(sorted(self.server.databases), ["shop"])

    def test_one_that_is_there_without_tables_is_filled_and_none_is_kept_whatever_interrupts_that(self):
        self.server.databases["shop"], self.server.refuses = [], True
        with self.assertRaises(CommandFailed):
            self.switch()
        self.assertEqual(self.server.databases, {"shop": [], "shop_new": ["a"]})
        self.server.refuses = False
        host = self.server.host("restore")
        with mock.patch.object(switch, "finish", side_effect=Killed), self.assertRaises(Killed):
            switch.make(host, self.database, "shop_new", "before", {})
        self.assertFalse(switch.settle(host, self.database))
        self.assertEqual((self.server.databases, switch.read(self.server.paths.restored)["database"]), ({"shop": ["a"]}, ""))

    def test_triggers_go_up_again_where_their_tables_are(self):
        self.server.triggers = {"shop", "shop_new"}
        self.switch()
        self.assertEqual((self.server.triggers, self.aside.exists()), ({"shop", "shop_old"}, False))

    def test_a_refused_rename_leaves_both_databases_with_their_triggers(self):
        self.server.triggers, self.server.refuses = {"shop_new"}, True
        with self.assertRaises(CommandFailed):
            self.switch()
        self.assertEqual((self.server.given, self.aside.exists()), (["shop_new"], False))
        self.assertEqual(self.server.databases, {"shop": ["a", "b"], "shop_new": ["a"]})

    def test_a_full_disk_before_the_rename_leaves_both_databases_and_no_third(self):
        self.server.triggers, self.server.full = {"shop", "shop_new"}, True
        with self.assertRaises(OSError):
            self.switch()
        self.assertEqual((self.server.databases, self.server.triggers), ({"shop": ["a", "b"], "shop_new": ["a"]}, {"shop", "shop_new"}))

    def test_a_kill_before_any_command_costs_no_trigger(self):
        self.server.triggers = {"shop", "shop_new"}
        self.switch()
        for number in range(len(self.server.ran) + len(self.server.given)):
            with self.subTest(number=number):
                self.setUp()
                self.server.triggers, left = {"shop", "shop_new"}, iter(range(number))
                self.server.on_command = lambda argv: next(left, None) is None and self.kill()
                with self.assertRaises(Killed):
                    self.switch()
                self.server.on_command = lambda argv: None
                # At a boot, and once more: a kill may come here, too.
                for _ in range(2):
                    self.database.put_up(self.aside)
                homes = {name for name, tables in self.server.databases.items() if tables}
                self.assertEqual((self.server.triggers, self.aside.exists()), (homes, False))
                self.assertEqual(len(homes), 2)

    def test_what_comes_without_tables_is_not_taken_for_moved_before_it_is(self):
        for number, stopped in ((0, "; rename table"), (1, "drop database")):
            with self.subTest(stopped=stopped):
                self.setUp()
                self.server.databases["shop_new"], self.server.triggers = [], {"shop"}
                self.server.on_command = lambda argv: stopped in argv[-1] and self.kill()
                with self.assertRaises(Killed):
                    self.switch()
                self.server.on_command = lambda argv: None
                self.database.put_up(self.aside)
                self.assertEqual((self.server.triggers, self.server.databases), (
                    ({"shop"}, {"shop": ["a", "b"], "shop_old": [], "shop_new": []}), ({"shop_old"}, {"shop": [], "shop_old": ["a", "b"], "shop_new": []}))[number])

    def test_a_server_that_is_gone_then_has_its_triggers_once_the_switch_is_settled(self):
        for refuses, homes in ((True, {"shop", "shop_new"}), (False, {"shop", "shop_old"})):
            with self.subTest(refuses=refuses):
                self.setUp()
                self.server.triggers, self.server.refuses, self.server.gone = {"shop", "shop_new"}, refuses, True
                with self.assertRaisesRegex(HostError, "has its tables, but not all of its views, triggers, routines and events") as caught:
                    self.switch()
                self.assertEqual("ERROR 1050" in str(caught.exception), refuses)
                self.server.gone = False
                switch._write(self.server.host("restore"), {"database": "shop_old", "media": {}, "incoming": "shop_new", "moves": [], "switching": True, "release": None})
                switch.settle(self.server.host("restore"), self.database)
                self.assertEqual((self.server.triggers, self.aside.exists()), (homes, False))

    def test_what_an_interrupted_run_left_to_the_server_is_ended_before_anybody_looks_what_has_moved(self):
        self.server.renaming = ["7"]
        switch._write(self.server.host("restore"), {"database": "shop_old", "media": {}, "incoming": "shop_new", "moves": [], "switching": True, "release": None})
        self.assertTrue(switch.settle(self.server.host("restore"), self.database))
        looked, = [number for number, sql in enumerate(self.server.asked) if "'shop_old'" in sql][:1]
        self.assertEqual((self.server.renaming, "kill 7" in self.server.asked[:looked]), ([], True))

    def kill(self):
        raise Killed

    def test_room_that_was_made_for_a_database_does_not_hold_it(self):
        self.server.databases["shop_old"] = []
        self.assertEqual([self.database.holds(name) for name in ("shop", "shop_old", "shop_older")], [True, False, False])


if __name__ == "__main__":
    unittest.main()
