"""The two blueprints, with the views hung on them and what becomes of their refusals."""

from __future__ import annotations

from apiflask import APIBlueprint

from kdmp_core.errors import Gone, NotFound, NotSignedIn, TooMany
from webhooks.sign import answers, codes, folders, landing, reading, refusals

entrance = APIBlueprint("sign_entrance", __name__, enable_openapi=False)
folder = APIBlueprint("sign", __name__, enable_openapi=False)

entrance.get("/t/<token>", endpoint="landing")(landing.show)
entrance.post("/t/<token>", endpoint="ask_code")(landing.ask_code)
entrance.get("/s/kode", endpoint="show_code")(codes.show)
entrance.post("/s/kode", endpoint="enter_code")(codes.enter)
entrance.post("/s/kode/lagi", endpoint="ask_again")(codes.ask_again)
entrance.get("/bantuan", endpoint="help_page")(landing.help_page)

folder.get("/s", endpoint="show_folder")(folders.show)
folder.post("/s/keluar", endpoint="leave")(folders.leave)
folder.get("/s/baca/<int:agreement_id>", endpoint="show_agreement")(reading.show)
folder.post("/s/baca/<int:agreement_id>", endpoint="sign")(answers.sign)
folder.get("/s/pdf/<int:agreement_id>", endpoint="pdf")(reading.pdf)
folder.get("/s/konsep/<int:agreement_id>", endpoint="show_draft")(reading.show_draft)
folder.post("/s/konsep/<int:agreement_id>", endpoint="remark")(answers.remark)
folder.get("/s/selesai/<int:agreement_id>", endpoint="receipt")(answers.receipt)
folder.get("/s/tanda-terima/<int:agreement_id>", endpoint="receipt_file")(answers.receipt_file)
folder.get("/s/tolak/<int:agreement_id>", endpoint="decline_form")(answers.decline_form)
folder.post("/s/tolak/<int:agreement_id>", endpoint="decline")(answers.decline)
folder.get("/s/bukan-saya", endpoint="not_me")(folders.not_me)
folder.post("/s/bukan-saya", endpoint="stop_link")(folders.stop_link)

for blueprint in (entrance, folder):
    blueprint.register_error_handler(NotSignedIn, refusals.session_over)
    blueprint.register_error_handler(Gone, refusals.link_ended)
    blueprint.register_error_handler(TooMany, refusals.too_many)
folder.register_error_handler(NotFound, refusals.not_here)
