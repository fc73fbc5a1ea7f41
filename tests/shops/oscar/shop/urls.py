"""The shop's own pages, and the list that the sample adds."""

import goodword_oscar
from django.apps import apps
from django.urls import include, path

urlpatterns = [
    path("i18n/", include("django.conf.urls.i18n")),
    path("goodword/orders", goodword_oscar.orders),
    path("", include(apps.get_app_config("oscar").urls[0])),
]
