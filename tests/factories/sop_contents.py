"""Contents of SOP files for tests of the exchange: random valid ones, and their flow without a database."""

from hypothesis import strategies as st

from sop.exchange.json import BOXES, END_KINDS, clean
from sop.rules.flow import Flow, FlowActor, FlowStep, assemble

# Characters that files often break on: markup, quotes, line breaks, emoji, control characters, other scripts.
_LETTERS = st.one_of(
    st.characters(codec="utf-8"),
    st.sampled_from(list("aiueo nmk.,;<>&\"'=+-@\n\t|éœ“”🙂\u200d\u0301\u0000\u000b\ufffe")),
)


def texts(most=60, least=0):
    """Text as people paste it; with ``least`` it has at least that many visible characters."""
    text = st.text(_LETTERS, max_size=most)
    return (
        text if not least else st.builds("{}{}".format, st.sampled_from("ABCÀ中"), st.text(_LETTERS, max_size=most - 1))
    )


@st.composite
def contents(draw, most_steps=60, most_actors=15):
    """Contents that ``clean`` accepts, both valid flows and unfinished drafts, with arbitrary exits and numbers."""
    names = draw(
        st.lists(
            texts(40, 1), min_size=1, max_size=most_actors, unique_by=lambda name: " ".join(clean_text(name).split())
        )
    )
    count = draw(st.integers(1, most_steps))
    numbers = draw(st.one_of(st.just(list(range(1, count + 1))), _odd_numbers(count)))
    content = {
        "name": draw(texts(80, 1)),
        "number": draw(texts(30)),
        "unit": draw(texts(30)),
        "unit_code": draw(texts(10)),
        "created": draw(st.sampled_from(["", None, "2026-01-31"])),
        "example": draw(st.booleans()),
        "confidence": draw(texts(20)),
        "actors": names,
        **{box: draw(st.lists(texts(60, 1), max_size=2)) for box in BOXES},
    }
    content["steps"] = [draw(_steps(no, numbers, names)) for no in numbers]
    return content


def clean_text(text):
    """The text as it is stored in a file's content."""
    step = {"no": 1, "activity": "x", "actors": ["x"], "shape": "start", "note": text}
    return clean({"name": "x", "actors": ["x"], "steps": [step]})["steps"][0]["note"]


def _odd_numbers(count):
    return st.lists(st.integers(1, 999), min_size=count, max_size=count, unique=True)


@st.composite
def _steps(draw, no, numbers, names):
    shape = draw(st.sampled_from(["start", "process", "process", "decision", "end"]))
    later = [other for other in numbers if other > no]
    following = st.just(min(later)) if later else st.none()
    anywhere = st.one_of(st.none(), st.sampled_from(numbers))
    step = {
        "no": no,
        "activity": draw(texts(90, 1)),
        "actors": draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True)),
        "shape": shape,
        "inputs": draw(texts()),
        "minutes": draw(st.one_of(st.none(), st.integers(0, 5000), st.sampled_from([0.5, 1 / 3, 7.25]))),
        "time_text": draw(texts(20)),
        "per_item": draw(st.booleans()),
        "output": draw(texts()),
        "note": draw(texts()),
        "issues_letter": draw(st.booleans()),
    }
    if shape == "decision":
        step |= {"if_yes": draw(st.one_of(following, anywhere)), "if_no": draw(anywhere)}
        step |= {key: draw(st.one_of(st.just(""), texts(20))) for key in ("yes_label", "no_label")}
    elif shape == "end":
        step["end_kind"] = draw(st.sampled_from(["", *END_KINDS]))
    else:
        step["next"] = draw(st.one_of(following, anywhere))
    if draw(st.integers(0, 9)) == 0:
        # Remains of a draft that no shape draws.
        step |= {"next": draw(anywhere), "if_no": draw(anywhere), "no_label": draw(texts(10)), "end_kind": "rejected"}
    return step


def flow_of_content(content) -> Flow:
    """The flow of a clean content after import; ids are the steps' numbers."""
    actors = {
        name: FlowActor(n, n, name, "applicant" if name == "Pemohon" else "position")
        for n, name in enumerate(content["actors"], 1)
    }
    return assemble(1, actors.values(), [_flow_step(row, actors) for row in content["steps"]])


def _flow_step(row, actors):
    acting = [actors[name] for name in row["actors"]]
    lead = next((actor for actor in acting if actor.kind == "position"), acting[0])
    return FlowStep(
        id=row["no"],
        no=row["no"],
        activity=row["activity"],
        shape=row["shape"],
        actor_ids=tuple(actor.id for actor in acting),
        actor_names=tuple(actor.name for actor in acting),
        lead_kind=lead.kind,
        lead_position_id=None,
        lead_name=lead.name,
        other_position_ids=(),
        inputs=row["inputs"],
        seconds=row["seconds"],
        time_text=row["time_text"],
        per_item=row["per_item"],
        output=row["output"],
        note=row["note"],
        next_id=row["next"],
        if_yes_id=row["if_yes"],
        if_no_id=row["if_no"],
        yes_label=row["yes_label"] or "Ya",
        no_label=row["no_label"] or "Tidak",
        end_kind=row["end_kind"],
        issues_letter=row["issues_letter"],
    )
