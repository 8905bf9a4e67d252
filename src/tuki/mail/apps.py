from django.apps import AppConfig


class MailConfig(AppConfig):
    name = "tuki.mail"

    def ready(self) -> None:
        from tuki.mail import jobs  # noqa: F401 - registers them
