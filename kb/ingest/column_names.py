"""What other tools and people call the columns of reviews, and their keys in JSON."""

from __future__ import annotations

import re
import unicodedata

from kb.ingest.keys import REVIEW_KEYS, folded, key_of

# What other tools and people call theirs, folded. Of two meanings of one name the first that its values can be is taken.
_CALLED = {
    "id": "reviewid evaluationid auditid gradeid answerid recordid revisionid bewertungsid prüfungsid レビューid",
    "title": "subject headline summary calltitle ticketname betreff titel asunto titulo objet 件名 タイトル 标题",
    "body": "text notes note description content message findings notiz notizen beschreibung inhalt texto notas "
    "descripcion contenido 本文 内容 メモ 说明",
    "tags": "label labels topic topics keywords categories thema themen schlagworte stichwörter "
    "tema temas etiquetas タグ ラベル 标签",
    "date": "created createdat createdon creatediso createdate closed closedat closedon opened openedat "
    "date/timeopened dateofcontact contactdate calldate activitydate "
    "conversationdate conversationcreatedat interactiondate createdtime reviewedat reviewedon reviewdate "
    "datereviewed dategraded "
    "started startedat starttime dateevaluated evaluatedon evaluationdate day datum fecha 日付 日期 "
    "erstelltam erstellt geschlossenam bewertetam geprüftam "
    "bewertungsdatum creadoel creado cerradoel fechadecreacion fechadecierre "
    "fechadeevaluacion 作成日 作成日時 対応日 評価日 レビュー日 创建时间",
    "cycle": "weekof reviewweek week kw woche kalenderwoche semana",
    "case_id": "case case# externalid ticket ticketid ticket# ticketnumber conversation conversationid "
    "conversationexternalid casenumber interactionid contactreference "
    "contactid callid gradableid issuekey kontaktid vorgang caso 案件番号 会話id チケットid チケット番号 问题编号 "
    "ticketnr ticketnummer fallnr fallnummer vorgangsnummer numerodeticket numerodecaso numticket お問い合わせ番号",
    "turns": "transcript conversationtranscript chattranscript calltranscript conversation conversationparts messages "
    "dialog dialogue gesprächsverlauf transkript transcripcion 会話 対話 对话",
    "case_url": "externallink externalurl ticketlink ticketurl caselink conversationlink conversationurl url link",
    "customer": "client company account accountname companyname associatedcompany customername organization organisation "
    "requester reporter anforderer kunde kundin firma cliente solicitante empresa "
    "リクエスタ リクエスター 顧客 顧客名 お客様 お客様名 会社名 客户",
    "product": "produkt producto 製品 产品",
    "team": "group department gruppe abteilung equipo grupo チーム グループ 团队",
    "channel": "via kanal canal チャネル 渠道",
    "language": "lang locale sprache idioma 言語 语言",
    "reviewer": "reviewername revieweremail yourname qaanalyst "
    "geprüftvon analistadecalidad evaluator rater auditor grader graderemail reviewedby gradedby scoredby revisor "
    "bewerter prüfer evaluador evaluadopor bewertetvon レビュアー 評価者",
    "reviewee": "revieweename revieweeemail agent agentname assignee caseowner "
    "ticketowner assigneduser assignedto geprüftermitarbeiter bewertetermitarbeiter mitarbeitername "
    "agenteevaluado evaluado 評価対象者 オペレーター gradee ratee bearbeiter mitarbeiter agente asignadoa "
    "担当者 担当者名 対応者",
    "score": "overall overall% overallscore totalscore qascore qualityscore finalscore bewertung gesamtbewertung puntuacion "
    "punktzahl gesamtpunktzahl punkte punktegesamt ergebnisin% notafinal "
    " gesamtscore ergebnis puntaje puntuaciontotal puntajetotal "
    "評価 総合評価 スコア 評点 评分",
    "feedback.csat": "csat csatscore satisfaction satisfactionrating conversationratingrating zufriedenheit "
    "zufriedenheitsbewertung kundenzufriedenheit satisfaccion 満足度 顧客満足度",
    "feedback.nps": "nps npsscore",
    "feedback.ces": "ces cesscore",
}
# The text, where nothing else is it: what a reviewer says of the whole case; else the column that says most.
_REMARKS = (
    "comment comments reviewcomment reviewercomment overallcomment generalcomment remark remarks kommentar kommentare "
    "bemerkung bemerkungen comentario comentarios observaciones コメント 備考 评论 备注"
)
REMARKS = frozenset(_REMARKS.split())
WHEN_NOTED = frozenset(("timestamp", "zeitstempel", "marcatemporal", "タイムスタンプ"))
"""What forms call the moment at which they were filled in: the date, where no other column is it."""
# A state of a case, or how often something was done: `Is dispute`, `Agent replies`, `total_count`. These rate nobody.
_STATES = frozenset(("open", "closed", "read", "deleted", "archived", "spam", "private", "public", "lastset"))
_COUNTED = re.compile(
    r"\b(?:counts?|number of|anzahl|(?:inter|trans)actions|replies|reopens|stations|messages|antworten)\b|件数|回数"
)
_OF_WHAT = re.compile(r"\s*[(\[（][^()\[\]（）]{1,20}[)\]）]\s*$")


def _plain(name: str) -> str:
    """A name as it is looked up: without marks on its letters, which not everybody types."""
    letters = unicodedata.normalize("NFD", folded(name).replace(".", ""))
    return unicodedata.normalize("NFC", _MARKS.sub("", letters))


_MARKS = re.compile("[\u0300-\u036f]")
_MEANT_BY: dict[str, list[str]] = {}
for _meaning, _names in _CALLED.items():
    for _name in _names.split():
        _MEANT_BY.setdefault(_plain(_name), []).append(_meaning)
_KEYS = frozenset(REVIEW_KEYS) - {"type", "extra"}
_WITHIN = re.compile(r"(?:[^\W\d]\w*\.)+\S.*", re.DOTALL)
_ANYWHERE = ("body", "turns", "title")  # what a key may mean in whichever object it stands


def meanings_of(name: str) -> list[str]:
    """What a column of this name may mean. `ticket.id` is a ticket's id; `source.body` a text, wherever it stands;
    `Score (%)` is a score, and `Labels (2)` a second column of labels."""
    name = _OF_WHAT.sub("", name) or name
    last = last_of(name)
    ours = [key_of(last)] if last != name and key_of(last) in _ANYWHERE else []
    within = [meaning for meaning in _MEANT_BY.get(_plain(last), ()) if last != name and meaning in _ANYWHERE]
    return [*_MEANT_BY.get(_plain(name), ()), *ours, *within]


def last_of(name: str) -> str:
    """What a column is called in the object that it stands in."""
    return name.rpartition(".")[2] if _WITHIN.fullmatch(name) else name


def is_count_or_state(name: str) -> bool:
    """Whether the name says that yes, no or a small number in it rates nobody's work."""
    last = re.sub(r"[\s_]+|(?<=[a-z])(?=[A-Z])", " ", last_of(name)).casefold()
    state = last.removeprefix("is ")
    return (
        folded(last) in _STATES
        or (state != last and folded(state) in _STATES | {"dispute", "bot"})
        or bool(_COUNTED.search(last))
    )


def is_known(name: str) -> bool:
    """Whether it is what a column or key of a review is called, by us or by others."""
    return key_of(name) in _KEYS or _plain(name) in _MEANT_BY or folded(name) in REMARKS
