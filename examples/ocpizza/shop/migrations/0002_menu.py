"""The restaurants and the menu the site opens with, so that `migrate` is all a new database needs.
Later changes are made in the admin; rows that are there already stay as they are."""
from django.db import migrations

RESTAURANTS = [
    {
        "slug": "lyon", "name": "OC Pizza Lyon", "city": "Lyon", "address": "14 quai Saint-Vincent, 69001 Lyon",
        "phone": "+33 4 99 00 10 01", "hours": "Every day, 11:30 to 22:30",
        "story": "Our first oven, on the bank of the Saône. Two hundred pizzas on a good Friday, each one turned by hand.",
    },
    {
        "slug": "nantes", "name": "OC Pizza Nantes", "city": "Nantes", "address": "3 rue de la Juiverie, 44000 Nantes",
        "phone": "+33 2 99 00 10 02", "hours": "Every day, 12:00 to 23:00",
        "story": "Under the beams of an old rope store. The dough rests here for two days, because the cellar is that cool.",
    },
    {
        "slug": "lille", "name": "OC Pizza Lille", "city": "Lille", "address": "27 rue des Bouchers, 59800 Lille",
        "phone": "+33 3 99 00 10 03", "hours": "Every day, 12:00 to 22:00",
        "story": "Twelve seats at the counter and a view of the fire. Come early, or take yours home still crackling.",
    },
]

PRODUCTS = [
    ("margherita", "Margherita", "pizza", 950, "San Marzano tomato, fior di latte, basil from the window sill"),
    ("regina", "Regina", "pizza", 1150, "Tomato, mozzarella, cooked ham, button mushrooms, black olives"),
    ("diavola", "Diavola", "pizza", 1200, "Tomato, mozzarella, hot spianata, red chilli, a thread of honey"),
    ("funghi", "Funghi", "pizza", 1120, "Mozzarella, pan-roasted mushrooms, garlic, flat parsley"),
    ("quattro-formaggi", "Quattro Formaggi", "pizza", 1250, "Mozzarella, gorgonzola, goat's cheese, aged parmesan"),
    ("orto", "Orto", "pizza", 1180, "Tomato, courgette, roast pepper, cherry tomatoes, red onion"),
    ("napoli", "Napoli", "pizza", 1100, "Tomato, anchovies, capers, black olives, oregano"),
    ("rucola", "Rucola", "pizza", 1290, "Cherry tomatoes, air-dried ham, rocket, shavings of parmesan"),
    ("bianca", "Bianca", "pizza", 1090, "Cream, thin potato, red onion, rosemary, cracked pepper"),
    ("tiramisu", "Tiramisù", "dessert", 550, "Mascarpone, strong coffee, cocoa; made every morning"),
    ("panna-cotta", "Panna cotta", "dessert", 500, "Vanilla cream under a spoon of raspberries"),
    ("lemonade", "Lemonade", "drink", 320, "Pressed here, barely sweet, 33 cl"),
    ("orange", "Blood orange", "drink", 350, "Sparkling, from Sicilian fruit, 33 cl"),
]


def seed(apps, _schema_editor):
    """Add what is missing, by slug."""
    restaurant, product = apps.get_model("shop", "Restaurant"), apps.get_model("shop", "Product")
    for row in RESTAURANTS:
        restaurant.objects.get_or_create(slug=row["slug"], defaults=row)
    for slug, name, kind, price_cents, description in PRODUCTS:
        folder = "pizzas" if kind == "pizza" else "extras"
        product.objects.get_or_create(slug=slug, defaults={
            "name": name, "kind": kind, "price_cents": price_cents, "description": description,
            "image": f"shop/{folder}/{slug}.svg",
        })


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    # Going back leaves the rows: the tables go with 0001.
    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
