import re
from datetime import date
from io import StringIO

from django.core.management import CommandError, call_command
from django.test import Client, TestCase
from django.utils import timezone

from city.config import all_cities
from city.models import DailyMenu
from city.updatedata import MenuError, update
from shop.models import Order, Product


class Pages(TestCase):
    def setUp(self):
        self.regina = Product.objects.get(slug="regina")

    def add(self) -> None:
        self.client.post("/basket/add/", {"product": self.regina.pk})

    def test_home_shows_what_is_available(self):
        Product.objects.filter(slug="diavola").update(available=False)
        page = self.client.get("/")
        self.assertContains(page, "<h3>Regina</h3>", 1)
        self.assertNotContains(page, "Diavola")

    def test_basket_to_order_to_tracking(self):
        self.add()
        self.add()
        self.assertContains(self.client.get("/basket/"), "€23.00", 2)
        self.client.post("/basket/change/", {"product": self.regina.pk, "quantity": 3})
        answer = self.client.post("/order/", {"restaurant": 1, "mode": "pickup", "name": "<Ada>"})
        order = Order.objects.get()
        self.assertRedirects(answer, f"/track/{order.pk}/")
        self.assertEqual([(line.product, line.quantity) for line in order.lines.all()], [(self.regina, 3)])
        page = self.client.get(f"/track/{order.pk}/")
        self.assertContains(page, "Thank you, &lt;Ada&gt;")
        self.assertContains(page, '<li class="now" aria-current="step">Received</li>', html=True)
        self.assertContains(self.client.get("/basket/"), "Nothing in it yet")

    def test_a_delivery_without_an_address_is_asked_again(self):
        self.add()
        page = self.client.post("/order/", {"restaurant": 1, "mode": "delivery", "name": "Ada"})
        self.assertContains(page, "Please fill this in, so that we find you.", 2, status_code=400)
        self.assertEqual(Order.objects.count(), 0)

    def test_an_empty_basket_cannot_be_ordered(self):
        self.assertRedirects(self.client.post("/order/", {"restaurant": 1, "mode": "pickup", "name": "A"}), "/basket/")

    def test_zero_takes_a_product_out_and_twenty_is_the_most(self):
        self.add()
        self.client.post("/basket/change/", {"product": self.regina.pk, "quantity": 999})
        self.assertContains(self.client.get("/basket/"), 'value="20"')
        self.client.post("/basket/change/", {"product": self.regina.pk, "quantity": 0})
        self.assertContains(self.client.get("/basket/"), "Nothing in it yet")

    def test_forms_need_their_csrf_token(self):
        client = Client(enforce_csrf_checks=True)
        self.assertEqual(client.post("/basket/add/", {"product": self.regina.pk}).status_code, 403)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get("/").content.decode())
        form = {"product": self.regina.pk, "csrfmiddlewaretoken": token[1]}
        self.assertRedirects(client.post("/basket/add/", form), "/basket/")

    def test_an_unknown_page_and_a_nonsense_product(self):
        self.assertContains(self.client.get("/nothing"), "This page went cold", status_code=404)
        self.assertEqual(self.client.post("/basket/add/", {"product": "x"}).status_code, 404)

    def test_the_icon_is_an_icon(self):
        answer = self.client.get("/oc_pizza.ico")
        self.assertEqual((answer["Content-Type"], answer.content[:4]), ("image/x-icon", b"\0\0\1\0"))

    def test_the_admin_asks_who_is_there(self):
        self.assertRedirects(self.client.get("/admin/"), "/admin/login/?next=/admin/")


class Cities(TestCase):
    def test_each_has_its_restaurant_and_a_menu_for_every_weekday(self):
        self.assertEqual([city.name for city in all_cities()], ["city_001", "city_002", "city_003"])
        for city in all_cities():
            for day in range(1, 8):
                update(city, date(2024, 1, day))
            self.assertContains(self.client.get(f"/{city.slug}/"), f"<h1>{city.verbose_name}</h1>")
        self.assertEqual(DailyMenu.objects.count(), 21)

    def test_updatedata_shows_on_the_page_and_may_run_twice(self):
        self.assertNotContains(self.client.get("/lyon/"), "Pizza of the day")
        for _ in range(2):
            call_command("updatedata", "city_001", stdout=StringIO())
        menu = DailyMenu.objects.get()
        self.assertEqual(menu.day, timezone.localdate())
        self.assertContains(self.client.get("/lyon/"), menu.product.name + " <span")
        self.assertNotContains(self.client.get("/nantes/"), "Pizza of the day")

    def test_updatedata_fails_aloud(self):
        with self.assertRaises(CommandError):
            call_command("updatedata", "city_004")
        Product.objects.all().delete()
        with self.assertRaisesRegex(MenuError, "menus.json of city_001: Product matching query does not exist"):
            update(all_cities()[0], date(2024, 1, 1))
