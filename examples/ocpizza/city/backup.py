"""What one city has, in a file of its own: its restaurant, its menus, its orders. `loaddata FILE` brings it back."""
import gzip
import os
from datetime import date
from pathlib import Path

from django.core import serializers
from shop.models import Order, OrderLine, Restaurant

from .config import CityConfig
from .models import DailyMenu

KEPT = 12


class BackupError(Exception):
    """A backup that was not made; the text says why."""


def write(city: CityConfig, folder: Path, day: date) -> Path:
    """Write CITY-DAY.json.gz into `folder` and keep the last twelve of the city. Raises BackupError; an older file is then untouched."""
    target = folder / f"{city.name}-{day.isoformat()}.json.gz"
    unfinished = target.with_suffix(".unfinished")
    try:
        restaurant = Restaurant.objects.get(slug=city.slug)
        orders = Order.objects.filter(restaurant=restaurant).order_by("created_at", "id")
        things = [restaurant, *DailyMenu.objects.filter(restaurant=restaurant).order_by("day"), *orders, *OrderLine.objects.filter(order__in=orders)]
        with gzip.open(unfinished, "wt", encoding="utf-8") as file:
            serializers.serialize("json", things, stream=file)
        os.replace(unfinished, target)
    except Restaurant.DoesNotExist as error:
        raise BackupError(f"{city.name}: {error} Run migrate, or mend the slug") from error
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise BackupError(f"{folder}: must be a folder that the site may write, got {error.strerror}; name it in backup.paths of the stack, or set CITY_BACKUPS") from error
    for old in sorted(folder.glob(f"{city.name}-*.json.gz"))[:-KEPT]:
        old.unlink()
    return target
