from city import config


class City003(config.CityConfig):
    name = "city_003"
    verbose_name = "Lille"
    slug = "lille"
