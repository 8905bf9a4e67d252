from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "tuki.doors.portal"

    def ready(self) -> None:
        from tuki.doors.portal.account import signals  # noqa: F401 - connects them
