"""Names, numbers and addresses that belong to nobody, drawn from a seeded generator.

ID numbers carry the unassigned area code 990000 and a right check character, phones begin with
1990000: both pass every check of form and reach no real person.
"""

import random
from datetime import date

AREA = "990000"
PHONE = "1990000"
MARK = "虚构演示数据"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜谢邹喻柏水窦章云苏潘葛范彭"
)
_GIVEN = (
    "澄砚槿岚霁菀漪桐绮珞蔚岫湄笙阑舟禾屿棠楠沐瑾昱皓景逸宸朗泽予安宁知远乔汀若溪珩珂筠苒芮芷苓蓁荻"
)
_PLACE = "岚澄砚槿苓霁菀漪桐绮珞蔚岫湄笙禾棠筠芷荻蓁榆枫鹭鹤雁麓"
_LAND = "溪坪堰湾渡浦岭墩泽洲崖陂垭埂塬川谷庐"
_STREETS = (
    "晴和", "澄波", "云栖", "望舒", "听松", "揽月", "拾光", "槿花", "鹭洲", "枫桥", "知行", "同心",
    "向晚", "新禾", "春熙", "秋实", "清砚", "长宁",
)  # fmt: skip
_ESTATES = ("岚庭", "槿园", "澄苑", "云居", "棠府", "禾里", "筠舍", "芷汀", "鹭湾", "榆巷")


class Names:
    """Hands out names, phones and place names, none of the last two twice."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._phones = rng.sample(range(10_000), 10_000)
        self._ids: set[str] = set()
        self._people: set[str] = set()
        self._places: set[str] = set()

    def person(self) -> str:
        """A random surname with one or two random characters."""
        while True:
            size = 2 if self._rng.random() < 0.8 else 1
            name = self._rng.choice(_SURNAMES) + "".join(self._rng.sample(_GIVEN, size))
            if name not in self._people:
                self._people.add(name)
                return name

    def id_number(self, born: date) -> str:
        """A well-formed ID number of nobody, born on `born`; no two are equal."""
        while True:
            head = f"{AREA}{born:%Y%m%d}{self._rng.randrange(1, 999):03d}"
            total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, head, strict=True))
            number = head + "10X98765432"[total % 11]
            # 000 at the end looks as if a spreadsheet had rounded the number.
            if number not in self._ids and not number.endswith("000"):
                self._ids.add(number)
                return number

    def phone(self) -> str:
        """An unassigned number of eleven digits."""
        return f"{PHONE}{self._phones.pop():04d}"

    def place(self, ending: str) -> str:
        """A place name such as 槿溪镇."""
        while True:
            name = self._rng.choice(_PLACE) + self._rng.choice(_LAND)
            if self._rng.random() < 0.25 and ending == "村":
                name = self._rng.choice(_PLACE) + name
            if name not in self._places:
                self._places.add(name)
                return name + ending

    def street(self) -> str:
        """A street name."""
        return self._rng.choice(_STREETS) + self._rng.choice(("路", "街", "巷", "大道"))

    def estate(self) -> str:
        """A housing estate's name."""
        return self._rng.choice(_ESTATES)
