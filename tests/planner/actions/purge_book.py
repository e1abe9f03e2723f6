"""A book of two lenders that is to be purged, and a look into pages once they are decrypted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from planner.store.people import find_persons, load_debtor
from planner.store.store import Store

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
CASES = (
    "贷款机构,合同号,姓名,身份证号,手机号,逾期总金额（元）,逾期天数,数据日期,"
    "家庭地址,家庭地址经度,家庭地址纬度\n"
)
HISTORY = "贷款机构,合同号,时间,方式,结果,对方流水号,备注\n"
ONLY = ("欧阳山雀", "19900000001", "甲机构", "A1", "甲街一号院")
BOTH = ("司徒海棠", "19900000002", "甲机构", "A2", "甲街二号院")
OTHERS = ("司徒海棠", "19900000002", "乙机构", "B2", "乙街九号院")
ELSE = ("端木青松", "19900000003", "乙机构", "B3", "乙街三号院")
PAGE, RESERVED = 4096, 80


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def cases(folder: Path, *people: tuple[str, ...]) -> Path:
    path = folder / f"{people[0][3]}.csv"
    rows = [
        f"{lender},{contract},{name},,{phone},12000,60,2026-11-20,{street},104.1,30.5\n"
        for name, phone, lender, contract, street in people
    ]
    path.write_text(CASES + "".join(rows), encoding="utf-8")
    return path


def history(folder: Path) -> Path:
    path = folder / "history.csv"
    rows = [
        f"{lender},{contract},2026-11-1{k} 10:00,电话,无人接听,S{k},暗号{contract}\n"
        for k, (_, _, lender, contract, _) in enumerate((ONLY, BOTH, OTHERS, ELSE))
    ]
    path.write_text(HISTORY + "".join(rows), encoding="utf-8")
    return path


def persons(store: Store) -> dict[str, list[str]]:
    with store.read() as conn:
        found = [load_debtor(conn, who) for who in find_persons(conn)]
    return {one.name: sorted(case.case_id for case in one.cases) for one in found}


def clear_pages(path: Path, key: str) -> bytes:
    """All pages of an encrypted file in clear, used and free ones."""
    content = path.read_bytes()
    clear = []
    for number, start in enumerate(range(0, len(content), PAGE)):
        page = content[start : start + PAGE]
        salt = 16 if number == 0 else 0
        vector = page[PAGE - RESERVED : PAGE - RESERVED + 16]
        cipher = Cipher(algorithms.AES(bytes.fromhex(key[:64])), modes.CBC(vector)).decryptor()
        clear.append(cipher.update(page[salt : PAGE - RESERVED]) + cipher.finalize())
    return b"".join(clear)
