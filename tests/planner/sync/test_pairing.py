"""Pairing: only the two who know the code, only the laptop that made the card, only once."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from store_factory import NOW, TestClock, append, listed
from team_factory import weak_codes

from planner.errors import PlannerError
from planner.store.append import meta
from planner.store.store import Store
from planner.store.team import owner, role
from planner.sync import pairing
from planner.sync.pairing import (
    CARD,
    INVITATION,
    LONGEST,
    admit,
    begin_joining,
    clean_code,
    end_peer,
    invitation_of,
    join,
    make_lead,
    new_code,
    read_card,
)
from planner.sync.peers import load_peers


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Store]]:
    """A lead's workspace and an empty one."""
    weak_codes(monkeypatch)
    (tmp_path / "lead").mkdir()
    (tmp_path / "laptop").mkdir()
    clock = TestClock()
    lead = Store.create(tmp_path / "lead" / "w.fairvisit", clock=clock, zone="Asia/Urumqi")
    laptop = Store.create(tmp_path / "laptop" / "w.fairvisit", clock=clock)
    make_lead(lead, "组长 一")
    yield lead, laptop
    lead.close()
    laptop.close()


def refused(code: str, deed: object, *args: object, **more: object) -> None:
    with pytest.raises(PlannerError) as caught:
        deed(*args, **more)  # type: ignore[operator]
    assert caught.value.code == code


def test_two_laptops_get_to_know_each_other(pair: tuple[Store, Store]) -> None:
    """With the right code the collector's workspace gets zone, secret and the key of the workspace,
    each side knows the other's keys, and both texts fit into a QR code."""
    lead, laptop = pair
    card, code = begin_joining(laptop, "赵一", "C-1")
    assert (read_card(card).name, read_card(card).collector_id) == ("赵一", "C-1")
    invitation = admit(lead, card, code.lower().replace("-", " "), NOW)
    assert max(len(card), len(invitation)) <= LONGEST
    with lead.read() as conn:
        (peer,) = load_peers(conn)
    assert invitation_of(lead, peer.peer_id) == invitation
    assert join(laptop, invitation, NOW) == "组长 一"
    with lead.read() as one, laptop.read() as other:
        assert [meta(other, name) for name in ("zone", "secret")] == [
            meta(one, name) for name in ("zone", "secret")
        ]
        assert (role(one), role(other), owner(other)) == ("lead", "collector", "C-1")
        assert (
            one.execute("SELECT key FROM who WHERE pid = 0").fetchone()
            == other.execute("SELECT key FROM who WHERE pid = 0").fetchone()
        )
        (known,) = load_peers(other)
        assert (known.role, known.name) == ("lead", "组长 一")
    assert laptop.zone == "Asia/Urumqi"


def test_wrong_codes_and_foreign_texts_are_refused(pair: tuple[Store, Store], tmp_path: Path
                                                   ) -> None:  # fmt: skip
    """A wrong code, a changed card, another's card under this code, an invitation for another
    laptop or from somebody without the code, and anything else: each in words of its own."""
    lead, laptop = pair
    card, code = begin_joining(laptop, "赵一", "C-1")
    refused("pairing.wrong_code", admit, lead, card, new_code(), NOW)
    refused("pairing.bad_code", admit, lead, card, "ABC", NOW)
    refused("pairing.not_a_card", admit, lead, "hello", code, NOW)
    refused("pairing.not_a_card", admit, lead, card[:-9] + "!", code, NOW)
    (tmp_path / "third").mkdir()
    with Store.create(tmp_path / "third" / "w.fairvisit", clock=TestClock()) as third:
        other, other_code = begin_joining(third, "钱二", "C-1")
        refused("pairing.wrong_code", admit, lead, other, code, NOW)
        invitation = admit(lead, other, other_code, NOW)
        refused("pairing.other_laptop", join, laptop, invitation, NOW)
        make_false = admit_by_stranger(tmp_path, card)
        refused("pairing.wrong_code", join, laptop, make_false, NOW)
    refused("pairing.not_an_invitation", join, laptop, card, NOW)
    refused("pairing.not_an_invitation", join, laptop, INVITATION + "AAAA", NOW)
    refused("pairing.not_joining", join, lead, invitation, NOW)


def admit_by_stranger(folder: Path, card: str) -> str:
    """An invitation by somebody who read the card on its way and does not know the code."""
    (folder / "false").mkdir()
    with Store.create(folder / "false" / "w.fairvisit", clock=TestClock()) as store:
        make_lead(store, "组长 一")
        body, told = pairing._card_of(card)
        code = new_code()
        key = pairing._stretch(code, pairing._bytes64(told["s"]))
        marked = pairing._marked(key, b"card", body) + body
        return admit(store, CARD + pairing._text64(marked), code, NOW)


def test_nothing_is_used_twice(pair: tuple[Store, Store]) -> None:
    """A card admits once, an invitation joins once, a new card makes the former one worthless, and
    a workspace with entries does not join."""
    lead, laptop = pair
    old, old_code = begin_joining(laptop, "赵一", "C-1")
    card, code = begin_joining(laptop, "赵一", "C-1")
    late = admit(lead, old, old_code, NOW)
    refused("pairing.wrong_code", join, laptop, late, NOW)
    refused("pairing.card_used", admit, lead, card, code, NOW)
    refused("pairing.in_team", make_lead, lead, "x")
    refused("pairing.in_team", begin_joining, lead, "x", "y")


def test_a_workspace_with_entries_does_not_join(pair: tuple[Store, Store]) -> None:
    """It would bring entries under a secret that is not the team's."""
    _, laptop = pair
    append(laptop, listed("A"))
    refused("pairing.not_empty", begin_joining, laptop, "赵一", "C-1")


def test_another_laptop_of_a_collector_ends_the_former(pair: tuple[Store, Store], tmp_path: Path
                                                       ) -> None:  # fmt: skip
    """Whoever gets a new laptop is admitted again; the former one is in the team no more."""
    lead, laptop = pair
    join(laptop, admit(lead, *begin_joining(laptop, "赵一", "C-1"), NOW), NOW)
    (tmp_path / "new").mkdir()
    with Store.create(tmp_path / "new" / "w.fairvisit", clock=TestClock()) as fresh:
        join(fresh, admit(lead, *begin_joining(fresh, "赵一", "C-1"), NOW), NOW)
    with lead.read() as conn:
        (present,) = load_peers(conn)
        (former,) = load_peers(conn, ("ended",))
    assert former.collector_id == present.collector_id
    end_peer(lead, present.peer_id)
    refused("exchange.not_in_team", end_peer, lead, present.peer_id)


@pytest.mark.parametrize("text", ["", "ABCD-EFGH", "ABCD-EFGH-IJK8", "ABCD-EFGH-IJKL-MNOP"])
def test_a_code_is_three_groups_of_four(text: str) -> None:
    """Anything else is refused before any work is done; 0 and 1 are read as O and I."""
    refused("pairing.bad_code", clean_code, text)
    assert clean_code(" abcd efgh-0 1kl") == "ABCD-EFGH-OIKL"
