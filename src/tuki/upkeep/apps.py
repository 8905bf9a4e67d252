from django.apps import AppConfig


class UpkeepConfig(AppConfig):
    name = "tuki.upkeep"

    def ready(self) -> None:
        from tuki.upkeep import events  # noqa: F401 - registers them
