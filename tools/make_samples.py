"""Makes `mappings/samples`: a class list and an aSc timetable of the emulated school, with planted differences.

    python tools/make_samples.py            write them anew
    python tools/make_samples.py --check    leave with 1 where they are not what this would write
    python tools/make_samples.py --plain --out DIR    say what the emulated school says already

`differences.json` lists what was planted as the operations a plan must have, and answers to the questions that only a
person can answer. Everything is invented and comes from seeds: the same code writes the same bytes.
"""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from connector.sandbox.config import SandboxConfig
from connector.sandbox.desk import Desk

sys.path.insert(0, str(Path(__file__).parent))
from sample_people import Lists
from sample_timetable import Export
from sample_week import Week
from sample_workbook import workbook

FOLDER = Path(__file__).parents[1] / "mappings" / "samples"
SEED, PUPILS, TODAY = 7, 550, date(2026, 11, 24)


def samples(*, planted=True):
    """Bytes by file name; without `planted` they say what the emulated school says already."""
    desk = Desk(SandboxConfig(seed=SEED, pupils=PUPILS, today=TODAY))
    lists, week = Lists(desk), Week(desk)
    if planted:
        lists.plant()
        week.plant()
    parallels = {name: group.parallel for name, group in lists.groups.items()}
    parallels |= {name: int(name[:-1]) for name in lists.sheets if name not in parallels}
    export = Export(desk, week.hours)
    document = {
        "school": {"seed": SEED, "pupils": PUPILS, "today": TODAY.isoformat()},
        "horizon": {"from": week.first.isoformat(), "to": week.last.isoformat()},
        "class_list": {"file": "classes.xlsx", "differences": lists.differences},
        "timetable": {"file": "timetable.xml", "differences": week.differences},
        "answers": [*lists.answers, *export.answers],
    }
    return {
        "classes.xlsx": workbook(lists.sheets, lists.leavers, parallels),
        "timetable.xml": ("Получено из учебной части\r\n" + export.text()).encode("cp1251"),
        "differences.json": (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(),
    }


def main():
    """Write or check the samples."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--plain", action="store_true", help="plant no differences")
    parser.add_argument("--out", metavar="DIR", type=Path, default=FOLDER)
    asked = parser.parse_args()
    folder = asked.out
    made = samples(planted=not asked.plain)
    if asked.check:
        return int(any((folder / name).read_bytes() != data for name, data in made.items()))
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())
