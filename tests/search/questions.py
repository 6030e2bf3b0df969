"""Seeded made-up questions: grammar put together at random, rubbish, and both mixed."""

from __future__ import annotations

from random import Random

WORDS = (
    "export rows data strategy Exporting the of résumé Kündigung Datenstrategie データ戦略 エクスポートの方法 数据导出 데이터를 ภาษาไทย "
    "мир ёлка العربية हिन्दी C++ R&D v2.3.1 SSO_ERR_42 IMP-204 0x80070005 jane@example.com 10:30 what's l'export o'brien "
    "https://a.b/c?d=1&e=2 report.csv 50,000 a I x ß İ ﬁ ＡＰＩ ﾃﾞｰﾀ e\u0301 🙂 ½ #tag @me $5 -5 --force 100% a/b a\\b"
).split()
SIGNS = (
    "AND OR NOT ANDNOT ANDMAYBE REQUIRE ( ) [ ] { } TO \" ' * ? ~ ~2 ^ ^2 ^0.5 - + ! : , . ; / \\ | & && || < > = # … « » “ "
    "tag: kind: lang: title: body: gem: after: before: date: year: status: reviewee: type: foo: :: *:* [a ?? ** [[ ]] \t \n"
).split(" ")
VALUES = "gdpr GDPR 2026 2026-03 2026-02-31 31.02.2026 9999999d 30d today [2026 TO 2027] [TO] {2026 TO} >=2026 * gd* g?pr a,b".split(
    " "
)
RUBBISH = "\0\ud800\udfff\u200b\u202e\ufeff\uffff\U0010ffff\u0301\u0e31\x01\x7f\x1f\x1e\u2028"


def question(random: Random) -> str:
    """One question. Most are short; one in fifty is very long."""
    parts = []
    for _ in range(random.randint(1, 8)):
        kind = random.random()
        if kind < 0.45:
            parts.append(random.choice(WORDS))
        elif kind < 0.75:
            parts.append(random.choice(SIGNS) + random.choice(("", random.choice(WORDS), random.choice(VALUES))))
        elif kind < 0.85:
            parts.append(
                '"' + " ".join(random.choices(WORDS, k=random.randint(0, 3))) + random.choice(('"', '"~2', ""))
            )
        elif kind < 0.95:
            parts.append(random.choice(WORDS) + random.choice(("*", "?", "~", "~2", "^2", "?*", "*?x")))
        else:
            parts.append("".join(random.choices(RUBBISH, k=random.randint(1, 4))))
    text = "".join(part + random.choice((" ", " ", " ", "")) for part in parts)
    return text * random.randint(50, 1000) if random.random() < 0.02 else text
