"""The class list of the samples as a workbook, with all that offices do to one."""

import io
import re
import zipfile
from datetime import date, datetime, time
from random import Random

import xlsxwriter

MONTHS = [
    "января",
    "февраля",
    "марта",
    "апреля",
    "мая",
    "июня",
    "июля",
    "августа",
    "сентября",
    "октября",
    "ноября",
    "декабря",
]
LATIN = str.maketrans("АВЕКМНОРСТХаеорсух", "ABEKMHOPCTXaeopcyx")
HEADINGS = (
    {
        "№": "place",
        "Фамилия": "last",
        "Имя": "first",
        "Отчество": "middle",
        "Пол": "sex",
        "Дата рождения": "born",
        "СНИЛС": "snils",
    },
    {
        "№ п/п": "place",
        "Ф.И.О. ученика": "full",
        "Дата рожд.": "born",
        "Пол": "sex",
        "СНИЛС": "snils",
        "Телефон": "phone",
    },
    {
        "Фамилия обучающегося*": "last",
        "Имя": "first",
        "Отчество": "middle",
        "М/Ж": "sex",
        "Д.р.": "born",
        "№ СНИЛС": "snils",
        "Класс": "class",
    },
    {
        "№": "place",
        "Фам.": "last",
        "Имя": "first",
        "Отч.": "middle",
        "Пол": "sex",
        "Дата рождения": "born",
        "№ личного дела": "file",
        "СНИЛС": "snils",
    },
)
# How tabs are named, in turn; look-alikes where the letter has one.
TABS = ("{n}{l}", "{n} {l}", "{n}-{l}", "{n} {l} класс", "0{n}{l}", "{n} «{l}»")
SERIAL = date(1899, 12, 30)


def workbook(sheets, leavers, parallels):
    """The bytes of the workbook; the same lists give the same ones.

    Args:
        sheets: pupils by class.
        leavers: pupils of the hidden sheet.
        parallels: of the classes.

    """
    target = io.BytesIO()
    plain = {"strings_to_urls": False, "strings_to_numbers": False, "strings_to_formulas": False}
    book = xlsxwriter.Workbook(target, {"in_memory": True, **plain})
    # Not the clock's moment: the same lists must give the same bytes.
    book.set_properties({"created": datetime(2026, 11, 24)})  # noqa: DTZ001 - a workbook knows no zone
    writer = _Writer(book)
    for turn, (name, rows) in enumerate(
        sorted(sheets.items(), key=lambda item: (parallels[item[0]], item[0]))
    ):
        writer.sheet(turn, name, parallels[name], rows)
    writer.leavers(leavers)
    writer.drafts()
    book.close()
    return _merged(target.getvalue())


class _Writer:
    def __init__(self, book):
        self.book = book
        self.random = Random("samples/workbook")
        self.bold = book.add_format({"bold": True})
        self.head = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        self.day = book.add_format({"num_format": "dd.mm.yyyy", "align": "left"})

    def sheet(self, turn, name, parallel, rows):
        letter = name.removeprefix(str(parallel))
        is_class = len(letter) == 1
        tab = TABS[turn % len(TABS)].format(n=parallel, l=letter) if is_class else name
        if is_class and turn % 5 == 2:
            tab = tab.translate(LATIN)
        page = self.book.add_worksheet(tab)
        headings = HEADINGS[turn % len(HEADINGS)]
        top = self._title(page, turn, name, parallel, letter, len(headings))
        self._headings(page, top, headings)
        top += 1
        if turn % 7 == 3:
            for column in range(len(headings)):
                page.write_number(top, column, column + 1)
            top += 1
        rows = sorted(rows, key=lambda row: (row.last.replace("ё", "е"), row.first, row.person))
        for place, row in enumerate(rows, 1):
            texts = self._texts(row, place, turn) | {"class": f"{parallel}-{letter.lower()}"}
            for column, field in enumerate(headings.values()):
                if field == "born":
                    self._born(page, top, column, row.born, turn)
                elif texts[field]:
                    # Numbers stay numbers: СНИЛС loses its zeros like that.
                    page.write(top, column, texts[field])
            top += 1
            if place == 12 and turn % 4 == 1:
                # The printer's second page.
                self._headings(page, top, headings)
                top += 1
            if place == 18 and turn % 6 == 4:
                top += 1
        self._feet(page, top + 1, turn, headings, len(rows))

    def _feet(self, page, top, turn, headings, count):
        """What stands below the pupils."""
        fields = list(headings.values())
        column = next(n for n, field in enumerate(fields) if field in {"last", "full"})
        if turn % 3 == 0 and fields[column + 1] == "first":
            page.write_string(top, column, "Всего учащихся")
            page.write_number(top, column + 1, count)
        elif turn % 3 != 2:
            page.write_string(top, column, f"Итого: {count} чел.")
            page.write_string(top + 2, column, "Классный руководитель: ____________")

    def _title(self, page, turn, name, parallel, letter, width):
        if turn % 3 == 0:
            page.merge_range(0, 0, 0, width - 1, "МБОУ «СОШ № 7»", self.bold)
            named = f"{parallel} «{letter}» класса" if len(letter) == 1 else "на дому"
            page.merge_range(1, 0, 1, width - 1, f"Список обучающихся {named}", self.bold)
            return 3
        if turn % 3 == 1 and len(letter) == 1:
            page.write_string(0, 1, f"Класс: {name}\xa0", self.bold)
            return 1
        return 0

    def _headings(self, page, top, headings):
        for column, heading in enumerate(headings):
            page.write_string(top, column, heading, self.head)

    def _texts(self, row, place, turn):
        """What stands in the cells of a pupil, by field."""
        last, first, middle = self._names(row)
        return {
            "place": place,
            "last": last,
            "first": first,
            "middle": middle or ("-" if place % 2 else ""),
            "full": " ".join(part for part in (last, first, middle) if part),
            "sex": self._sex(row, turn),
            "snils": self._snils(row.snils, turn),
            "phone": f"8 (900) 555-{place:02d}-{turn:02d}" if place % 3 == 0 else "",
            "file": f"{row.last[0]}-{place:03d}",
        }

    def _names(self, row):
        """The name as somebody typed it."""
        parts = [row.last, row.first, row.middle]
        if not row.person:
            # A new pupil's name is taken into the diary as it stands here.
            return parts
        luck = self.random.random()
        if luck < 0.04:
            parts = [part.upper() for part in parts]
        elif luck < 0.10:
            parts = [part.replace("ё", "е") for part in parts]
        elif luck < 0.14:
            parts[0] = f"{parts[0]}\xa0"
        elif luck < 0.17:
            parts[1] = f" {parts[1]} "
        elif luck < 0.20:
            # One letter of another alphabet, as the keyboard was left.
            parts[0] = (
                parts[0][0] + parts[0][1:].translate(LATIN) if len(parts[0]) > 4 else parts[0]
            )
            if re.search("[А-яё]", parts[0][1:]) is None:
                parts[0] = row.last
        elif luck < 0.22 and " " in parts[2]:
            parts[2] = parts[2].replace(" ", "  ").title()
        return parts

    def _sex(self, row, turn):
        male = row.sex == "Male"
        forms = (("М", "Ж"), ("м", "ж"), ("муж", "жен"), ("муж.", "жен."))[turn % 4]
        return forms[0] if male else forms[1]

    def _born(self, page, top, column, born, turn):
        form = turn % 5 if self.random.random() < 0.8 else self.random.randrange(9)
        texts = (
            f"{born:%d.%m.%Y}",
            None,
            f"{born.day}.{born.month}.{born:%y}",
            f"{born:%d/%m/%Y}",
            f"{born.day} {MONTHS[born.month - 1]} {born.year} г.",
            f"{born}",
            f"{born:%d.%m.%Y} г.",
            f"{born} 00:00:00",
            None,
        )
        if texts[form] is not None:
            page.write_string(top, column, texts[form])
        elif form == 1:
            page.write_datetime(top, column, datetime.combine(born, time.min), self.day)
        else:
            page.write_number(top, column, (born - SERIAL).days)

    def _snils(self, snils, turn):
        forms = (f"{snils[:3]}-{snils[3:6]}-{snils[6:9]} {snils[9:]}", snils, int(snils or 0))
        return forms[turn % 3] if snils else ""

    def leavers(self, rows):
        """Hidden, as last year's secretary left it."""
        page = self.book.add_worksheet("Выбывшие")
        page.hide()
        headings = (
            "Фамилия",
            "Имя",
            "Отчество",
            "Дата рождения",
            "Класс",
            "Дата выбытия",
            "Куда выбыл",
        )
        self._headings(page, 0, headings)
        for top, row in enumerate(rows, 1):
            for column, text in enumerate((row.last, row.first, row.middle)):
                page.write_string(top, column, text)
            page.write_string(top, 3, f"{row.born:%d.%m.%Y}")
            page.write_string(top, 4, row.came_from)
            page.write_string(top, 5, f"{row.left:%d.%m.%Y}")
            page.write_string(top, 6, "в другую школу")

    def drafts(self):
        page = self.book.add_worksheet("Лист2")
        page.hide()
        page.write_string(0, 0, "черновик")


def _merged(content):
    """Put in merged ranges of one cell, which mean nothing: some programs write a hundred of them, no library does."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            data = old.read(info)
            if info.filename in {"xl/worksheets/sheet1.xml", "xl/worksheets/sheet4.xml"}:
                data = _with_merges(data)
            fresh = zipfile.ZipInfo(info.filename, (2026, 11, 24, 8, 0, 0))
            fresh.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(fresh, data, compresslevel=9)
    return target.getvalue()


def _with_merges(data):
    found = re.search(rb'<mergeCells count="(\d+)">', data)
    single = b"".join(b'<mergeCell ref="B%d:B%d"/>' % (row, row) for row in range(6, 26))
    head = b'<mergeCells count="%d">' % (int(found[1]) + 20)
    return data[: found.start()] + head + single + data[found.end() :]
