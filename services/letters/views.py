"""Public pages on which anybody can verify a letter by the code printed on it."""

import hashlib

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from ula_portal.core.security import codes, throttle

from .forms import CompareForm, VerifyForm
from .queries import letter_by_code, verification_code
from .rules import initials


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_form(request):
    """Form for the code of a letter; it redirects to the address that the letter's QR code contains."""
    form = VerifyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("letter_verify", code=codes.normalise(form.cleaned_data["code"]))
    return render(request, "services/letters/verify_form.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def letter_verify(request, code):
    """Number, date, service, state and file hash of a letter; of the applicant it shows initials or masked values.

    A file may be uploaded for comparison: its SHA-256 is computed, and the file is not stored. Wrong codes are counted
    per client address.
    """
    who = throttle.client_of(request)
    if throttle.is_full("verify", who):
        return render(request, "429.html", {"limit": "verify"}, status=429)
    letter = letter_by_code(code)
    if letter is None:
        throttle.count("verify", who)
        context = {"form": VerifyForm(initial={"code": code})}
        return render(request, "services/letters/verify_unknown.html", context, status=404)
    form, same = CompareForm(), None
    if request.method == "POST":
        form = CompareForm(request.POST, request.FILES)
        if form.is_valid():
            same = _digest(form.cleaned_data["file"]) == letter.file.sha256
    context = {
        "letter": letter,
        "code": verification_code(letter),
        "initials": initials(letter.request.applicant_name),
        "form": form,
        "same": same,
        "valid": letter.state == letter.State.ISSUED,
    }
    return render(request, "services/letters/verify_letter.html", context, status=422 if form.errors else 200)


def _digest(upload):
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    return digest.hexdigest()
