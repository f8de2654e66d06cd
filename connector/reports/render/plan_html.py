"""A plan as one page that a deputy director opens, prints or reads on a phone: nothing is fetched from anywhere."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from connector.i18n import N_, translation
from connector.planned import Plan
from connector.reports.render import plan_words as words
from connector.reports.render.plan_text import counts_text, days_text
from connector.reports.render.plan_values import NOTHING
from connector.reports.render.plan_view import Item, PlanView, view

_TEMPLATE = files("connector.reports.render") / "plan.html.j2"
_SAYINGS = {
    "page_made": N_("Page made"),
    "guards": N_("Guards that stop this plan"),
    "guards_mean": N_(
        "The plan changes more than is usual. Look at the lines marked “stopped by a guard” and at the files first."
    ),
    "allowed": N_("allowed"),
    "guards_safe": N_(
        "Only what no guard covers and what does not depend on it, operations: {count}:"
    ),
    "guards_force": N_("What a guard covers too, with a reason that is written down:"),
    "irreversible": N_("Cannot be taken back"),
    "irreversible_mean": N_(
        "This channel has no way back for what follows: make sure before applying."
    ),
    "questions": N_("Open questions"),
    "questions_mean": N_(
        "What they concern is left alone until somebody answers; then plan again. They are listed by"
    ),
    "unique": N_("only one fits:"),
    "nobody": N_("nobody fits"),
    "notes": N_("Notes"),
    "counts": N_("In numbers"),
    "nothing": N_("Nothing to change."),
    "happens": N_("What happens"),
    "filter": N_("Show only lines with"),
    "what": N_("What"),
    "who": N_("Who or what"),
    "was": N_("Was"),
    "becomes": N_("Becomes"),
    "why": N_("Why"),
    "known_by": N_("recognised by"),
    "no_way_back": N_("cannot be taken back"),
    "more": N_("and {count} more"),
    "guarded": N_("stopped by a guard"),
}
# Longer lists are folded; paper shows all.
_FIRST = 10
# As headline numbers; the table below them has the short words.
_TILES = {
    "create": N_("to create"),
    "update": N_("to change"),
    "move": N_("to move"),
    "archive": N_("to archive, end or cancel"),
}


@dataclass(frozen=True, slots=True)
class _Tile:
    count: int
    label: str
    look: str = ""


def plan_html(plan: Plan, names: Mapping[str, str], *, made_at_text: str, lang: str) -> bytes:
    """The plan as an HTML page in UTF-8.

    Args:
        plan: what to show.
        names: labels of ids and references: `plan_view.view` tells the forms of its keys.
        made_at_text: when the page is made, as the reader shall see it.
        lang: language of the page.

    """
    translate = translation(lang).gettext
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["days"] = lambda days: days_text(days, translate)
    environment.filters["counts"] = lambda counts: counts_text(counts, translate)
    environment.filters["fits"] = lambda line, nobody: f"{line[0]} — {line[1] or nobody}"
    seen = view(plan, names, translate)
    page = environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(
        lang=lang,
        plan=plan.plan,
        seen=seen,
        made_at_text=made_at_text,
        say={key: translate(text) for key, text in _SAYINGS.items()},
        kinds=[(kind, translate(title)) for kind, title in words.KINDS.items()],
        tiles=list(_tiles(seen, translate)),
        irreversible=[_line(item, translate) for item in seen.irreversible],
        nothing=NOTHING,
        first=_FIRST,
    )
    return page.encode("utf-8", "replace")


def _line(item: Item, translate: Callable[[str], str]) -> str:
    days = f" ({days_text(item.days, translate)})" if item.days else ""
    return f"{item.what}: {item.label}{days}"


def _tiles(seen: PlanView, translate: Callable[[str], str]) -> Iterator[_Tile]:
    for kind, label in _TILES.items():
        yield _Tile(seen.total.get(kind, 0), translate(label))
    yield _Tile(seen.unchanged, translate(N_("as they should be")))
    if seen.tripped:
        yield _Tile(len(seen.tripped), translate(N_("guards that stop the plan")), "bad")
    if seen.irreversible:
        yield _Tile(len(seen.irreversible), translate(N_("cannot be taken back")), "warn")
    if seen.questions:
        open_questions = sum(asked.count for asked in seen.questions)
        yield _Tile(open_questions, translate(N_("open questions")), "warn")
