"""The outcome tiles, same numbers as on paper: what each one means, asks and writes."""

from dataclasses import dataclass

from ui.i18n import N_


@dataclass(frozen=True, slots=True)
class Choice:
    """One way a visit may end: disposition, result, and the fields it asks for."""

    code: str
    result: str
    title: str
    asks: tuple[str, ...] = ()  # "amount", "due", "plan", "receipt", "pay_by", "reason", …

    @property
    def figures(self) -> bool:
        """Whether what follows depends on what is typed."""
        return "amount" in self.asks


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile. With several choices one more tap is asked; `default` is taken without it."""

    key: str
    title: str
    choices: tuple[Choice, ...]
    default: int = -1

    @property
    def shown(self) -> Choice:
        """The choice whose consequence stands above the tile."""
        return self.choices[max(0, self.default)]


def _one(key: str, title: str, code: str, result: str = "", *asks: str) -> Tile:
    return Tile(key, title, (Choice(code, result, title, asks),), 0)


_NO_AGREEMENT = (
    Choice("VIS-RPC", "OUT-RTP", N_("refuses to pay"), ("reason",)),
    Choice("VIS-RPC", "OUT-HARD", N_("cannot pay"), ("shown",)),
    Choice("VIS-RPC", "OUT-DISP", N_("disputes the amount")),
    Choice("VIS-RPC", "OUT-CTP", N_("says it is paid")),
    Choice("VIS-RPC", "OUT-CEASE", N_("asks us to stop")),
    Choice("VIS-RPC", "OUT-CMPL", N_("complains")),
    Choice("VIS-RPC", "OUT-REP", N_("has a representative")),
    Choice("VIS-REFUSE", "", N_("did not want to talk at the door")),
)
_ADDRESS = (
    Choice("VIS-ADR-BAD", "", N_("address wrong, unknown there")),
    Choice("VIS-MOVED", "", N_("lived there, has moved")),
)
_LEFT = (
    Choice("VIS-ABORT-SAFE", "", N_("unsafe for the crew")),
    Choice("VIS-ABORT-VULN", "", N_("a vulnerable person was there")),
    Choice("VIS-ABORT-MINOR", "", N_("only a child was there")),
)
TILES: tuple[Tile, ...] = (
    _one("1", N_("Met, paid"), "VIS-RPC", "OUT-PAID", "amount", "receipt"),
    _one("2", N_("Met, promised"), "VIS-RPC", "OUT-PTP", "amount", "due",
         "pay_by"),
    _one("3", N_("Plan agreed"), "VIS-RPC", "OUT-PLAN", "amount", "due", "plan"),
    Tile("4", N_("No agreement"), _NO_AGREEMENT),
    _one("5", N_("Family only"), "VIS-TPC", "", "disclosed"),
    _one("6", N_("Nobody there"), "VIS-NC"),
    Tile("7", N_("Wrong or moved"), _ADDRESS),
    Tile("S", N_("Left early"), _LEFT, 0),
)  # fmt: skip
BY_KEY = {tile.key: tile for tile in TILES}
CHOICES: tuple[Choice, ...] = tuple(choice for tile in TILES for choice in tile.choices)
