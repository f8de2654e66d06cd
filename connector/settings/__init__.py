"""Settings: options, environment, dnevnik.toml and defaults, in this order, as one frozen object."""

from connector.settings.loading import (
    NOT_SETTINGS,
    SECRET_KEYS,
    Layer,
    Loaded,
    environment_layer,
    load,
    merged,
    read_token,
)
from connector.settings.sections import Settings

__all__ = [
    "NOT_SETTINGS",
    "SECRET_KEYS",
    "Layer",
    "Loaded",
    "Settings",
    "environment_layer",
    "load",
    "merged",
    "read_token",
]
