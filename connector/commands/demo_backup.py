"""The demo's last part: a backup, its drill, entries deleted on the emulated school, and their way back into the diary."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from connector.commands.backup_proof import Missing
from connector.commands.backup_restore import restoring
from connector.commands.backup_wiring import certify, making, school_of
from connector.commands.console import Console
from connector.commands.demo_folder import RESTORE, RESTORE_SHEET
from connector.commands.demo_losses import lose
from connector.commands.plan_restore import write_sheet
from connector.commands.planning import write_plan
from connector.commands.sandbox import day_of
from connector.commands.wiring import open_client, open_mirror
from connector.flows.apply import apply, verify
from connector.flows.backup_create import lock_of_backups, make_backup
from connector.flows.backup_drill import Drill, drill
from connector.flows.backup_shelf import Record
from connector.flows.desk import ApplyOptions, Desk
from connector.flows.pull import pull
from connector.flows.push import PlanOptions
from connector.flows.restore_diary import RestoreOptions, RestorePlan, make_restore_plan, span_of
from connector.flows.restore_mirror import unpacked, workplace
from connector.flows.run import PullOptions
from connector.i18n import _
from connector.mirror.store import Mirror
from connector.planned import Channel
from connector.sync.guards import Limits
from connector.sync.plan import to_document

if TYPE_CHECKING:
    from connector.settings import Settings

Document = dict[str, Any]


def back_up_and_restore(
    console: Console,
    settings: "Settings",
    info: Mapping[str, Any],
    clock: Callable[[], datetime],
    *,
    step: int,
) -> Document:
    """Back the demo's mirror up, drill, lose entries, bring them back; returns what `--json` prints of it.

    Args:
        console: where each step is told in a line.
        settings: of the demo's mirror; writes enabled, backups and certificates in a folder of the demo.
        info: of the running school, whose control door loses the entries.
        clock: set to the school's day.
        step: number of the first line.

    """
    folder = settings.mirror.path.parent
    office = _Office(console, settings, info, clock, folder, step)
    return office.secure() | office.lose_and_restore()


@dataclass
class _Office:
    console: Console
    settings: "Settings"
    info: Mapping[str, Any]
    clock: Callable[[], datetime]
    folder: Path
    step: int
    archive: Path = Path()

    @property
    def day(self) -> date:
        """The school's."""
        return day_of(self.info)

    def say(self, text: str) -> None:
        """Tell the next step."""
        self.console.note(f"{self.step}. {text}")
        self.step += 1

    # --- backup and drill

    def secure(self) -> Document:
        """Make the backup and drill it."""
        path = self.settings.mirror.path
        made = make_backup(path, making(self.settings, ()), self.clock())
        for copy in made.copies:
            if copy.problem is not None:
                raise copy.problem
        self.archive = made.copies[0].path
        rows = sum(made.manifest.rows.values())
        self.say(
            _("Backup made and read back: rows: {rows}, {size:.1f} MB: {path}").format(
                rows=rows, size=made.manifest.bytes / 1e6, path=self.archive
            )
        )
        drilled, certificate = self._drill()
        checks = drilled.verdict.checks
        self.say(
            _("Restored aside as a drill; checks passed: {passed} of {all}: {path}").format(
                passed=sum(check.ok for check in checks), all=len(checks), path=certificate[-1]
            )
        )
        return {
            "backup": str(self.archive),
            "rows": rows,
            "checks": {check.name: check.ok for check in checks},
            "certificate": [str(path) for path in certificate],
        }

    def _drill(self) -> tuple[Drill, list[Path]]:
        path = self.settings.mirror.path
        with lock_of_backups(path):
            keys = making(self.settings, ()).keys
            drilled = drill(
                self.archive,
                path,
                keys,
                school_of(self.settings),
                Missing(self.settings),
                self.clock,
            )
            certificate = certify(self.settings, drilled, None)
            record = Record(path)
            record.note_drill(
                self.archive, drilled.at, ok=drilled.verdict.ok, certificate=str(certificate[0])
            )
            record.save()
        if drilled.verdict.problem is not None:
            raise drilled.verdict.problem
        return drilled, certificate

    # --- losses and their restoration

    def lose_and_restore(self) -> Document:
        """Lose a part of one class's journal and bring it back as far as calls can."""
        with self._backup_aside() as backup:
            name, lost = lose(backup, self.info["base_url"], self.day)
            if not name:
                self.console.note(_("The diary holds no marks yet: there is nothing to lose."))
            self.say(
                _(
                    "Class {name}: deleted on the emulated school: marks: {marks}, attendance entries: {lesson_log_entries}, works: {works}, topics of lessons: {topics}."
                ).format(name=name or "—", **lost)
            )
            found = self._plan(backup, name)
            planned = Counter(o.resource for o in found.plan.operations)
            file = self.folder / RESTORE
            write_plan(file, found.plan)
            sheet = self.folder / RESTORE_SHEET
            by_hand = write_sheet(self.console, self.settings, found, sheet)["sheet"]["lines"]
            self.say(
                _("Planned from the backup: {planned}; to enter by hand: {by_hand}. {path}").format(
                    planned=planned.total(), by_hand=by_hand, path=file
                )
            )
            applied, remaining = self._carry_out(found)
            again = self._plan(backup, name)
        left = len(again.plan.operations)
        self.say(
            _(
                "Written by the published calls: {applied}, not there yet: {remaining}; planned again: {left}."
            ).format(applied=applied, remaining=remaining, left=left)
        )
        return {
            "class": name,
            "lost": dict(lost),
            "plan": str(file),
            "sheet": str(sheet),
            "planned": {table: planned[table] for table in lost if table != "topics"},
            "by_hand": by_hand,
            "applied": applied,
            "remaining": remaining,
            "planned_again": left,
            "by_hand_again": len(again.by_hand),
        }

    @contextmanager
    def _backup_aside(self) -> Iterator[Mirror]:
        asked = restoring(self.console, self.settings, self.archive, {"as_of": None})
        with workplace(asked, self.settings.mirror.path) as scratch:
            _manifest, database = unpacked(asked, scratch, self.clock())
            with Mirror.open(database, write=True) as backup:
                yield backup

    def _plan(self, backup: Mirror, name: str) -> RestorePlan:
        start, end = span_of(backup, self.day)
        classes = (name,) if name else ()
        with open_mirror(self.settings, write=True) as mirror:
            with open_client(self.settings) as client:
                options = PullOptions(start=start, classes=classes, full=True)
                result = pull(client, mirror, options, clock=self.clock)
            if result.error is not None:
                raise result.error
            plan_options = PlanOptions(
                int(self.info["school_id"]), self.day, self.clock(), Channel.API, Limits()
            )
            how = RestoreOptions(start, end, classes)
            return make_restore_plan(backup, mirror, plan_options, how)

    def _carry_out(self, found: RestorePlan) -> tuple[int, int]:
        """Apply and verify; returns how many were applied and how many the diary does not show."""
        with (
            open_client(self.settings) as client,
            open_mirror(self.settings, write=True) as mirror,
        ):
            desk = Desk(client, mirror, found.plan, to_document(found.plan), self.clock)
            done = apply(desk, None, ApplyOptions())
            if done.error is not None:
                raise done.error
            return done.count("applied"), len(verify(desk).remaining)


def lines(document: Mapping[str, Any]) -> list[str]:
    """Say what came back and where everything lies."""
    planned = sum(document["planned"].values())
    return [
        _("Entries lost since the backup, and what became of them:"),
        _(
            "  lost: {lost:>4}   planned: {planned:>4}   written: {applied:>4}   by hand: {by_hand:>4}   left: {left:>4}"
        ).format(
            lost=sum(document["lost"].values()),
            planned=planned,
            applied=document["applied"],
            by_hand=document["by_hand"],
            left=document["planned_again"],
        ),
        _("Backup:  {path}").format(path=document["backup"]),
        _("Drill:   {path}").format(path=", ".join(document["certificate"])),
        _("Restore: {path}").format(path=document["plan"]),
        _("By hand: {path}").format(path=document["sheet"]),
    ]
