"""Hands a plan over to the operator as files: import workbooks, and a checklist for the rest."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from connector.planned import Plan
from mappings.import_rows import Handover, PersonValues, sort_out
from mappings.imports import write_checklist, write_imports
from mappings.templates import ImportTemplate

__all__ = ["Handover", "PersonValues", "Written", "write_handover"]


@dataclass(frozen=True, slots=True)
class Written:
    """Files of one plan, in the order of use, and what of the plan each part carries."""

    imports: tuple[Path, ...]
    checklist: Path
    checklist_text: Path
    handover: Handover

    @property
    def files(self) -> tuple[Path, ...]:
        """All of them."""
        return (*self.imports, self.checklist, self.checklist_text)


def write_handover(
    plan: Plan,
    people: Mapping[str, PersonValues],
    classes: Mapping[str, str],
    names: Mapping[str, str],
    template: ImportTemplate,
    folder: Path,
    *,
    lang: str = "ru",
) -> Written:
    """Write everything that an operator needs for a plan.

    Args:
        plan: what to hand over; operations of the channels `api` and `gateway` are left out.
        people: present values by id as text of the persons whom the plan changes, moves or ends.
        classes: names of the diary's classes by id as text, without subgroups: their members are not imported.
        names: labels for the checklist by `<table>:<id>` (`persons:7`), by bare id or by reference.
        template: what the panel takes.
        folder: made where missing.
        lang: language of the checklist; the workbooks speak their template's.

    Raises:
        UsageProblem: the folder cannot be written, or holds workbooks of another plan.
        OutputFull: no space left.

    """
    handover = sort_out(plan, people, classes, template)
    imports = write_imports(handover, template, folder)
    place = write_checklist(plan, handover, names, folder, imports=imports, lang=lang)
    return Written(tuple(imports), place, place.with_suffix(".txt"), handover)
