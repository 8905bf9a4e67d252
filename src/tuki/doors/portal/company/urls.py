"""A company's own pages, under the language: /hc/fi/company, and /hc/fi/company/12 where one manages several."""

from django.urls import URLPattern, path

from tuki.doors.portal.company import following, invited, page, places

urlpatterns: list[URLPattern] = [
    path("company", page.company, name="company"),
    path("company/<int:company>", page.company, name="company_of"),
    path("company/<int:company>/history", page.history, name="company_history"),
    path("company/<int:company>/invitations", page.invitations, name="company_invitations"),
    path("company/<int:company>/seats", page.seats, name="company_seats"),
    path("company/<int:company>/package", page.package, name="company_package"),
    path("company/<int:company>/following", following.following, name="company_following"),
    path("company/leave/<str:token>", following.leave, name="company_leave"),
    path("company/<int:company>/people/<int:pk>/seat", places.seat, name="place_seat"),
    path("company/<int:company>/people/<int:pk>/suspension", places.suspension, name="place_suspension"),
    path("company/<int:company>/people/<int:pk>/management", places.management, name="place_management"),
    path("company/<int:company>/people/<int:pk>/invitation", places.invitation, name="place_invitation"),
    path("invitations", invited.invitations, name="invitations"),
    path("invitations/<int:pk>", invited.answer, name="invitation"),
]
