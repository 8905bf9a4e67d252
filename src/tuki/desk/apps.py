from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "tuki.desk"

    def ready(self) -> None:
        from tuki.desk import events  # noqa: F401 - names them
