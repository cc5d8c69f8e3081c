"""Technical rows: number sequences, idempotency keys, kept input, throttle counts."""

from django.db import models


class NumberSequence(models.Model):
    """The last number issued per key and year. The row's lock makes the sequence gapless."""

    key = models.CharField(max_length=80)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "year"], name="number_sequence_once")]

    def __str__(self) -> str:
        return f"{self.key}/{self.year}"


class IdempotencyKey(models.Model):
    """The object that a form with this key created, so that a second tap gets the same result. ``key``: keyed hash."""

    actor = models.CharField(max_length=80)
    key = models.CharField(max_length=64)
    result_kind = models.CharField(max_length=40, blank=True)
    result_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["actor", "key"], name="idempotency_once"),
            models.CheckConstraint(condition=models.Q(key__regex="^[0-9a-f]{64}$"), name="idempotency_key_is_hashed"),
        ]
        indexes = [models.Index(fields=["created_at"])]

    def __str__(self) -> str:
        return self.key


class KeptInput(models.Model):
    """A staff form that was submitted after the session had ended: encrypted, for one account, for half an hour."""

    user = models.ForeignKey("core.User", models.CASCADE, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)
    content = models.TextField()
    at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.user_id}"


class ThrottleCount(models.Model):
    """The number of tries per keyed hash of an address or number. The table is unlogged, so a crash may empty it."""

    name = models.CharField(max_length=20)
    who = models.CharField(max_length=64)
    until = models.DateTimeField(db_index=True)
    tries = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["name", "who"], name="throttle_count_once")]

    def __str__(self) -> str:
        return self.name
