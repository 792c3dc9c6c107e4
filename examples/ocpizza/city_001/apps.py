from city import config


class City001(config.CityConfig):
    name = "city_001"
    verbose_name = "Lyon"
    slug = "lyon"
