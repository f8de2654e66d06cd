"""The base of all errors, and those that are about what the user gave or asked for."""

from typing import Any, ClassVar

from connector.i18n import N_, _


class DnevnikError(Exception):
    """Base of every error this package raises on purpose."""

    exit_code: ClassVar[int] = 1
    text: ClassVar[str] = N_(
        "Something went wrong inside the program: {reason}. Run again with --debug and report it."
    )

    def __init__(self, reason: str = "", **facts: Any) -> None:
        self.reason = reason
        self.facts = facts
        super().__init__(reason)

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return ": ".join(part for part in (type(self).__name__, self.reason, shown) if part)

    def sentence(self) -> str:
        """The operator's sentence in the active language."""
        return _(self.text).format(reason=_(self.reason), **self.facts)


class SettingsError(DnevnikError):
    """A setting, option or named file is wrong. Facts: `where`, `key`, `value`, `allowed`."""

    exit_code = 2
    text = N_("Wrong setting {key} = {value} in {where}. Allowed: {allowed}.")


class SettingUnknown(SettingsError):
    """A key or table that does not exist, probably misspelt. Facts as above; the value is not shown."""

    text = N_("There is no setting {key} ({where}). Known here: {allowed}.")


class FileUnreadable(SettingsError):
    """A file of settings or rules cannot be read. Facts: `where` (the file), `value` (why), `allowed`."""

    text = N_("The file {where} cannot be read: {value}. Expected: {allowed}.")


class TemplateBroken(SettingsError):
    """A document template cannot be filled. Facts: `where` (the file), `paragraph` (its number or a dash), `tag`."""

    text = N_(
        "The template {where} cannot be filled: {reason}. Paragraph: {paragraph}, tag: {tag}. Correct it there, or leave the template out to take the built-in one."
    )


class TemplateUnplaced(TemplateBroken):
    """A document template is broken as a whole, or where no paragraph can be named. Facts: `where`."""

    text = N_(
        "The template {where} cannot be filled: {reason}. Start anew with `dnevnik report template --export FILE`, or leave the template out to take the built-in one."
    )


class NothingFits(SettingsError):
    """A filter names what is not in the mirror. Facts: `key` (the option), `value`, `allowed`."""

    text = N_('Nothing in the mirror fits {key} "{value}". Known: {allowed}.')


class UsageProblem(SettingsError):
    """The command cannot be carried out as given; the reason says what to change."""

    text = N_("{reason}")


class InputRejected(DnevnikError):
    """Local files with problems; all of them are listed before this is raised."""

    exit_code = 4
    text = N_("Problems found in the files: {count}. Correct them and run the check again.")


class FilesUnusable(InputRejected):
    """A file of the school that holds nothing a report could use. Facts: `path`, `kind` (what it is), `needed`."""

    text = N_(
        "{path} holds nothing that this report can use. What it is: {kind}. What is needed: {needed}. Why: dnevnik check {path}"
    )


class PlanRefused(DnevnikError):
    """A plan that must not be made or applied as it is."""

    exit_code = 5
    text = N_("The plan was refused: {reason}")


class NotConverged(DnevnikError):
    """After an apply or in a verify the vendor does not show what the plan wants. Facts: `remaining`."""

    exit_code = 6
    text = N_(
        "The vendor does not show everything the plan wants yet: {remaining} operations remain. Look at the list, then run `dnevnik verify` or `dnevnik apply` with the same plan again."
    )


class Unanswered(DnevnikError):
    """Ctrl-C or the end of input where a question was asked."""

    exit_code = 130
    text = N_("Stopped at the question: nothing was done after it.")


class Interrupted(DnevnikError):
    """Ctrl-C or SIGTERM; the mirror is consistent."""

    exit_code = 130
    text = N_("Stopped. What was read is kept; run the same command again to go on.")
