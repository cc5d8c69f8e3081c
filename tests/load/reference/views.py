"""One view for each work of the portal that is measured."""

import secrets

from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import render

from .models import Line, Step, Thing


def submit(request):
    """One transaction of four INSERTs, then a redirect."""
    with transaction.atomic():
        thing = Thing.objects.create(
            name=request.POST["name"], number="B-1", token=secrets.token_hex(32), answers=request.POST.dict()
        )
        Step.objects.create(thing=thing, no=1)
        Step.objects.create(thing=thing, no=2)
        Line.objects.create(thing=thing, verb="submitted")
    return HttpResponseRedirect(f"/thing/{thing.token}/")


def page(request, pk):
    """One SELECT by the key and a template of the size of the service page."""
    return render(request, "page.html", {"thing": Thing.objects.get(pk=pk)})


def thing(request, token):
    """One SELECT by the token and a template of the size of the tracking page."""
    return render(request, "thing.html", {"thing": Thing.objects.get(token=token)})
