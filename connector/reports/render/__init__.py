"""Reports as bytes: text for a terminal, a JSON document, CSV for Excel, a workbook. Pure: nothing is written here.

The same report gives the same bytes. `translate` turns an English source string into the report's language.
"""

from connector.reports.render.delimited import csv
from connector.reports.render.document import document, json_bytes
from connector.reports.render.text import table
from connector.reports.render.workbook import xlsx

__all__ = ["csv", "document", "json_bytes", "table", "xlsx"]
