"""The side panel of a case's page, one tab at a time: the applicant's papers, messages, notes, history."""

from functools import cached_property
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from services.conversation.message_templates import filled_message
from services.conversation.queries import messaging
from services.engine.queries import cases
from services.fields.queries import readable_answers
from services.papers.queries.judged import Paper
from ula_portal.core.files import uploads

from ..queries import history
from ..verbs import ASK, DECIDE, JUDGE, VERBS

TABS = ("berkas", "pesan", "catatan", "riwayat")
ONLY = {"": "", "pengecualian": "deviations", "pemohon": "applicant"}
# The pages of a PDF that are shown in place. The rest is read in the file.
MAX_PAGES = 40


class SidePanel:
    """The tab that the address asks for. Of the other tabs only the counts are read.

    ``params``: ``tab``, ``berkas`` (id of the open document), ``hal`` (cursor), ``saring`` (filter of the timeline),
    ``templat`` (id of a message template).
    """

    def __init__(self, page, params, verb=None, form=None):
        self.page, self.params, self.verb, self.form = page, params, verb, form
        tab = verb.tab if verb and verb.tab else params.get("tab")
        self.tab = tab if tab in TABS else "berkas"

    @cached_property
    def counts(self):
        return messaging.message_counts(self.page.request)

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

    # The applicant's papers

    @cached_property
    def answers(self):
        return readable_answers(self.page.request, common=False)

    @cached_property
    def applicant(self):
        return readable_answers(self.page.request, common=True)

    @property
    def shown(self) -> list[Paper]:
        """The papers that can be opened, in order."""
        return [paper for paper in self.page.papers if paper.document and paper.document.file_id]

    @cached_property
    def opened(self) -> Paper | None:
        """The paper that is open: a current one, or one that was replaced."""
        if self.tab != "berkas":
            return None
        pk = self._opened_id()
        found = next((paper for paper in self.shown if str(paper.document.pk) == pk), None)
        return found or self._replaced(pk)

    def _opened_id(self) -> str:
        if self.verb is JUDGE:
            return str(self.form["document"].value() or "")
        return self.params.get("berkas", "")

    def _replaced(self, pk):
        if not pk.isdecimal() or len(pk) > 18:
            return None
        document = cases.visible_document(self.page.user, self.page.request.number, int(pk))
        if document is None:
            return None
        return Paper(str(document) or _("Berkas lain"), False, document)

    @property
    def may_judge_opened(self) -> bool:
        return bool(self.page.may_judge and self.opened and not self.opened.document.removed_at)

    @cached_property
    def pdf_pages(self) -> list[tuple[int, int, int]]:
        """Number, width and height in points of each page of the open PDF."""
        sizes = uploads.page_sizes(self.opened.document.file) if self.opened else []
        return [(number, *size) for number, size in enumerate(sizes[:MAX_PAGES], 1)]

    @property
    def has_more_pages(self) -> bool:
        return len(self.pdf_pages) == MAX_PAGES

    def _neighbour(self, offset):
        ids = [paper.document.pk for paper in self.shown]
        if self.opened is None or self.opened.document.pk not in ids:
            return None
        place = ids.index(self.opened.document.pk) + offset
        return self.shown[place] if 0 <= place < len(ids) else None

    @property
    def previous_paper(self):
        return self._neighbour(-1)

    @property
    def next_paper(self):
        return self._neighbour(1)

    @cached_property
    def reasons(self) -> list[str]:
        return messaging.ready_reasons()

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
        """The verb that returns marked papers: the decision's answer for it, else asking the applicant; or None."""
        page = self.page
        if not page.marked or not page.may_judge or page.pause:
            return None
        return DECIDE if page.returns_by else ASK if page.may_ask else None

    @cached_property
    def return_form(self):
        words = {"note": self.page.mend_words, "wanted": self.page.mend_words}
        return self.page.form(self.returning, auto_id="kembali_%s", initial=words) if self.returning else None

    # Messages and notes

    @cached_property
    def messages(self):
        return messaging.messages_of(self.page.request, internal=self.tab == "catatan", cursor=self.params.get("hal"))

    @cached_property
    def templates(self) -> list[dict]:
        found = messaging.templates_for(self.page.unit_id)
        return [
            {"pk": each.pk, "title": each.title, "text": filled_message(each.text, self.page.request)} for each in found
        ]

    @property
    def talking(self):
        """The verb that writes into the open tab."""
        return next(verb for verb in VERBS.values() if verb.tab == self.tab)

    @cached_property
    def talk_form(self):
        if self.verb is self.talking:
            return self.form
        pk = self.params.get("templat")
        chosen = [each["text"] for each in self.templates if str(each["pk"]) == pk] if pk else []
        return self.page.form(self.talking, initial={"text": "".join(chosen)})

    # History

    @property
    def only(self) -> str:
        value = self.params.get("saring", "")
        return value if value in ONLY else ""

    @property
    def filters(self) -> list[dict]:
        labels = {"": _("Semua"), "pengecualian": _("Pengecualian dari SOP"), "pemohon": _("Dengan pemohon")}
        return [{"key": key, "label": label, "active": key == self.only} for key, label in labels.items()]

    @cached_property
    def history(self):
        return history.case_history(self.page.request, only=ONLY[self.only], cursor=self.params.get("hal"))

    @property
    def pager(self) -> dict:
        """Addresses of the neighbouring pages of history, messages or notes."""
        page = self.history if self.tab == "riwayat" else self.messages
        return {"newer": self._address(page.previous), "older": self._address(page.next)}

    def _address(self, cursor):
        if not cursor:
            return ""
        parts = {"tab": self.tab, "saring": self.only, "hal": cursor}
        return f"?{urlencode({key: value for key, value in parts.items() if value})}#percakapan"
