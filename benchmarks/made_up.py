"""Questions that nobody would type, and some that somebody does: for benchmarks/nasty.py and the fuzz tests.

`question` puts the grammar of docs/query-language.md together at random; `Nasty` also has patterns, hundreds of words,
strings that break other programs, every script that Python knows, thousands of characters and brackets. The same seed
gives the same questions.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from random import Random

WORDS = """
export rows data strategy Exporting the of résumé Kündigung Datenstrategie データ戦略 エクスポートの方法 数据导出
데이터를 ภาษาไทย мир ёлка العربية हिन्दी C++ R&D v2.3.1 SSO_ERR_42 IMP-204 0x80070005 jane@example.com 10:30 what's
l'export o'brien https://a.b/c?d=1&e=2 report.csv 50,000 a I x ß İ ﬁ ＡＰＩ ﾃﾞｰﾀ e\u0301 🙂 ½ #tag
@me $5 -5 --force 100% a/b a\\b
""".split()  # noqa: SIM905
SIGNS = """
AND OR NOT ANDNOT ANDMAYBE REQUIRE ( ) [ ] { } TO " ' * ? ~ ~2 ^ ^2 ^0.5 - + ! : , . ; / \\ | & && || < > = # … « » “
tag: kind: lang: title: body: gem: after: before: date: year: status: reviewee: type: foo: :: *:* [a ?? ** [[ ]]
""".split()  # noqa: SIM905
VALUES = """
gdpr GDPR 2026 2026-03 2026-02-31 31.02.2026 9999999d 30d today [2026\tTO\t2027] [TO] {2026\tTO} >=2026 * gd* g?pr a,b
""".split(" ")  # noqa: SIM905
RUBBISH = "\0\ud800\udfff\u200b\u202e\ufeff\uffff\U0010ffff\u0301\u0e31\x01\x7f\x1f\x1e\u2028\t\n"
LONG = 10_000  # characters
DEEP = 1_000  # brackets
_WORD = re.compile(r"\w+")
# What has broken some program: other languages' code, values that are taken for nothing, expressions that never end, text
# that is drawn, folded, counted or compared otherwise than it looks.
NAUGHTY = (
    "", " ", "\0", "\0\0\0", "null", "NULL", "None", "undefined", "NaN", "Infinity", "-0", "1e309", "0x", "true", "NIL",
    "' OR 1=1 --", "'; DROP TABLE reviews; --", '" OR ""="', "%s%s%s%n", "%(num)d", "{0.__class__}", "{{ 7 * 7 }}",
    "${7*7}", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&#x27;&amp;", "../../../../etc/passwd",
    "C:\\con\\nul", "file:///etc/passwd", "`id`", "$(id)", "| cat", "\r\nSet-Cookie: a=b", "\x1b[31mred\x1b[0m",
    "(a+)+$", "(a|a)*b", "^(([a-z])+.)+[A-Z]([a-z])+$", "(?:(?:a*)*)*b", "[[:alpha:]]{1,9999}", "\\", "\\\\\\", "a{99999}",
    ".*.*.*.*x", "(?P<x>", "(?#", "\\1\\2", "[^", "[z-a]", "*", "?", "**", "*?*?*", "?*?*?*?*?*?", "*a*", "*e*", "?e*",
    "*:*",
    "a*b*c*d*e*f*g*h*i*j*k", "e*e*e*e*e*", "*e*a*i*", "*?????*", "~", "~~~", "a~99", "export~2 report~2 import~2",
    '"', '""', '"""', "''", "“”", '"a"~', '"a b"~999999999', "a^", "a^-1", "a^1e99", "a^0", "^^^", "-", "--", "-(-(-a))",
    "NOT", "NOT NOT NOT a", "AND AND", "OR OR OR", "a OR", "OR a", "a AND OR NOT b", "()", "(())", ")(", "((a)", "a))))",
    "tag:", "tag::", "tag:*", "tag:?*", "tag:-", ":", "::", "kind:*", "year:[* TO *]", "date:[TO]", "date:[9999 TO 1]",
    "after:0000-00-00", "before:99999999999999999999", "date:9999-12-31", "after:999999999999d", "date:-1", "year:٢٠٢٦",
    "title:*", "body:*", "gem:*a", "reviewer:*", "customer:*a*", "case:*1*", "lang:*", "status:*", "type:*", "reviewee:*",
    "İstanbul", "ıIİi", "ﬃ", "ǆ", "ß", "*ß", "ŉ", "ΐ", "ᾳ", "Σς", "K", "Å", "\u0345", "e\u0301" * 50, "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L",
    "\u202eolleh", "\u2066a\u2069", "\ufeff", "\u200b\u200c\u200d", "\u00ad", "\ud800", "\udfff\ud800",
    "\uffff", "\U0010ffff",
    "👩‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽" * 40, "🇩🇪🇯🇵🇺🇸", "☃", "１２３", "½⅓", "①②", "Ⅷ", "²³", "٣٤٥", "१२३", "℃", "㌔", "ﷺ", "ﬀﬁ",
    "한글", "한", "ｶﾞｷﾞｸﾞ", "ーーーー", "々々", "〱", "𠮷野家", "鬱" * 60, "ก็็็็็็็็็็", "རྫོགས", "မြန်မာ", "ქართული", "ᚠᚢᚦ", "𐍈", "𝒳𝓎𝓏",
)  # fmt: skip


def question(random: Random) -> str:
    """One question by the grammar, with rubbish in between. Most are short; one in fifty is very long."""
    text = "".join(_part(random) + random.choice((" ", " ", " ", "")) for _ in range(random.randint(1, 8)))
    return text * random.randint(50, 1000) if random.random() < 0.02 else text


def _part(random: Random) -> str:
    kind = random.random()
    if kind < 0.45:
        return random.choice(WORDS)
    if kind < 0.75:
        return random.choice(SIGNS) + random.choice(("", random.choice(WORDS), random.choice(VALUES)))
    if kind < 0.85:
        return '"' + " ".join(random.choices(WORDS, k=random.randint(0, 3))) + random.choice(('"', '"~2', ""))
    if kind < 0.95:
        return random.choice(WORDS) + random.choice(("*", "?", "~", "~2", "^2", "?*", "*?x"))
    return "".join(random.choices(RUBBISH, k=random.randint(1, 4)))


@cache
def scripts() -> dict[str, str]:
    """The letters of Unicode by the first word of their names, which is mostly their script."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for character in map(chr, range(sys.maxunicode)):
        if unicodedata.category(character)[0] in "LMN":
            found[unicodedata.name(character, "?").partition(" ")[0]].append(character)
    return {name: "".join(characters) for name, characters in found.items()}


class Nasty:
    """Draws questions of every kind; `texts` are texts of the library that will be asked, whose words it takes."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = [words for text in texts if (words := text.split())]
        self._kinds = {
            question: 30, self.words: 14, self.patterns: 16, self.many: 6, self.phrase: 4, naughty: 8, script: 6,
            characters: 3, self.long: 4, brackets: 3, bomb: 2, self.nuls: 2, self.field: 2,
        }  # fmt: skip

    def question(self, random: Random) -> tuple[str, str]:
        """One question, and what kind it is of."""
        kind = random.choices(list(self._kinds), list(self._kinds.values()))[0]
        return kind.__name__, kind(random)

    def _some(self, random: Random, many: int) -> list[str]:
        """Words in a row of one text."""
        words = random.choice(self._texts)
        at = random.randrange(max(1, len(words) - many))
        return words[at : at + many]

    def _word(self, random: Random) -> str:
        return random.choice(random.choice(self._texts))

    def words(self, random: Random) -> str:
        """A few words, together in a text or not, or half a text."""
        if random.random() < 0.5:
            return " ".join(self._word(random) for _ in range(random.randint(1, 5)))
        return " ".join(self._some(random, random.choice((1, 2, 3, 5, 8, 13, 30, 64))))

    def patterns(self, random: Random) -> str:
        """Parts of words with stars and question marks, amid other words."""
        parts = [_cut(random, self._word(random)) for _ in range(random.choice((1, 1, 1, 2, 3, 10)))]
        parts += self._some(random, random.choice((0, 0, 1, 1, 2, 4)))
        random.shuffle(parts)
        return random.choice((" ", " ", " OR ")).join(parts)

    def many(self, random: Random) -> str:
        """Hundreds of words, patterns, slips and operators."""
        made = []
        for _ in range(random.choice((30, 100, 300))):
            word = self._word(random)
            made.append(random.choice((word, word, _cut(random, word), f"{word[:12]}~2", random.choice(SIGNS))))
        return " ".join(made)

    def phrase(self, random: Random) -> str:
        words = self._some(random, random.choice((2, 3, 10, 40, 200)))
        return f'"{" ".join(words)}"{random.choice(("", "~2", "~9", "~99"))}'

    def long(self, random: Random) -> str:
        """Ten thousand characters of one or a few things."""
        things = random.choice(
            (
                ["x"], ["е\u0301"], ["デ", "ー", "タ"], ["数"], ["🙂"], ["\u0301"], ["*"],
                ["?a"], ["a* "], ["*a "], ["a?b "], ["~"], ["a-"], ["a.b/"], ["'"], ['"'], ['"a" '], ["a OR "], ["NOT "],
                ["-a "], ["a^2 "], ["tag:a "], ["after:1d "],
                [f"{self._word(random)} " for _ in range(40)], [f"{self._word(random)}~2 " for _ in range(40)],
            )
        )  # fmt: skip
        return "".join(random.choices(things, k=LONG // min(map(len, things))))[:LONG]

    def nuls(self, random: Random) -> str:
        return random.choice(("\0", "\0 ", " \0\x01\x1f")).join(self._some(random, random.choice((1, 3, 40))))

    def field(self, random: Random) -> str:
        name = random.choice(
            (*(sign for sign in SIGNS if sign[0].isalpha() and sign.endswith(":")), "customer:", "case:")
        )
        value = random.choice((*VALUES, _cut(random, self._word(random)), "(((", "[a TO z]", "\u202e", "*" * 50))
        return f"{name}{value} {' '.join(self._some(random, random.choice((0, 1, 2))))}"


def _cut(random: Random, word: str) -> str:
    """A pattern that the word is of."""
    word = (_WORD.findall(word) or ["export"])[0]
    keep = random.choice((1, 1, 2, 3, 4, 6))
    at = random.randrange(len(word))
    return random.choice(
        (
            f"{word[:keep]}*", f"*{word[-keep:]}", f"*{word[at : at + keep]}*", f"{word[:keep]}*{word[-1]}",
            f"{word[:at]}?{word[at + 1 :]}", f"?{word[1:]}", f"?{word[1:][:keep]}*", "?" * len(word) + word[-1],
            f"*{word[at : at + keep]}*{word[-1]}", "?" * random.randint(1, 9) + "*", f"{word}~{random.choice((1, 2))}",
        )
    )  # fmt: skip


def naughty(random: Random) -> str:
    return " ".join(random.choices(NAUGHTY, k=random.choice((1, 1, 1, 2, 5))))


def script(random: Random) -> str:
    """Words of one script or of several."""
    letters = [scripts()[name] for name in random.choices(sorted(scripts()), k=random.choice((1, 1, 1, 2, 6)))]
    words = [
        "".join(random.choices(random.choice(letters), k=random.randint(1, 12))) for _ in range(random.randint(1, 30))
    ]
    return " ".join(words) + random.choice(("", "", "*", "?", "~2"))


def characters(random: Random) -> str:
    """Any characters at all, those that are none among them."""
    highest = random.choice((0x7F, 0x2FF, 0xFFFF, sys.maxunicode))
    return "".join(chr(random.randint(0, highest)) for _ in range(random.choice((1, 5, 30, 300, 3000))))


def brackets(random: Random) -> str:
    """Nested, in a row, without partners, with something in them."""
    deep = random.choice((5, 29, 31, 200, DEEP))
    within = random.choice(("export", "a*", "NOT a", "a OR b", "tag:a", "", '"a b"'))
    return random.choice(
        (
            "(" * deep + within + ")" * deep, "(" * deep + within, within + ")" * deep, "()" * deep, f"({within})" * deep,
            "(a OR " * deep + within + ")" * deep, "NOT (" * deep + within + ")" * deep, "-(" * deep + within,
            "[" * deep + within + "]" * deep, "{" * deep + within, f'("{within} ' * deep, "tag:(" * deep + within,
        )
    )  # fmt: skip


def bomb(random: Random) -> str:
    """What would keep a regular expression busy for ever, as itself or as a pattern of ours."""
    many = random.choice((5, 30, 200))
    return random.choice(
        (
            "(a+)+$" * many, "a" * many + "!", "*a" * many, "a*" * many + "b", "?a*" * many, "(a|a?)+" * many,
            "*" * many + "x", "?" * many + "*" + "?" * many, "e?" * 10, "*e?n*", " ".join(["*e*n*"] * many),
            "[a-z]+*" * many, " ".join(f"*{chr(97 + at % 26)}*" for at in range(many)),
            " ".join(f"{chr(97 + at % 26)}*" for at in range(many)),
        )
    )  # fmt: skip
