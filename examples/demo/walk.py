"""The line from the sheet to the delivery, stage by stage, as the people of it would walk it."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from examples.demo import desk, runs, signers, specimen
from examples.demo.house import House
from examples.demo.pages import Person, Unexpected
from examples.demo.readback import Api
from examples.demo.telling import Telling, rupiah, tonnes

ENDED = "in_force"
SEAL_SECONDS = 180


class NotHeld(Exception):
    """A step of the line did not hold."""


@dataclass
class Walk:
    """One walk: the running house, what is told, the people at the desk, and what came of it so far."""

    house: House
    tell: Telling
    sheet: Path
    answers: dict[str, Any]
    files: Path
    logins: dict[str, tuple[str, str]] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    event: int = 0
    networks: list[str] = field(default_factory=list)
    pair: str = ""
    contract: str = ""
    first: str = ""
    api: Api = field(init=False)
    plan: dict[str, Any] = field(default_factory=dict)
    kept: dict[str, dict[str, str]] = field(default_factory=dict)
    signatories: int = 0
    signed: int = 0

    def whole(self) -> None:
        """Walk the whole line; raises NotHeld, Unexpected or Failed when a step does not hold."""
        try:
            self._every_stage()
        finally:
            self.close()

    def close(self) -> None:
        """Close the browsers of the staff and the API client."""
        for person in self.people.values():
            person.close()
        if hasattr(self, "api"):
            self.api.close()

    def _every_stage(self) -> None:
        for name, stage in (
            ("petugas dan penyedia", self.staff),
            ("lembar lokakarya", self.read_sheet),
            ("pendataan", self.check_in),
            ("pencocokan dan usulan", self.match),
            ("telaah", self.review),
            ("naskah Word dan PDF", self.draw_up),
            ("tanda tangan", self.sign),
            ("segel dan pemeriksaan", self.seal),
            ("PKS dan penyerahan", self.follow_up),
            ("pemeriksaan akhir", self.check_everything),
        ):
            with self.tell.stage(name):
                stage()

    def staff(self) -> None:
        """Let everybody sign in once; start the stand-in of the provider."""
        login, one_time = self.house.first_login()
        self._enter(login, one_time)
        for other, name, role in (
            ("petugas-dua", "Petugas Kedua", "coordinator:32"),
            ("penelaah", "Penelaah Kabupaten", "reviewer:32"),
            ("kementerian", "Penelaah Kementerian", "ministry"),
        ):
            self._enter(other, self.house.add_user(other, name, role))
        self.first = login
        self.api = Api(self.house.address, *self.house.add_client("peragaan", login, "read", "write"))
        self.house.start_provider(self.files.parent / "standin")
        self.tell.say("   TIRUAN: penyedia tanda tangan pada peragaan ini adalah tiruan DocuSeal untuk uji.")

    def read_sheet(self) -> None:
        """Upload the sheet, show what is wrong in it, answer from the visible file, accept."""
        number, page = desk.upload(self.people[self.first], self.sheet)
        found = self.api.get(f"/v1/imports/{number}")
        self.tell.say(f"   {found['good']} baris siap, {found['doubtful']} meragukan, {found['rejected']} ditolak")
        for row in found["left_out"]:
            for finding in row["findings"]:
                self.tell.say(f"   {finding['sheet']} {finding['cell']}: {finding['reason']} ({finding['found']})")
        if found["changes"] == 0 or "rekap" in page.words:
            raise NotHeld("the preview shows nothing to change")
        after = self.api.post(f"/v1/imports/{number}/decisions", {"decisions": self.answers["rows"]})
        self.tell.say(f"   dijawab dari berkas jawaban; masih terbuka: {len(after['open'])}")
        self.event = desk.take_import(self.people[self.first], number)
        again = self.api.get(f"/v1/imports/{number}")
        if again["changes"] != 0:
            raise NotHeld("the same sheet twice would change something")

    def check_in(self) -> None:
        """Complete what the sheet lacks and confirm every signatory once."""
        me = self.people[self.first]
        desk.set_register(me, self.event, self.answers["register_unit"])
        self.signatories = desk.check_in(me, self.event, self.answers["identity"], self.tell.count)

    def match(self) -> None:
        """Match, then propose the network MoUs and one bilateral MoU out of the flows."""
        me = self.people[self.first]
        desk.make_plan(me, self.event)
        plan = self.api.get(f"/v1/events/{self.event}/plan")
        self.plan = plan
        value, baseline, greedy = (
            rupiah(plan[name]) for name in ("value_rupiah", "baseline_rupiah_per_kg", "greedy_rupiah")
        )
        self.tell.say(f"   nilai {value} per musim di atas harga dasar {baseline}/kg")
        self.tell.say(f"   cara biasa (margin terbaik lebih dahulu): {greedy}")
        desk.propose_networks(me, self.event)
        pair = max(plan["result"]["pairs"], key=lambda row: (row["kg"], row["mill"]))
        desk.propose_pair(me, self.event, f"{pair['mill']}:{pair['party']}")
        made = self.api.agreements(self.event)
        self.networks = list(desk.codes_of(made, "mou_network"))
        self.pair = desk.codes_of(made, "mou_bilateral")[0]
        self.tell.say(f"   {len(self.networks)} Nota Kesepahaman jaringan, 1 bilateral")

    @property
    def mous(self) -> list[str]:
        """Every MoU of the walk."""
        return [*self.networks, self.pair]

    def review(self) -> None:
        """Submit, endorse and approve each by three different people; the drafter may not endorse his own."""
        for code in self.mous:
            desk.step(self.people[self.first], code, "submit")
            desk.step(self.people["penelaah"], code, "endorse")
            desk.step(self.people["kementerian"], code, "approve")
            self.tell.say(f"   {code} diajukan, ditelaah kabupaten, ditelaah kementerian")

    def draw_up(self) -> None:
        """Wait until the worker has made Word and PDF of each, then send them out."""
        for place, code in enumerate(self.mous, 1):
            self._wait_for(code, "drawn_up")
            self.tell.count(place, len(self.mous), "naskah tersusun")
        for code in self.mous:
            desk.send_out(self.people[self.first], code, counterpart_by_provider=code == self.networks[-1])
        self.tell.say(f"   {len(self.mous)} naskah dikirim untuk ditandatangani")

    def sign(self) -> None:
        """Every signatory signs with link, code and consent; one counterpart at the provider's page."""
        sender, second = self.people[self.first], self.people["petugas-dua"]
        invitations: list[str] = []
        links = self._own(desk.take_links(sender), invitations)
        signed = 0
        for place, link in enumerate(links, 1):
            with signers.ask_for_code(self.house.address, link) as person:
                signers.enter(person, desk.release_code(second))
                signed += signers.sign_everything(person)
            self.tell.count(place, len(links), f"map dibuka, {signed} tanda tangan")
        self.tell.say(f"   {signed} tanda tangan dengan tautan, kode, dan persetujuan")
        self._sign_at_provider(sender, invitations)
        self.signed = signed

    def _own(self, addresses: list[str], others: list[str]) -> list[str]:
        """Give the links of our own door; the others (the provider's) are put aside."""
        ours = f"{self.house.address}/t/"
        others.extend(address for address in addresses if not address.startswith(ours))
        return [address for address in addresses if address.startswith(ours)]

    def _sign_at_provider(self, sender: Person, found: list[str]) -> None:
        def come() -> list[str]:
            self._own(desk.take_links(sender), found)
            return found

        for address in found or desk.wait_until(come, "the provider's invitation"):
            signers.sign_at_provider(address)
        self.tell.say("   1 mitra menandatangani lewat penyedia (tiruan)")

    def seal(self) -> None:
        """Wait for the seals, fetch every file through the API, let `kdmp verify` judge the sealed ones."""
        for place, code in enumerate(self.mous, 1):
            self._wait_for(code, ENDED)
            self.tell.count(place, len(self.mous), "naskah bersegel dan berlaku")
        self.kept = {code: self._fetch(code) for code in self.mous}
        for code in self.mous:
            verdict = json.loads(self.house.command("verify", self.kept[code]["sealed"], "--json"))
            if verdict["status"] != "genuine":
                raise NotHeld(f"{code}: the seal is {verdict['status']}")
            if not Path(self.kept[code]["sealed"]).read_bytes().startswith(Path(self.kept[code]["pdf"]).read_bytes()):
                raise NotHeld(f"{code}: the sealed file does not begin with the signed bytes")
        self.tell.say("   kdmp verify: semua asli; tiap berkas bersegel diawali berkas yang ditandatangani")

    def follow_up(self) -> None:
        """Draw a PKS from the first MoU in force, record it from paper with a second person, deliver against it."""
        me, second, mou = self.people[self.first], self.people["petugas-dua"], self.api.agreement(self.networks[0])
        supplier, buyer = self._largest_supplier(mou)
        self.contract = desk.propose_supply(me, mou["code"], supplier, buyer)
        desk.record_on_paper(me, self.contract, specimen.scan(self.contract), today())
        desk.step(second, self.contract, "confirm")
        line = self.api.agreement(self.contract)["terms"]["lines"][0]
        load = min(8_000, line["kg"])
        values = {
            "delivered_on": today(),
            "commodity": line["commodity"],
            "gross_kg": str(load + 120),
            "tare_kg": "120",
            "price": str(line["price"]),
            "note": "Peragaan: satu truk.",
        }
        desk.deliver(me, self.contract, values)
        self.kept[self.contract] = self._fetch(self.contract)
        for row in self.api.agreement(self.contract)["figures"]:
            self.tell.say(
                f"   {row['commodity']}: rencana {tonnes(row['planned_kg'])}, kontrak {tonnes(row['contracted_kg'])}, "
                f"realisasi {tonnes(row['real_kg'])}"
            )

    def check_everything(self) -> None:
        """Read every result back: parties, chains, states, and a Prefect run for every step of the system."""
        named: list[str] = []
        for code in (*self.mous, self.contract):
            told = self.api.get(f"/v1/agreements/{code}/steps")
            if not told["whole"]:
                raise NotHeld(f"{code}: its chain does not hold")
            by_machine = [row for row in told["steps"] if row["actor_kind"] in runs.MACHINE]
            without = [row["move"] for row in by_machine if not row["flow_run_id"]]
            if without:
                raise NotHeld(f"{code}: {without} went by the fallback, without Prefect")
            named += [row["flow_run_id"] for row in by_machine]
        missing = runs.missing_runs(self.house.data, named)
        if missing or not named:
            raise NotHeld(f"Prefect does not know the runs {missing}")
        sizes = Counter(self.api.agreement(code)["signed"] for code in self.networks)
        if sizes != Counter({self.signatories_each: len(self.networks)}):
            raise NotHeld(f"signatures per network MoU: {dict(sizes)}")
        if not self.house.running or self.house.replaced():
            raise NotHeld(f"processes died meanwhile: {self.house.replaced() or 'kdmp up itself'}")
        self.tell.say(f"   {len(set(named))} proses Prefect untuk {len(named)} langkah sistem, semuanya ada")
        self._sum_up()

    @property
    def signatories_each(self) -> int:
        """How many sign each network MoU: all cooperatives and one counterpart."""
        return int(self.api.agreement(self.networks[0])["parties"])

    def _sum_up(self) -> None:
        delivered = self.api.agreement(self.contract)["figures"]
        sold = self.plan["result"]["sold"]
        self.tell.summary |= {
            "event": self.event,
            "parties": self.signatories,
            "agreements": {code: self._state(code) for code in (*self.mous, self.contract)},
            "signatures_by_link": self.signed,
            "value_rupiah": self.plan["value_rupiah"],
            "baseline_rupiah_per_kg": self.plan["baseline_rupiah_per_kg"],
            "greedy_rupiah": self.plan["greedy_rupiah"],
            "planned_kg_gkp": sum(row["kg_gkp"] for row in sold),
            "contracted_kg": sum(row["contracted_kg"] for row in delivered),
            "delivered_kg": sum(row["real_kg"] for row in delivered),
            "delivered_rupiah": sum(row["real_rupiah"] for row in delivered),
            "files": {code: _ours(kept) for code, kept in self.kept.items()},
            "provider_files": [kept["provider_file"] for kept in self.kept.values() if "provider_file" in kept],
        }

    def _enter(self, login: str, one_time: str) -> None:
        person, chosen = desk.sign_in(self.house.address, login, one_time)
        self.people[login], self.logins[login] = person, (login, chosen)

    def _state(self, code: str) -> str:
        found = self.api.agreement(code)
        if found["state"] in {"returned", "declined", "lapsed", "void"}:
            raise NotHeld(f"{code} is {found['state']}: {self.api.get(f'/v1/agreements/{code}/steps')['steps'][-1]}")
        return str(found["state"])

    def _wait_for(self, code: str, state: str) -> None:
        desk.wait_until(lambda: self._state(code) == state, f"{code}: {state}", SEAL_SECONDS)

    def _fetch(self, code: str) -> dict[str, str]:
        self.files.mkdir(parents=True, exist_ok=True)
        kept = {}
        for row in self.api.agreement(code)["documents"]:
            path = self.files / row["file_name"]
            path.write_bytes(self.api.file(row["id"]))
            kept[row["kind"]] = str(path)
        return kept

    def _largest_supplier(self, mou: dict[str, Any]) -> tuple[str, str]:
        """Give the names of the largest supplier of a MoU's counterpart, and of the counterpart."""
        roster = {str(row["position"]): row for row in mou["roster"]}
        buyer = mou["roster"][-1]
        keys = {row["name"]: key for key, row in self._register().items()}
        flows = [flow for flow in self.plan["result"]["flows"] if flow["buyer"] == keys[buyer["name"]]]
        if not flows:
            raise Unexpected(f"nothing flows to {buyer['name']}")
        largest = max(flows, key=lambda flow: (flow["kg_goods"], flow["party"]))
        supplier = roster[largest["party"]]
        return f"{supplier['name']} ({supplier['place']}", buyer["name"]

    def _register(self) -> dict[str, dict[str, Any]]:
        """Give the event's parties by their number on the sheet: cooperatives first, then the counterparts."""
        rosters = [self.api.agreement(code)["roster"] for code in self.networks]
        cooperatives = {str(row["position"]): row for row in rosters[0][:-1]}
        others = {str(len(cooperatives) + place): roster[-1] for place, roster in enumerate(rosters, 1)}
        return {**cooperatives, **others}


def today() -> str:
    """Give today where the event is seated."""
    return datetime.now(ZoneInfo("Asia/Jakarta")).date().isoformat()


def _ours(kept: dict[str, str]) -> dict[str, str]:
    return {kind: path for kind, path in kept.items() if kind != "provider_file"}
