"""What the checks of a backup are called: on the terminal and on the certificate alike."""

from connector.i18n import N_

# In the order in which they are made.
CHECKS = {
    "manifest": N_("manifest"),
    "archive": N_("archive"),
    "integrity": N_("integrity of the database"),
    "foreign_keys": N_("references between tables"),
    "tables": N_("content of every table"),
    "chain": N_("chain of changes"),
    "report": N_("report made again"),
}
