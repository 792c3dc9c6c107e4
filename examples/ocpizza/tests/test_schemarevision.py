from io import StringIO

from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TransactionTestCase


class SchemaRevision(TransactionTestCase):
    def revision(self, **options):
        out = StringIO()
        call_command("schemarevision", stdout=out, **options)
        return out.getvalue().strip()

    def tearDown(self):
        call_command("migrate", verbosity=0)

    def test_is_one_line_with_the_last_migration_of_each_app(self):
        self.assertRegex(self.revision(), r"^admin=\S+ auth=\S+ city=\S+ .*shop=0002_menu$")

    def test_goes_back_to_what_an_earlier_line_says(self):
        now = self.revision()
        call_command("migrate", "city", "zero", verbosity=0)
        before = self.revision()
        self.assertNotIn("city=", before)
        call_command("migrate", verbosity=0)
        self.assertEqual(self.revision(), now)
        self.assertEqual(self.revision(to=before), before)
        self.assertNotIn("city_dailymenu", connection.introspection.table_names())

    def test_refuses_a_line_it_cannot_have_printed(self):
        with self.assertRaisesMessage(CommandError, "must be a line such as shop=0002_menu"):
            self.revision(to="yesterday")
