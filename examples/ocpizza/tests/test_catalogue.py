from shop.models import Product, Restaurant

from .api import ApiTestCase


class Catalogue(ApiTestCase):
    def test_restaurants(self):
        status, body = self.call("GET", "/restaurants")
        self.assertEqual((status, len(body["restaurants"])), (200, 3))
        self.assertEqual(body["restaurants"][0], {
            "id": Restaurant.objects.get(slug="lyon").pk, "slug": "lyon", "name": "OC Pizza Lyon", "city": "Lyon",
            "address": "14 quai Saint-Vincent, 69001 Lyon", "phone": "+33 4 99 00 10 01", "hours": "Every day, 11:30 to 22:30",
        })

    def test_products_and_one_product(self):
        pk = Product.objects.get(slug="margherita").pk
        margherita = {
            "id": pk, "name": "Margherita", "kind": "pizza", "priceCents": 950, "available": True,
            "description": "San Marzano tomato, fior di latte, basil from the window sill",
            "image": "/static/shop/pizzas/margherita.svg",
        }
        status, body = self.call("GET", "/products")
        self.assertEqual((status, len(body["products"]), body["products"][0]), (200, 13, margherita))
        self.assertEqual(self.call("GET", f"/products/{pk}"), (200, margherita))

    def test_an_unknown_product(self):
        for pk in (999999, 10**30, "x"):
            self.assertEqual(self.call("GET", f"/products/{pk}"), (404, {"error": "product: there is none with this id"}))


class Methods(ApiTestCase):
    def test_another_method_is_refused_with_the_allowed_ones(self):
        order = "00000000-0000-4000-8000-000000000000"
        for path, allowed in {
            "/createAccount": "POST", "/account/1": "PUT, DELETE", "/login": "POST", "/resetPassword": "POST",
            "/restaurants": "GET", "/products": "GET", "/products/1": "GET", "/orders": "POST",
            f"/orders/{order}": "GET", f"/orders/{order}/ready": "PUT", "/payment": "POST",
        }.items():
            with self.subTest(path):
                status, body = self.call("PATCH", path)
                self.assertEqual((status, self.response["Allow"]), (405, allowed))
                self.assertEqual(body, {"error": f"method: must be {allowed.replace(', ', ' or ')}, got PATCH"})
