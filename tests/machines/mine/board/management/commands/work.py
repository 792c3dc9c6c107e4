import time

from django.core.management.base import BaseCommand

from board.models import Picture


class Command(BaseCommand):
    help = "Looks at each new picture, until it is stopped."

    def handle(self, **_options):
        while True:
            for picture in Picture.objects.filter(size=None):
                picture.size = picture.file.size
                picture.save()
                self.stdout.write(f"{picture.file.name}: {picture.size} bytes")
                self.stdout.flush()
            time.sleep(0.5)
