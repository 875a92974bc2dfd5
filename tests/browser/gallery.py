"""Every layout and every macro with hostile long data, served by an application of its own.

Run as a module it stays up to be looked at: `python -m tests.browser.gallery [port]`.
"""

from __future__ import annotations

import secrets
import sys
from pathlib import Path
from typing import Any

import segno
from flask import Flask, render_template, url_for
from flask_wtf.csrf import CSRFProtect
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, PrefixLoader
from werkzeug.wrappers import Response

from webhooks import pages
from webhooks.pages.shapes import Account, Column, Fact, Link, MenuGroup, MenuItem, Mistake, Person, Stage, Step

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
STATUSES = (400, 401, 403, 404, 409, 410, 413, 418, 422, 429, 500, 502, 503)
PAGES = (
    "/desk",
    "/desk/mistakes",
    "/desk/empty",
    "/sign/read",
    "/sign/unticked",
    "/sign/code",
    "/sign/wrong-code",
    "/sign/receipt",
    "/public",
    "/error/404",
    "/error/500",
)

_VILLAGE = "Mekarwangisukatanicibeberkaranganyarlestarin"
_PLACE = f"Desa {_VILLAGE}, Kec. Karangtengahkulonprogosukanagara"
_COOPERATIVE = f"Koperasi Desa Merah Putih {_VILLAGE}/Sukatani"
_PERSON = "Prof. Dr. Ir. H. Raden Muhammad Wirakusumahatmadjanegara, S.E., M.Si., Ak., C.A."
_HELPER = Person("Ibu Sari Wulandari, S.Sos.", "Dinas Koperasi Cianjur", "https://wa.me/620", "0800 000 000")


def _icons(environment: Environment) -> list[str]:
    module: Any = environment.get_template("macros.html").module
    return sorted(module.ICONS)


def _states(environment: Environment, of: str) -> list[str]:
    module: Any = environment.get_template("macros.html").module
    return list(module.TONES[of])


def _menu() -> tuple[MenuGroup, ...]:
    return (
        MenuGroup(
            (
                MenuItem("Hari ini", "#", "home", current=True),
                MenuItem("Acara", "#", "calendar"),
                MenuItem("Koperasi", "#", "house"),
                MenuItem("Naskah", "#", "page", count=3),
                MenuItem("Tanda tangan", "#", "pen", count=1204),
            )
        ),
        MenuGroup((MenuItem("Pengguna", "#", "person"), MenuItem("Jejak audit", "#", "shield")), "Pengaturan"),
    )


def _data(environment: Environment) -> dict[str, object]:
    names = ["Mulyasari", "Haurwangi", "Bu", *(f"{_VILLAGE} {n}" for n in range(1, 29))]
    states = ("signed", "invited", "opened", "declined", "on_paper")
    return {
        "long_name": _COOPERATIVE,
        "long_place": _PLACE,
        "long_person": _PERSON,
        "trail": (Link("Acara", "#"), Link("Lokakarya Cianjur", "#")),
        "stages": (
            Stage("Terdaftar", "33", "done"),
            Stage("Dipetakan", "32", "done"),
            Stage("Dicocokkan", "30", "done"),
            Stage("Naskah", "3", "done"),
            Stage("Tanda tangan", "24/30", "now"),
            Stage("PKS", "0/3", "next"),
            Stage("Penyerahan", "0", "next"),
        ),
        "numbers": (
            Fact("Beras tersalur", "1.235 ton", "100 % dari kebutuhan pasar"),
            Fact("Perkiraan nilai", "Rp15,5 miliar", "Harga pada lembar lokakarya"),
            Fact("Giling terpenuhi", "79 %", "1.559 dari 1.976 ton"),
            Fact("Angkutan terpenuhi", "24 %", "Kurang 1.011 ton per musim"),
        ),
        "points": (
            Fact("Siapa yang bekerja sama", f"30 koperasi desa dengan {_COOPERATIVE}"),
            Fact("Berlaku", "2 tahun, mulai 24 Oktober 2025"),
            Fact("Apakah ada kewajiban membayar?", "Tidak.", "Harga dan jumlah diatur di perjanjian tersendiri."),
        ),
        "history": (
            Step("28 Oktober 2025, 09.15 WIB", _PERSON, "Menandatangani", "Dengan tautan dan kode."),
            Step("27 Oktober 2025, 16.02 WIB", "Sistem", "Pesan gagal terkirim", link=Link("Lihat", "#"), tone="bad"),
        ),
        "columns": (Column("Koperasi"), Column("Keadaan"), Column("Ton", digits=True), Column("Mengapa")),
        "rows": _rows(environment, names, states),
        "paper": _paper(names),
        "choices": (Link("Saya belum setuju", "#"), Link("Wakilkan kepada pengurus lain", "#")),
        "agreement_states": _states(environment, "agreement"),
        "signatory_states": _states(environment, "signatory"),
        "icons": _icons(environment),
        "qr_svg": segno.make("https://contoh.id/v/K-2026-000123").svg_inline(omitsize=True),
    }


def _paper(names: list[str]) -> str:
    members = "".join(f"<tr><td>{n}<td>KDMP {name}<br>{_PLACE}<td>{_PERSON}" for n, name in enumerate(names, 1))
    return (
        "<h2>NOTA KESEPAHAMAN</h2>\n<p>Pada hari ini, Jumat, tanggal dua puluh empat, bulan Oktober, "
        f"bertempat di {_PLACE}, para pihak sepakat.</p>\n<h3>Pasal 1<br>PENGERTIAN</h3>\n"
        "<p>(1) Dalam Nota Kesepahaman ini yang dimaksud dengan:</p>\n<p>a. Jaringan adalah kerja sama usaha.</p>\n"
        f"<table role=presentation><tr><td>PIHAK PERTAMA,<br>{_COOPERATIVE}<td>PIHAK KEDUA,<br>BULOG</table>\n"
        "<h2>LAMPIRAN I</h2>\n<h3>DAFTAR ANGGOTA JARINGAN</h3>\n<table><thead><tr><th scope=col>No."
        f"<th scope=col>Nama dan kedudukan<th scope=col>Diwakili oleh</thead><tbody>{members}</tbody></table>\n"
    )


def _rows(environment: Environment, names: list[str], states: tuple[str, ...]) -> list[tuple[object, ...]]:
    macros: Any = environment.get_template("macros.html").module
    return [
        (
            macros.party_label(f"KDMP {name}", f"Desa {name}, Kec. Cilaku", "#"),
            macros.tag(states[n % len(states)], "signatory"),
            "1.235,5",
            "Pembeli lebih dekat sudah penuh",
        )
        for n, name in enumerate(names)
    ]


_DESK_MISTAKES = tuple(
    Mistake(place, text)
    for place, text in (
        ("name", "Nama koperasi belum diisi."),
        ("amount", "Jumlah harus angka. Tertulis “banyak”."),
        ("regency", "Pilih kabupaten atau kota."),
        ("way", "Pilih cara tanda tangan."),
        ("checked", "Cocokkan orangnya lebih dahulu."),
        ("sheet", "Berkas tidak dapat dibaca."),
        ("", "Acara ini sudah ditutup."),
    )
)
_STEPS = ("buka tautan", "masukkan kode", "baca dan setujui", "tanda terima")


def make_gallery(*, trial: bool = True, owner: str = "Kementerian Koperasi Republik Indonesia") -> Flask:
    """Give an application that shows every piece under the real content security policy."""
    app = Flask("webhooks", template_folder="pages")
    app.config["SECRET_KEY"] = secrets.token_hex(16)
    own = FileSystemLoader(Path(__file__).parent / "gallery_pages")
    shipped = app.jinja_loader
    assert shipped is not None
    app.jinja_env.loader = ChoiceLoader([PrefixLoader({"gallery": own}), shipped])
    CSRFProtect(app)
    pages.furnish(app, owner=owner, trial=trial, version="0.1", links=(Link("Data pribadi", "#"), Link("Bantuan", "#")))
    app.context_processor(lambda: _data(app.jinja_env))
    _add_pages(app)

    @app.after_request
    def guard(answer: Response) -> Response:
        answer.headers["Content-Security-Policy"] = POLICY
        return answer

    return app


def _add_pages(app: Flask) -> None:
    desk = {
        "menu": _menu(),
        "account": Account(_PERSON, "Koordinator, Kab. Cianjur", "#", "#"),
        "find_href": "/desk",
    }
    sign = {"steps": _STEPS, "helper": _HELPER}
    shown: dict[str, tuple[str, dict[str, object]]] = {
        "/desk": ("desk.html", {**desk}),
        "/desk/mistakes": ("desk.html", {**desk, "errors": _DESK_MISTAKES}),
        "/desk/empty": ("empty_desk.html", {}),
        "/sign/read": ("read.html", {**sign, "step": 3}),
        "/sign/unticked": (
            "read.html",
            {**sign, "step": 3, "errors": (Mistake("read", "Centang kotak persetujuan lebih dahulu."),)},
        ),
        "/sign/code": ("code.html", {**sign, "step": 2}),
        "/sign/wrong-code": (
            "code.html",
            {**sign, "step": 2, "errors": (Mistake("code", "Kode tidak cocok. Sisa 4 kali percobaan."),)},
        ),
        "/sign/receipt": ("receipt.html", {**sign, "step": 4}),
        "/public": ("enter.html", {}),
    }
    for path, (name, values) in shown.items():
        app.add_url_rule(path, path, lambda name=name, values=values: render_template(f"gallery/{name}", **values))
    app.add_url_rule("/error/<int:status>", "error", lambda status: (_error(status), 200))
    app.add_url_rule("/", "index", lambda: "<br>".join(f'<a href="{path}">{path}</a>' for path in PAGES))


def _error(status: int) -> str:
    return pages.error_page(status, helper=_HELPER, back=Link("Kembali", url_for("index")))


if __name__ == "__main__":
    make_gallery().run(port=int(sys.argv[1]) if len(sys.argv) > 1 else 5099)
