"""A complete set of facts for each kind, over real places and invented people: for trying out and for tests."""

from __future__ import annotations

from datetime import date
from typing import Any

from mou_templates.kinds import kind_of

VILLAGES = (
    *(("Cihea", "Haurwangi"), ("Hegarmanah", "Karangtengah"), ("Sindangjaya", "Cipanas"), ("Rancagoong", "Cilaku")),
    *(("Sukawangi", "Warungkondang"), ("Kertasari", "Haurwangi"), ("Ramasari", "Haurwangi"), ("Ciherang", "Pacet")),
    *(("Cipeuyeum", "Haurwangi"), ("Gekbrong", "Gekbrong"), ("Bangbayang", "Gekbrong"), ("Cibeber", "Cibeber")),
)
PEOPLE = (
    *("H. Dadang Suherman, S.E.", "Imas Mulyana", "Jajang Supriatna", "Suharti", "Hj. Euis Komariah, M.M."),
    *("Asep Sunandar", "Drs. Ujang Rohendi", "Neneng Nurhayati", "Yayat", "Iis Nurjanah, S.Pd.", "Cecep Hidayat"),
)


def example_facts(kind: str) -> dict[str, Any]:
    """Give complete facts of `kind`, as `kinds.check_facts` takes them; raises `Refused("kind_unknown")`."""
    kind_of(kind)
    return {"mou_network": network, "mou_bilateral": bilateral, "pks": pks}[kind]()


def network(members: int = 30) -> dict[str, Any]:
    """Give the facts of a network MoU with that many cooperatives (1..200)."""
    return {
        **_common("Jaringan Usaha Perberasan Koperasi Desa Merah Putih", "electronic", 36),
        "letter_number": "001/KDKMP-CIANJUR/NK/X/2025",
        "event": _event(),
        "regency": "Kabupaten Cianjur",
        "members": [_member(at) for at in range(members)],
        "counterpart": _counterpart(),
        "secretariat_name": "Sekretariat Jaringan KDKMP Kabupaten Cianjur",
        "secretariat": _contact("Neneng Nurhayati", "Koordinator"),
        "pks_deadline_months": 6,
        "capacity": [row for at in range(members) for row in _capacity(at + 1)],
        "actions": [
            {
                "action": "Menyepakati jadwal panen dan pengumpulan gabah Musim Tanam I",
                "owner": "Sekretariat Jaringan",
                "due": date(2025, 11, 14),
                "output": "Kalender panen bersama",
            },
            {
                "action": "Menyusun Perjanjian Kerja Sama pertama",
                "owner": "Koperasi Niaga Mukti dan koperasi pemasok",
                "due": date(2026, 1, 30),
                "output": "Perjanjian Kerja Sama pemasokan gabah",
            },
        ],
    }


def bilateral() -> dict[str, Any]:
    """Give the facts of a bilateral MoU."""
    return {
        **_common("Kerja Sama Pengolahan dan Pemasaran Beras", "over_days", 24),
        "letter_number": "002/KDKMP-CIANJUR/NK/X/2025",
        "event": _event(),
        "first": _member(0),
        "second": _member(1),
        "first_contact": _contact("Asep Sunandar", "Sekretaris"),
        "second_contact": _contact("Suharti", "Bendahara"),
        "roles_first": [
            "menyediakan gabah kering panen hasil anggota sesuai kalender panen",
            "menyampaikan perkiraan panen setiap bulan",
        ],
        "roles_second": [
            "menyediakan kapasitas pengeringan dan penggilingan",
            "menyimpan beras hasil giling di gudang yang memenuhi syarat",
            "membantu pemasaran beras hasil kerja sama",
        ],
        "commodities": ["gabah kering panen", "beras medium"],
        "pks_deadline_months": 6,
        "capacity": [row for party in (1, 2) for row in _capacity(party)],
    }


def pks() -> dict[str, Any]:
    """Give the facts of a supply agreement."""
    place = "gudang Koperasi Niaga Mukti, Kec. Cilaku"
    return {
        **_common("Pemasokan Gabah Kering Panen", "at_once", 6),
        "letter_number": "001/KDKMP-CIANJUR/PKS/XI/2025",
        "dated": date(2025, 11, 20),
        "parent": {
            "title": "Nota Kesepahaman tentang Jaringan Usaha Perberasan Koperasi Desa Merah Putih",
            "letter_number": "001/KDKMP-CIANJUR/NK/X/2025",
            "dated": date(2025, 10, 22),
        },
        "supplier": _member(0),
        "buyer": _counterpart(),
        "supplier_contact": _contact("Asep Sunandar", "Sekretaris"),
        "buyer_contact": _contact("Cecep Hidayat", "Kepala Bagian Pengadaan"),
        "lines": [
            _line("Gabah Kering Panen (GKP)", "kadar air paling tinggi 25%", 27_900, 6_700, 5),
            _line("Beras medium", "derajat sosoh 100%", 4_500, 12_000, 5),
        ],
        "deliveries": [
            {"day": date(2026, 3, 9), "commodity": "Gabah Kering Panen (GKP)", "kg": 14_000, "place": place},
            {"day": date(2026, 3, 23), "commodity": "Gabah Kering Panen (GKP)", "kg": 13_900, "place": place},
            {"day": date(2026, 4, 6), "commodity": "Beras medium", "kg": 4_500, "place": place},
        ],
        "quality": [
            _quality("Kadar air GKP", "paling tinggi 25%", "potongan 1% harga untuk setiap kelebihan 1%"),
            _quality("Kadar hampa GKP", "paling tinggi 10%", "potongan 1% harga untuk setiap kelebihan 1%"),
            _quality("Butir patah beras", "paling tinggi 25%", "dapat ditolak bila lebih dari 30%"),
        ],
        "payment": {
            "days": 7,
            "bank": "Bank Mandiri KCP Cianjur",
            "account": "132-00-0000000-0",
            "holder": "Koperasi Desa Merah Putih Cihea",
        },
        "price_basis": (
            "Harga Pembelian Pemerintah menurut Keputusan Kepala Badan Pangan Nasional Nomor 2 Tahun 2025 "
            "dan kesepakatan PARA PIHAK pada tanggal Perjanjian ini"
        ),
        "tester": "petugas mutu PIHAK KEDUA, disaksikan wakil PIHAK PERTAMA",
        "court": "Pengadilan Negeri Cianjur",
    }


def _common(subject: str, mode: str, months: int) -> dict[str, Any]:
    return {
        "place": "Cianjur",
        "dated": date(2025, 10, 22),
        "time_zone": "Asia/Jakarta",
        "subject": subject,
        "signing_mode": mode,
        "legal_review": "draft",
        "duration_months": months,
        "notice_days": 30,
    }


def _event() -> dict[str, Any]:
    return {
        "name": "Lokakarya Penguatan Ekosistem Bisnis KDKMP",
        "organiser": "Kementerian Koperasi Republik Indonesia",
        "place": "Kampung Pandanwangi, Cianjur",
        "first_day": date(2025, 10, 22),
        "last_day": date(2025, 10, 24),
    }


def _member(at: int) -> dict[str, Any]:
    village, district = VILLAGES[at % len(VILLAGES)]
    return {
        "kind": "kdmp",
        "name": f"Koperasi Desa Merah Putih {village}",
        "legal_number": f"AHU-{25573 + at:07d}.AH.01.29.TAHUN 2025",
        "nib": None if at % 4 == 3 else f"{1_207_250_000_000 + at:013d}",  # noqa: PLR2004 - a quarter has none yet
        "address": f"Jalan Raya {village} Nomor {at + 1}",
        "area": f"Desa {village}, Kec. {district}, Kabupaten Cianjur",
        "signatory": {
            "name": PEOPLE[at % len(PEOPLE)],
            "office": "Ketua Pengurus",
            "authority": f"Akta Pendirian Nomor {12 + at} tanggal 3 Juni 2025",
        },
    }


def _counterpart() -> dict[str, Any]:
    return {
        "kind": "primary",
        "name": "Koperasi Niaga Mukti",
        "legal_number": "518.08/96/BH/XIV.10/VIII/2008",
        "nib": "9120001234567",
        "address": "Jalan Raya Cilaku Nomor 45",
        "area": "Desa Rancagoong, Kec. Cilaku, Kabupaten Cianjur",
        "signatory": {
            "name": "H. Ade Kosasih, S.P.",
            "office": "Ketua Pengurus",
            "authority": "Berita Acara Rapat Anggota Tahunan Nomor 04/BA-RAT/II/2025 tanggal 15 Februari 2025",
        },
    }


def _contact(name: str, office: str) -> dict[str, Any]:
    return {"name": name, "office": office, "phone": "0812-0000-0101", "email": "sekretariat@example.id"}


def _capacity(party: int) -> list[dict[str, Any]]:
    season = "per musim tanam"
    rows = [
        ("production", "potential", "GKP", 27_900 + 350 * party),
        ("processing", "need", "giling gabah", 25_100),
        ("marketing", "need", "beras medium", 15_300),
    ]
    if party % 3 == 0:
        rows.append(("distribution", "potential", "angkutan", 7_000))
    return [
        {"party": party, "field": field, "direction": direction, "commodity": goods, "kg": kg, "period": season}
        for field, direction, goods, kg in rows
    ]


def _line(commodity: str, grade: str, kg: int, price: int, tolerance: int) -> dict[str, Any]:
    return {"commodity": commodity, "grade": grade, "kg": kg, "price": price, "tolerance_percent": tolerance}


def _quality(parameter: str, limit: str, deduction: str) -> dict[str, Any]:
    return {"parameter": parameter, "limit": limit, "deduction": deduction}
