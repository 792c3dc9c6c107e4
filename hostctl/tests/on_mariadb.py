"""The app's logins that take turns, and the switch of a restore, asked of a real MariaDB that the tests start and end. Run where its server is, as root: tests/machines/mysql.test.ts
does on a database machine. Limit: MySQL's own numbers, of an account that is locked above all, are those of its documentation."""
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from hostctl.database import login_mysql
from hostctl.database.engines import open_url
from hostctl.database.mariadb import MariaDB
from hostctl.machine.errors import CommandFailed
from hostctl.machine.system import System
from hostctl.tests.fake_machine import Killed
from hostctl.tests.given import give_login


ADMIN = "admin-password"


def setUpModule():
    """One server for all."""
    Server.start()


class Server(unittest.TestCase):
    @classmethod
    def start(cls):
        cls.folder = Path(tempfile.mkdtemp(prefix="hostctl-mariadb-", dir="/var/tmp"))
        unittest.addModuleCleanup(shutil.rmtree, cls.folder)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            cls.port = free.getsockname()[1]
        data, cls.ca = cls.folder / "data", cls.folder / "ca.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=test", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-days", "2", "-keyout", cls.folder / "key.pem", "-out", cls.ca], check=True, stderr=subprocess.DEVNULL)
        words = ["--no-defaults", f"--datadir={data}", "--user=root"]
        subprocess.run(["mariadb-install-db", *words, "--auth-root-authentication-method=normal", "--skip-test-db"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with (cls.folder / "log").open("wb") as log:
            server = subprocess.Popen(["mariadbd", *words, "--bind-address=127.0.0.1", f"--port={cls.port}", f"--socket={cls.folder}/socket", f"--pid-file={cls.folder}/pid",
                                       "--max-connections=10", "--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0", "--innodb-flush-method=nosync", f"--ssl-cert={cls.ca}", f"--ssl-key={cls.folder}/key.pem"], stdout=log, stderr=log)
        unittest.addModuleCleanup(server.wait)
        unittest.addModuleCleanup(server.kill)
        end = time.monotonic() + 60
        while b"ready for connections" not in (cls.folder / "log").read_bytes():
            assert server.poll() is None and time.monotonic() < end, (cls.folder / "log").read_text()
            time.sleep(0.1)
        cls.as_root(f"create user 'admin'@'%' identified by '{ADMIN}'; grant all on *.* to 'admin'@'%' with grant option; create database shop; create database other")

    @classmethod
    def as_root(cls, sql):
        return subprocess.run(["mariadb", "--no-defaults", f"--socket={cls.folder}/socket", "--user=root", f"--execute={sql}"], check=True, capture_output=True, text=True).stdout

    def url(self, user, password, port=None):
        return f"mysql://{user}:{password}@127.0.0.1:{port or self.port}/shop?ssl_ca={self.ca}"

    def give(self, user, password):
        give_login(login_mysql, self.url("admin", ADMIN), user, password)

    def ask(self, user, password, sql="select 1", database="shop", port=None):
        return MariaDB(System(), self.url(user, password, port)).ask(sql, database)


class LoginTest(Server):
    def refusal(self, *words, **options):
        """(whether it is one of the login, the number) of what the server says to a question."""
        with self.assertRaises(CommandFailed) as said:
            self.ask(*words, **options)
        return re.search(login_mysql.REFUSED, said.exception.output) is not None, re.search(r"ERROR (\d+) ", said.exception.output)[1]

    def test_what_one_login_makes_the_other_may_change_and_the_one_of_before_goes_on(self):
        self.give("shop_a", "first-password")
        self.ask("shop_a", "first-password", "create table orders (id int); insert into orders values (1); create database shop_restoring")
        self.give("shop_b", "second-password")
        self.ask("shop_b", "second-password", "alter table orders add total int; drop database shop_restoring")
        self.assertEqual(self.ask("shop_a", "first-password", "select count(*) from orders"), "1")
        self.give("shop_a", "third-password")
        self.assertEqual(self.ask("shop_a", "third-password", "select count(*) from orders"), "1")
        self.assertEqual(self.refusal("shop_a", "first-password"), (True, "1045"))

    def test_a_login_that_lets_nobody_in_is_refused_and_whatever_else_is_amiss_is_not(self):
        self.give("shop_a", "password")
        self.assertEqual(self.refusal("nobody", "password"), (True, "1045"))
        self.as_root("create user 'by_socket'@'%' identified via unix_socket")
        self.assertEqual(self.refusal("by_socket", "password"), (True, "1698"))
        self.as_root("alter user 'shop_a'@'%' account lock")
        self.assertEqual(self.refusal("shop_a", "password"), (True, "4151"))
        self.as_root("alter user 'shop_a'@'%' account unlock password expire")
        self.assertEqual(self.refusal("shop_a", "password"), (True, "1820"))
        self.as_root("set global disconnect_on_expired_password = on")
        self.assertEqual(self.refusal("shop_a", "password"), (True, "1862"))
        self.give("shop_a", "password")
        self.assertEqual(self.refusal("shop_a", "password", database="other"), (False, "1044"))
        self.assertEqual(self.refusal("shop_a", "password", database="shop_gone"), (False, "1049"))
        self.assertEqual(self.refusal("shop_a", "password", port=1), (False, "2002"))
        self.as_root("alter user 'shop_a'@'%' with max_user_connections 1")
        with self.sessions(1):
            self.assertEqual(self.refusal("shop_a", "password"), (False, "1226"))
            master = MariaDB(System(), self.url("admin", ADMIN))
            self.assertEqual((master.sessions_of("shop_a"), master.sessions_of("shop_b")), (["127.0.0.1 (1)"], []))
        self.as_root("alter user 'shop_a'@'%' with max_user_connections 0")
        with self.sessions(10):
            self.assertEqual(self.refusal("shop_a", "password"), (False, "1040"))
        self.assertEqual(self.ask("shop_a", "password"), "1")

    @contextlib.contextmanager
    def sessions(self, count):
        """So many connections of the app, while the block lasts."""
        server = MariaDB(System(), self.url("shop_a", "password"))
        command = server.program("mariadb", "--execute=select sleep(60)", "shop")
        started, end = [], time.monotonic() + 30
        try:
            while (there := self.as_root("show processlist").count("select sleep(60)")) < count:
                self.assertLess(time.monotonic(), end)
                # One at a time: who asks for the list has a place of its own only once all others are taken.
                if there == sum(process.poll() is None for process in started):
                    started.append(subprocess.Popen(command, env={**os.environ, **server.env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
                time.sleep(0.05)
            yield
        finally:
            # It would notice that a client is gone only once it answers.
            self.as_root("kill user shop_a")
            for process in started:
                process.wait()


class SwitchTest(Server):
    """What must not stay behind with tables that move: a view, a trigger, a procedure and an event."""
    KEPT = "shop_before_20261122t060000z"

    def setUp(self):
        self.give("shop_a", "password")
        self.aside = self.folder / "aside.json"

    def database(self, system=None):
        return MariaDB(system or System(), self.url("shop_a", "password"))

    def fill(self):
        self.aside.unlink(missing_ok=True)
        self.ask("shop_a", "password", f"drop database if exists {self.KEPT}", None)
        for number, name in enumerate(("shop", "shop_restoring"), 1):
            self.ask("shop_a", "password", f"drop database if exists {name}; create database {name}; use {name}; create table orders (id int, seen int); insert into orders values ({number}, 0); "
                     "create view ids as select id from orders; create trigger seen before insert on orders for each row set new.seen = 1; "
                     "create procedure one() select 1; create event daily on schedule every 1 day do select 1", None)

    def whole(self):
        """{database with tables: its orders}, of those in which all that was made is there."""
        found = {}
        for name in ("shop", "shop_restoring", self.KEPT):
            parts = [f"(select count(*) from information_schema.{what} where {schema} = '{name}')" for what, schema in (
                ("views", "table_schema"), ("triggers", "trigger_schema"), ("routines", "routine_schema"), ("events", "event_schema"))]
            if self.ask("shop_a", "password", f"select {' + '.join(parts)}") == "4":
                found[name] = self.ask("shop_a", "password", "select id from ids", name)
        return found

    def test_a_kill_before_any_change_leaves_two_whole_databases(self):
        self.fill()
        counted = Killing(None)
        self.database(counted).switch("shop_restoring", self.KEPT, self.aside)
        after = {"shop": "2", self.KEPT: "1"}
        self.assertEqual(self.whole(), after)
        found = []
        for number in range(counted.count):
            with self.subTest(number=number):
                self.fill()
                with self.assertRaises(Killed):
                    self.database(Killing(number)).switch("shop_restoring", self.KEPT, self.aside)
                for _ in range(2):
                    self.database().put_up(self.aside)
                found.append(self.whole())
                self.assertFalse(self.aside.exists())
        self.assertEqual([state for number, state in enumerate(found) if state not in found[:number]], [{"shop": "1", "shop_restoring": "2"}, after])

    def test_one_that_a_run_which_is_gone_left_to_the_server_is_ended_there(self):
        self.fill()
        for name in ("shop", "shop_restoring"):
            self.ask("shop_a", "password", "drop trigger seen", name)
        reader = subprocess.Popen(["mariadb", "--no-defaults", f"--socket={self.folder}/socket", "--user=root", "--unbuffered", "shop"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        reader.stdin.write(b"begin; select * from orders;\n")
        reader.stdin.flush()
        self.until(lambda: "\tshop\tSleep\t" in self.as_root("show processlist"))
        server = self.database()
        lost = subprocess.Popen(server.program("mariadb", "--execute=rename table `shop`.`orders` to `shop_restoring`.`later`"), env={**os.environ, **server.env}, stderr=subprocess.DEVNULL)
        try:
            self.until(lambda: "Waiting for table metadata lock" in self.as_root("show processlist"))
            lost.send_signal(signal.SIGSTOP)
            server.end_switch()
            self.assertNotIn("rename table", self.as_root("show processlist"))
            self.assertEqual(server.tables("shop"), ["orders"])
        finally:
            reader.stdin.close()
            lost.kill()
            for process in (reader, lost):
                process.wait()

    def until(self, holds):
        end = time.monotonic() + 30
        while not holds():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)


class WaitingTest(Server):
    """Who waits for a lock, seen by a login of the app and by an administrator beside one that may not look."""
    HOLDER = "begin; update orders set total = 1 where id = 1;\n"

    def setUp(self):
        self.give("shop_a", "password")
        self.ask("shop_a", "password", "drop table if exists orders; create table orders (id int primary key, total int); insert into orders values (1, 0), (2, 0)")
        self.holder = self.session()
        self.holder.stdin.write(self.HOLDER.encode())
        self.holder.stdin.flush()
        self.until("select count(*) from information_schema.innodb_trx where trx_rows_modified > 0", "1")

    def session(self, *words):
        server = MariaDB(System(), self.url("shop_a", "password"))
        started = subprocess.Popen(server.program("mariadb", "--unbuffered", *words, "shop"), env={**os.environ, **server.env}, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(lambda: (started.stdin.close(), started.kill(), started.wait()))
        return started

    def until(self, question, answer):
        end = time.monotonic() + 30
        while self.as_root(question).split()[-1:] != [answer]:
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def step(self, statement):
        """The port of a step that runs this statement."""
        self.session(f"--execute={statement}")
        info = f"from information_schema.processlist where info = '{statement}'"
        self.until(f"select count(*) {info}", "1")
        return int(self.as_root(f"select substring_index(host, ':', -1) {info}").split()[-1])

    def waiting(self, port, admin=None):
        """What is seen of a step within two seconds: a server looks at its transactions ten times a second."""
        database = open_url(System(), self.url("shop_a", "password"), admin)
        end = time.monotonic() + 2
        while not (found := database.waiting({port}, "webstack-step web-0")) and time.monotonic() < end:
            time.sleep(0.05)
        return database, found

    def test_a_step_that_waits_for_rows_is_seen_with_who_is_in_their_way_and_one_that_works_is_not(self):
        works, waits = self.step("select sleep(60)"), self.step("update orders set total = 2")
        database, (found,) = self.waiting(waits)
        self.assertEqual(found.what, "what `update orders set total = 2` needs (waiting for rows)")
        self.assertRegex(found.holders, r"^perhaps one of session \d+ \(user shop_a, sleep for \d+ s, in a transaction\); session \d+ \(user shop_a, query for \d+ s\)$")
        self.assertEqual(database.waiting({works}, "webstack-step web-0"), [])
        database.end(found)
        self.until("select count(*) from information_schema.innodb_trx where trx_state = 'LOCK WAIT'", "0")

    def test_each_wait_is_one_of_its_own_and_that_of_a_table_is_seen_as_before(self):
        _, (rows,) = self.waiting(self.step("delete from orders"))
        self.assertRegex(rows.began, r"^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$")
        _, (table,) = self.waiting(self.step("alter table orders add paid int"))
        self.assertEqual(table.what, "what `alter table orders add paid int` needs (waiting for table metadata lock)")

    def test_a_login_that_may_not_look_sees_tables_alone_and_its_administrator_sees_rows_for_it(self):
        self.as_root("revoke process on *.* from 'shop_a'@'%'")
        rows, table = self.step("update orders set total = 2"), self.step("alter table orders add paid int")
        self.assertEqual(self.waiting(rows)[1], [])
        self.assertEqual(len(self.waiting(table)[1]), 1)
        self.assertEqual(len(self.waiting(rows, self.url("admin", ADMIN))[1]), 1)


class LostTest(Server):
    """What a process of the app left in the server that lost its power with its machine: its connection has no end."""

    def setUp(self):
        self.give("shop_a", "password")
        self.ask("shop_a", "password", "drop table if exists orders; create table orders (id int); insert into orders values (1)")
        server = MariaDB(System(), self.url("shop_a", "password"))
        self.session = subprocess.Popen(server.program("mariadb", "--unbuffered", "shop"), env={**os.environ, **server.env}, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self.addCleanup(lambda: (self.session.stdin.close(), self.session.kill(), self.session.wait()))
        self.session.stdin.write(b"begin; update orders set id = 2;\n")
        self.session.stdin.flush()
        # The server counts whole seconds.
        end = time.monotonic() + 30
        while not re.search(r"shop_a\t.*\tSleep\t[2-9]", self.as_root("show processlist")):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.1)

    def changes(self, uptime, address=None):
        """Whether a step of a machine that is up for so long, and takes itself for that address, may change the table."""
        system = System()
        system.uptime = lambda: uptime
        if address:
            system.address_toward = lambda *_: address
        database = MariaDB(system, self.url("shop_a", "password"))
        database.end_lost("webstack-step web-0")
        try:
            database.ask("set session lock_wait_timeout = 1; alter table orders add total int", "shop")
            return True
        except CommandFailed as failure:
            self.assertIn("ERROR 1205", failure.output)
            return False

    def test_is_ended_once_its_machine_is_back_and_goes_on_where_it_may_be_at_work(self):
        self.assertFalse(self.changes(3600))
        # Of another machine, perhaps: behind a translation of addresses they look alike.
        self.assertFalse(self.changes(1, "10.0.0.7"))
        self.assertTrue(self.changes(1))


class Killing(System):
    """Has its program end before the command of this number, of those that change something; test_mariadb.py has the others."""

    def __init__(self, number):
        self.number, self.count = number, 0

    def run(self, argv, **options):
        if any(word.startswith(("--execute=drop ", "--execute=set session lock_wait_timeout")) for word in argv):
            self._next()
        return super().run(argv, **options)

    def pipe(self, *words, **options):
        self._next()
        return super().pipe(*words, **options)

    def _next(self):
        if self.count == self.number:
            raise Killed
        self.count += 1


if __name__ == "__main__":
    unittest.main()
