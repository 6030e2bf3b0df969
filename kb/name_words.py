"""Words that are names as well, and words that stand within names."""

from __future__ import annotations

# In small letters they are no names: "will you", "ich weiß", 지원 (support).
_LATIN = """
will mark marks may can bill grace hope rose joy april june august frank guy gene grant art hunter jade max miles norm olive
penny pearl robin ruby sandy sky van ward dawn eve faith bishop baker cook miller porter archer carpenter fisher page
smith hill wood woods brown white black green gray grey young king long short price field fields stone rich small sharp key
keys bank cash bond hall house home post ford day week weeks summer winter west north east south love power case close read
good best cross bridge brook brooks lake rivers marsh moss park snow frost rain storm wolf fox bird fish lamb bush branch
lane street church temple major law laws judge savage wise noble strong swift moody hardy sales bell ball barber booth box
cannon chance chase cotton curry cut duke fall farmer flower forest frame free gates gold golden gross hand hands hook hood
horn lord low master mills moon nice pace paper peace plant pope pound queen reader rice rock root rush self singer sparks
speed spring star steel stern stock sweet test tester trade tree wall waters wells
weiss klein lang kurz alt neu reich stark frei jung schnell fromm sauer suess ernst blank rot braun schwarz lange ganz gut
rosa sol luz mar cruz bueno blanco blanca rico rica leal ramos flores calvo reyes campos rios prado paz angel dolores
consuelo pilar domingo bravo delgado guerra torre torres vega iglesias casa casas santos santo rey prieto pardo hermoso
cordero toro vaca marco clara linda alma vera
"""
_OTHERS = """
вера надежда любовь роман лев мир слава
지원 수정 현지 유지 지수 수지 이상 현재 진주 미소 보람 하늘 가을 나라 슬기 유리 은하 소원 보미 가람 기쁨 사랑 전화 주소
千葉 山口 福島 長野 石川 宮崎 福岡 富山 秋田 青森 香川 徳島 広島 岡山 大阪 未来 希望 平和 健康 日本 中国 上海 会社 高山
"""
ORDINARY = frozenset(_LATIN.split()) | frozenset(_OTHERS.split())

# Of two letters: no name can be seen in them, whatever their case.
_TWO = """
an do so he in no oh be to my me it is as at by go if of on or up us we am pm hi ok da du er es ja zu um wo im ab
la le el lo un de di en mi tu su si se te va ya yo ni al os et il ma sa ta ce ne je ou id ip pc tv ui ux vs eu uk ad ai
"""
WORDS_OF_TWO = frozenset(_TWO.split())

# They stand in a name and name nobody: van der Berg.
_WITHIN = """
van von vom der den de del della di da dos das do du la le las los ter ten te zu zur zum af av al el bin ibn bint y e und
and the
"""
PARTICLES = frozenset(_WITHIN.split())
