"""A person's name is taken out of a text however it is written there, and other words are left."""

from __future__ import annotations

import unicodedata

import pytest

from kb.privacy import as_written, id_for_reader, mask, mask_in_full


@pytest.mark.parametrize(
    ("name", "text", "masked"),
    [
        ("Maren Holt", "hi maren, MAREN HOLT here", "hi [name], [name] here"),
        ("Maren Holt", "Marens Antwort, Holt's idea", "[name]s Antwort, [name]'s idea"),
        ("Maren Holt", "@mholt @marenholt maren.holt@x.example", "@[name] @[name] [name]@x.example"),
        ("Maren Holt", "Ma\u00adren \u200bHolt", "[name]"),
        ("Maren Holt", "**Maren** Holtville upholt", "**[name]** Holtville upholt"),
        ("Jürgen Müller", "Juergen Mueller, MÜLLER, Muller, Müllers", "[name], [name], [name], [name]s"),
        ("Juergen Mueller", "Jürgen, bei Müller", "[name], bei [name]"),
        ("Jürgen Müller", unicodedata.normalize("NFD", "Müller sagt: öfter"), "[name] sagt: öfter"),
        (unicodedata.normalize("NFD", "Jürgen Müller"), "Müller sagt", "[name] sagt"),
        ("José Núñez", "Jose dijo; NUNEZ, José", "[name] dijo; [name]"),
        ("Seán O'Brien", "O\u2019Brien, OBrien, O`Brien; Sean", "[name], [name], [name]; [name]"),
        ("Jan van der Berg", "der Kunde, the van, van der Berg, Van der Berg", "der Kunde, the van, [name], [name]"),
        ("Anna-Lena Groß", "Anna-Lena Gross, GROSS", "[name], [name]"),
        ("Łukasz Dąbrowski", "Lukasz, Łukaszowi Dabrowski", "[name], [name]owi [name]"),
        ("Bo Ek", "Bo helped, boring boxes", "[name] helped, boring boxes"),
        ("An Do", "An email. Do it.", "An email. Do it."),
        ("Mark Weiß", "mark it; ich weiß: MARK Weiss", "mark it; ich weiß: [name]"),
        ("Иван Петров", "с Иваном Петровым, ИВАН, иванов", "с [name]ом [name]ым, [name], иванов"),
        ("Ира Лис", "выбирать, Ира", "выбирать, [name]"),
        ("Γιώργος Παπάς", "Γιώργο, ΓΙΏΡΓΟΣ", "[name]ο, [name]"),
        ("佐藤 健", "佐藤さん、健さん、佐藤健、健康", "[name]さん、[name]さん、[name]、健康"),
        ("佐藤健", "佐藤さん、佐藤 健、佐藤\u3000健、健康", "[name]さん、[name]、[name]、健康"),
        ("千葉 花", "千葉さん、千葉県、花", "[name]さん、千葉県、花"),
        ("サトウ ケン", "ｻﾄｳさん、ケンさん、トークン", "[name]さん、[name]さん、トークン"),
        ("김민수", "민수님, 김 민수, 김민수가, 국민수", "[name]님, [name], [name]가, 국민수"),
        ("김지원", "지원님, 지원이 필요", "[name]님, 지원이 필요"),
        ("王伟", "王伟说", "[name]说"),
        ("林 太郎", "「林さん」と担当の林様、森林さん、APIの林", "「[name]さん」と担当の[name]様、森林さん、APIの林"),
        ("Maren Holt", "MARENS ß, Holt\u2026 “holt” ﬁn", "[name]S ß, [name]\u2026 “[name]” ﬁn"),
        ("محمد علي", "قال محمد", "قال [name]"),
        ("nora.vogt@x.example", "NORA, Nora Vogt, nora.vogt@x.example, x.example", "[name], [name], [name], x.example"),
    ],
)
def test_a_name_is_taken_out_however_it_is_written(name: str, text: str, masked: str) -> None:
    assert unicodedata.normalize("NFC", mask(text, [name])) == masked


@pytest.mark.parametrize(
    ("name", "text", "masked"),
    [
        ("Jürgen Müller", "Mueller, Juergen and Müller", "[name] and Müller"),
        ("佐藤 健", "佐藤健さんと佐藤さん", "[name]さんと佐藤さん"),
        ("Maren Katrin Holt", "Maren Holt", "[name]"),
        ("Li Wu", "Li\u00a0Wu, wu li, like", "[name], [name], like"),
    ],
)
def test_a_full_name_is_too_and_a_part_of_it_left(name: str, text: str, masked: str) -> None:
    assert mask_in_full(text, [name]) == masked


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("2026-10/佐藤健太.md", "佐藤 健太"),
        ("2026-10/김민수님.md", "김민수"),
        ("2026-10/Juergen.md", "Jürgen Müller"),
        ("qa@mholt", "Maren Holt"),
    ],
)
def test_an_id_with_a_name_in_it_is_none(id: str, name: str) -> None:
    assert id_for_reader(id, [name]) == ""


def test_a_passage_is_found_again_as_it_was_written() -> None:
    text = "Früher: Herr Muller, d.\u00a0h. MÜLLERS Weg … ging."
    masked = mask(text, ["Jürgen Müller"])
    assert as_written(masked[8:], text, ["Jürgen Müller"]) == text[8:]
