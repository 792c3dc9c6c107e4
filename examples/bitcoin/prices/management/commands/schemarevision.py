"""`schemarevision` prints which migrations the database has, as one line that another release can compare and come back to."""
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder


class Command(BaseCommand):
    help = "Prints the last migration of each app (prices=0001_initial), or undoes those after a line that it printed earlier."

    def add_arguments(self, parser):
        parser.add_argument("--to", metavar="LINE", help="migrate each app back to what this line says")

    def handle(self, *args, to=None, **options):
        if to is not None:
            self.go_to(wanted(to))
        self.stdout.write(line(self.applied()))

    def applied(self):
        """{app: name of its last migration}; what the database says, whatever the code has."""
        last = {}
        for app, name in MigrationRecorder(connection).applied_migrations():
            last[app] = max(last.get(app, ""), name)
        return last

    def go_to(self, target):
        for app in self.applied():
            if self.applied().get(app) != target.get(app):
                call_command("migrate", app, target.get(app, "zero"), interactive=False, verbosity=0)
        if self.applied() != target:
            raise CommandError(f"must end at {line(target)}, got {line(self.applied())}")


def line(migrations):
    return " ".join(f"{app}={name}" for app, name in sorted(migrations.items()))


def wanted(text):
    pairs = [word.partition("=") for word in text.split()]
    if not all(app and name for app, _, name in pairs):
        raise CommandError(f"--to: must be a line such as prices=0001_initial, got {text!r}")
    return {app: name for app, _, name in pairs}
