"""The right side of a case's page, a tab at a time: what the applicant sent, the talk about it, what happened."""

from functools import cached_property
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from services.conversation.queries import talk
from services.conversation.words import filled_message
from services.engine.queries import cases
from services.fields.queries import answers_shown
from services.papers.queries.judged import Paper
from ula_portal.core.files import uploads

from ..queries import history
from ..verbs import ASK, DECIDE, JUDGE, VERBS

TABS = ("berkas", "pesan", "catatan", "riwayat")
ONLY = {"": "", "pengecualian": "deviations", "pemohon": "applicant"}
# Longer files are read page by page up to here, then as a whole.
PAGES_SHOWN = 40


class Side:
    """One tab, as the address asks for it; nothing of the others is read but how much stands there.

    ``params``: ``tab``, ``berkas`` (id of the document that is open), ``hal`` (cursor), ``saring`` (of the timeline),
    ``templat`` (id of the words kept ready).
    """

    def __init__(self, page, params, verb=None, form=None):
        self.page, self.params, self.verb, self.form = page, params, verb, form
        asked = verb.tab if verb and verb.tab else params.get("tab")
        self.tab = asked if asked in TABS else "berkas"

    @cached_property
    def counts(self):
        return talk.talk_counts(self.page.request)

    @property
    def tabs(self) -> list[dict]:
        counts = self.counts
        labels = {
            "berkas": (_("Berkas dan isian"), 0, False),
            "pesan": (_("Pesan"), counts.messages, counts.unanswered),
            "catatan": (_("Catatan internal"), counts.notes, False),
            "riwayat": (_("Riwayat"), 0, False),
        }
        return [
            {"key": key, "label": label, "count": count, "hot": hot, "active": key == self.tab}
            for key, (label, count, hot) in labels.items()
        ]

    # What the applicant sent

    @cached_property
    def answers(self):
        return answers_shown(self.page.request, common=False)

    @cached_property
    def applicant(self):
        return answers_shown(self.page.request, common=True)

    @property
    def shown(self) -> list[Paper]:
        """Papers that can be opened, in order."""
        return [paper for paper in self.page.papers if paper.document and paper.document.file_id]

    @cached_property
    def opened(self) -> Paper | None:
        """The paper that is open: one of the case, or one that was replaced."""
        if self.tab != "berkas":
            return None
        wanted = self._wanted()
        found = next((paper for paper in self.shown if str(paper.document.pk) == wanted), None)
        return found or self._replaced(wanted)

    def _wanted(self) -> str:
        if self.verb is JUDGE:
            return str(self.form["document"].value() or "")
        return self.params.get("berkas", "")

    def _replaced(self, wanted):
        if not wanted.isdecimal() or len(wanted) > 18:
            return None
        document = cases.case_document(self.page.user, self.page.request.number, int(wanted))
        if document is None:
            return None
        return Paper(str(document) or _("Berkas lain"), False, document)

    @property
    def may_judge_opened(self) -> bool:
        return bool(self.page.may_judge and self.opened and not self.opened.document.removed_at)

    @cached_property
    def sheets(self) -> list[tuple[int, int, int]]:
        """Number, width and height of the pages of the open PDF."""
        sizes = uploads.page_sizes(self.opened.document.file) if self.opened else []
        return [(number, *size) for number, size in enumerate(sizes[:PAGES_SHOWN], 1)]

    @property
    def more_sheets(self) -> bool:
        return len(self.sheets) == PAGES_SHOWN

    def _beside(self, step):
        places = [paper.document.pk for paper in self.shown]
        if self.opened is None or self.opened.document.pk not in places:
            return None
        place = places.index(self.opened.document.pk) + step
        return self.shown[place] if 0 <= place < len(places) else None

    @property
    def previous_paper(self):
        return self._beside(-1)

    @property
    def next_paper(self):
        return self._beside(1)

    @cached_property
    def reasons(self) -> list[str]:
        return talk.ready_reasons()

    @property
    def all_judged(self) -> bool:
        return bool(self.shown) and not any(paper.to_judge for paper in self.shown)

    @property
    def verdict_form(self):
        return self.form if self.verb is JUDGE else None

    @property
    def judging(self):
        return JUDGE

    @property
    def returning(self):
        """The verb that sends marked papers back: the answer that the SOP has for it, else an ask; or None."""
        page = self.page
        if not page.marked or not page.may_judge or page.pause:
            return None
        return DECIDE if page.returns_by else ASK if page.may_ask else None

    @cached_property
    def return_form(self):
        words = {"note": self.page.mend_words, "wanted": self.page.mend_words}
        return self.page.form(self.returning, auto_id="kembali_%s", initial=words) if self.returning else None

    # The talk about it

    @cached_property
    def messages(self):
        return talk.messages_of(self.page.request, internal=self.tab == "catatan", cursor=self.params.get("hal"))

    @cached_property
    def templates(self) -> list[dict]:
        found = talk.templates_for(self.page.unit_id)
        return [
            {"pk": each.pk, "title": each.title, "text": filled_message(each.text, self.page.request)} for each in found
        ]

    @property
    def talking(self):
        """The verb that writes what the open tab shows."""
        return next(verb for verb in VERBS.values() if verb.tab == self.tab)

    @cached_property
    def talk_form(self):
        if self.verb is self.talking:
            return self.form
        wanted = self.params.get("templat")
        chosen = [each["text"] for each in self.templates if str(each["pk"]) == wanted] if wanted else []
        return self.page.form(self.talking, initial={"text": "".join(chosen)})

    # What happened

    @property
    def only(self) -> str:
        asked = self.params.get("saring", "")
        return asked if asked in ONLY else ""

    @property
    def filters(self) -> list[dict]:
        labels = {"": _("Semua"), "pengecualian": _("Pengecualian dari SOP"), "pemohon": _("Dengan pemohon")}
        return [{"key": key, "label": label, "active": key == self.only} for key, label in labels.items()]

    @cached_property
    def history(self):
        return history.history_of(self.page.request, only=ONLY[self.only], cursor=self.params.get("hal"))

    @property
    def pager(self) -> dict:
        """Addresses of the pages before and after, for what has pages."""
        page = self.history if self.tab == "riwayat" else self.messages
        return {"newer": self._address(page.previous), "older": self._address(page.next)}

    def _address(self, cursor):
        if not cursor:
            return ""
        kept = {"tab": self.tab, "saring": self.only, "hal": cursor}
        return f"?{urlencode({key: value for key, value in kept.items() if value})}#percakapan"
