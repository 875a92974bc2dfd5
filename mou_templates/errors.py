"""The paper's own refusal: a code and values, never words for people (the doors word them)."""

from __future__ import annotations


class Refused(Exception):
    """The paper would not say what was meant, so it is not made.

    `code` is one of the codes listed in `CODES`; `values` fill the sentence a door writes for it.
    `str()` gives the code alone, so that no name or number reaches a log.
    """

    def __init__(self, code: str, /, **values: str) -> None:
        """Keep the code and the values of the sentence."""
        super().__init__(code)
        self.code = code
        self.values = values


CODES: dict[str, tuple[str, ...]] = {
    "kind_unknown": ("kind",),
    "fact_missing": ("place",),
    "fact_unknown": ("place",),
    "fact_type": ("place", "expected"),
    "fact_range": ("place", "least", "most"),
    "fact_sum": ("place", "expected"),
    "fact_citizen_number": ("place",),
    "word_not_text": ("place", "found"),
    "word_character": ("place", "character"),
    "word_script": ("place", "character"),
    "word_font": ("place", "character"),
    "word_marks": ("place", "character"),
    "word_line": ("place", "character"),
    "word_long": ("place", "length", "most"),
    "rows_many": ("place", "length", "most"),
    "word_missing": ("name",),
    "value_refused": ("found",),
    "template_unreadable": ("part",),
    "template_language": ("part", "found"),
    "template_loops": ("part", "most"),
    "template_render": ("part", "found"),
    "value_lost": ("place", "value"),
    "article_order": ("expected", "found"),
    "last_clause_lost": ("heading",),
    "tag_left": ("text",),
    "document_unreadable": ("part",),
    "picture_missing": ("name",),
    "picture_unknown": ("name",),
    "picture_format": ("name", "expected"),
    "picture_large": ("name", "size", "most"),
    "texts_differ": ("between", "at", "left", "right"),
    "adopted_media": (),
    "adopted_old_word": (),
    "adopted_locked": (),
    "adopted_large": ("size", "most"),
    "adopted_pages": ("pages", "most"),
    "adopted_unreadable": (),
    "adopted_bomb": (),
    "adopted_limits": (),
    "adopted_macro": (),
    "adopted_embedded": (),
    "adopted_outside": ("kind", "target"),
    "adopted_live_field": ("field",),
    "adopted_changes": (),
    "adopted_comments": (),
    "adopted_hidden": ("words",),
    "adopted_hidden_layer": (),
    "adopted_tag": ("found",),
    "adopted_character": ("character",),
    "adopted_unknown_letters": (),
    "adopted_font": ("character",),
    "adopted_script": (),
    "adopted_launch": (),
    "adopted_attachment": (),
    "adopted_form_fields": (),
    "adopted_signed": (),
    "adopted_xfa": (),
    "adopted_page_size": ("page",),
    "adopted_picture": ("page",),
    "adopted_empty": (),
}
"""Every code with the names of its values, so that a door's catalogue can be tested to be complete."""
