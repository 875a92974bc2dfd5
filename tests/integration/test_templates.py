"""Versions of templates: two people, no errors, warnings ticked, what is in use unchanged, each act in the chain."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kdmp_core import audit, templates
from kdmp_core.errors import InvalidInput, KdmpError, MoveRefused, NotAllowed, NotFound, TooLarge
from kdmp_core.files import Files
from kdmp_core.records import Role, Template, TemplateState, User
from kdmp_core.store import Store
from tests import builders, edited
from tests.builders import NOW, by_user

WARNINGS = ("tracking_on",)


class House:
    """A record with the people who change templates."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store, self.files = store, Files(str(folder / "files"))
        with store.write() as session:
            self.staff = builders.create_staff(session)
            self.other = builders.create_user(session, "tuti", Role.MINISTRY, area="")
            self.pendamping = builders.create_user(session, "joko", Role.PENDAMPING)

    def upload(self, data: bytes, user: User | None = None, *, printed: bool = True, refused: str = "") -> int:
        with self.store.write() as session:
            made = edited.uploaded(session, self.files, user or self.staff.coordinator, data)
            if printed and made.due_at is not None:
                edited.printed(session, made, refused)
            return made.id

    def publish(self, template_id: int, user: User | None = None, ticked: tuple[str, ...] = WARNINGS) -> None:
        with self.store.write() as session:
            templates.publish(
                session, template_id, ticked, by_user(user or self.other), NOW, shipped_sha256=edited.shipped_sha256()
            )

    def withdraw(self, template_id: int, user: User, reason: str = "") -> None:
        with self.store.write() as session:
            templates.withdraw(session, template_id, reason, by_user(user), NOW)

    def state(self, template_id: int) -> TemplateState:
        with self.store.read() as session:
            return templates.find(session, template_id).state

    def current(self) -> int | None:
        with self.store.read() as session:
            found = templates.current(session, edited.KIND)
            return found.id if found else None

    def ask(self, about: Callable[[Session], object]) -> object:
        with self.store.read() as session:
            return about(session)


@pytest.fixture
def house(store: Store, tmp_path: Path) -> House:
    return House(store, tmp_path)


def refused(code: str, kind: type[KdmpError] = MoveRefused) -> pytest.RaisesExc[KdmpError]:
    return pytest.raises(kind, match=f"templates.{code}")


def test_from_upload_to_publishing_every_act_is_a_step_of_the_house(house: House) -> None:
    one = house.upload(edited.with_warning())
    house.publish(one)
    two = house.upload(edited.with_word("kemauan baik"))
    house.publish(two)
    house.withdraw(two, house.staff.ministry, "Salah istilah.")
    assert [house.state(number) for number in (one, two)] == [TemplateState.REPLACED, TemplateState.WITHDRAWN]
    assert house.current() is None
    with house.store.read() as session:
        steps = [step for step in audit.chain_of(session, audit.HOUSE) if step.move.endswith("_template")]
        acts = ["upload_template", "print_template", "publish_template"]
        assert [step.move for step in steps] == [*acts, *acts, "withdraw_template"]
        assert {len(step.details["sha256"]) for step in steps} == {64}
        assert steps[2].details["ticked"] == list(WARNINGS)
        assert steps[5].details["replaced"] == one
        assert steps[3].details["base_sha256"] == steps[0].details["sha256"]
        assert templates.reason_withdrawn(session, templates.find(session, two)) == "Salah istilah."
        assert builders.chain_is_whole(session)


def test_the_uploader_does_not_publish_his_own(house: House) -> None:
    one = house.upload(edited.with_word("niat baik"), house.staff.ministry)
    with refused("four_eyes"):
        house.publish(one, house.staff.ministry)
    house.publish(one, house.other)
    assert house.current() == one


@pytest.mark.parametrize("who", ["coordinator", "reviewer", "second"])
def test_only_the_ministry_publishes(house: House, who: str) -> None:
    one = house.upload(edited.with_word("niat baik"), house.staff.ministry)
    with refused("ministry_only", NotAllowed):
        house.publish(one, getattr(house.staff, who))
    assert house.current() is None


def test_the_ministry_of_one_province_does_not_publish_for_the_nation(house: House) -> None:
    with house.store.write() as session:
        local = builders.create_user(session, "lokal", Role.MINISTRY, area="32")
    one = house.upload(edited.with_word("niat baik"))
    with refused("ministry_only", NotAllowed):
        house.publish(one, local)


def test_a_pendamping_uploads_nothing(house: House) -> None:
    with refused("editors_only", NotAllowed):
        house.upload(edited.with_word("niat baik"), house.pendamping)


def test_an_error_keeps_the_version_for_its_report_and_blocks_it(house: House) -> None:
    one = house.upload(edited.with_error())
    with house.store.read() as session:
        kept = templates.find(session, one)
        assert kept.due_at is None
        assert templates.has_errors(kept)
        assert house.files.get(kept.sha256) == edited.with_error()
    with refused("has_errors"):
        house.publish(one)


def test_every_warning_is_ticked_at_its_place(house: House) -> None:
    one = house.upload(edited.with_warning())
    with pytest.raises(InvalidInput) as found:
        house.publish(one, ticked=())
    assert [problem.place for problem in found.value.problems] == ["warning-tracking_on"]
    house.publish(one)


def test_samples_must_be_there_and_none_refused(house: House) -> None:
    waiting = house.upload(edited.with_word("niat baik"), printed=False)
    with refused("samples_awaited"):
        house.publish(waiting)
    failed = house.upload(edited.with_word("kemauan baik"), refused="longest")
    with refused("sample_refused"):
        house.publish(failed)


def test_a_comparison_that_does_not_hold_any_more_blocks(house: House) -> None:
    one, two = (house.upload(edited.with_word(words)) for words in ("niat baik", "kemauan baik"))
    house.publish(one)
    with refused("base_changed"):
        house.publish(two)
    house.withdraw(one, house.staff.ministry, "Salah istilah.")
    house.publish(two)


def test_a_decided_version_is_not_decided_again(house: House) -> None:
    one = house.upload(edited.with_word("niat baik"))
    house.publish(one)
    with refused("over"):
        house.publish(one)
    house.withdraw(one, house.staff.ministry, "Salah istilah.")
    with refused("over"):
        house.withdraw(one, house.staff.ministry, "Lagi.")


def test_the_uploader_takes_back_what_waits_and_the_ministry_what_applies_with_a_reason(house: House) -> None:
    one = house.upload(edited.with_word("niat baik"), printed=False)
    with refused("ministry_only", NotAllowed):
        house.withdraw(one, house.staff.second)
    house.withdraw(one, house.staff.coordinator)
    with house.store.read() as session:
        assert templates.find(session, one).due_at is None
    two = house.upload(edited.with_word("kemauan baik"))
    house.publish(two)
    with refused("ministry_only", NotAllowed):
        house.withdraw(two, house.staff.coordinator, "Salah.")
    with refused("no_reason", InvalidInput):
        house.withdraw(two, house.staff.ministry)
    assert house.current() == two


@pytest.mark.parametrize(
    ("data", "code", "kind"),
    [(b"", "empty", InvalidInput), (b"PK" * (6 * 2**20), "too_large", TooLarge)],
    ids=["empty", "too large"],
)
def test_what_cannot_be_kept_is_refused(house: House, data: bytes, code: str, kind: type[KdmpError]) -> None:
    with refused(code, kind):
        house.upload(data)


def test_the_version_that_applies_is_not_uploaded_again(house: House) -> None:
    with refused("same", InvalidInput):
        house.upload(edited.shipped())
    one = house.upload(edited.with_word("niat baik"))
    house.publish(one)
    with refused("same", InvalidInput):
        house.upload(edited.with_word("niat baik"))
    assert house.upload(edited.shipped())  # the shipped words may come back as a version of their own


def test_versions_count_by_kind_and_unknown_ones_are_not_found(house: House) -> None:
    numbers = []
    for words in ("niat baik", "kemauan baik", "maksud baik"):
        house.upload(edited.with_word(words))
    with house.store.read() as session:
        numbers = [row.number for row in templates.versions(session, edited.KIND)]
    assert numbers == [3, 2, 1]
    with refused("none", NotFound):
        house.publish(99)


def test_what_was_submitted_keeps_its_version_whatever_is_published_afterwards(house: House) -> None:
    one = house.upload(edited.with_word("niat baik"))
    house.publish(one)
    with house.store.write() as session:
        event = builders.create_event(session, house.staff.coordinator)
        builders.create_roster(session, event, house.staff.coordinator)
        agreement = builders.create_agreements(session, event, house.staff)[-1]
        first = templates.find(session, one)
        agreement.template_sha256 = first.sha256
    two = house.upload(edited.with_word("kemauan baik"))
    house.publish(two)
    house.withdraw(two, house.staff.ministry, "Salah istilah.")
    with house.store.read() as session:
        kept: Template = templates.find(session, one)
        assert templates.in_use(session, kept) == 1
        assert templates.in_use(session, templates.find(session, two)) == 0
        assert house.files.get(kept.sha256) == edited.with_word("niat baik")
