def sub(path, *pairs):
    s = open(path).read()
    for a, b in pairs:
        assert a in s, (path, a)
        s = s.replace(a, b, 1)
    open(path, "w").write(s)


sub(
    "visitors/queries/screen.py",
    (
        "from ula_portal.core import clock\n\nfrom ..models",
        "from ula_portal.core import clock\nfrom ula_portal.core.kept import Kept\n\nfrom ..models",
    ),
    (
        "_SAMPLE, _SAMPLE_DAYS = 60, 14\n",
        "_SAMPLE, _SAMPLE_DAYS = 60, 14\n# A board is drawn at every event of the queue; how long visits take does not change in minutes.\nkept_seconds = Kept(300)\n",
    ),
    (
        '''    """Seconds from call to end of the visitors whom each location served last, by location. One query."""
    since''',
        '''    """Seconds from call to end of the visitors whom each location served last, by location.

    Read anew every five minutes, in one query.
    """
    places = tuple(sorted(location_ids))
    return kept_seconds.get(places, lambda: _served(places))


def _served(location_ids):
    since''',
    ),
    (
        '''def screen_rule_of(location_id: int) -> ScreenRule:
    """How the display of a location sounds: its own rule, else the usual one (not saved). One query."""
    return ScreenRule.objects.filter(location_id=location_id).first() or ScreenRule(location_id=location_id)


''',
        "",
    ),
    ("from ..models import QueueEvent, ScreenNotice, ScreenRule", "from ..models import QueueEvent, ScreenNotice"),
)
sub(
    "visitors/queries/halls.py",
    ("from .closing import closures_at\n", "from .closing import in_force\n"),
    ("for closure in closures_at(now)}", "for closure in Closure.objects.filter(in_force(now))}"),
    (
        "from ..models import Counter, CounterSession, QueueRule, Ticket",
        "from ..models import Closure, Counter, QueueRule, Ticket",
    ),
    ('rule=getattr(location, "queue_rule", None) or QueueRule(location_id=pk),', "rule=line.own_rule(location),"),
    (
        """    sessions = CounterSession.objects.filter(
        counter=OuterRef("pk"), closed_at__isnull=True, paused_at__isnull=True, opened_at__gte=line.midnight()
    )
""",
        "",
    ),
    ("at_work=Exists(sessions),", "at_work=Exists(line.open_here().filter(paused_at__isnull=True)),"),
    ("import Count, Exists, F, OuterRef\n", "import Count, Exists, F\n"),
)
