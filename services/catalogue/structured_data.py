"""Structured data about a service for search engines: a schema.org GovernmentService as JSON-LD."""

import json
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from services.models import Service
from ula_portal.core.models import Office

# Escaped so that no text can end the script element around it.
_ESCAPED = str.maketrans({"<": "\\u003C", ">": "\\u003E", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})


def government_service(service: Service, office: Office, *, url: str, apply_url: str = "") -> dict[str, Any]:
    """Describe a service in schema.org's terms. Addresses must be absolute; empty properties are left out."""
    audiences = dict(service.AUDIENCES)
    return _filled(
        {
            "@context": "https://schema.org",
            "@type": "GovernmentService",
            "@id": url,
            "url": url,
            "identifier": service.code,
            "name": service.name,
            "alternateName": service.official_name,
            "description": service.summary,
            "inLanguage": "id",
            "serviceType": service.category.name,
            "provider": _office(office),
            "serviceOperator": service.unit
            and {"@type": "GovernmentOrganization", "name": service.unit.name, "parentOrganization": office.name},
            "areaServed": office.regency and {"@type": "AdministrativeArea", "name": office.regency},
            "audience": [
                {"@type": "Audience", "audienceType": str(audiences[name])}
                for name in service.audiences
                if name in audiences
            ],
            "serviceOutput": service.product and {"@type": "Thing", "name": service.product},
            "offers": {"@type": "Offer", "price": str(service.fee_idr), "priceCurrency": "IDR"},
            "availableChannel": apply_url and {"@type": "ServiceChannel", "serviceUrl": apply_url},
        }
    )


def _office(office: Office) -> dict[str, Any]:
    return _filled(
        {
            "@type": "GovernmentOffice",
            "name": " ".join(filter(None, [office.name, office.regency])),
            "address": office.address,
            "telephone": office.phone,
            "email": office.email,
        }
    )


def _filled(properties: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if value}


def as_json_ld(data: dict[str, Any]) -> SafeString:
    """Return JSON that is safe inside ``<script type="application/ld+json">``, whatever texts it contains."""
    return mark_safe(json.dumps(data, ensure_ascii=False).translate(_ESCAPED))
