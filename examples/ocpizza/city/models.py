from django.db import models

from shop.models import Product, Restaurant


class DailyMenu(models.Model):
    """The pizza a restaurant puts forward on one day; written by `updatedata`."""

    restaurant = models.ForeignKey(Restaurant, on_delete=models.CASCADE)
    day = models.DateField()
    product = models.ForeignKey(Product, on_delete=models.CASCADE)
    note = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["restaurant", "day"], name="one_menu_a_day")]
        ordering = ["-day"]

    def __str__(self) -> str:
        return f"{self.restaurant}, {self.day}: {self.product}"
