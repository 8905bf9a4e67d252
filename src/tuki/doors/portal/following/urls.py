"""Where one follows: /hc/fi/following. Included by the portal's addresses."""

from django.urls import URLPattern, path

from tuki.doors.portal.following import by_link, views

urlpatterns: list[URLPattern] = [
    path("following", views.followed, name="following"),
    path("following/offer", views.offer, name="follow_offer"),
    path("following/sent", views.sent, name="follow_sent"),
    path("following/confirmation/<str:token>", by_link.confirmation, name="follow_confirmation"),
    path("following/leave/<str:token>", by_link.unfollow, name="unfollow"),
    path("following/leave-digests/<str:token>", by_link.unfollow_digests, name="unfollow_digests"),
    path("following/of/<str:token>", by_link.followed, name="following_by_link"),
    path("following/<str:kind>/<int:pk>", views.follow, name="follow"),
]
