"""The app's login to a managed database: made, followed and changed. A store of secrets, a metadata service and a server are played here; they
refuse what the real ones refuse: a wrong signature, a wrong password. The last class asks a real PostgreSQL where the box has one.
Modules: database/login.py, database/secretstore.py and machine/metadata.py."""
import base64
import io
import json
import os
import re
import unittest
from contextlib import redirect_stderr
from pathlib import Path

from hostctl.database import login, login_mysql, login_postgres
from hostctl.machine import sigv4
from hostctl.machine.errors import CommandFailed
from hostctl.machine.lock import locked
from hostctl.machine.system import Result, System
from hostctl.manifest import environment
from hostctl.tests.fake_machine import Machine, manifest, source
from hostctl.verbs import cli

ROLE = sigv4.Credentials("ASIAEXAMPLE", "role-secret", "role-token")
ENDPOINT = "https://secretsmanager.eu-central-1.amazonaws.com"
MASTER = {"username": "webstack_admin", "password": "master-password-1234"}
SETTINGS = {"endpoint": ENDPOINT, "region": "eu-central-1", "secret": "arn:app", "master": "arn:master", "engine": "postgres", "owner": "shop", "database": "shop",
            "url": "postgresql://USER:PASSWORD@db.example:5432/shop?sslmode=verify-full&sslrootcert=/etc/webstack/database-ca.pem"}


class Cloud(Machine):
    """A machine with a role, a store of secrets that knows it, and a PostgreSQL server with one master."""

    def __init__(self):
        super().__init__()
        self.secrets = {"arn:master": MASTER}
        self.passwords = {MASTER["username"]: MASTER["password"]}
        self.sql, self.calls, self.hops = [], [], 1
        # Open sessions, as its master sees them: {login: lines}.
        self.sessions = {}
        # What the server says to everybody but its master: by the number of the try, "" for nothing.
        self.complains = lambda number: ""
        self.tries = 0
        self.installed |= {"postgresql-client-15"}

    def request(self, method, url, headers, body=b"", *, timeout):
        if url.startswith("http://169.254.169.254"):
            return self._metadata(method, url.removeprefix("http://169.254.169.254"), headers)
        expected = sigv4.signed(method, url, {name: headers[name] for name in ("Content-Type", "X-Amz-Target")}, body, ROLE, "eu-central-1", "secretsmanager", self.clock)
        if url != f"{ENDPOINT}/" or headers != expected:
            return 403, b'{"__type": "IncompleteSignatureException"}'
        return self._store(headers["X-Amz-Target"].removeprefix("secretsmanager."), json.loads(body))

    def _metadata(self, method, path, headers):
        if (method, path) == ("PUT", "/latest/api/token"):
            return (200, b"imds-token") if headers == {"X-aws-ec2-metadata-token-ttl-seconds": "60"} else (400, b"")
        if headers.get("X-aws-ec2-metadata-token") != "imds-token":
            return 401, b""
        root = "/latest/meta-data/iam/security-credentials/"
        return 200, {root: b"host-role", f"{root}host-role": json.dumps({"AccessKeyId": ROLE.key, "SecretAccessKey": ROLE.secret, "Token": ROLE.token}).encode()}[path]

    def _store(self, action, values):
        self.calls.append((action, values["SecretId"]))
        if action == "PutSecretValue":
            assert re.fullmatch(r"[0-9a-f-]{36}", values["ClientRequestToken"])
            self.secrets[values["SecretId"]] = json.loads(values["SecretString"])
            return 200, b"{}"
        if values["SecretId"] not in self.secrets:
            return 400, b'{"__type": "ResourceNotFoundException", "Message": "there is no value for AWSCURRENT"}'
        return 200, json.dumps({"SecretString": json.dumps(self.secrets[values["SecretId"]])}).encode()

    def run(self, argv, *, timeout=600, env=None, check=True):
        if argv[0] == "psql":
            self.ran.append(argv)
            result = self._psql(argv, env)
            if check and result.code != 0:
                raise CommandFailed(argv, result.code, result.output)
            return result
        if argv[-3:] == ["follow-login", "--lock-wait", "300"]:
            self.ran.append(argv)
            return Result(0, "")
        return super().run(argv, timeout=timeout, env=env, check=check)

    def _psql(self, argv, env):
        assert Path(env.get("PGSSLROOTCERT", "/")).exists() or env["PGSSLROOTCERT"] == login.CA
        if not self._lets_in(env["PGUSER"], env["PGPASSWORD"]):
            return Result(2, f"psql: error: connection to server at \"db.example\" (10.0.1.5), port 5432 failed: FATAL:  password authentication failed for user \"{env['PGUSER']}\"")
        if env["PGUSER"] != MASTER["username"]:
            self.tries += 1
            if complaint := self.complains(self.tries):
                return Result(2, f'psql: error: connection to server at "db.example" (10.0.1.5), port 5432 failed: FATAL:  {complaint}')
        path = next((word.removeprefix("--file=") for word in argv if word.startswith("--file=")), None)
        if path is not None:
            assert oct(os.stat(path).st_mode & 0o777) == "0o600"
            text = Path(path).read_text()
            self.sql.append(text)
            user, verifier = re.search(r"ALTER ROLE \"(\w+)\" WITH LOGIN INHERIT PASSWORD '([^']+)'", text).groups()
            self.passwords[user] = verifier
        if asked := re.search(r"from pg_stat_activity where usename = '(\w+)'", argv[-1]):
            assert env["PGUSER"] == MASTER["username"]
            return Result(0, self.sessions.get(asked[1], ""))
        return Result(0, "1\n")

    def _lets_in(self, user, password):
        kept = self.passwords.get(user, "")
        if not kept.startswith("SCRAM"):
            return kept == password
        return kept == login_postgres.verifier(password, base64.b64decode(kept.split(":")[1].split("$")[0]))

    @property
    def url(self):
        return environment.read(self.paths.env.read_bytes())["DATABASE_URL"]

    def url_of(self, value):
        return SETTINGS["url"].replace("USER:PASSWORD", f"{value['username']}:{value['password']}")


class LoginTest(unittest.TestCase):
    def setUp(self):
        self.machine = Cloud()
        self.addCleanup(self.machine.remove)
        self.digest = self.machine.deliver(source("1"))
        self.late = {"env": {"KEY": "value"}, "files": {login.SETTINGS: json.dumps(SETTINGS), login.CA: "CA TEXT"}}

    def apply(self, code=0):
        path = self.machine.root / "manifest.json"
        path.write_text(json.dumps(manifest(self.digest).raw))
        self.assertEqual(self.verb(["apply", str(path), "--runtime-inputs"], json.dumps(self.late)), code, self.machine.said)

    def verb(self, words, text=""):
        self.complaint = io.StringIO()
        with redirect_stderr(self.complaint):
            return cli.main(words, root=self.machine.root, system=self.machine, echo=lambda line, **_: self.machine.said.append(line), stdin=io.StringIO(text))

    def in_use(self):
        return self.machine.url, self.machine.secrets["arn:app"], self.machine.passwords["shop_a"]

    def test_the_first_deployment_makes_the_login_and_keeps_it_in_the_store(self):
        self.apply()
        kept = self.machine.secrets["arn:app"]
        self.assertEqual({**kept, "password": ""}, {"engine": "postgres", "host": "db.example", "port": 5432, "dbname": "shop", "username": "shop_a", "password": ""})
        self.assertEqual(self.machine.url, self.machine.url_of(kept))
        self.assertEqual(environment.read(self.machine.paths.env.read_bytes())["KEY"], "value")
        self.assertEqual([name for action, name in self.machine.calls if action == "PutSecretValue"], ["arn:app"])

    def test_no_password_is_in_a_command_or_in_what_is_said(self):
        self.apply()
        self.assertEqual(self.verb(["rotate-database-password"]), 0)
        everything = json.dumps(self.machine.ran) + "\n".join(self.machine.said) + "".join(p.read_text() for p in self.machine.paths.logs.iterdir()) + "".join(self.machine.sql)
        for word in (MASTER["password"], self.machine.secrets["arn:app"]["password"], ROLE.secret, ROLE.token):
            self.assertNotIn(word, everything)
        self.assertEqual(list(self.machine.paths.run.glob("tmp*")), [])

    def told(self):
        return self.complaint.getvalue() + "\n".join(self.machine.said) + "".join(path.read_text() for path in self.machine.paths.logs.glob("*"))

    def test_a_server_that_repeats_a_password_is_not_repeated(self):
        psql = self.machine._psql
        self.machine._psql = lambda argv, env: Result(1, f"psql: error: cannot, {env['PGPASSWORD']}") if env["PGUSER"] == MASTER["username"] else psql(argv, env)
        self.apply(1)
        self.assertIn("cannot, [MASTER]", self.told())
        self.machine._psql = psql
        self.apply()
        kept = self.machine.secrets["arn:app"]["password"]
        # As a host of before knows it: by its store alone.
        self.machine.paths.env.write_text("")
        self.machine.complains = lambda number: f"remaining connection slots are reserved, {kept}"
        self.machine.on_command = lambda argv: self.fail_with(f"it said {kept}") if argv[0].endswith("nginx-check") else None
        self.late["env"]["KEY"], self.late["files"]["/etc/nginx/webstack/later.conf"] = "another value", "later"
        self.apply(1)
        self.assertRegex(self.told(), r"reserved, \[(PASSWORD|DATABASE_URL)\]")
        self.assertRegex(self.told(), r"it said \[(PASSWORD|DATABASE_URL)\]")
        for password in (MASTER["password"], kept):
            self.assertNotIn(password, self.told())

    def fail_with(self, text):
        raise CommandFailed(["nginx"], 1, text)

    def test_a_second_deployment_and_a_second_host_use_the_login_that_is_there(self):
        self.apply()
        before = self.machine.url
        self.machine.calls.clear()
        self.apply()
        self.assertEqual(self.machine.url, before)
        self.assertEqual(self.machine.calls, [("GetSecretValue", "arn:app")])
        self.assertIn("unchanged", self.machine.said)

    def test_where_a_restored_database_does_not_know_the_login_the_other_one_is_made(self):
        self.apply()
        self.machine.passwords.pop("shop_a")
        self.late["env"]["KEY"] = "another value"
        self.apply()
        self.assertEqual(self.machine.secrets["arn:app"]["username"], "shop_b")
        self.assertEqual(self.machine.url, self.machine.url_of(self.machine.secrets["arn:app"]))

    def test_a_database_without_a_free_connection_costs_no_login(self):
        self.apply()
        before = self.in_use()
        self.machine.complains = lambda number: "remaining connection slots are reserved for roles with the SUPERUSER attribute"
        self.late["env"]["KEY"] = "another value"
        self.apply()
        self.assertEqual(self.in_use(), before)
        self.assertEqual(environment.read(self.machine.paths.env.read_bytes())["KEY"], "another value", "what lets it take fewer connections must arrive")
        self.assertEqual([line for line in self.machine.said if line.startswith("login ")], [
            'login shop_a: could not be tried, and is taken as it is: psql: error: connection to server at "db.example" (10.0.1.5), port 5432 failed: '
            "FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute"])

    def test_a_database_that_starts_is_waited_for(self):
        self.apply()
        before, self.machine.tries = self.in_use(), 0
        self.machine.complains = lambda number: "the database system is starting up" if number < 4 else ""
        self.apply()
        self.assertEqual((self.in_use(), self.machine.tries, self.machine.said[-1]), (before, 4, "unchanged"))

    def test_a_password_that_is_refused_once_is_tried_again(self):
        self.apply()
        before, self.machine.tries = self.in_use(), 0
        self.machine.complains = lambda number: 'password authentication failed for user "shop_a"' if number == 1 else ""
        self.apply()
        self.assertEqual((self.in_use(), self.machine.tries), (before, 2))

    def test_a_wrong_password_in_the_store_brings_the_other_login_and_leaves_the_one_in_use_good(self):
        self.apply()
        old = self.machine.secrets["arn:app"]
        self.machine.secrets["arn:app"] = {**old, "password": "wrong"}
        self.apply()
        self.assertEqual(self.machine.secrets["arn:app"]["username"], "shop_b")
        self.assertEqual(self.machine.url, self.machine.url_of(self.machine.secrets["arn:app"]))
        self.assertTrue(self.machine._lets_in(old["username"], old["password"]), "requests that have the old login go on")

    def test_a_release_that_is_refused_after_a_renewal_leaves_the_login_in_use_good(self):
        self.apply()
        old, url = self.machine.secrets["arn:app"], self.machine.url
        for wrong in ({**old, "password": "wrong"}, {**old, "username": "shop_b", "password": "wrong"}):
            self.machine.secrets["arn:app"] = wrong
            self.digest = self.machine.deliver(source(wrong["username"], answer="500"))
            self.apply(1)
            self.assertEqual(self.machine.url, url)
            self.assertEqual(self.machine.secrets["arn:app"]["username"], "shop_b")
            self.assertTrue(self.machine._lets_in(old["username"], old["password"]), "the old release serves on with it")

    def test_a_rotation_leaves_the_login_of_this_host_good_also_where_the_store_is_ahead(self):
        self.apply()
        old = self.machine.secrets["arn:app"]
        self.machine.secrets["arn:app"] = {**old, "username": "shop_b", "password": "of a release that was refused"}
        self.assertEqual(self.verb(["rotate-database-password"]), 0, self.machine.said)
        self.assertEqual(self.machine.secrets["arn:app"]["username"], "shop_b")
        self.assertTrue(self.machine._lets_in(old["username"], old["password"]))

    def test_a_rotation_takes_turns_and_leaves_the_login_in_use_good(self):
        self.apply()
        users = []
        for _ in range(3):
            old = self.machine.secrets["arn:app"]
            self.assertEqual(self.verb(["rotate-database-password"]), 0, self.machine.said)
            new = self.machine.secrets["arn:app"]
            users.append(new["username"])
            self.assertNotEqual(old["password"], new["password"])
            self.assertTrue(self.machine._lets_in(old["username"], old["password"]), "requests that have the old login go on")
            self.assertTrue(self.machine._lets_in(new["username"], new["password"]))
            self.assertEqual(self.machine.url, self.machine.url_of(new))
        self.assertEqual(users, ["shop_b", "shop_a", "shop_b"])

    def test_a_rotation_leaves_the_login_good_that_a_host_has_which_has_not_followed_the_last_one(self):
        self.apply()
        self.assertEqual(self.verb(["rotate-database-password"]), 0, self.machine.said)
        before = self.machine.passwords["shop_a"], self.machine.secrets["arn:app"]
        self.machine.sessions = {"shop_a": "10.0.1.8 (3)\n10.0.1.9 (1)\n"}
        self.assertEqual(self.verb(["rotate-database-password"]), 1)
        self.assertTrue(self.complaint.getvalue().startswith("hostctl: login shop_a: must have no session before it gets another password, got some from 10.0.1.8 (3), 10.0.1.9 (1)\n"))
        self.assertEqual((self.machine.passwords["shop_a"], self.machine.secrets["arn:app"]), before)
        self.assertEqual(self.verb(["rotate-database-password", "--although-in-use"]), 0, self.machine.said)
        self.assertEqual(self.machine.secrets["arn:app"]["username"], "shop_a")

    def test_a_change_in_the_store_is_followed_slot_by_slot(self):
        self.apply()
        first = self.machine.answering()
        self.machine.secrets["arn:app"] = {**self.machine.secrets["arn:app"], "username": "shop_b", "password": "from another host"}
        self.machine.passwords["shop_b"] = "from another host"
        self.assertEqual(self.verb(["follow-login"]), 0, self.machine.said)
        self.assertEqual(self.machine.url, SETTINGS["url"].replace("USER:PASSWORD", "shop_b:from%20another%20host"))
        self.assertEqual(self.machine.answering(), first)
        self.assertTrue(any("Old-slots-stop" in line for line in self.machine.said))

    def test_the_timer_s_look_has_systemd_take_over_a_change_and_changes_nothing_itself(self):
        self.apply()
        before = self.machine.url
        self.machine.secrets["arn:app"] = {**self.machine.secrets["arn:app"], "password": "from another host"}
        self.machine.ran.clear()
        self.assertEqual(self.verb(["watch-login"]), 0, self.machine.said)
        self.assertEqual(self.machine.ran, [["systemd-run", "--quiet", "--collect", "--wait", "--unit=webstack-follow-login", "--property=MemoryMax=256M",
                                             "--property=TasksMax=64", "--", "/usr/local/bin/hostctl", "follow-login", "--lock-wait", "300"]])
        self.assertEqual(self.machine.url, before)

    def test_a_look_that_finds_nothing_new_says_and_changes_nothing_and_takes_no_lock(self):
        self.apply()
        said, logs = list(self.machine.said), {p.name: p.read_text() for p in self.machine.paths.logs.iterdir()}
        with locked(self.machine.paths, self.machine, "release"):
            self.assertEqual([self.verb(["watch-login"]), self.verb(["follow-login"])], [0, 0])
        self.assertEqual((self.machine.said, {p.name: p.read_text() for p in self.machine.paths.logs.iterdir()}), (said, logs))

    def test_a_store_that_is_away_leaves_the_old_login_serving(self):
        self.apply()
        before, serving = self.machine.url, self.machine.answering()
        self.machine.request = lambda *words, **_: (_ for _ in ()).throw(ConnectionRefusedError("no route"))
        self.assertEqual(self.verb(["watch-login"]), 1)
        self.assertIn("metadata service: does not answer (no route)", self.complaint.getvalue())
        self.assertEqual((self.machine.url, self.machine.answering()), (before, serving))

    def test_a_login_that_does_not_work_never_reaches_the_store(self):
        self.apply()
        before = self.machine.secrets["arn:app"]
        self.machine._lets_in = lambda user, password: user == MASTER["username"]
        self.assertEqual(self.verb(["rotate-database-password"]), 1)
        self.assertEqual(self.machine.secrets["arn:app"], before)
        self.assertIn("password authentication failed", self.complaint.getvalue())

    def test_a_store_that_holds_no_login_is_told_and_one_without_a_name_can_be_mended_by_a_rotation(self):
        self.apply()
        before = self.machine.url
        self.machine.secrets["arn:app"] = "text"
        self.apply(1)
        self.assertEqual(self.complaint.getvalue(), "hostctl: secret store: arn:app must hold one JSON object, got something else; put its last version back, or one with username and password\n")
        self.machine.secrets["arn:app"] = {"password": "without a name"}
        for verb in ("watch-login", "follow-login"):
            self.assertEqual(self.verb([verb]), 1)
            self.assertEqual(self.complaint.getvalue(), "hostctl: login: arn:app must hold username, and does not; `sudo hostctl rotate-database-password` makes another login\n")
        self.apply(1)
        self.assertEqual(self.machine.url, before)
        self.assertEqual(self.verb(["rotate-database-password"]), 0, self.machine.said)
        self.assertEqual(self.machine.url, self.machine.url_of(self.machine.secrets["arn:app"]))

    def test_a_master_s_secret_without_a_password_is_told_by_its_own_name(self):
        self.machine.secrets["arn:master"] = {"username": "webstack_admin"}
        self.apply(1)
        self.assertEqual(self.complaint.getvalue(), "hostctl: login: arn:master must hold password, and does not; it is the database's own, so put its last version back\n")

    def test_a_host_whose_url_comes_with_its_environment_says_so(self):
        self.late["files"] = {}
        self.late["env"]["DATABASE_URL"] = "postgresql://a:b@c/d"
        self.apply()
        self.assertEqual(self.machine.calls, [])
        self.assertEqual(self.verb(["rotate-database-password"]), 1)
        self.assertIn("login: DATABASE_URL of this host comes with its environment", self.complaint.getvalue())


class MysqlTest(unittest.TestCase):
    def test_both_logins_get_the_database_and_what_a_restore_puts_beside_it(self):
        self.assertEqual(login_mysql.statements("oc_pizza", "oc_pizza_a", "pass-word", "oc_pizza").splitlines(), [
            "CREATE DATABASE IF NOT EXISTS `oc_pizza`;",
            "CREATE USER IF NOT EXISTS 'oc_pizza_a'@'%' IDENTIFIED BY 'pass-word' REQUIRE SSL;",
            "ALTER USER 'oc_pizza_a'@'%' IDENTIFIED BY 'pass-word' REQUIRE SSL;",
            "GRANT ALL PRIVILEGES ON `oc\\_pizza`.* TO 'oc_pizza_a'@'%';",
            "-- A restore makes a database beside the one that serves, named after it.",
            "GRANT ALL PRIVILEGES ON `oc\\_pizza\\_%`.* TO 'oc_pizza_a'@'%';",
            "-- To see which transactions wait for rows.",
            "GRANT PROCESS ON *.* TO 'oc_pizza_a'@'%';",
        ])

    def test_only_a_refused_login_is_one(self):
        said = {
            "ERROR 1045 (28000): Access denied for user 'shop_a'@'10.0.1.7' (using password: YES)": True,
            "ERROR 1698 (28000): Access denied for user 'shop_a'@'10.0.1.7'": True,
            "ERROR 1040 (08004): Too many connections": False,
            "ERROR 2002 (HY000): Can't connect to server on 'db.example' (115)": False,
            "ERROR 1049 (42000): Unknown database 'shop'": False,
        }
        self.assertEqual({text: bool(re.search(login_mysql.REFUSED, text)) for text in said}, said)

    def test_the_password_is_no_word_of_the_command(self):
        argv, env = login_mysql.program(System(), "mysql://root:pass-word@db:3306/shop?ssl_ca=/ca.pem", "shop", "/run/x")
        self.assertEqual(argv[-2:], ["--execute=source /run/x", "shop"])
        self.assertNotIn("pass-word", " ".join(argv))
        self.assertEqual(env, {"MYSQL_PWD": "pass-word"})


if __name__ == "__main__":
    unittest.main()
