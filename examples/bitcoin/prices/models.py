"""The one table. Django makes it; job and API speak SQL to it."""
from django.db import models


class Price(models.Model):
    """Price of one bitcoin at a full hour."""

    time = models.DateTimeField(primary_key=True)
    usd = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        db_table = "bitcoin_prices"
        ordering = ("time",)
        constraints = (models.CheckConstraint(condition=models.Q(usd__gt=0), name="bitcoin_prices_usd_positive"),)
