import gzip
import json
import tempfile
from datetime import date
from io import StringIO
from pathlib import Path

from django.core.management import CommandError, call_command
from django.test import TestCase, override_settings

from city import backup
from city.config import all_cities
from city.models import DailyMenu
from city.updatedata import update
from shop.models import Order, OrderLine, Product, Restaurant


class CityBackup(TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.city, other = all_cities()[:2]
        for city in (self.city, other):
            update(city, date(2026, 11, 1))
            order = Order.objects.create(restaurant=Restaurant.objects.get(slug=city.slug), name=f"Ada of {city.name}")
            OrderLine.objects.create(order=order, product=Product.objects.get(slug="regina"), quantity=2, unit_price_cents=1150)

    def test_a_lost_city_comes_back_and_the_others_are_not_touched(self):
        file = backup.write(self.city, self.folder, date(2026, 11, 1))
        self.assertEqual(file.name, "city_001-2026-11-01.json.gz")
        before = list(Order.objects.values_list("name", "status").order_by("name")), OrderLine.objects.count(), DailyMenu.objects.count()
        Order.objects.filter(restaurant__slug=self.city.slug).delete()
        DailyMenu.objects.filter(restaurant__slug=self.city.slug).delete()
        call_command("loaddata", str(file), stdout=StringIO())
        self.assertEqual((list(Order.objects.values_list("name", "status").order_by("name")), OrderLine.objects.count(), DailyMenu.objects.count()), before)

    def test_it_holds_no_other_city(self):
        text = gzip.decompress(backup.write(self.city, self.folder, date(2026, 11, 1)).read_bytes()).decode()
        self.assertIn("Ada of city_001", text)
        self.assertNotIn("city_002", text)
        self.assertEqual(sorted({thing["model"] for thing in json.loads(text)}), ["city.dailymenu", "shop.order", "shop.orderline", "shop.restaurant"])

    def test_the_last_twelve_are_kept_of_each_city(self):
        for month in range(1, 13):
            backup.write(self.city, self.folder, date(2025, month, 1))
        backup.write(all_cities()[1], self.folder, date(2025, 1, 1))
        backup.write(self.city, self.folder, date(2026, 1, 1))
        self.assertEqual(len(list(self.folder.glob("city_001-*.json.gz"))), 12)
        self.assertFalse((self.folder / "city_001-2025-01-01.json.gz").exists())
        self.assertTrue((self.folder / "city_002-2025-01-01.json.gz").exists())

    def test_a_folder_that_is_not_there_fails_aloud(self):
        with override_settings(CITY_BACKUPS=self.folder / "none"), self.assertRaisesRegex(CommandError, "none: must be a folder that the site may write, got No such file or directory"):
            call_command("backupdata", "city_001")
