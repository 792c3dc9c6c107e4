from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from shop.models import Product, Restaurant

from .config import CityConfig
from .models import DailyMenu


@require_GET
def restaurant_page(request: HttpRequest, city: CityConfig) -> HttpResponse:
    """The page of a city's restaurant, with the menu of today once `updatedata` has run."""
    restaurant = get_object_or_404(Restaurant, slug=city.slug)
    menu = DailyMenu.objects.filter(restaurant=restaurant, day=timezone.localdate()).select_related("product").first()
    return render(request, "city/restaurant.html", {
        "city": city,
        "restaurant": restaurant,
        "menu": menu,
        "pizzas": Product.objects.filter(available=True, kind=Product.Kind.PIZZA),
    })
