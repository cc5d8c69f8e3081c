import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EMPTY = """
DELETE FROM account_emailconfirmation; DELETE FROM account_emailaddress; SET CONSTRAINTS ALL IMMEDIATE;
"""
GUARD = """
CREATE FUNCTION core_one_address() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'an account has one address, that of core_user' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER one_address BEFORE INSERT OR UPDATE ON account_emailaddress
    FOR EACH ROW EXECUTE FUNCTION core_one_address();
"""
OPEN = "DROP TRIGGER one_address ON account_emailaddress; DROP FUNCTION core_one_address();"


class Migration(migrations.Migration):
    """One address for each account; keys of forms hashed, whose plain ones end here."""

    dependencies = [
        ('account', '0009_emailaddress_unique_primary_email'),
        ('core', '0007_secretariat'),
    ]

    operations = [
        migrations.CreateModel(
            name='EmailChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('old_email', models.EmailField(max_length=254)),
                ('new_email', models.EmailField(max_length=254)),
                ('at', models.DateTimeField(db_index=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='email_changes', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('old_email', models.F('new_email')), _negated=True), name='email_change_changes')],
            },
        ),
        migrations.RunSQL(EMPTY, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, OPEN),
        migrations.RunSQL("DELETE FROM core_idempotencykey", migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='idempotencykey',
            constraint=models.CheckConstraint(condition=models.Q(('key__regex', '^[0-9a-f]{64}$')), name='idempotency_key_is_hashed'),
        ),
    ]
