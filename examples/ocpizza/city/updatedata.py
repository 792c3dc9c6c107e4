"""The daily data of a city: which pizza its restaurant puts forward."""
import json
from datetime import date

from shop.models import Product, Restaurant

from .config import CityConfig
from .models import DailyMenu


class MenuError(Exception):
    """A menus.json that cannot be used; the text says why."""


def update(city: CityConfig, day: date) -> DailyMenu:
    """Write the city's menu of `day`; a second run of the same day changes nothing. Raises MenuError."""
    try:
        menu = json.loads(city.menus.read_text(encoding="utf-8"))[day.weekday()]
        restaurant = Restaurant.objects.get(slug=city.slug)
        product = Product.objects.get(slug=menu["product"])
        note = menu["note"]
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise MenuError(f"{city.menus.name} of {city.name}: must hold seven menus of product and note, got {error!r}") from error
    except (Restaurant.DoesNotExist, Product.DoesNotExist) as error:
        raise MenuError(f"{city.menus.name} of {city.name}: {error} Run migrate, or mend the slug") from error
    return DailyMenu.objects.update_or_create(
        restaurant=restaurant, day=day, defaults={"product": product, "note": note}
    )[0]
