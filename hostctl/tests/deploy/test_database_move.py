"""The data move to another server, or everything is as it was. Limit: both servers, nginx and the packet filter are played; tests/machines/versions.test.ts has
real servers of both versions."""
import io
import json
import re
import shutil
import unittest
from contextlib import redirect_stderr
from pathlib import Path
from unittest import mock

from hostctl.deploy import database_move
from hostctl.machine.system import Result
from hostctl.manifest import environment
from hostctl.manifest.stored import stored
from hostctl.site import maintenance
from hostctl.tests.fake_machine import Killed, Machine, file, manifest, source
from hostctl.tests.test_kill import KillAt
from hostctl.tests.test_operations import PAGES
from hostctl.verbs import cli

OLD, NEW, OTHER = (f"postgresql://shop:hunter2-{number}@10.0.0.{number}/shop" for number in (3, 4, 5))
ROWS = {"public.orders": "2 rows, 77", "public.orders_id_seq": "at 2"}


class Servers(Machine):
    """`servers`: {address: {database: contents}}; `filtered`: the address that only root reaches; `loses`: a copy lacks a row."""

    def __init__(self):
        super().__init__()
        self.servers = {"10.0.0.3": {"shop": ROWS}, "10.0.0.4": {"shop": {}}}
        self.filtered, self.sessions, self.loses, self.copied = None, 2, False, 0

    def run(self, argv, *, timeout=600, env=None, check=True):
        self.env = env
        return super().run(argv, timeout=timeout, env=env, check=check)

    def pipe(self, source_, sink, *, source_env, sink_env, timeout):
        self.on_command(source_)
        assert self.filtered == source_env["PGHOST"] and self.sessions == 0 and (maintenance.state(self.paths) or stored(self.paths) is None or not stored(self.paths).slot_services())
        rows = self.servers[source_env["PGHOST"]][source_env["PGDATABASE"]]
        self.servers[sink_env["PGHOST"]][sink[-1].removeprefix("--dbname=")] = {**rows, "public.orders": "1 rows, 70"} if self.loses else dict(rows)
        self.copied += 1
        return "ab" * 32, 3, ""

    def _run(self, argv):
        if argv[0] == "nft":
            self.filtered = next(iter(re.findall(r"ip daddr (\S+) tcp dport 5432 meta skuid != 0 reject", argv[1])), None)
        if argv[:2] == ["systemctl", "reload"] and "nftables.service" in argv:
            # Its file begins with `flush ruleset`.
            self.filtered = None
        if argv[0] == "psql":
            return self._psql(self.servers[self.env["PGHOST"]], next(word for word in argv if word.startswith("--command=")).removeprefix("--command="))
        return super()._run(argv)

    def _psql(self, databases, sql):
        there = databases.get(self.env["PGDATABASE"], {})
        if "pg_terminate_backend" in sql and sql.startswith("select count"):
            left, self.sessions = self.sessions, max(0, self.sessions - 1)
            return Result(0, f"{left}\n")
        if match := re.match(r"select 1 from pg_database where datname = '(\w+)'", sql):
            return Result(0, "1\n" if match[1] in databases else "")
        for old, new in re.findall(r'alter database "(\w+)" rename to "(\w+)"', sql):
            databases[new] = databases.pop(old)
        if match := re.match(r'drop database if exists "(\w+)"', sql):
            databases.pop(match[1], None)
        if match := re.match(r'create database "(\w+)"', sql):
            databases[match[1]] = {}
        if "datname ~" in sql:
            return Result(0, "\n".join(name for name in databases if "_before_" in name))
        if "from pg_tables" in sql:
            return Result(0, "".join(f"{name}\n" for name in there if not name.endswith("_seq")))
        if "pg_sequences" in sql:
            return Result(0, "".join(f"{name}: {words}\n" for name, words in there.items()))
        return Result(0, "")


class DatabaseMoveTest(unittest.TestCase):
    def served(self):
        """A machine that serves from the old server; the manifest that it has."""
        machine = Servers()
        self.addCleanup(machine.remove)
        digest = machine.deliver(source(1))
        declared = manifest(digest, files=[*manifest(digest).raw["files"], *PAGES])
        self.apply(machine, declared, OLD)
        machine.said.clear()
        return machine, declared

    def apply(self, machine, declared, url, source_url=None):
        """(exit code, standard error)."""
        path = machine.root / "manifest.json"
        path.write_text(json.dumps(declared.raw))
        late = {"env": {"DATABASE_URL": url}, "files": {}, **({"databaseFrom": source_url} if source_url else {})}
        with redirect_stderr(io.StringIO()) as said:
            code = cli.main(["apply", str(path), "--runtime-inputs"], machine.root, machine, lambda line, **_: machine.said.append(line), io.StringIO(json.dumps(late)))
        return code, said.getvalue()

    def state(self, machine):
        """(the app's database, whether it is open to visitors, whether the app reaches its database, what is left of a move)."""
        url = environment.read(machine.paths.env.read_bytes())["DATABASE_URL"]
        return url, maintenance.state(machine.paths) is None, (machine.filtered or "no address") not in url, machine.paths.database_moving.exists()

    def test_the_app_goes_on_with_all_rows_at_the_other_server_and_the_one_of_before_keeps_them(self):
        machine, declared = self.served()
        self.assertEqual(self.apply(machine, declared, NEW, OLD), (0, ""))
        self.assertEqual(machine.servers, {"10.0.0.3": {"shop": ROWS}, "10.0.0.4": {"shop": ROWS}})
        # Nothing of the app writes to the server of before any more.
        self.assertEqual((*self.state(machine), machine.filtered), (NEW, True, True, False, "10.0.0.3"))
        self.assertTrue(machine.answering()["web"])
        self.assertNotIn("hunter2", " ".join(machine.said))
        log = machine.paths.logs.joinpath("deploy_logs").read_text()
        events = re.findall(r" : (\S+) > CORRECT", log[log.index("MAINTENANCE"):])
        wanted = ["Maintenance-on", "Requests-end", "Writes-refusal", "Sessions-end", "Database-copy", "Database-comparison", "Database-switch", "Database-upgrading", "Maintenance-off"]
        self.assertEqual([name for name in events if name in wanted], [name for name in wanted if name != "Database-upgrading"])

    def test_the_same_apply_once_more_copies_nothing(self):
        machine, declared = self.served()
        self.apply(machine, declared, NEW, OLD)
        machine.servers["10.0.0.4"]["shop"] = {"public.orders": "3 rows, 9"}
        for source_url in (OLD, None):
            self.assertEqual(self.apply(machine, declared, NEW, source_url), (0, ""))
        self.assertEqual((machine.copied, machine.servers["10.0.0.4"]), (1, {"shop": {"public.orders": "3 rows, 9"}}))

    def test_it_moves_back_with_what_was_written_since_and_not_without_it(self):
        machine, declared = self.served()
        self.apply(machine, declared, NEW, OLD)
        later = {"public.orders": "3 rows, 9"}
        machine.servers["10.0.0.4"]["shop"], machine.sessions = later, 1
        code, said = self.apply(machine, declared, OLD)
        self.assertEqual((code, self.state(machine)[0]), (1, NEW))
        self.assertIn("DATABASE_URL: the data have moved to 10.0.0.4:5432/shop, and what was written since is not at 10.0.0.3:5432/shop; `npm run upgrade -- test` moves them back", said)
        self.assertEqual(self.apply(machine, declared, OLD, NEW), (0, ""))
        self.assertEqual(self.state(machine), (OLD, True, True, False))
        kept = next(name for name in machine.servers["10.0.0.3"] if "_before_" in name)
        self.assertEqual(machine.servers, {"10.0.0.3": {"shop": later, kept: ROWS}, "10.0.0.4": {"shop": later}})

    def test_a_copy_that_is_not_what_it_was_made_of_is_refused_and_the_old_server_serves_on(self):
        machine, declared = self.served()
        machine.loses = True
        code, said = self.apply(machine, declared, NEW, OLD)
        self.assertEqual((code, self.state(machine)), (1, (OLD, True, True, False)))
        self.assertIn("the copy of shop is not what it was made of: public.orders; the database of before serves on", said)
        self.assertEqual(machine.servers, {"10.0.0.3": {"shop": ROWS}, "10.0.0.4": {"shop": {}}})

    def test_a_release_that_does_not_start_on_it_leaves_the_old_server_serving_and_the_next_try_copies_anew(self):
        machine, declared = self.served()
        bad = machine.deliver(source(2, crash=""))
        self.assertEqual(self.apply(machine, manifest(bad, files=declared.raw["files"]), NEW, OLD)[0], 1)
        self.assertEqual(self.state(machine), (OLD, True, True, False))
        machine.servers["10.0.0.3"]["shop"] = later = {"public.orders": "3 rows, 9"}
        self.assertEqual(self.apply(machine, declared, NEW, OLD), (0, ""))
        self.assertEqual(machine.servers["10.0.0.4"]["shop"], later)

    def test_a_release_that_comes_with_it_is_made_before_visitors_get_the_page(self):
        machine, declared = self.served()
        closed, digest = set(), machine.deliver(source(2))
        machine.on_command = lambda argv: closed.add(maintenance.state(machine.paths) is not None) if "compileall" in argv else None
        self.assertEqual(self.apply(machine, manifest(digest, files=declared.raw["files"]), NEW, OLD), (0, ""))
        self.assertEqual((closed, machine.answering()), ({False}, {"web": digest}))

    def test_a_firewall_that_changes_with_it_opens_no_way_to_the_server_of_before(self):
        machine, declared = self.served()

        def with_rules(text):
            rules = file("/etc/nftables.conf", text, [{"verb": "reload", "unit": "nftables.service"}])
            return manifest(declared.release.digest, files=[*declared.raw["files"], rules], units=[*declared.units, "nftables.service"])

        self.assertEqual(self.apply(machine, with_rules("one"), OLD), (0, ""))
        self.assertEqual(self.apply(machine, with_rules("two"), NEW, OLD), (0, ""))
        self.assertEqual((machine.filtered, machine.servers["10.0.0.4"]), ("10.0.0.3", {"shop": ROWS}))

    def test_maintenance_that_was_on_before_stays_on(self):
        machine, declared = self.served()
        maintenance.on(machine.host("maintenance"), "Inventory")
        self.assertEqual(self.apply(machine, declared, NEW, OLD), (0, ""))
        self.assertEqual(maintenance.state(machine.paths)["message"], "Inventory")

    def test_an_app_without_a_site_moves_without_a_page(self):
        machine = Servers()
        self.addCleanup(machine.remove)
        declared = manifest(machine.deliver(source(1)), services=[{"name": "bot", "kind": "command"}])
        self.assertEqual(self.apply(machine, declared, OLD), (0, ""))
        self.assertEqual(self.apply(machine, declared, NEW, OLD), (0, ""))
        self.assertEqual((machine.servers["10.0.0.4"], machine.filtered), ({"shop": ROWS}, "10.0.0.3"))

    def test_a_site_that_goes_with_the_move_leaves_nothing_that_the_next_run_would_fail_at(self):
        machine, declared = self.served()
        without = manifest(declared.release.digest, services=[{"name": "bot", "kind": "command"}])
        self.assertEqual(self.apply(machine, without, NEW, OLD), (0, ""))
        self.assertEqual(self.state(machine), (NEW, True, True, False))
        self.assertEqual(self.apply(machine, without, NEW, OLD), (0, ""))

    def test_what_is_told_must_be_what_this_host_has(self):
        machine, declared = self.served()
        code, said = self.apply(machine, declared, NEW, OTHER)
        self.assertEqual((code, self.state(machine)[0]), (1, OLD))
        self.assertIn("databaseFrom: must be the database that this host has, 10.0.0.3:5432/shop, got 10.0.0.5:5432/shop", said)

    def test_a_new_host_copies_nothing_over_tables_that_are_there(self):
        machine = Servers()
        self.addCleanup(machine.remove)
        machine.servers["10.0.0.4"]["shop"] = {"public.orders": "3 rows, 9"}
        code, said = self.apply(machine, manifest(machine.deliver(source(1))), NEW, OLD)
        self.assertEqual((code, machine.copied), (1, 0))
        self.assertIn("this host is new, and 10.0.0.4:5432/shop holds tables already", said)

    def test_a_new_host_whose_first_deployment_fails_after_the_copy_copies_anew_and_another_new_host_does_not(self):
        machine = Servers()
        self.addCleanup(machine.remove)
        self.assertEqual(self.apply(machine, manifest(machine.deliver(source(2, crash=""))), NEW, OLD)[0], 1)
        self.assertEqual((machine.copied, machine.servers["10.0.0.4"]["shop"], machine.paths.env.exists()), (1, ROWS, False))
        machine.servers["10.0.0.3"]["shop"], machine.sessions = {"public.orders": "3 rows, 9"}, 1
        other = Servers()
        self.addCleanup(other.remove)
        other.servers = machine.servers
        code, said = self.apply(other, manifest(other.deliver(source(1))), NEW, OLD)
        self.assertEqual((code, other.copied), (1, 0))
        self.assertIn("this host is new, and 10.0.0.4:5432/shop holds tables already", said)
        good = manifest(machine.deliver(source(1)))
        self.assertEqual(self.apply(machine, good, NEW, OLD), (0, ""))
        self.assertEqual((machine.copied, machine.servers["10.0.0.4"]["shop"], machine.paths.database_copied.exists()), (2, {"public.orders": "3 rows, 9"}, False))

    def test_a_page_that_somebody_put_up_after_a_move_was_killed_stays_through_a_boot_and_through_the_next_run(self):
        for reboots in (True, False):
            with self.subTest(reboots=reboots):
                machine, declared = self.served()

                def kill(argv):
                    if argv[0] == "pg_dump":
                        raise Killed

                machine.on_command = kill
                with self.assertRaises(Killed):
                    self.apply(machine, declared, NEW, OLD)
                machine.on_command = lambda argv: None
                maintenance.on(machine.host("maintenance"), "Inventory")
                recover = lambda: cli.main(["recover"], machine.root, machine, lambda line, **_: machine.said.append(line))
                if reboots:
                    machine.filtered = None
                    machine.reboot(recover)
                self.assertEqual(recover(), 0)
                self.assertEqual((maintenance.state(machine.paths)["message"], machine.paths.database_moving.exists()), ("Inventory", False))

    def test_a_kill_at_any_point_loses_no_row_and_the_next_run_lets_everybody_in(self):
        with mock.patch.object(database_move, "SESSIONS_SECONDS", 5):
            number, ended = 0, False
            while not ended:
                number += 5
                machine, declared = self.served()
                with KillAt(machine, number, number % 2 == 0), self.subTest(point=number):
                    try:
                        self.apply(machine, declared, NEW, OLD)
                        ended = True
                    except Killed:
                        pass
                if not ended and number % 4:
                    machine.filtered = None
                    machine.reboot()
                cli.main(["recover"], machine.root, machine, lambda line, **_: machine.said.append(line))
                url, is_open, reaches, left = self.state(machine)
                self.assertEqual((is_open, reaches, left), (True, True, False))
                self.assertEqual(machine.servers["10.0.0.3"]["shop"], ROWS)
                if url == NEW:
                    self.assertEqual(machine.servers["10.0.0.4"]["shop"], ROWS)
                machine.sessions = 1
                self.assertEqual(self.apply(machine, declared, NEW, OLD), (0, ""))
                self.assertEqual((self.state(machine), machine.servers["10.0.0.4"]["shop"]), ((NEW, True, True, False), ROWS))
            self.assertGreater(number, 35)

    def test_a_kill_once_the_app_has_the_new_address_opens_no_way_to_the_server_of_before(self):
        machine, declared = self.served()
        with mock.patch.object(maintenance, "off", side_effect=Killed), self.assertRaises(Killed):
            self.apply(machine, declared, NEW, OLD)
        cli.main(["recover"], machine.root, machine, lambda line, **_: machine.said.append(line))
        self.assertEqual((*self.state(machine), machine.filtered), (NEW, True, True, False, "10.0.0.3"))

    def test_a_power_cut_lets_everybody_in_at_the_boot_which_may_ask_neither_nginx_nor_the_packet_filter(self):
        # Before the deployment has a journal, and once it has one.
        for when in ("systemctl reload", "pg_dump"):
            with self.subTest(killed_at=when):
                machine, declared = self.served()

                def kill(argv):
                    if " ".join(argv).startswith(when):
                        raise Killed

                machine.on_command = kill
                with self.assertRaises(Killed):
                    self.apply(machine, declared, NEW, OLD)
                self.assertIsNotNone(maintenance.state(machine.paths))
                asked, codes = [], []
                machine.filtered, machine.on_command = None, lambda argv: asked.append(Path(argv[0]).name)
                machine.reboot(lambda: codes.append(cli.main(["recover"], machine.root, machine, lambda line, **_: machine.said.append(line))))
                self.assertEqual((codes, self.state(machine), {"nft", "nginx-check"} & {*asked}), ([0], (OLD, True, True, False), set()))
                self.assertTrue(machine.answering()["web"])
                machine.on_command, machine.sessions = lambda argv: None, 1
                self.assertEqual(self.apply(machine, declared, NEW, OLD), (0, ""))

    def test_the_boot_recovers_whatever_is_unfinished(self):
        unit = (Path(__file__).resolve().parents[3] / "cloud-init/systemd/webstack-recover.service.tmpl").read_text()
        paths = Machine().paths
        self.addCleanup(lambda: shutil.rmtree(paths.root))
        unfinished = [paths.undo, paths.state / "undo.done", paths.restoring, paths.database_moving]
        self.assertEqual(re.findall(r"^ConditionPathExists=\|(.+)$", unit, re.MULTILINE), [paths.name(path) for path in unfinished])


if __name__ == "__main__":
    unittest.main()
