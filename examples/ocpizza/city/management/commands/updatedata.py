from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from city import updatedata
from city.config import all_cities


class Command(BaseCommand):
    help = "Write today's menu of one city. A job of every morning; may run any number of times."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("city", choices=[city.name for city in all_cities()])

    def handle(self, *, city: str, **_options: object) -> None:
        (config,) = [c for c in all_cities() if c.name == city]
        try:
            menu = updatedata.update(config, timezone.localdate())
        except updatedata.MenuError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(menu))
