"""Creates tables and rows of the bare project; prints as JSON the tokens to request. Run as a separate process."""

import json
import os
import secrets

import django

ROWS = 200


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.load.reference.settings"
    django.setup()
    from django.db import connection

    from .models import Line, Step, Thing

    with connection.schema_editor() as editor:
        for model in (Thing, Step, Line):
            editor.create_model(model)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE ticket (id bigserial PRIMARY KEY, state text NOT NULL, waiting_since timestamptz NOT NULL,"
            " called_at timestamptz, clerk integer);"
            " CREATE INDEX ON ticket (waiting_since, id) WHERE state = 'waiting'"
        )
    tokens = [secrets.token_hex(32) for _ in range(ROWS)]
    Thing.objects.bulk_create(Thing(name=f"Contoh {n}", number=f"B-{n}", token=token) for n, token in enumerate(tokens))
    print(json.dumps({"ids": list(Thing.objects.values_list("pk", flat=True)), "tokens": tokens}))


if __name__ == "__main__":
    main()
