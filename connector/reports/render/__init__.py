"""Reports as bytes: text, JSON, CSV, workbook, page, PDF, Word document. Pure: nothing is written here.

The same report gives the same bytes. `translate` turns an English source string into the report's language.
"""

from connector.reports.render.delimited import csv, csv_files
from connector.reports.render.document import document, json_bytes
from connector.reports.render.text import table
from connector.reports.render.workbook import xlsx

__all__ = ["csv", "csv_files", "document", "json_bytes", "table", "xlsx"]
