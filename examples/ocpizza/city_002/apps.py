from city import config


class City002(config.CityConfig):
    name = "city_002"
    verbose_name = "Nantes"
    slug = "nantes"
