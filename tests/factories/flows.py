"""Flows for tests of the drawing: valid ones, and arbitrary ones."""

import random

from hypothesis import strategies as st

from sop.rules.flow import FlowActor, FlowStep, assemble

SHORT, LONG = [("Ya", "Tidak")], [("lengkap", "tidak lengkap"), ("memenuhi syarat", "tidak memenuhi syarat")]


def flow_of_content(content):
    """The flow of an SOP's content in the file format, without a database."""
    actors = tuple(
        FlowActor(n, n, name, "applicant" if name == "Pemohon" else "position")
        for n, name in enumerate(content["actors"], 1)
    )
    by_name = {actor.name: actor for actor in actors}
    steps = [
        _step(
            row["no"],
            row["shape"],
            [by_name[name] for name in row["actors"]],
            {"next_id": row.get("next"), "if_yes_id": row.get("if_yes"), "if_no_id": row.get("if_no")},
            (row.get("yes_label") or "Ya", row.get("no_label") or "Tidak"),
            row["activity"],
        )
        for row in content["steps"]
    ]
    return assemble(1, actors, steps)


def sound_flow(count, columns, seed, labels=SHORT):
    """A valid flow: one start, ends, decisions with two exits, loops, jumps, everything reachable."""
    choose = random.Random(seed)
    actors = _actors(columns)
    column, steps, no = 0, [], 1
    while no <= count:
        column = max(0, min(columns - 1, column + choose.choice([-3, -2, -1, 0, 0, 1, 1, 1, 2, 4])))
        acting = [actors[column]]
        if choose.random() < 0.15:
            acting += [actor for actor in choose.sample(actors, min(2, columns)) if actor not in acting]
        shape, exits, words = "process", {"next_id": no + 1}, ("Ya", "Tidak")
        if no in (1, count):
            shape, exits = ("start", exits) if no < count else ("end", {})
        elif no + 2 <= count and choose.random() < 0.35:
            others = [n for n in range(max(1, no - 7), min(count, no + 6) + 1) if n not in (no, no + 1)]
            shape, exits = "decision", {"if_yes_id": no + 1, "if_no_id": choose.choice(others)}
            words = choose.choice(labels)
            if no + 3 <= count and choose.random() < 0.2:
                # The positive exit ends immediately, the other one continues.
                exits["if_no_id"] = no + 2
                steps.append(_step(no, shape, acting, exits, words))
                no += 1
                shape, exits = "end", {}
        steps.append(_step(no, shape, acting, exits, words))
        no += 1
    return assemble(1, actors, steps)


@st.composite
def sound_flows(draw, most_steps=60, most_actors=15, labels=SHORT):
    return sound_flow(
        draw(st.integers(2, most_steps)), draw(st.integers(1, most_actors)), draw(st.integers(0, 2**32)), labels
    )


@st.composite
def any_flows(draw, most_steps=14, most_actors=6):
    """Arbitrary flows including invalid ones: loops, jumps, several actors, branches to anywhere or nowhere."""
    count, columns = draw(st.integers(1, most_steps)), draw(st.integers(1, most_actors))
    actors, steps = _actors(columns), []
    anywhere = st.one_of(st.none(), st.integers(1, count))
    for no in range(1, count + 1):
        shape = draw(st.sampled_from(["start", "process", "decision", "end"]))
        acting = draw(st.lists(st.sampled_from(actors), min_size=1, max_size=min(3, columns), unique=True))
        following = st.just(no + 1) if no < count else st.none()
        exits = {"next_id": draw(st.one_of(following, anywhere))}
        if shape == "decision":
            exits = {"if_yes_id": draw(st.one_of(following, anywhere)), "if_no_id": draw(anywhere)}
        steps.append(_step(no, shape, acting, exits))
    return assemble(1, actors, steps)


def _actors(columns):
    return tuple(FlowActor(n, n, f"Pelaksana {n}", "position") for n in range(1, columns + 1))


def _step(no, shape, acting, exits, labels=("Ya", "Tidak"), activity="Memeriksa berkas"):
    lead = next((actor for actor in acting if actor.kind == "position"), acting[0])
    return FlowStep(
        id=no,
        no=no,
        activity=activity,
        shape=shape,
        actor_ids=tuple(actor.id for actor in acting),
        actor_names=tuple(actor.name for actor in acting),
        lead_kind=lead.kind,
        lead_position_id=None,
        lead_name=lead.name,
        other_position_ids=(),
        yes_label=labels[0],
        no_label=labels[1],
        **exits,
    )


@st.composite
def case_steps(draw, desk, official, head, chief, most=7):
    """Steps of a valid SOP in the file format, for playing cases with the applicant, four positions and another agency.

    ``desk``, ``official``, ``head``, ``chief``: names of positions. Decisions lead forward, back, across or to a
    rejection. A letter is signed before the end "completed", which belongs to the applicant or the desk.
    """
    count = draw(st.integers(2, most))
    last, letter, end, refusal = count + 1, count + 2, count + 3, count + 4
    actors = st.sampled_from([official, official, head, chief, desk, "Kepala Sekolah", "Pemohon"])
    steps, refuses = [_row(1, "Pemohon", "start", next=2)], False
    for no in range(2, last + 1):
        actor = draw(actors)
        others = [n for n in range(2, letter + 1) if n not in (no, no + 1)] + [refusal]
        if others and draw(st.integers(0, 2)) == 0:
            other = draw(st.sampled_from(others))
            refuses = refuses or other == refusal
            steps.append(_row(no, actor, "decision", if_yes=no + 1, if_no=other))
        else:
            steps.append(_row(no, actor, "process", next=no + 1))
    steps.append(_row(letter, head, "process", next=end, issues_letter=True))
    steps.append(_row(end, draw(st.sampled_from(["Pemohon", desk])), "end", end_kind="completed"))
    if refuses:
        steps.append(_row(refusal, draw(st.sampled_from([official, desk])), "end", end_kind="rejected"))
    return steps


def _row(no, actor, shape, **more):
    row = {"no": no, "activity": f"Mengerjakan bagian {no}", "actors": [actor], "shape": shape, "output": "Hasil"}
    if actor != "Pemohon":
        row |= {"minutes": 30, "time_text": "30 menit"}
    if shape == "decision":
        row |= {"yes_label": "sesuai", "no_label": "tidak sesuai"}
    return row | more
