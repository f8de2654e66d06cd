"""One module per command: parse, wire, print. With cli.py alone allowed click, mappings and the clock."""
