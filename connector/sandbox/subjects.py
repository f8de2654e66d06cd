"""Subjects, weekly loads, work types: what a Russian school teaches in each parallel."""

from dataclasses import dataclass

RUS, LIT, READ, ENG, MATH, ALG, GEOM, PROB = (
    "Русский язык",
    "Литература",
    "Литературное чтение",
    "Английский язык",
    "Математика",
    "Алгебра",
    "Геометрия",
    "Вероятность и статистика",
)
ICT, HIST, SOC, GEO, BIO, PHYS, CHEM = (
    "Информатика",
    "История",
    "Обществознание",
    "География",
    "Биология",
    "Физика",
    "Химия",
)
WORLD, ART, MUS, TECH, PE, SAFETY = (
    "Окружающий мир",
    "Изобразительное искусство",
    "Музыка",
    "Труд (технология)",
    "Физическая культура",
    "Основы безопасности и защиты Родины",
)
TALKS, ORKSE, ODNKNR, ELECTIVE = (
    "Разговоры о важном",
    "Основы религиозных культур и светской этики",
    "ОДНКНР",
    "Практикум по математике",
)

AREAS = {
    "Русский язык и литература": (RUS, LIT, READ),
    "Иностранные языки": (ENG,),
    "Математика и информатика": (MATH, ALG, GEOM, PROB, ICT, ELECTIVE),
    "Общественно-научные предметы": (HIST, SOC, GEO, WORLD, ORKSE, ODNKNR, TALKS),
    "Естественно-научные предметы": (BIO, PHYS, CHEM),
    "Искусство": (ART, MUS),
    "Технология": (TECH,),
    "Физическая культура": (PE, SAFETY),
}
SUBJECTS = tuple(name for names in AREAS.values() for name in names)
AREA_OF = {name: area for area, names in AREAS.items() for name in names}

_PRIMARY = {RUS: 5, READ: 4, MATH: 4, WORLD: 2, ART: 1, MUS: 1, TECH: 1, PE: 2, TALKS: 1}
_SENIOR = {
    RUS: 2,
    LIT: 3,
    ENG: 3,
    ALG: 3,
    GEOM: 2,
    PROB: 1,
    ICT: 1,
    HIST: 2,
    SOC: 2,
    GEO: 1,
    PHYS: 2,
    CHEM: 1,
    BIO: 1,
    SAFETY: 1,
    PE: 2,
    TALKS: 1,
}
# Hours a week; never more than one lesson of a subject on a day.
LOADS: dict[int, dict[str, int]] = {
    1: _PRIMARY,
    2: {**_PRIMARY, ENG: 2},
    3: {**_PRIMARY, ENG: 2},
    4: {**_PRIMARY, ENG: 2, ORKSE: 1},
    5: {
        RUS: 5,
        LIT: 3,
        ENG: 3,
        MATH: 5,
        HIST: 2,
        GEO: 1,
        BIO: 1,
        ODNKNR: 1,
        ART: 1,
        MUS: 1,
        TECH: 2,
        PE: 2,
        TALKS: 1,
    },
    6: {
        RUS: 5,
        LIT: 3,
        ENG: 3,
        MATH: 5,
        HIST: 2,
        SOC: 1,
        GEO: 1,
        BIO: 1,
        ART: 1,
        MUS: 1,
        TECH: 2,
        PE: 2,
        TALKS: 1,
    },
    7: {
        RUS: 4,
        LIT: 2,
        ENG: 3,
        ALG: 3,
        GEOM: 2,
        PROB: 1,
        ICT: 1,
        HIST: 2,
        SOC: 1,
        GEO: 2,
        PHYS: 2,
        BIO: 1,
        ART: 1,
        MUS: 1,
        TECH: 2,
        PE: 2,
        TALKS: 1,
    },
    8: {
        RUS: 3,
        LIT: 2,
        ENG: 3,
        ALG: 3,
        GEOM: 2,
        PROB: 1,
        ICT: 1,
        HIST: 2,
        SOC: 1,
        GEO: 2,
        PHYS: 2,
        CHEM: 2,
        BIO: 2,
        MUS: 1,
        TECH: 1,
        SAFETY: 1,
        PE: 2,
        TALKS: 1,
    },
    9: {
        RUS: 3,
        LIT: 3,
        ENG: 3,
        ALG: 3,
        GEOM: 2,
        PROB: 1,
        ICT: 1,
        HIST: 2,
        SOC: 1,
        GEO: 2,
        PHYS: 3,
        CHEM: 2,
        BIO: 2,
        TECH: 1,
        SAFETY: 1,
        PE: 2,
        TALKS: 1,
    },
    10: _SENIOR,
    11: _SENIOR,
}
HOME_LOAD = {RUS: 2, MATH: 2, LIT: 1, HIST: 1, ENG: 1}
# Taught by the class teacher in parallels 1 to 4.
BY_PRIMARY_TEACHER = frozenset({RUS, READ, MATH, WORLD, ART, TECH, ORKSE})

# Facts agreed with the rulebook: subjects judged by nobody.
NO_HOMEWORK = frozenset({"Разговоры о важном", "Классный час"})
UNGRADED = NO_HOMEWORK | {
    "ОРКСЭ",
    "Основы религиозных культур и светской этики",
    "ОДНКНР",
    "Основы духовно-нравственной культуры народов России",
}
TOPICS = (
    "Повторение изученного",
    "Новый материал",
    "Закрепление",
    "Решение задач",
    "Практическая работа",
    "Обобщение",
    "Работа над ошибками",
    "Подготовка к контрольной работе",
)


@dataclass(frozen=True, slots=True)
class WorkType:
    """A kind of work of this school; `kind` is the vendor's own word for it."""

    title: str
    abbr: str
    weight: int
    kind: str


WORK_TYPES = (
    WorkType("Работа на уроке", "РНУ", 1, "DefaultNewLessonWork"),
    WorkType("Ответ на уроке", "ОТВ", 1, "CommonWork"),
    WorkType("Самостоятельная работа", "СР", 2, "LessonTestWork"),
    WorkType("Контрольная работа", "КР", 3, "LessonExamination"),
    WorkType("Сочинение", "СОЧ", 2, "LessonComposition"),
    WorkType("Наизусть", "НАИ", 1, "LessonByHeart"),
    WorkType("Лабораторная работа", "ЛАБ", 2, "LaboratoryWork"),
    WorkType("Творческая работа", "ТВ", 1, "CreativeWork"),
    WorkType("Домашняя работа", "ДЗ", 1, "Homework"),
)
TYPE_OF_KIND = {work_type.kind: number for number, work_type in enumerate(WORK_TYPES)}
# Second works that suit a subject; others get a self-study or a test.
SECOND_WORKS = {
    LIT: ("LessonComposition", "LessonByHeart"),
    READ: ("LessonByHeart",),
    PHYS: ("LaboratoryWork", "LessonTestWork"),
    CHEM: ("LaboratoryWork",),
    BIO: ("LaboratoryWork",),
    ART: ("CreativeWork",),
    MUS: ("CreativeWork",),
    TECH: ("CreativeWork",),
}
PLAIN_SECOND_WORKS = ("LessonTestWork", "LessonExamination", "CommonWork")
