"""The minutes (Berita Acara) of a workshop: who led it and came, what was mapped, decided and planned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypedDict

from mou_templates import dressing, framing, invented, spelling
from mou_templates.errors import Refused
from mou_templates.facts import Action, Direction, Event, Field, Issue, Person
from mou_templates.kind import Kind, Parties, signature_code


class Total(TypedDict):
    """What all cooperatives together offer or need of one commodity in one field, in whole kilograms."""

    field: Field
    direction: Direction
    commodity: str
    kg: int


class MinutesFacts(Issue):
    """The minutes of the workshop; the event's organiser heads the paper, `held_on` is the day they tell of.

    `opened` and `closed` are times like "09.30" on the clock of `time_zone`, on that day. Attendance stands in the
    attendance list, here only its count. Who signs, in order: chair, minute-taker, representatives, acknowledging.
    """

    event: Event
    time_zone: str
    held_on: date
    opened: str
    closed: str
    basis: list[str]  # "Surat Undangan Nomor … tanggal …"
    chair: Person
    minute_taker: Person
    speakers: list[Person]
    people: int
    cooperatives: int
    agenda: list[str]
    mapping: list[Total]
    decisions: list[str]
    actions: list[Action]
    representatives: list[Person]
    acknowledged: list[Person]


def parties(facts: Mapping[str, Any]) -> Parties:
    """List who signs: chair, minute-taker, representatives of the cooperatives, officials who acknowledge."""
    lists = [
        (f"/{name}/{at}", one) for name in ("representatives", "acknowledged") for at, one in enumerate(facts[name])
    ]
    return [("/chair", facts["chair"]), ("/minute_taker", facts["minute_taker"]), *lists]


def dress(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Give the words of the minutes; raises `Refused` for a time that is none or that closes before it opens."""
    zone = framing.zone(facts)
    opened, closed = (framing.time_of_day(facts, name) for name in ("opened", "closed"))
    if closed < opened:
        raise Refused("fact_range", place="/closed", least=facts["opened"], most="23.59")
    signers = [{**person, "code": signature_code(at)} for at, (_, person) in enumerate(parties(facts), start=1)]
    last = 2 + len(facts["representatives"])
    return {
        framing.CHOICE: framing.choices(facts, "basis", "speakers", "mapping", "actions", "acknowledged"),
        framing.ISSUE: framing.placed(facts),
        "event": dressing.event(facts["event"]),
        "held": framing.day(facts["held_on"]),
        "opened": spelling.clock(opened, zone),
        "closed": spelling.clock(closed, zone),
        "basis": dressing.numbered(facts["basis"]),
        "chair": signers[0],
        "minute_taker": signers[1],
        "speakers": [{"no": f"{at}.", **person} for at, person in enumerate(facts["speakers"], start=1)],
        "people": spelling.counted(facts["people"], "orang"),
        "cooperatives": spelling.counted(facts["cooperatives"], "koperasi"),
        "agenda": dressing.numbered(facts["agenda"]),
        "mapping": _mapping(facts["mapping"]),
        "decisions": dressing.lettered(facts["decisions"]),
        "actions": dressing.actions(facts["actions"]),
        "representatives": signers[2:last],
        "acknowledged": signers[last:],
    }


def _mapping(totals: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Give one row per field, its potentials and needs as commodity and kilograms."""
    rows = []
    for field, name in dressing.FIELDS.items():
        cells = {
            direction: "; ".join(
                f"{row['commodity']} {spelling.grouped(row['kg'])}"
                for row in totals
                if (row["field"], row["direction"]) == (field, direction)
            )
            for direction in dressing.DIRECTIONS
        }
        rows.append({"field": name} | {direction: cell or dressing.NOTHING for direction, cell in cells.items()})
    return rows if totals else []


def example() -> dict[str, Any]:
    """Give the facts of the minutes of the workshop's first day."""
    return {
        **invented.issue("001/BA/LOK-KDKMP/X/2025"),
        "event": invented.event(),
        "time_zone": "Asia/Jakarta",
        "held_on": date(2025, 10, 22),
        "opened": "09.00",
        "closed": "16.30",
        "basis": [
            "Instruksi Presiden Nomor 9 Tahun 2025 tentang Percepatan Pembentukan Koperasi Desa/Kelurahan Merah Putih",
            "Surat Undangan Nomor 118/UND/X/2025 tanggal 13 Oktober 2025",
        ],
        "chair": invented.person("Dra. Ratna Kusumawardani, M.M.", "Ketua Panitia", "Kementerian Koperasi"),
        "minute_taker": invented.person("Fajar", "Notulis", "Kementerian Koperasi"),
        "speakers": [
            invented.person("Ir. Bambang Wirawan, M.P.", "Penyuluh Ahli Madya", "Dinas Pertanian Kabupaten Cianjur"),
            invented.person("Lilis Suryani, S.E.", "Manajer Pengadaan", "Koperasi Niaga Mukti"),
        ],
        "people": 60,
        "cooperatives": 30,
        "agenda": [
            "pembukaan dan pengarahan",
            "pemaparan narasumber",
            "pemetaan potensi dan kebutuhan setiap koperasi",
            "pembahasan jaringan usaha dan rencana tindak lanjut",
        ],
        "mapping": [
            _total("production", "potential", "GKP", 837_000),
            _total("processing", "potential", "jasa giling gabah", 240_000),
            _total("processing", "need", "jasa giling gabah", 753_000),
            _total("distribution", "potential", "angkutan", 70_000),
            _total("distribution", "need", "angkutan", 185_000),
            _total("marketing", "need", "beras medium", 459_000),
            _total("marketing", "need", "beras premium", 62_500),
        ],
        "decisions": [
            "30 koperasi dan Koperasi Niaga Mukti menyusun Nota Kesepahaman tentang Jaringan Usaha Perberasan",
            "setiap koperasi menyampaikan perkiraan panen setiap bulan kepada sekretariat jaringan",
            "jumlah, mutu, dan harga diatur dalam perjanjian kerja sama tersendiri",
        ],
        "actions": [
            {
                "action": "Menyusun rancangan Nota Kesepahaman",
                "owner": "Sekretariat Jaringan",
                "due": date(2025, 10, 24),
                "output": "Rancangan Nota Kesepahaman",
            },
            {
                "action": "Menyepakati jadwal panen dan pengumpulan gabah Musim Tanam I",
                "owner": "Sekretariat Jaringan",
                "due": date(2025, 11, 14),
                "output": "Kalender panen bersama",
            },
        ],
        "representatives": [invented.representative(at) for at in range(3)],
        "acknowledged": [
            invented.person("Drs. H. Wawan Setiawan, M.Si.", "Kepala Dinas", "Dinas Koperasi Kabupaten Cianjur")
        ],
    }


def _total(field: str, direction: str, commodity: str, kg: int) -> dict[str, Any]:
    return {"field": field, "direction": direction, "commodity": commodity, "kg": kg}


KIND = Kind(
    code="minutes",
    version=1,
    facts=MinutesFacts,
    bounds={
        "basis": (0, 20),
        "speakers": (0, 30),
        "agenda": (1, 30),
        "mapping": (0, 200),
        "decisions": (1, 26),
        "actions": (0, 100),
        "representatives": (1, 3),
        "acknowledged": (0, 2),
    },
    mandatory=("title", "place_date", "leaders", "attendees", "agenda", "decisions", "closing"),
    dress=dress,
    parties=parties,
    example=example,
    agreement=False,
)
