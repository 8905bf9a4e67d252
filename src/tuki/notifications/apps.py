from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "tuki.notifications"

    def ready(self) -> None:
        from tuki.notifications import handlers, jobs, withheld  # noqa: F401 - registers them
