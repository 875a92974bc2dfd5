"""The words people write over sheets, columns and lines, and what they mean to us. Compare with `words.heading`."""

from __future__ import annotations

from collections.abc import Mapping

SHEETS: dict[str, tuple[str, ...]] = {
    "event": ("acara", "kegiatan", "data acara", "lokakarya"),
    "parties": ("koperasi", "daftar koperasi", "data koperasi", "koperasi peserta"),
    "mapping": (
        "potensi & kebutuhan",
        "potensi dan kebutuhan",
        "potensi kebutuhan",
        "potensi/kebutuhan",
        "pemetaan",
        "data pemetaan",
    ),
    "attendance": ("peserta", "daftar hadir", "daftar peserta", "absensi"),
}

REQUIRED: dict[str, tuple[str, ...]] = {
    "parties": ("name",),
    "mapping": ("party", "field", "direction", "commodity", "amount"),
    "attendance": ("name", "party"),
}


def _by_word(words: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {written: meaning for meaning, spellings in words.items() for written in spellings}


COLUMNS: dict[str, dict[str, str]] = {
    "event": _by_word(
        {
            "name": ("nama acara", "acara", "nama kegiatan", "kegiatan", "nama lokakarya"),
            "organiser": ("penyelenggara",),
            "venue": ("tempat", "lokasi", "tempat acara"),
            "starts": ("mulai", "tanggal mulai", "tanggal"),
            "ends": ("selesai", "tanggal selesai"),
            "regency": ("kabupaten", "kabupaten/kota", "kode kabupaten", "kab/kota", "kota"),
            "commodity": ("komoditas",),
            "baseline_price": (
                "harga gkp di petani saat ini rp/kg",
                "harga gkp di petani saat ini",
                "harga gkp di petani rp/kg",
                "harga gkp di petani",
                "harga gkp petani",
            ),
            "signing_place": ("tempat penandatanganan", "kota penandatanganan"),
            "agreement_date": ("tanggal naskah", "tanggal penandatanganan", "tanggal mou"),
            "register_unit": ("kode unit nomor surat", "kode unit", "kode surat"),
            "letter_number": ("nomor surat", "nomor naskah"),
            "working_months": ("jangka waktu bulan", "jangka waktu"),
        }
    ),
    "parties": _by_word(
        {
            "number": ("no", "nomor", "no urut"),
            "name": ("nama koperasi", "nama", "koperasi", "nama lembaga", "nama koperasi/lembaga"),
            "area_code": ("kode wilayah", "kode desa", "kode wilayah desa"),
            "village": ("desa/kel", "desa/kelurahan", "desa", "kelurahan", "desa / kelurahan", "desa / kel"),
            "district": ("kecamatan", "kec"),
            "legal_number": (
                "no sk ahu",
                "nomor sk ahu",
                "sk ahu",
                "no badan hukum",
                "nomor badan hukum",
                "no sk ahu/badan hukum",
                "no sk ahu / badan hukum",
            ),
            "nib": ("nib",),
            "npwp": ("npwp",),
            "kind": ("jenis", "jenis koperasi", "jenis lembaga"),
            "officer": ("ketua", "nama ketua", "ketua pengurus", "penanda tangan", "nama penanda tangan"),
            "office": ("jabatan", "jabatan penanda tangan"),
            "phone": ("no hp ketua", "hp ketua", "no hp", "hp", "no wa", "no hp penanda tangan", "telepon"),
            "email": ("email", "e mail", "surel"),
            "term_ends": ("masa jabatan s d", "masa jabatan sampai", "masa jabatan", "akhir masa jabatan"),
            "address": ("alamat", "alamat kantor", "alamat lengkap"),
            "postcode": ("kode pos", "kodepos"),
            "authority_kind": ("dasar kewenangan", "jenis dasar kewenangan"),
            "authority_number": ("nomor dasar kewenangan", "no dasar kewenangan"),
            "authority_date": ("tanggal dasar kewenangan", "tgl dasar kewenangan"),
            "letter_number": ("nomor surat", "no surat", "nomor surat sendiri"),
        }
    ),
    "mapping": _by_word(
        {
            "number": ("no", "nomor", "no urut"),
            "party_number": ("no koperasi", "nomor koperasi"),
            "area_code": ("kode wilayah",),
            "party": ("nama koperasi", "koperasi", "nama", "nama lembaga", "nama koperasi/lembaga"),
            "field": ("bidang",),
            "direction": ("potensi / kebutuhan", "potensi/kebutuhan", "potensi atau kebutuhan", "jenis"),
            "commodity": ("komoditas", "komoditi", "barang/jasa"),
            "amount": ("jumlah", "volume", "kuantitas", "banyaknya"),
            "unit": ("satuan",),
            "period": ("periode", "waktu"),
            "price": ("harga rp", "harga", "harga rp/kg", "harga satuan", "harga rp / kg"),
            "note": ("keterangan", "ket", "catatan"),
        }
    ),
    "attendance": _by_word(
        {
            "number": ("no", "nomor", "no urut"),
            "party_number": ("no koperasi", "nomor koperasi"),
            "name": ("nama", "nama peserta", "nama lengkap"),
            "party": ("koperasi", "nama koperasi", "asal koperasi", "lembaga", "instansi"),
            "office": ("jabatan",),
            "phone": ("hp", "no hp", "no wa", "telepon", "nomor hp"),
            "sex": ("l/p", "jenis kelamin", "jk"),
        }
    ),
}
"""For each sheet: heading as people write it → what the column means."""
