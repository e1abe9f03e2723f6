"""The rules of the house that a program can check: sizes, words, addresses, leftovers."""

import ast
import re
import string
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [
    ROOT / "main.py",
    *sorted(
        path for folder in ("planner", "ui", "tests") for path in (ROOT / folder).rglob("*.py")
    ),
]
PRODUCT = [path for path in SOURCES if not path.is_relative_to(ROOT / "tests")]
LANGUAGES = ("en", "zh_CN")
CODE = re.compile(r"[a-z_]+(\.[A-Za-z0-9_-]+)+")
TEXTS = [
    path
    for pattern in ("*.md", "*.toml", "docs/**/*.md", "packaging/*", ".ci/*", "resources/**/*.toml")
    for path in ROOT.glob(pattern)
    if path.is_file()
]


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions_of(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_files_stay_small() -> None:
    """No Python file has more than 500 lines, no file of the engine either."""
    engine = [p for p in (ROOT / "planner/routing/core").iterdir() if p.suffix in (".cpp", ".hpp")]
    sizes = {short(p): len(p.read_text(encoding="utf-8").splitlines()) for p in SOURCES + engine}
    assert {name: size for name, size in sizes.items() if size > 500} == {}


def test_functions_stay_small() -> None:
    """No function of the program has more than 80 lines."""
    long = [
        f"{short(path)}:{node.name} {node.end_lineno - node.lineno + 1}"
        for path in PRODUCT
        for node in functions_of(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno >= 80
    ]
    assert long == []


def test_everything_public_is_explained() -> None:
    """Each module, each public function and class of planner has a docstring."""
    bare = []
    for path in PRODUCT:
        tree = tree_of(path)
        if tree.body and not ast.get_docstring(tree):
            bare.append(short(path))
        if not path.is_relative_to(ROOT / "planner"):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_":
                bare += [] if ast.get_docstring(node) else [f"{short(path)}:{node.name}"]
    assert bare == []


def test_each_test_says_what_it_proves() -> None:
    """Every test function has a sentence."""
    mute = [
        f"{short(path)}:{node.name}"
        for path in SOURCES
        if path.is_relative_to(ROOT / "tests") and path.name.startswith("test_")
        for node in functions_of(path)
        if node.name.startswith("test_") and not ast.get_docstring(node)
    ]
    assert mute == []


def test_no_leftovers() -> None:
    """Nothing is left to do later, and no path of somebody's machine is named."""
    barred = re.compile(
        "|".join(
            [r"\bTO" + "DO\b", r"\bFIX" + r"ME\b", "/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/"]
        )
    )
    found = [
        f"{short(path)}: {hit.group()}"
        for path in [*SOURCES, *TEXTS]
        for hit in barred.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_links_lead_somewhere() -> None:
    """Every relative link and picture of the documentation is there."""
    pages = [path for path in TEXTS if path.suffix == ".md"]
    dead = [
        f"{short(page)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert len(pages) > 10
    assert dead == []


def test_no_packages_where_none_may_be() -> None:
    """`packaging` and `resources` hide no library of that name: they have no __init__.py."""
    for folder in ("packaging", "resources"):
        assert list((ROOT / folder).rglob("__init__.py")) == []


def test_packages_re_export_nothing() -> None:
    """Every __init__.py is empty."""
    full = [short(p) for p in PRODUCT if p.name == "__init__.py" and p.read_text().strip()]
    assert full == []


def test_no_index_is_named() -> None:
    """Scripts and lock files hold no address: pip and apt use what the machine is set up for."""
    named = [
        f"{short(path)}: {line}"
        for path in [*(ROOT / "packaging").iterdir(), ROOT / ".ci" / "run", ROOT / "pyproject.toml"]
        if path.is_file()
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"https?:|index-url|find-links (?!$)|--index", line.replace("--no-index", ""))
        and "--no-emit" not in line
    ]
    assert named == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_lock_has_hashes(name: str) -> None:
    """Every locked version is exact and carries the hashes of its files."""
    text = (ROOT / "packaging" / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[a-z0-9])", text.strip())
    assert len(entries) > 40
    wrong = [
        entry.splitlines()[0]
        for entry in entries
        if not re.match(r"[a-z0-9-]+==[^ ]+", entry) or "--hash=sha256:" not in entry
    ]
    assert wrong == []


def test_locks_agree() -> None:
    """What the program is tested with is what it is installed with, or for more Pythons."""
    run, dev = (
        set(re.findall(r"^[a-z0-9-]+==.*?(?= \\$)", (ROOT / "packaging" / name).read_text(), re.M))
        for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert {pin for pin in run - dev if pin.split(" ;")[0] not in dev} == set()


def catalogue(language: str) -> Catalog:
    """All messages of a language; a message in two files fails here."""
    merged = Catalog(locale=language)
    seen: Counter[str] = Counter()
    for path in sorted((ROOT / "resources" / "locale" / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if message.id:
                    seen[str(message.id)] += 1
                    merged[message.id] = message
    assert [text for text, times in seen.items() if times > 1] == []
    return merged


def fields(text: str) -> set[str]:
    """The names of the {placeholders} in `text`."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def words(message_string: str | tuple[str, ...] | list[str]) -> list[str]:
    return [message_string] if isinstance(message_string, str) else list(message_string)


def test_every_message_in_both_languages() -> None:
    """Each code has English and Chinese words; none is empty or marked as doubtful."""
    english, chinese = (catalogue(language) for language in LANGUAGES)
    codes = {m.id for m in chinese if m.id and isinstance(m.id, str) and CODE.fullmatch(m.id)}
    assert {m.id for m in english if m.id} - {m.id for m in chinese} == set()
    assert codes - {m.id for m in english} == set()
    for messages in (english, chinese):
        assert [m.id for m in messages if m.id and (m.fuzzy or not all(words(m.string)))] == []


def test_placeholders_agree() -> None:
    """A translation fills in the same figures as the English words."""
    english, chinese = (catalogue(language) for language in LANGUAGES)
    wrong = []
    for message in chinese:
        if not message.id:
            continue
        known = english.get(message.id)
        original = words(known.string) if known else words(message.id)
        wanted = set[str]().union(*(fields(text) for text in original))
        given = [fields(text) for text in words(message.string)]
        if wanted not in given or any(names - wanted for names in given):
            wrong.append(message.id)
    assert wrong == []


def test_every_sentence_of_the_window_is_translated() -> None:
    """Each text that the window passes to `_()` or `ngettext()` stands in the Chinese catalogue."""
    known = {text for m in catalogue("zh_CN") for text in words(m.id)}
    missing = []
    for path in PRODUCT:
        for node in ast.walk(tree_of(path)):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            taken = {"_": 1, "ngettext": 2}.get(node.func.id, 0)
            for argument in node.args[:taken]:
                if isinstance(argument, ast.Constant) and argument.value not in known:
                    missing.append(f"{short(path)}: {argument.value}")
    assert missing == []


def test_every_error_has_words() -> None:
    """Each code that is raised as PlannerError has a sentence."""
    known = {m.id for m in catalogue("en")}
    mute = {
        node.args[0].value
        for path in PRODUCT
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "PlannerError"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and f"error.{node.args[0].value}" not in known
    }
    assert mute == set()


@pytest.mark.parametrize("area", ["export", "map"])
def test_what_leaves_the_house_is_neutral(area: str) -> None:
    """No word on paper or on an exported map says why somebody is visited."""
    for language in LANGUAGES:
        text = (ROOT / "resources" / "locale" / language / f"{area}.po").read_text(encoding="utf-8")
        assert re.findall(r"催|欠款|逾期|debt|overdue|arrears|老赖", text) == []
