"""People and places invented for examples, over real villages: the parts that complete sets of facts are made of."""

from __future__ import annotations

from datetime import date
from typing import Any

VILLAGES = (
    *(("Cihea", "Haurwangi"), ("Hegarmanah", "Karangtengah"), ("Sindangjaya", "Cipanas"), ("Rancagoong", "Cilaku")),
    *(("Sukawangi", "Warungkondang"), ("Kertasari", "Haurwangi"), ("Ramasari", "Haurwangi"), ("Ciherang", "Pacet")),
    *(("Cipeuyeum", "Haurwangi"), ("Gekbrong", "Gekbrong"), ("Bangbayang", "Gekbrong"), ("Cibeber", "Cibeber")),
)
PEOPLE = (
    *("H. Dadang Suherman, S.E.", "Imas Mulyana", "Jajang Supriatna", "Suharti", "Hj. Euis Komariah, M.M."),
    *("Asep Sunandar", "Drs. Ujang Rohendi", "Neneng Nurhayati", "Yayat", "Iis Nurjanah, S.Pd.", "Cecep Hidayat"),
)


def issue(number: str) -> dict[str, Any]:
    """Give number, place and date, drawn up on the workshop's first day."""
    return {
        "letter_number": number,
        "place": "Cianjur",
        "dated": date(2025, 10, 22),
        "legal_review": "draft",
        "paper": "A4",
    }


def agreed(number: str, subject: str, mode: str) -> dict[str, Any]:
    """Give what every paper says that parties agree to."""
    meterai = "electronic" if mode in ("electronic", "mixed") else "per_copy"
    agreed = {"time_zone": "Asia/Jakarta", "subject": subject, "signing_mode": mode, "meterai": meterai}
    return {**issue(number), **agreed, "logo": "no"}


def common(number: str, subject: str, mode: str, months: int) -> dict[str, Any]:
    """Give what every agreement with a term says."""
    return {**agreed(number, subject, mode), "duration_months": months, "notice_days": 30}


def parent() -> dict[str, Any]:
    """Give the network MoU that other agreements hang on."""
    return {
        "title": "Nota Kesepahaman tentang Jaringan Usaha Perberasan Koperasi Desa Merah Putih",
        "letter_number": "001/KDKMP-CIANJUR/NK/X/2025",
        "dated": date(2025, 10, 22),
    }


def event() -> dict[str, Any]:
    """Give the workshop of October 2025."""
    return {
        "name": "Lokakarya Penguatan Ekosistem Bisnis KDKMP",
        "organiser": "Kementerian Koperasi Republik Indonesia",
        "place": "Kampung Pandanwangi, Cianjur",
        "first_day": date(2025, 10, 22),
        "last_day": date(2025, 10, 24),
    }


def member(at: int) -> dict[str, Any]:
    """Give a village cooperative; every fourth has no NIB."""
    village, district = VILLAGES[at % len(VILLAGES)]
    return {
        "kind": "kdmp",
        "name": f"Koperasi Desa Merah Putih {village}",
        "legal_number": f"AHU-{25573 + at:07d}.AH.01.29.TAHUN 2025",
        "nib": None if at % 4 == 3 else f"{1_207_250_000_000 + at:013d}",  # noqa: PLR2004 - a quarter has none yet
        "address": f"Jalan Raya {village} Nomor {at + 1}",
        "area": f"Desa {village}, Kec. {district}, Kabupaten Cianjur",
        "own_number": f"{at + 7:03d}/KDMP-{village.upper()}/NK/X/2025" if at % 5 == 0 else None,
        "signatory": {
            "name": PEOPLE[at % len(PEOPLE)],
            "office": "Ketua Pengurus",
            "authority": f"Akta Pendirian Nomor {12 + at} tanggal 3 Juni 2025",
        },
    }


def counterpart() -> dict[str, Any]:
    """Give the cooperative that buys."""
    return {
        "kind": "primary",
        "name": "Koperasi Niaga Mukti",
        "legal_number": "518.08/96/BH/XIV.10/VIII/2008",
        "nib": "9120001234567",
        "address": "Jalan Raya Cilaku Nomor 45",
        "area": "Desa Rancagoong, Kec. Cilaku, Kabupaten Cianjur",
        "own_number": "045/KNM/NK/X/2025",
        "signatory": {
            "name": "H. Ade Kosasih, S.P.",
            "office": "Ketua Pengurus",
            "authority": "Berita Acara Rapat Anggota Tahunan Nomor 04/BA-RAT/II/2025 tanggal 15 Februari 2025",
        },
    }


def hub() -> dict[str, Any]:
    """Give the secondary cooperative that serves the others as their hub."""
    return {
        "kind": "secondary",
        "name": "Koperasi Sekunder Hub KDKMP Cianjur",
        "legal_number": "AHU-0031207.AH.01.29.TAHUN 2025",
        "nib": "1907250041822",
        "address": "Jalan Siliwangi Nomor 12",
        "area": "Kelurahan Sayang, Kec. Cianjur, Kabupaten Cianjur",
        "own_number": "017/HUB-CJR/NK/X/2025",
        "signatory": {
            "name": "Drs. Ujang Rohendi",
            "office": "Ketua Pengurus",
            "authority": "Berita Acara Rapat Anggota Nomor 02/BA-RA/IX/2025 tanggal 8 September 2025",
        },
    }


def contact(name: str, office: str) -> dict[str, Any]:
    """Give a contact of that name."""
    return {"name": name, "office": office, "phone": "0812-0000-0101", "email": "sekretariat@example.id"}


def person(name: str, office: str, institution: str) -> dict[str, Any]:
    """Give somebody who does not stand for a party."""
    return {"name": name, "office": office, "institution": institution}


def representative(at: int) -> dict[str, Any]:
    """Give who speaks for a village cooperative."""
    who = member(at)
    return person(who["signatory"]["name"], who["signatory"]["office"], who["name"])


def capacity(party: int) -> list[dict[str, Any]]:
    """Give what a party offers and needs."""
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
