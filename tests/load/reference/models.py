"""Four small tables: an object, its first step, a line of its history, and the page that shows it."""

from django.db import models


class Thing(models.Model):
    name = models.CharField(max_length=150)
    number = models.CharField(max_length=40)
    token = models.CharField(max_length=64, unique=True)
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.name


class Step(models.Model):
    thing = models.ForeignKey(Thing, models.CASCADE)
    no = models.PositiveSmallIntegerField()
    offered_at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return str(self.no)


class Line(models.Model):
    thing = models.ForeignKey(Thing, models.CASCADE)
    verb = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self):
        return self.verb
