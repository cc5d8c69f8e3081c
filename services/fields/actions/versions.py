"""Parts of verbs that make versions of a form: whoever writes or imports one begins it and puts it into use here."""

from django.db.models import Max

from services.models import FormVersion, Service
from ula_portal.core import clock
from ula_portal.core.verbs.transactions import part


@part
def begin_version(service: Service, *, is_draft: bool = False) -> FormVersion:
    """Create an empty version after all others of the service, which has to be locked.

    ``is_draft``: it is the draft that the office edits, of which a service has one at most.
    """
    return FormVersion.objects.create(
        service=service, ordinal=_last_ordinal(service) + 1, created_at=clock.now(), is_draft=is_draft
    )


@part
def put_into_use(version: FormVersion) -> FormVersion:
    """Let new requests use a version from now on; the database refuses changes of its fields afterwards.

    Effects: the version until now is a former one, which requests under way keep. The service has to be locked.
    """
    versions = FormVersion.objects.filter(service_id=version.service_id)
    versions.filter(is_current=True).update(is_current=False)
    version.is_current = True
    if version.published_at is None:
        last = _last_ordinal(version.service)
        # Another version may have come into use since this draft was begun.
        version.ordinal = version.ordinal if version.ordinal == last else last + 1
        version.is_draft, version.published_at, version.removed = False, clock.now(), []
        version.save(update_fields=["is_current", "is_draft", "published_at", "removed", "ordinal"])
    else:
        version.save(update_fields=["is_current"])
    return version


def _last_ordinal(service: Service) -> int:
    return FormVersion.objects.filter(service=service).aggregate(last=Max("ordinal"))["last"] or 0
