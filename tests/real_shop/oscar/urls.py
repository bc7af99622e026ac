"""Oscar's own pages, its API, and the bridge."""

from django.apps import apps
from django.urls import include, path

urlpatterns = [
    path("api/", include("oscarapi.urls")),
    path("bridge/", include("bridge")),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
