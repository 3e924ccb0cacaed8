"""Generated expressions and screening views for the property tests."""

from datetime import date

from hypothesis import strategies as st

from trialgraph.expressions import AllOf, AnyOf, Expression, Fact, Limit, Narrative, Not, Value, Window
from trialgraph.graded import grade_key
from trialgraph.namespaces import TGC
from trialgraph.views import Absence, Interval, Presence, Quantity, ScreeningView, TimeAgo

QUANTITIES = [str(TGC.AbsoluteNeutrophilCount), str(TGC.TotalBilirubin)]
FACTS = [str(TGC.BrainMetastasis), str(TGC.Nivolumab), str(TGC.MalignantNeoplasm)]
LESIONS = [str(TGC.LiverMetastasis)]

# A coarse grid, so that values and limits meet at the bounds.
numbers = st.sampled_from([0.0, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0])
windows = st.none() | st.builds(
    Window,
    st.none() | st.sampled_from([1.0, 2.0, 6.0, 14.0]),
    st.sampled_from(["day", "week", "month", "year"]),
    st.just("as the text says"),
    open=st.booleans(),
)


@st.composite
def limits(draw: st.DrawFn) -> Limit:
    """Draw a limit with at least one bound."""
    low, high = draw(st.none() | numbers), draw(st.none() | numbers)
    if low is None and high is None:
        low = 1.0
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high)
    return Limit(low, draw(st.booleans()) or low is None, high, draw(st.booleans()) or high is None)


values = st.builds(
    Value,
    concept=st.sampled_from(QUANTITIES),
    concept_label=st.just("a quantity"),
    limit=limits(),
    unit=st.just("10*9/L"),
    relative_to=st.sampled_from([None, "ULN", "LLN", "baseline"]),
    within=windows,
    span=st.just((0, 4)),
)
measured = st.builds(
    Value,
    concept=st.sampled_from(QUANTITIES),
    concept_label=st.just("a quantity"),
    limit=st.just(Limit()),
    unit=st.just("10*9/L"),
    within=windows,
    span=st.just((0, 4)),
)
"""Demands that there is a result, whatever it is."""
modifiers = st.sampled_from(
    [
        {},
        {"status": "active"},
        {"status": "history"},
        {"status": "planned"},
        {"relation": "other"},
        {"relation": "other", "status": "history"},
        {"severity": "severe"},
        {"severity": "severe", "status": "active"},
        {"qualifier": "≥ grade 2"},
        {"qualifier": "≥ grade 2", "status": "active"},
        {"qualifier": "grade 2 or 3; severe", "status": "history"},
        {"qualifier": "grade 3 or worse; interfering with work"},
        {"qualifier": "active or uncontrolled"},
        {"qualifier": "uncontrolled; severe and symptomatic"},
        {"qualifier": "acute or chronic"},
    ]
)
facts = st.builds(
    Fact,
    concept=st.sampled_from(FACTS),
    concept_label=st.just("a fact"),
    category=st.just("condition"),
    modifiers=modifiers,
    within=windows,
    span=st.just((0, 4)),
)
lesions = st.builds(
    Fact,
    concept=st.sampled_from(LESIONS),
    concept_label=st.just("a lesion"),
    category=st.just("lesion"),
    modifiers=st.sampled_from([{}, {"status": "active"}, {"severity": "unresectable"}]),
    count=st.none() | limits(),
    size=st.none() | limits(),
    span=st.just((0, 4)),
)
narratives = st.builds(Narrative, st.just("Good compliance"), st.just("judgement"), st.just((0, 15)))
atoms = values | facts | lesions | narratives


def _branches(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    operands = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.builds(AllOf, operands) | st.builds(AnyOf, operands) | st.builds(Not, inner)


expressions: st.SearchStrategy[Expression] = st.recursive(atoms, _branches, max_leaves=6)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    """Draw an interval: a point, or a range with open or infinite ends."""
    low, high = sorted((draw(numbers), draw(numbers)))
    if low == high:
        return Interval(low, high)
    low_end = draw(st.sampled_from([low, float("-inf")]))
    high_end = draw(st.sampled_from([high, float("inf")]))
    return Interval(low_end, high_end, draw(st.booleans()), draw(st.booleans()))


@st.composite
def times_ago(draw: st.DrawFn) -> TimeAgo:
    """Draw how long ago something may have been."""
    days = sorted(draw(st.sampled_from([0, 1, 2, 14, 15, 180, 190, 800, float("inf")])) for _ in range(2))
    months = sorted(draw(st.sampled_from([0, 1, 6, 7, 12, 24, float("inf")])) for _ in range(2))
    return TimeAgo(days[0], days[1], months[0], months[1])


quantities = st.builds(
    Quantity,
    value=intervals(),
    times_uln=st.none() | intervals(),
    times_lln=st.none() | intervals(),
    ago=times_ago(),
    shown=st.just("a result"),
    evidence=st.just(("Observation/1",)),
    conflict=st.booleans(),
)
presences = st.builds(
    Presence,
    ago=times_ago(),
    active=st.sampled_from([True, False, None]),
    shown=st.just("a record"),
    evidence=st.just(("Condition/1",)),
)


@st.composite
def views(draw: st.DrawFn) -> ScreeningView:
    """Draw a view that keeps the invariants of its class."""
    keys = [*FACTS, *LESIONS, str(TGC["MalignantNeoplasm-other"])]
    state = {key: draw(st.sampled_from(["present", "absent", "conflict", "unknown"])) for key in keys}
    present = {key: draw(presences) for key in keys if state[key] == "present"}
    absent = {key: Absence("none recorded") for key in keys if state[key] == "absent"}
    over = {key: Absence("resolved") for key, presence in present.items() if presence.active is False}
    complete = {key: Absence("complete") for key in keys if draw(st.booleans())}
    graded = FACTS[1]
    told = draw(st.sampled_from(["nothing", "such", "other"])) if graded in present else "nothing"
    if told == "such":
        present |= dict.fromkeys((grade_key(graded, 2, 5), grade_key(graded, 2, 3)), present[graded])
    elif told == "other":
        absent |= {grade_key(graded, low, 5): Absence("grade 1") for low in (2, 3)}
    told = draw(st.sampled_from(["nothing", "such", "other"])) if graded in present else "nothing"
    if told != "nothing":
        qualified = {f"{graded}-{quality}": present[graded] for quality in ("severe", "severe-symptomatic")}
        present |= qualified if told == "such" else {}
        absent |= {f"{graded}-uncontrolled": Absence("controlled")}
    present |= {f"{key}-planned": draw(presences) for key in FACTS if draw(st.booleans())}
    counted = [f"{key}-{suffix}" for key in LESIONS for suffix in ("count", "size")]
    return ScreeningView(
        patient="generated",
        as_of=date(2025, 9, 1),
        quantities={key: draw(quantities) for key in [*QUANTITIES, *counted] if draw(st.booleans())},
        present=present,
        absent=absent,
        inactive={**absent, **over},
        complete=complete,
        over={key for key in over if draw(st.booleans())},
        latest={key: present.get(key) or draw(presences) for key in keys if draw(st.booleans())},
        conflicts={key: ("Condition/1", "Condition/2") for key in keys if state[key] == "conflict"},
    )
