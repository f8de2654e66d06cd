"""Dnevnik.ru connector: client, mirror, pull, reports. Start reading at docs/adr and connector/errors.py."""

__version__ = "0.1.0"
