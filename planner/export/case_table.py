"""Cases as the import reads them: one line for each case, with the person and the places."""

from collections.abc import Iterator
from typing import Any, Final

from planner.domain.codes import AddressKind, Flag, Grade
from planner.domain.people import Address, Debtor
from planner.export.everything import money
from planner.intake.synonyms import MARKS
from planner.intake.values import Bad, parse_id

_SLOTS: Final = {
    AddressKind.HOME: ("home", "current"), AddressKind.WORK: ("work",),
    AddressKind.REGISTERED: ("registered",), AddressKind.RELATIVE: ("relative",),
    AddressKind.UNKNOWN: ("other",),
}  # fmt: skip
_PARTS: Final = ("text", "lon", "lat", "grade", "region", "township", "county")
_HEADS: Final = {
    "en": (
        "Name", "ID number", "ID type", "Phone", "Contract no", "Lender", "Product",
        "Amount overdue", "Overdue since", "Status", "Limitation date", "Tags", "Needs",
    ),
    "zh_CN": (
        "姓名", "身份证号", "证件类型", "手机号", "合同号", "委案方", "产品", "逾期金额",
        "逾期开始日", "案件状态", "诉讼时效到期日", "标签", "到访要求",
    ),
}  # fmt: skip
_PLACES: Final = {
    "en": {"home": "Home", "current": "Current", "work": "Work", "registered": "Registered",
           "relative": "Relative", "other": "Other"},
    "zh_CN": {"home": "家庭", "current": "现居", "work": "单位", "registered": "户籍",
              "relative": "亲属", "other": "其他"},
}  # fmt: skip
_ENDS: Final = {
    "en": (" address", " longitude", " latitude", " grade", " region", " township", " county"),
    "zh_CN": ("地址", "经度", "纬度", "坐标精度", "城乡类型", "乡镇", "区县"),
}
_STATUS: Final = {
    "en": {"open": "open", "paid": "paid", "withdrawn": "withdrawn"},
    "zh_CN": {"open": "逾期", "paid": "已结清", "withdrawn": "已撤案"},
}
_ID_TYPES: Final = {"en": ("ID card", "Other"), "zh_CN": ("身份证", "其他证件")}
_NEEDS_GAP: Final = ";"


def case_heads(language: str) -> list[str]:
    """The headers; the import knows them in both languages."""
    ends = _ENDS[language]
    return [
        *_HEADS[language],
        *(name + end for name in _PLACES[language].values() for end in ends),
    ]


def case_rows(person: Debtor, language: str) -> Iterator[list[Any]]:
    """One row for each case of `person`, open or not.

    A row has room for one place of each kind and two homes; further ones stand in the table of
    addresses, as do marks that lists of lenders have no word for.
    """
    words = [MARKS[flag.name][0 if language == "zh_CN" else -1]
             for flag in Flag if flag in person.flags and flag.name in MARKS]  # fmt: skip
    places = _places(person)
    cells = [cell for slot in _PLACES[language] for cell in _place(places.get(slot))]
    plain, other = _ID_TYPES[language]
    kind = (plain if _is_resident(person.id_number) else other) if person.id_number else ""
    for case in person.cases:
        yield [
            person.name, person.id_number, kind, ";".join(person.phones), case.contract_no,
            case.lender, case.product, money(case.amount_overdue), case.overdue_since.isoformat(),
            _STATUS[language].get(case.status, case.status),
            case.limitation_date.isoformat() if case.limitation_date else "",
            ";".join(words), _NEEDS_GAP.join(person.needs), *cells,
        ]  # fmt: skip


def _is_resident(number: str) -> bool:
    try:
        return parse_id(number) == number
    except Bad:
        return False


def _places(person: Debtor) -> dict[str, Address]:
    """Which address stands in which columns: valid ones first, the surest position first."""
    found: dict[str, Address] = {}
    order = sorted(person.addresses, key=lambda one: (not one.valid, one.grade, one.address_id))
    for address in order:
        free = [slot for slot in _SLOTS[address.kind] if slot not in found]
        if free and address.valid:
            found[free[0]] = address
    return found


def _place(address: Address | None) -> list[Any]:
    if address is None:
        return [""] * len(_PARTS)
    grade = "" if address.grade is Grade.NONE else int(address.grade)
    return [
        address.text, address.lon, address.lat, grade, int(address.region), address.township,
        address.county,
    ]  # fmt: skip
