from django.db import models

from shop.models import Payment


class Checkout(models.Model):
    """Where a payment is made: Stripe's session of its latest try."""

    payment = models.OneToOneField(Payment, on_delete=models.CASCADE, primary_key=True)
    session = models.CharField(max_length=255, unique=True)

    def __str__(self) -> str:
        return self.session
