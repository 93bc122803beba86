"""Every limit on what is opened, in one place: in bytes, cells, lines, pages and seconds.

A form is a few kilobytes and some hundred cells, and a department's whole batch of a thousand forms keeps far below
all of these. What goes beyond is refused before it can fill the memory, with the sentence named here in brackets
(``profiles/text/errors.toml``); docs/robustness.md shows the same table to readers.
"""

from __future__ import annotations

from typing import Final

# --- any file ---------------------------------------------------------------------------------------------------
#: Bytes of a file (``file-too-large``).
MOST_BYTES: Final = 256 * 1024 * 1024

# --- packages: xlsx, xlsb, docx, ods ----------------------------------------------------------------------------
#: Bytes of all parts once inflated (``file-is-bomb``).
MOST_INFLATED: Final = 512 * 1024 * 1024
#: Parts of a package (``file-is-bomb``).
MOST_PARTS: Final = 10_000
#: Honest sheets of repeated rows reach about 150:1 (``file-is-bomb``) ...
MOST_RATIO: Final = 300
#: ... and files that inflate to fewer bytes than this may have any ratio.
SMALL: Final = 32 * 1024 * 1024

#: Elements and attributes of an XML part that is taken into memory as a tree, for each megabyte of the package that was
#: begun (``document-too-large``): each takes up to three hundred bytes there.
MOST_NODES: Final = 1_250_000
#: Bytes of such a part (``document-too-large``).
MOST_TREE: Final = 128 * 1024 * 1024

# --- grids ------------------------------------------------------------------------------------------------------
#: Cells from the first to the last filled one: of a sheet of an .xlsx or .xlsb, of all sheets of an .xls or .ods
#: together (``sheet-too-large``).
MOST_CELLS: Final = 4_000_000
#: Cells of all tables of a Word document, web page or text together (``document-too-large``).
MOST_TABLE_CELLS: Final = 1_000_000
#: Lines outside tables of a Word document, web page, text or PDF, empty ones of Word too (``document-too-large``).
MOST_LINES: Final = 50_000
#: Bytes of a text, Markdown, .csv or .tsv (``document-too-large``): two thousand forms have ten million.
MOST_TEXT: Final = 16 * 1024 * 1024
#: Bytes of a sheet part beyond which a sheet is looked at only as far as its forms reach; nothing is refused.
LONG_SHEET: Final = 4 * 1024 * 1024
#: Rows that are always read of a sheet, and behind the last words of a form in it.
FIRST_ROWS: Final = 2_000
#: Rows from the first to the last form of a sheet (``sheet-too-large``).
MOST_FORM_ROWS: Final = 60_000

# --- PDF --------------------------------------------------------------------------------------------------------
#: Pages (``pdf-too-long``).
MOST_PAGES: Final = 500
#: Bytes that all streams of a PDF give once their filters are undone, pictures left out (``pdf-too-large``).
MOST_PDF_BYTES: Final = 96 * 1024 * 1024
#: Bytes of one row of a predictor (``pdf-too-large``): a page of 1,200 dots per inch in colour has 40,000.
MOST_PREDICTOR_ROW: Final = 1 << 20
#: Bytes of a stream under an old filter: LZW, RunLength, ASCII85, fax (``pdf-too-large``).
MOST_SLOW_BYTES: Final = 128 * 1024
#: Bytes of drawing commands that one page carries out, repeated ones counted again (``pdf-too-large``).
MOST_PAGE_BYTES: Final = 1024 * 1024
#: Characters, lines and rectangles of one page (``pdf-too-large``): a crowded page of forms has 5,000.
MOST_PAGE_CHARACTERS: Final = 50_000
MOST_PAGE_LINES: Final = 10_000
#: Drawings that a page calls, those inside drawings included, and how deep they stand (``pdf-too-large``).
MOST_DRAWINGS: Final = 2_000
DEEPEST_DRAWING: Final = 12
#: Glyphs of one font (``pdf-too-large``).
MOST_GLYPHS: Final = 70_000

# --- seconds ----------------------------------------------------------------------------------------------------
#: Seconds for a file of less than a megabyte, reading and writing together (``file-too-slow``) ...
LONGEST_FILE: Final = 8.0
#: ... and for each full megabyte of a larger one.
LONGEST_MEGABYTE: Final = 5.0
#: Seconds for LibreOffice, which needs up to twenty to start on a cold machine (``word-not-converted``).
LONGEST_CONVERSION: Final = 60.0
#: Endings of what LibreOffice converts.
CONVERTED: Final = (".doc", ".dot", ".wps", ".wpt", ".rtf", ".odt", ".ott")
