"""The account's own pages, each under its language: /hc/fi/account. Included by the portal's addresses."""

from django.urls import URLPattern, path

from tuki.doors.portal.account import sign_up, views

urlpatterns: list[URLPattern] = [
    path("welcome/<str:token>", views.welcome, name="welcome"),
    path("welcome/<str:token>/renewal", views.another_invitation, name="another_invitation"),
    path("invitation-sent", views.invitation_sent, name="invitation_sent"),
    path("signed-up", sign_up.signed_up, name="signed_up"),
    path("account", views.profile, name="account"),
    path("account/addresses", views.addresses, name="addresses"),
    path("account/addresses/<int:pk>/confirmation", views.confirmation, name="confirm_address"),
    path("account/addresses/<int:pk>/primary", views.primary, name="primary_address"),
    path("account/addresses/<int:pk>/removal", views.removal, name="remove_address"),
    path("account/sessions", views.sessions, name="sessions"),
    path("account/sessions/others", views.end_others, name="end_others"),
    path("account/sessions/<int:pk>/end", views.end_session, name="end_session"),
]
