"""What every city app is: its restaurant and the menus that `updatedata` reads."""
from pathlib import Path
from typing import ClassVar

from django.apps import AppConfig, apps
from django.http import HttpRequest


class CityConfig(AppConfig):
    """Base of city_001, city_002, ...: an app adds its slug and a file menus.json, nothing else."""

    slug: ClassVar[str]
    """Slug of the app's restaurant; also the address of its page."""

    @property
    def menus(self) -> Path:
        """JSON: for each weekday from Monday on, the slug of a product and what the chef says about it."""
        return Path(self.path) / "menus.json"


def all_cities() -> list[CityConfig]:
    """The installed city apps, in the order of INSTALLED_APPS."""
    return [config for config in apps.get_app_configs() if isinstance(config, CityConfig)]


def cities_of(_request: HttpRequest) -> dict[str, list[CityConfig]]:
    """Template context: the cities in the site's header."""
    return {"cities": all_cities()}
