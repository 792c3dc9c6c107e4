from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from city import backup
from city.config import all_cities


class Command(BaseCommand):
    help = "Write what one city has into a file in CITY_BACKUPS. A job of every first of the month; may run any number of times."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("city", choices=[city.name for city in all_cities()])

    def handle(self, *, city: str, **_options: object) -> None:
        (config,) = [c for c in all_cities() if c.name == city]
        try:
            file = backup.write(config, settings.CITY_BACKUPS, timezone.localdate())
        except backup.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(file))
