"""The tables of the shop. Money is in cents, so that sums are exact."""
import uuid

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.templatetags.static import static
from django.urls import reverse

MAX_QUANTITY = 20


def must_be_drawing(value: str) -> None:
    """Refuse a picture that the release lacks: its page would fail, as no hashed name is known for it."""
    if not finders.find(value):
        raise ValidationError(f'must be a static file of the shop, such as shop/pizzas/regina.svg, got "{value}"')


class Restaurant(models.Model):
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    city = models.CharField(max_length=60)
    address = models.CharField(max_length=120)
    phone = models.CharField(max_length=20)
    hours = models.CharField(max_length=60)
    story = models.CharField(max_length=300)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    class Kind(models.TextChoices):
        PIZZA = "pizza"
        DESSERT = "dessert"
        DRINK = "drink"

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10, choices=Kind)
    description = models.CharField(max_length=200)
    price_cents = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    image = models.CharField(max_length=100, validators=[must_be_drawing])
    available = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def image_url(self) -> str:
        """Address of the drawing, with the hash of its content."""
        return static(self.image)


class Account(models.Model):
    """What the shop knows of a customer beside Django's user, whose id it shares."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name


class Order(models.Model):
    class Status(models.TextChoices):
        RECEIVED = "received"
        PREPARING = "preparing"
        READY = "ready"
        DELIVERED = "delivered"
        CANCELED = "canceled"

    class Mode(models.TextChoices):
        PICKUP = "pickup"
        DELIVERY = "delivery"

    # Who knows the id may read the order, so it cannot be guessed.
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    restaurant = models.ForeignKey(Restaurant, on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.SET_NULL, null=True, blank=True)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)
    mode = models.CharField(max_length=10, choices=Mode, default=Mode.PICKUP)
    address = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name}, {self.created_at:%d %b %H:%M}"

    def get_absolute_url(self) -> str:
        return reverse("track", args=[self.id])

    @property
    def total_cents(self) -> int:
        return sum(line.total_cents for line in self.lines.all())


class OrderLine(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(MAX_QUANTITY)])
    # The price on the day of the order, whatever the product costs later.
    unit_price_cents = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "product"], name="one_line_a_product")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.quantity} x {self.product}"

    @property
    def total_cents(self) -> int:
        return self.quantity * self.unit_price_cents


class Payment(models.Model):
    class Status(models.TextChoices):
        PENDING = "pending"
        PAID = "paid"
        FAILED = "failed"

    # One to one: the database itself refuses a second payment of the same order.
    order = models.OneToOneField(Order, on_delete=models.PROTECT)
    amount_cents = models.PositiveIntegerField()
    provider = models.CharField(max_length=20, default="stripe")
    reference = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.reference}: {self.status}"
