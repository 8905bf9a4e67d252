from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "tuki.live"

    def ready(self) -> None:
        from tuki.live import handlers  # noqa: F401 - registers them
