from django.apps import AppConfig


class EmailConfig(AppConfig):
    name = "tuki.doors.email"

    def ready(self) -> None:
        from tuki.doors.email import decide  # noqa: F401 - it names itself to the ledger's job
