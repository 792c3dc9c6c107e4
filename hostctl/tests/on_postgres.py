"""The database's administrator, the app's user, logins that take turns and steps that wait for locks, asked of a real PostgreSQL that the tests start and end. Run where its server is, as root:
tests/machines/backup.test.ts does on a database machine."""
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from pathlib import Path
from unittest import mock

from hostctl.database import external, login_postgres
from hostctl.database.engines import open_url
from hostctl.database.lock_wait import LockWait
from hostctl.database.postgres import Postgres
from hostctl.machine import sockets
from hostctl.machine.errors import CommandFailed, HostError
from hostctl.machine.system import System
from hostctl.tests.given import give_login
from hostctl.verbs.host import Host


# The one that Debian has.
MAJOR, PROGRAMS = next(((int(found.parent.name), found) for found in Path("/usr/lib/postgresql").glob("*/bin")), (0, Path()))
SUPERUSER, MASTER = "superuser-password", "master-password"


class Server(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # Not below root's own folder for such, which nobody else may enter.
        cls.folder = Path(tempfile.mkdtemp(prefix="hostctl-postgres-", dir="/var/tmp"))
        shutil.chown(cls.folder, "postgres", "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            cls.port = free.getsockname()[1]
        (cls.folder / "password").write_text(SUPERUSER)
        as_postgres = ["runuser", "-u", "postgres", "--"]
        subprocess.run([*as_postgres, PROGRAMS / "initdb", "-D", cls.folder / "data", "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={cls.folder / 'password'}"],
                       check=True, stdout=subprocess.DEVNULL, cwd="/")
        subprocess.run([*as_postgres, PROGRAMS / "pg_ctl", "-D", cls.folder / "data", "-w", "-l", cls.folder / "log", "-o",
                        f"-p {cls.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=''", "start"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        cls.addClassCleanup(subprocess.run, [*as_postgres, PROGRAMS / "pg_ctl", "-D", cls.folder / "data", "-m", "immediate", "stop"], stdout=subprocess.DEVNULL, cwd="/")

    @classmethod
    def url(cls, user, password, database="shop"):
        return f"postgresql://{user}:{password}@127.0.0.1:{cls.port}/{database}"

    @classmethod
    def ask(cls, user, password, sql, database="shop"):
        return Postgres(System(), cls.url(user, password)).ask(sql, database)

    @classmethod
    def as_superuser(cls, sql, database="postgres"):
        return cls.ask("postgres", SUPERUSER, sql, database)


class AdministratorTest(Server):
    """A server as DigitalOcean has it: databases are the administrator's, users may log in. From PostgreSQL 16 on doadmin has no power over a role
    that the API made, so it has none here: https://www.postgresql.org/docs/16/release-16.html"""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for sql in ("create role doadmin login createdb password 'admin-password'", "create role shop login password 'app-password'",
                    "create database shop owner doadmin", "create database defaultdb owner doadmin"):
            cls.as_superuser(sql)

    def setUp(self):
        self.database = open_url(System(), self.url("shop", "app-password"), self.url("doadmin", "admin-password"))
        self.database.create("shop")

    def as_app(self, sql, database="shop"):
        return self.database.ask(sql, database)

    def test_a_user_of_the_api_may_do_nothing_until_it_is_admitted(self):
        self.as_superuser("drop database shop")
        self.as_superuser("create database shop owner doadmin")
        with self.assertRaisesRegex(CommandFailed, "permission denied for schema public"):
            self.as_app("create table orders (id int)")
        self.assertFalse(self.database.admitted())
        self.database.admit()
        self.database.admit()
        self.assertTrue(self.database.admitted())
        self.as_app("create table orders (id int); create schema later; create extension pg_trgm")

    def test_its_sessions_begin_in_read_committed_and_utc_whatever_the_server_is_set_to(self):
        session = "select current_setting('default_transaction_isolation'), current_setting('timezone')"
        self.as_superuser("alter database shop set timezone = 'Asia/Tokyo'")
        self.as_superuser("alter database shop set default_transaction_isolation = 'serializable'")
        self.as_superuser("alter role shop reset all")
        self.assertEqual((self.as_app(session), self.database.admitted()), ("serializable|Asia/Tokyo", False))
        self.database.admit()
        self.assertEqual((self.as_app(session), self.database.admitted()), ("read committed|UTC", True))

    def test_may_make_no_database_and_no_role_and_rename_nothing(self):
        for sql in ("create database other", "create role other", "alter database shop rename to mine", "drop database defaultdb", "alter role doadmin password 'x'"):
            with self.assertRaisesRegex(CommandFailed, "permission denied|must be owner|must have"):
                self.as_app(sql, "postgres")

    def test_a_dump_becomes_a_database_whose_tables_are_the_app_s(self):
        self.as_app("create table orders (id int primary key); insert into orders values (1), (2); create view paid as select * from orders")
        self.database.create("shop_restoring")
        (source_, source_env), (sink, sink_env) = self.database.dump(), self.database.load("shop_restoring")
        System().pipe(source_, sink, source_env=source_env, sink_env=sink_env, timeout=60)
        self.database.analyze("shop_restoring")
        self.assertEqual(self.database.rows("shop_restoring"), {"public.orders": 2})
        self.assertEqual(self.as_app("select tableowner from pg_tables where schemaname = 'public'", "shop_restoring"), "shop")
        self.as_app("delete from orders where id = 2", "shop_restoring")

        # A session of the app that would be in the way, and one that comes back all the while.
        over = threading.Event()
        idle = subprocess.Popen(["psql", "--no-psqlrc", "--quiet", "--command=select pg_sleep(60)"], env={**os.environ, **self.database.within("shop")},
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        visitor = threading.Thread(target=self.visit, args=(over,))
        visitor.start()
        try:
            self.database.switch("shop_restoring", "shop_before_20261122t060000z", None)
        finally:
            over.set()
            visitor.join()
            idle.kill()
            idle.wait()
        self.assertEqual([self.database.rows(name)["public.orders"] for name in ("shop", "shop_before_20261122t060000z")], [1, 2])
        self.assertEqual(self.database.others(), ["shop_before_20261122t060000z"])
        self.database.drop("shop_before_20261122t060000z")
        self.assertEqual(self.database.others(), [])

    def test_a_switch_that_a_run_which_is_gone_left_to_the_server_is_ended_there(self):
        admin = self.database.admin
        words = ["psql", "--no-psqlrc", "--quiet"]
        # Whom the administrator may not end: a rename waits five seconds for him.
        other = subprocess.Popen([*words, "--command=select pg_sleep(60)"], env={**os.environ, **Postgres(System(), self.url("postgres", SUPERUSER)).within("shop")}, stdout=subprocess.DEVNULL)
        lost = subprocess.Popen([*words, '--command=alter database "shop" rename to "shop_before_20261122t060000z"'],
                                env={**os.environ, **admin.within(admin.maintenance())}, stderr=subprocess.DEVNULL)
        try:
            left, end = "select count(*) from pg_stat_activity where query like 'alter database %'", time.monotonic() + 20
            while self.as_superuser(left) == "0":
                self.assertLess(time.monotonic(), end)
            lost.send_signal(signal.SIGSTOP)
            self.database.end_switch()
            self.assertEqual((self.as_superuser(left), self.database.exists("shop")), ("0", True))
        finally:
            # The server would not notice that its client is gone.
            self.as_superuser("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres' and query like '%pg_sleep(60)' and pid <> pg_backend_pid()")
            for process in (other, lost):
                process.kill()
                process.wait()

    def visit(self, over):
        while not over.is_set():
            try:
                self.as_app("select count(*) from orders")
            except HostError:
                continue

    def test_a_database_is_dropped_from_under_the_app(self):
        idle = subprocess.Popen(["psql", "--no-psqlrc", "--quiet", "--command=select pg_sleep(60)"], env={**os.environ, **self.database.within("shop")},
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(idle.wait)
        self.addCleanup(idle.kill)
        self.database.drop("shop")
        self.assertFalse(self.database.exists("shop"))


class ExternalTest(Server):
    """Somebody else's server: what its login is found to be able to do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for sql in ("create role shop login password 'app-password' connection limit 9", "create database shop"):
            cls.as_superuser(sql)

    def found(self, options=""):
        return external._ask(open_url(System(), self.url("shop", "app-password") + options))

    def test_says_what_a_login_may_and_may_not(self):
        few = self.found()
        self.assertEqual(few, {"major": MAJOR, "readOnly": False, "tls": False, "schema": "public", "create": False, "connections": 9, "databases": False})
        for sql in ("alter role shop createdb connection limit -1", "alter database shop owner to shop", "alter role shop set default_transaction_read_only = on"):
            self.as_superuser(sql)
        self.assertEqual(self.found(), {**few, "create": True, "connections": None, "databases": True, "readOnly": True})

    def test_a_server_without_tls_is_not_logged_in_to(self):
        with self.assertRaisesRegex(HostError, "(?s)lets nobody in by it.*server does not support SSL"):
            self.found("?sslmode=verify-full&sslrootcert=/etc/ssl/certs/ca-certificates.crt")


class LoginTest(Server):
    """What the words mean to a server: what one login made the other may change, before and after a change of login."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # RDS's master may make roles and databases, and is no superuser.
        for sql in (f"create role webstack_admin login createrole createdb password '{MASTER}'", "create database shop owner webstack_admin"):
            cls.as_superuser(sql)

    def give(self, user, password):
        give_login(login_postgres, self.url("webstack_admin", MASTER), user, password)

    def test_what_one_login_makes_belongs_to_both(self):
        self.give("shop_a", "first-password")
        self.ask("shop_a", "first-password", "create table orders (id int); insert into orders values (1)")
        self.give("shop_b", "second-password")
        self.ask("shop_b", "second-password", "alter table orders add total int; insert into orders values (2, 5); create table later (id int)")
        self.assertEqual(self.ask("shop_a", "first-password", "select count(*) from orders"), "2", "the login of before goes on")
        self.give("shop_a", "third-password")
        self.ask("shop_a", "third-password", "drop table later; update orders set total = 1")
        self.assertEqual(self.ask("shop_a", "third-password", "select distinct tableowner from pg_tables where schemaname = 'public'"), "shop")
        self.assertEqual(self.ask("shop_b", "second-password", "select current_user || ' ' || session_user"), "shop shop_b")
        with self.assertRaises(HostError):
            self.ask("shop_a", "first-password", "select 1")

    def test_a_login_that_lets_nobody_in_is_refused_and_whatever_else_is_amiss_is_not(self):
        self.give("shop_a", "password")
        self.assertEqual(self.refusal("shop_a", "wrong"), (True, 'password authentication failed for user "shop_a"'))
        self.assertEqual(self.refusal("nobody", "password"), (True, 'password authentication failed for user "nobody"'))
        self.as_superuser("alter role shop_a valid until '2020-01-01'")
        self.assertEqual(self.refusal("shop_a", "password"), (True, 'password authentication failed for user "shop_a"'))
        self.as_superuser("alter role shop_a valid until 'infinity' nologin")
        self.assertEqual(self.refusal("shop_a", "password"), (True, 'role "shop_a" is not permitted to log in'))
        self.give("shop_a", "password")
        self.as_superuser("revoke connect on database template1 from public")
        self.assertEqual(self.refusal("shop_a", "password", "template1"), (False, 'permission denied for database "template1"'))
        self.assertEqual(self.refusal("shop_a", "password", "shop_gone"), (False, 'database "shop_gone" does not exist'))
        self.as_superuser("alter role shop_a connection limit 0")
        self.assertEqual(self.refusal("shop_a", "password"), (False, 'too many connections for role "shop_a"'))
        self.as_superuser("alter role shop_a connection limit -1")
        self.as_superuser("alter database shop with allow_connections false")
        self.assertEqual(self.refusal("shop_a", "password"), (False, 'database "shop" is not currently accepting connections'))
        self.as_superuser("alter database shop with allow_connections true")
        self.ask("shop_a", "password", "select 1")

    def refusal(self, user, password, database="shop"):
        """(whether it is one of the login, its words) of what the server says."""
        with self.assertRaises(CommandFailed) as said:
            self.ask(user, password, "select 1", database)
        return re.search(login_postgres.REFUSED, said.exception.output) is not None, said.exception.output.split("FATAL:  ")[1].splitlines()[0]

    def test_a_login_may_do_what_a_restore_does(self):
        self.give("shop_a", "first-password")
        self.ask("shop_a", "first-password", "create database shop_restore", "postgres")
        self.ask("shop_a", "first-password", "alter database shop_restore rename to shop_before", "postgres")
        self.ask("shop_a", "first-password", "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'shop_a' and pid <> pg_backend_pid()", "postgres")
        self.ask("shop_a", "first-password", "drop database shop_before", "postgres")

    def test_a_job_that_goes_on_with_the_login_of_before_keeps_no_restore_from_its_switch(self):
        self.give("shop_a", "first-password")
        self.give("shop_b", "second-password")
        database = open_url(System(), self.url("shop_b", "second-password"))
        database.create("shop_restoring")
        job = subprocess.Popen(["psql", "--no-psqlrc", "--quiet", "--command=select pg_sleep(60)"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                               env={**os.environ, **open_url(System(), self.url("shop_a", "first-password")).within("shop")})
        self.addCleanup(job.wait)
        self.addCleanup(job.kill)
        while self.as_superuser("select count(*) from pg_stat_activity where usename = 'shop_a' and query like '%pg_sleep%'") != "1":
            time.sleep(0.05)
        master = open_url(System(), self.url("webstack_admin", MASTER))
        self.assertEqual((master.sessions_of("shop_a"), master.sessions_of("shop_b")), (["an address that does not show (1)"], []))
        self.assertEqual(open_url(System(), self.url("postgres", SUPERUSER)).sessions_of("shop_a"), ["127.0.0.1 (1)"])
        database.switch("shop_restoring", "shop_before_20261122t060000z", None)
        self.assertEqual(database.others(), ["shop_before_20261122t060000z"])
        self.assertNotEqual(job.wait(10), 0)


class LockTest(Server):
    """A step whose statement waits behind a long query, and a visitor's query that waits behind both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.url_of_app = cls.make_login()
        cls.folder_of_host = Path(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder_of_host)

    @classmethod
    def make_login(cls):
        """The DATABASE_URL of an app whose database is its login's own."""
        for sql in ("create role shop login password 'app-password'", "create database shop owner shop"):
            cls.as_superuser(sql)
        return cls.url("shop", "app-password")

    def setUp(self):
        self.database = open_url(System(), self.url_of_app)
        self.database.ask("drop table if exists orders; create table orders (id int primary key); insert into orders values (1), (2)", "shop")
        self.host = Host.at(self.folder_of_host, System(), "test", lambda line, **_: None)
        # What a server does for a client it does not notice to be gone.
        self.addCleanup(self.as_superuser, "select pg_terminate_backend(pid) from pg_stat_activity where datname = 'shop' and pid <> pg_backend_pid()")
        self.host.paths.proc = Path("/proc")
        self.host.paths.env.parent.mkdir(parents=True, exist_ok=True)
        self.host.paths.env.write_text(f'DATABASE_URL="{self.url_of_app}"\n')

    def start(self, sql, name=""):
        """A session of the app that does this; its process."""
        process = subprocess.Popen(["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", *(f"--command={one}" for one in sql.split(";"))],
                                   env={**os.environ, **self.database.within("shop"), "PGAPPNAME": name}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process

    def until(self, wanted):
        end = time.monotonic() + 20
        while not (found := wanted()):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        return found

    def step_behind_a_report(self, sql="alter table orders add note text", name=""):
        """(report, step, visitor), each waiting for the one before."""
        report = self.start("begin;select count(*) from orders;select pg_sleep(60)", "report")
        self.until(lambda: self.as_superuser("select count(*) from pg_stat_activity where application_name = 'report' and query like '%pg_sleep%'", "shop") == "1")
        step = self.start(sql, name)
        self.until(lambda: self.locked() == 1)
        visitor = self.start("select count(*) from orders")
        self.until(lambda: self.locked() == 2)
        return report, step, visitor

    def locked(self):
        return int(self.as_superuser("select count(*) from pg_stat_activity where wait_event_type = 'Lock'", "shop"))

    def ports(self, process):
        with mock.patch("hostctl.machine.sockets._processes", return_value=[str(process.pid)]):
            return sockets.of_unit(self.host.paths, "any")

    def test_a_session_is_found_by_its_connection_or_by_its_name_and_nobody_else_is(self):
        _, step, visitor = self.step_behind_a_report(name="webstack-step web-0")
        self.assertEqual(len(self.ports(step)), 1)
        for found in (self.database.waiting(self.ports(step), "nobody"), self.database.waiting(set(), "webstack-step web-0")):
            self.assertEqual(len(found), 1)
            self.assertEqual(found[0].what, "table orders")
            self.assertRegex(found[0].holders, rf"^session \d+ \(user {self.database.user}, report, active, in a transaction for \d+ s\)$")
        self.assertEqual(self.database.waiting({1}, "nobody"), [])
        self.assertEqual(self.database.waiting(self.ports(visitor), "nobody")[0].what, "table orders")
        self.database.end(found[0])
        self.assertNotEqual(step.wait(10), 0)
        self.assertEqual(visitor.wait(10), 0)

    def test_what_a_step_left_that_was_lost_with_its_host_stands_in_no_other_step_s_way(self):
        other = self.start("select pg_sleep(60)", "webstack-step web-1")
        lost = self.start("begin;alter table orders add note text;select pg_sleep(60)", "webstack-step web-0")
        self.until(lambda: self.as_superuser("select count(*) from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()", "shop") == "2")
        lost.send_signal(signal.SIGSTOP)
        with LockWait(self.host, "webstack-step.service", "web-0", 60):
            self.assertEqual(self.start("alter table orders add total int").wait(10), 0)
        self.assertIsNone(other.poll())

    def test_a_session_that_has_gone_on_is_not_ended(self):
        report, step, visitor = self.step_behind_a_report("alter table orders add note text;select pg_sleep(3)")
        waiting, = self.database.waiting(self.ports(step), "nobody")
        report.kill()
        self.as_superuser("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'report'", "shop")
        self.assertEqual(visitor.wait(10), 0)
        self.until(lambda: self.as_superuser("select count(*) from pg_stat_activity where query like '%pg_sleep(3)%' and pid <> pg_backend_pid()", "shop") == "1")
        self.database.end(waiting)
        self.assertEqual(step.wait(10), 0)

    def test_waiting_for_older_transactions_keeps_nobody_waiting_and_goes_on(self):
        self.start("begin isolation level repeatable read;select count(*) from orders;select pg_sleep(60)")
        self.until(lambda: self.as_superuser("select count(*) from pg_stat_activity where query like '%pg_sleep(60)%' and pid <> pg_backend_pid()", "shop") == "1")
        step = self.start("create index concurrently later on orders (id)")
        self.until(lambda: self.locked() == 1)
        self.assertEqual(self.database.waiting(self.ports(step), "nobody"), [])

    def test_a_step_is_ended_within_its_time_and_who_waited_behind_it_goes_on(self):
        report, step, visitor = self.step_behind_a_report()
        killed = []

        class Played(System):
            def run(self, argv, **options):
                if argv[:2] == ["systemctl", "kill"]:
                    killed.append(argv[-1])
                    step.kill()
                    return None
                return super().run(argv, **options)

        self.host.system = Played()
        began = time.monotonic()
        with mock.patch("hostctl.machine.sockets._processes", return_value=[str(step.pid)]), LockWait(self.host, "webstack-step.service", "web-0", 1) as wait:
            step.wait(20)
            self.assertEqual(visitor.wait(20), 0)
        self.assertEqual(killed, ["webstack-step.service"])
        self.assertLess(time.monotonic() - began, 6)
        self.assertGreater(time.monotonic() - began, 1)
        self.assertRegex(wait.ended, rf"(?s)^waited 1 s for table orders, held by session \d+ \(user {self.database.user}, report, .*release\.lockTimeoutSeconds$")
        self.assertIsNone(report.poll())
        self.assertEqual(self.database.ask("select count(*) from information_schema.columns where table_name = 'orders'", "shop"), "1")


class TurnsLockTest(LockTest):
    """The same with a login that takes turns, which acts as another role than it logs in as."""

    @classmethod
    def make_login(cls):
        for sql in (f"create role webstack_admin login createrole createdb password '{MASTER}'", "create database shop owner webstack_admin"):
            cls.as_superuser(sql)
        give_login(login_postgres, cls.url("webstack_admin", MASTER), "shop_a", "app-password")
        return cls.url("shop_a", "app-password")

    def test_what_a_step_left_that_had_the_login_of_before_is_ended_too(self):
        give_login(login_postgres, self.url("webstack_admin", MASTER), "shop_b", "other-password")
        lost = self.start("begin;alter table orders add note text;select pg_sleep(60)", "webstack-step web-0")
        self.until(lambda: self.as_superuser("select count(*) from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()", "shop") == "1")
        lost.send_signal(signal.SIGSTOP)
        after = open_url(System(), self.url("shop_b", "other-password"))
        after.end_lost("webstack-step web-0")
        after.ask("set lock_timeout = '5s'; alter table orders add total int", "shop")


if __name__ == "__main__":
    unittest.main()
