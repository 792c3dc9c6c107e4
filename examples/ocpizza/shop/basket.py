"""The basket: product ids and quantities in the visitor's session."""
from dataclasses import dataclass

from django.http import HttpRequest

from .models import MAX_QUANTITY, Product

KEY = "basket"


@dataclass(frozen=True)
class BasketLine:
    product: Product
    quantity: int

    @property
    def total_cents(self) -> int:
        return self.product.price_cents * self.quantity


class Basket:
    """Reads the session only when asked, so that a page without a basket makes no cookie."""

    def __init__(self, request: HttpRequest) -> None:
        self._session = request.session

    def _quantities(self) -> dict[str, int]:
        return dict(self._session.get(KEY, {}))

    @property
    def count(self) -> int:
        """Pieces in the basket."""
        return sum(self._quantities().values())

    def lines(self) -> list[BasketLine]:
        """What can be ordered now, at today's prices."""
        quantities = self._quantities()
        products = Product.objects.filter(id__in=quantities, available=True)
        return [BasketLine(product, quantities[str(product.id)]) for product in products]

    def add(self, product: Product) -> None:
        """One piece more, up to MAX_QUANTITY."""
        self.set(product, self._quantities().get(str(product.id), 0) + 1)

    def set(self, product: Product, quantity: int) -> None:
        """Exactly so many pieces; 0 takes the product out."""
        quantities = self._quantities()
        if quantity > 0:
            quantities[str(product.id)] = min(quantity, MAX_QUANTITY)
        else:
            quantities.pop(str(product.id), None)
        self._session[KEY] = quantities

    def clear(self) -> None:
        self._session.pop(KEY, None)


def basket_of(request: HttpRequest) -> dict[str, Basket]:
    """Template context: the basket in the site's header."""
    return {"basket": Basket(request)}
