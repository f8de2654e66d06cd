"""Why a file cannot be read or written, in our words: those of the system and of the TOML parser are English. Pure."""

import errno
import re

from connector.i18n import N_, _

# A full disk, a quota, a limit on the size of files.
NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

_REFUSALS = {
    errno.ENOENT: N_("there is no such file or folder"),
    errno.EACCES: N_("this user may not, or another program has it open"),
    errno.EPERM: N_("this user may not, or another program has it open"),
    errno.EROFS: N_("the medium is for reading only"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("a part of its path is a file, not a folder"),
    errno.EEXIST: N_("a part of its path is a file, not a folder"),
    errno.ENAMETOOLONG: N_("its name is too long"),
}
_NO_UTF8 = N_("it is not in UTF-8; save it again so (in Notepad: Save as, Encoding: UTF-8)")
# Pieces of the messages of Python's `tomllib`, and what a person did.
_SLIPS = (
    (
        "Invalid value",
        N_(
            'the value is not understood: write a text in straight quotes "…", a day as 2026-09-01, a switch as true or false, a fraction with a point'
        ),
    ),
    (
        "Expected newline or end of document",
        N_(
            "something is left behind the value: write a day as 2026-09-01, a fraction with a point, a remark behind #"
        ),
    ),
    ("Illegal character '\\n'", N_("the quotes are not closed")),
    ("Unterminated string", N_("the quotes are not closed")),
    ("Unclosed array", N_("the square bracket is not closed")),
    ("Unescaped '\\'", N_(r"write \ in a path twice, or use /")),
    ("Invalid hex value", N_(r"write \ in a path twice, or use /")),
    ("Cannot overwrite", N_("this key stands in the file already")),
    ("twice", N_("this section stands in the file already: put the lines into that one")),
    ("Cannot mutate", N_("this section stands in the file already: put the lines into that one")),
    ("Expected '='", N_("= is missing behind the key")),
)


def refusal(problem: OSError) -> str:
    """Say why the system refused a file."""
    known = _REFUSALS.get(problem.errno or 0)
    return _(known) if known else problem.strerror or type(problem).__name__


def not_toml(problem: ValueError) -> str:
    """Say why a text is no TOML, by line; nothing of the text is shown.

    Args:
        problem: a `UnicodeDecodeError` or what `tomllib` raised.

    """
    if isinstance(problem, UnicodeDecodeError):
        return _(_NO_UTF8)
    told = str(problem)
    slip = next((ours for piece, ours in _SLIPS if piece in told), N_("this is not understood"))
    line = re.search(r"at line (\d+)", told)
    if line is None:
        return _("at the end: {slip}").format(slip=_(slip))
    return _("line {line}: {slip}").format(line=line[1], slip=_(slip))
