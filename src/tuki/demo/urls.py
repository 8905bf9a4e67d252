"""The addresses of a desk that is a demo: all others, and the mail it would have sent."""

from django.urls import path

from tuki.config import urls
from tuki.demo import outbox

urlpatterns = [
    *urls.urlpatterns,
    path("outbox", outbox.outbox, name="outbox"),
    path("outbox/<int:pk>", outbox.mail, name="outbox-mail"),
    path("outbox/<int:pk>/html", outbox.html, name="outbox-html"),
    path("outbox/<int:pk>/source", outbox.source, name="outbox-source"),
    path("outbox/<int:pk>/files/<int:number>", outbox.file, name="outbox-file"),
]
handler400 = urls.handler400
handler403 = urls.handler403
handler404 = urls.handler404
handler500 = urls.handler500
