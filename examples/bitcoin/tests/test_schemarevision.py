from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TransactionTestCase


class SchemaRevision(TransactionTestCase):
    def revision(self, **options) -> str:
        out = StringIO()
        call_command("schemarevision", stdout=out, **options)
        return out.getvalue().strip()

    def tearDown(self) -> None:
        call_command("migrate", verbosity=0)

    def test_is_one_line_with_the_last_migration_of_each_app(self):
        self.assertEqual(self.revision(), "prices=0001_initial")

    def test_goes_back_to_what_an_earlier_line_says(self):
        call_command("migrate", "prices", "zero", verbosity=0)
        before = self.revision()
        call_command("migrate", verbosity=0)
        self.assertIn("bitcoin_prices", connection.introspection.table_names())
        self.assertEqual(self.revision(to=before), before)
        self.assertNotIn("bitcoin_prices", connection.introspection.table_names())

    def test_refuses_a_line_it_cannot_have_printed(self):
        with self.assertRaisesMessage(CommandError, "must be a line such as prices=0001_initial"):
            self.revision(to="yesterday")
