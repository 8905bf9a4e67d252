from django.apps import AppConfig


class TicketsConfig(AppConfig):
    name = "tuki.tickets"

    def ready(self) -> None:
        from tuki.tickets import handlers, jobs, readers  # noqa: F401 - registers them
