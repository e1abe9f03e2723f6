"""Rows that are wrong on purpose, one for each way in which such lists are wrong."""

from collections.abc import Callable

Row = dict[str, str]


def _set(**cells: str) -> Callable[[Row], None]:
    def change(row: Row) -> None:
        row.update(cells)

    return change


def _zeros(row: Row) -> None:
    # The fifteen digits a spreadsheet keeps; 1 before the zeros makes the check character wrong.
    head = row["身份证号"][:14]
    row["身份证号"] = next(
        f"{head}{digit}000" for digit in "123456789" if not _fits(f"{head}{digit}000")
    )


def _fits(number: str) -> bool:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(w * int(d) for w, d in zip(weights, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[17]


def _swap_digits(row: Row) -> None:
    number = row["身份证号"]
    wrong = number[:16] + str((int(number[16]) + 3) % 10) + number[17]
    row["身份证号"] = wrong


# The cells that each wrong row changes in an otherwise good one.
DAMAGES: tuple[Callable[[Row], None], ...] = (
    _zeros,
    _zeros,
    _set(身份证号="9.90000E+17"),
    _swap_digits,
    _set(身份证号="9900**********1234"),
    _set(身份证号="990000990230123"),
    _set(手机号="1.99E+10"),
    _set(手机号="1990000123"),
    _set(手机号="2812345678"),
    _set(手机号="199****0011"),
    _set(手机号="待补"),
    _set(姓名=""),
    _set(姓名="???"),
    _set(身份证号="", 手机号="", 备用电话=""),
    _set(合同号=""),
    _set(合同号="2.02611E+15"),
    _set(**{"逾期总金额（元）": ""}),
    _set(**{"逾期总金额（元）": "-3520.00"}),
    _set(**{"逾期总金额（元）": "99999999999"}),
    _set(**{"逾期总金额（元）": "待核"}),
    _set(**{"逾期总金额（元）": "#N/A"}),
    _set(逾期天数=""),
    _set(逾期天数="约90"),
    _set(数据日期="11/12/26"),
    _set(状态="观察"),
    _set(困难="可能"),
)
DUPLICATES = 2  # rows that repeat the contract number of a good row
