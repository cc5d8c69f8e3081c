"""A closure knows the times it closed, a displaced booking the seat it lost: opening again gives both back."""

import django.db.models.deletion
from django.db import migrations, models

FITS = """
CREATE OR REPLACE FUNCTION visitors_booking_fits() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    wanted visitors_slot;
BEGIN
    SELECT s.* INTO wanted FROM visitors_slot s WHERE s.id = NEW.slot_id;
    IF NEW.seat NOT BETWEEN 1 AND wanted.capacity THEN
        RAISE EXCEPTION 'slot % has no seat %', wanted.id, NEW.seat USING ERRCODE = 'check_violation';
    END IF;
    -- What was booked before a slot was closed may stay; nothing new comes in.
    IF wanted.state <> 'open' AND (TG_OP = 'INSERT' OR OLD.slot_id <> NEW.slot_id OR OLD.seat IS NULL)
        {back}
    THEN
        RAISE EXCEPTION 'slot % is not open', wanted.id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
# A time that no plan wants any more keeps its promises, so who lost a seat there to a closure gets it back.
BACK = """AND NOT (TG_OP = 'UPDATE' AND OLD.state = 'displaced' AND NEW.state = 'booked' AND OLD.slot_id = NEW.slot_id
            AND wanted.state = 'dropped')"""
LOST = """
UPDATE visitors_booking b SET lost_seat = d.seat FROM (
    SELECT id, row_number() OVER (PARTITION BY slot_id ORDER BY id) AS seat FROM visitors_booking
    WHERE state = 'displaced'
) d WHERE d.id = b.id;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0006_routing"),
        ("visitors", "0010_printer"),
    ]

    operations = [
        migrations.AddField(
            model_name="slot",
            name="closure",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="slots",
                to="visitors.closure",
                verbose_name="penutupan mendadak",
            ),
        ),
        migrations.AddConstraint(
            model_name="slot",
            constraint=models.CheckConstraint(
                condition=models.Q(("closure__isnull", True), ("state", "closed"), _connector="OR"),
                name="slot_of_a_closure_is_closed",
            ),
        ),
        migrations.AddField(
            model_name="booking",
            name="lost_seat",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="tempat semula"),
        ),
        migrations.AddField(
            model_name="booking",
            name="displaced_notice",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="core.notice",
            ),
        ),
        migrations.RunSQL(LOST, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="booking", name="booking_holds_a_seat"),
        migrations.AddConstraint(
            model_name="booking",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("lost_seat__isnull", True),
                    ("seat__isnull", False),
                    ("state__in", ["booked", "arrived", "missed"]),
                )
                | models.Q(("lost_seat__isnull", True), ("seat__isnull", True), ("state", "cancelled"))
                | models.Q(
                    ("lost_seat__isnull", False), ("seat__isnull", True), ("state__in", ["displaced", "arrived"])
                ),
                name="booking_holds_a_seat",
            ),
        ),
        migrations.RunSQL(FITS.format(back=BACK), FITS.format(back="")),
    ]
