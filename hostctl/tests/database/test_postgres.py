"""What PostgreSQL's programs are asked for. Limit: stand-ins answer; on_postgres.py asks a real server, and machines whose server is older than their client restore."""
import os
import subprocess
import tempfile
import unittest
from unittest import mock

from hostctl.database.postgres import Postgres

TIMEOUT = "SET transaction_timeout = 0;"
DUMP = f"SET lock_timeout = 0;\n{TIMEOUT}\nCOPY notes FROM stdin;\n{TIMEOUT}\n\\.\n"


class LoadTest(unittest.TestCase):
    def load(self, client, server):
        database = Postgres(None, "postgres://shop:secret@db/shop")
        with mock.patch.object(Postgres, "dump_major", return_value=client), mock.patch.object(Postgres, "major", return_value=server):
            return database.load("shop_new")

    def test_a_client_that_is_no_newer_than_its_server_restores_by_itself(self):
        for client, server in ((15, 15), (15, 18), (17, 17), (17, 18), (16, 15)):
            words, env = self.load(client, server)
            self.assertEqual((words[0], words[-1], env["PGDATABASE"]), ("pg_restore", "--dbname=shop_new", "shop_new"), (client, server))
            self.assertIn("--single-transaction", words)

    def test_an_older_server_is_not_given_a_setting_that_it_does_not_know_and_gets_every_row(self):
        words, env = self.load(17, 15)
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("pg_restore", "cat"), ("psql", f"cat > {folder}/said; echo $@ > {folder}/words")):
                with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                    file.write(f"#!/bin/sh\n{text}\n")
                os.chmod(f"{folder}/{name}", 0o755)
            subprocess.run(words, env={"PATH": f"{folder}:{os.environ['PATH']}"}, input=DUMP, text=True, check=True)
            with open(f"{folder}/said", encoding="utf-8") as said, open(f"{folder}/words", encoding="utf-8") as asked:
                self.assertEqual(said.read(), DUMP.replace(f"{TIMEOUT}\n", "", 1))
                self.assertIn("ON_ERROR_STOP=1 --single-transaction --dbname=shop_new", asked.read())
        self.assertNotIn("secret", " ".join(words))
        self.assertEqual(env["PGPASSWORD"], "secret")

    def test_a_restore_that_ends_early_fails(self):
        words, _ = self.load(17, 15)
        with tempfile.TemporaryDirectory() as folder:
            for name, text in (("pg_restore", "exit 1"), ("psql", "cat > /dev/null")):
                with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
                    file.write(f"#!/bin/sh\n{text}\n")
                os.chmod(f"{folder}/{name}", 0o755)
            self.assertEqual(subprocess.run(words, env={"PATH": f"{folder}:{os.environ['PATH']}"}, stdin=subprocess.DEVNULL, check=False).returncode, 1)


if __name__ == "__main__":
    unittest.main()
