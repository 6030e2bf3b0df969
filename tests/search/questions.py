"""Seeded made-up questions: grammar put together at random, rubbish, and both mixed."""

from __future__ import annotations

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


def question(random: Random) -> str:
    """One question. Most are short; one in fifty is very long."""
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
