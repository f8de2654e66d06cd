"""Shipped write profiles."""
