"""The script tag, for Oscar's template of additional scripts."""

from django.conf import settings


def tag(request):
    return {"goodword_tag": settings.GOODWORD_TAG}
