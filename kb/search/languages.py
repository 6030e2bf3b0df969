"""Which language a text is in, and which words of a language say nothing of the subject."""

from __future__ import annotations

import re
import unicodedata

import pycld2

from kb.search.folding import clean, fold

# Function words, folded. In a question they are left out as long as another word is there; in a phrase they count.
_FUNCTION_WORDS = {
    "en": (
        "a an and are as at be been but by can could did do does for from had has have how i if in into "
        "is it its me my not of on or our should so that the their them then there these they this to was "
        "we were what when where which who why will with would you your"
    ),
    "de": (
        "aber als am an auch auf aus bei das dass dem den der des die durch ein eine einem einen einer "
        "eines er es fur hat ich ihr im in ist kann man mit nach nicht oder sich sie sind so uber um und "
        "uns von vor war was wenn wer wie wird wir wo zu zum zur"
    ),
    "es": (
        "al como con de del donde el en entre era es esta este fue ha hay la las le lo los mas no o para "
        "pero por que se ser sin sobre su sus un una y ya"
    ),
    "fr": (
        "au aux avec ce ces cette comment dans de des du elle en est et etait ete etre il ils je la le les leur lui "
        "mais n ne nous ont ou par pas pour qu quand que qui sa se ses son sont sur un une vous"
    ),
    "pt": (
        "ao aos com da das do dos e ela ele em essa esse foi isso mas na nas nao nos os pela pelo qual "
        "quem seu sua tem um uma"
    ),
    "nl": (
        "aan bij dat deze dit een en er het hij hoe ik is kan maar met naar niet om onder ons ook op te "
        "uit van voor waar wat we wie worden ze zijn"
    ),
    "it": (
        "alla anche che chi ci cosa da dal dalla degli dei della delle di e ed gli ha il io ma mi ne nel "
        "nella non ogni per perche piu quale quando questo si sono su tra"
    ),
    "sv": ("att av den det dom du efter ett fran han hon hur inte jag kan med nar och om pa som till var vad vi"),
    "fi": ("ei etta han he ja jos ka kuin kun mika missa mita mutta myos ne niin on ovat se tai tama"),
    "ru": (
        "без бы был была были в во вы где для до его ее если есть за и из или их к как ко когда кто ли мы "
        "на не но о об он она они от по при с со так то у что чтобы это я"
    ),
}
# What a question begins with says no more of its subject. Those that are among the above, or names (Kuka), are not repeated.
_QUESTION_WORDS = {
    "en": "whom whose",
    "de": (
        "wann wem wen wessen warum wieso weshalb weswegen wofur wodurch wobei wogegen woher wohin womit wonach woran "
        "worauf woraus worin woruber worum wovon wozu welche welchem welchen welcher welches"
    ),
    "es": "quien quienes cual cuales cuando cuanto cuanta cuantos cuantas adonde porque",
    "fr": "lequel laquelle lesquels lesquelles quel quelle quels quelles pourquoi combien",
    "pt": "quais quando quanto quanta quantos quantas onde porque",
    "nl": "wanneer waarom waarmee waarvoor welke wiens hoeveel",
    "it": "quali quanto quanta quanti quante perche",
    "sv": "vem vilken vilket vilka varfor",
    "fi": "milloin miksi miten missa mista mihin",
    "ru": "когда почему зачем откуда куда какой какая какое какие сколько",
}
_BY_LANGUAGE = {
    language: frozenset(fold(f"{words} {_QUESTION_WORDS[language]}").split())
    for language, words in _FUNCTION_WORDS.items()
}
FUNCTION_WORDS = frozenset().union(*_BY_LANGUAGE.values())
# Of languages whose words are left out only of questions that are in them, since the detector may be wrong.
_ELSEWHERE = {
    "ar": "في من على إلى عن مع هذا هذه ذلك التي الذي هل ما ماذا كيف متى أين لماذا كم هو هي أن إن كان لا لم ثم أو و",
    "ca": (
        "a al als amb com de del dels el els en es és i la les li lo mes més no o on per perque que què qui quan quin quina "
        "se si són un una uns unes hi ha"
    ),
    "cs": (
        "a aby ale co do i jak jako je jen jsem jsou k kde kdo kdy která které který ma má mi na nebo o od po pod pro proč "
        "s se si ta tak ten to u v ve z za ze že"
    ),
    "da": (
        "af at da de dem den der det du efter eller en er et for fra han har hun hvad hvem hvilken hvilke hvor hvordan "
        "hvorfor hvornår i ikke jeg kan man med men mig når og om på sig skal som til ud under var ved vi vil"
    ),
    "el": (
        "από για δεν είναι θα και κατά με μια ένα μου να ο η οι του της των το τα τον την πώς πως πού που πότε ποιος ποια "
        "ποιο τι γιατί σε στο στη στην στον στα ή αν"
    ),
    "fa": "از با به برای در را که و این آن است هست چه چگونه چرا کجا کی چند می یا تا هم",
    "hi": "का की के को में से पर है हैं था थी थे और या यह वह क्या कैसे कब कहाँ क्यों कौन कितना कितनी नहीं एक भी तो ने लिए",
    "hu": (
        "a az egy és is van vagy hogy hogyan ha nem de mert mi mit mikor miért hol hova honnan ki kik milyen melyik mennyi "
        "ez ezt azt be ki meg el fel lehet kell"
    ),
    "id": (
        "ada adalah agar apa apakah atau bagaimana bisa dalam dan dapat dari dengan di ini itu kapan karena ke mana mengapa "
        "oleh pada saya siapa tidak untuk yang"
    ),
    "nb": (
        "at av da de dem den der det du en er et etter eller for fra han har hun hva hvem hvilken hvilke hvor hvordan "
        "hvorfor i ikke jeg kan man med men meg når og om på seg skal som til ut under var ved vi vil"
    ),
    "pl": (
        "a aby ale co czy dla do gdy gdzie i ile jak jaka jaki jakie jako jest jeśli kiedy która które który kto lub ma na "
        "nie o od oraz po pod przez przy się są ta tak ten to tym u w we z za ze że dlaczego"
    ),
    "ro": (
        "a ai al ale am ar are au ca când care ce cea cei cel cine cu cum cât câte câți de din dar este eu face fi fie fost "
        "în îl îi la le mai nu o pe pentru prin sau se si și sunt sub un una unde unei unui"
    ),
    "tr": (
        "acaba ama ancak bir bu da daha de en gibi hangi her ile için ise kaç kadar kim mi mı mu mü nasıl ne neden nerede "
        "niçin o olan olarak şu ve veya ya"
    ),
    "vi": (
        "bị các có của cho đã đang được để đến hay hoặc khi không là làm mà nào này như những ở ra sao sẽ tại thì tôi trong "
        "từ và về với"
    ),
}
_ELSEWHERE["no"] = _ELSEWHERE["nb"]
# Letters that hardly any other language has: a word with one of them means something else than the same word without.
_VIETNAMESE = re.compile("[ơưƠƯ\u1ea0-\u1eb7\u1eba\u1ebb\u1ebe-\u1ecb\u1ece-\u1ef1\u1ef4-\u1ef9]")


def is_vietnamese(word: str) -> bool:
    """Whether a word is of that language by its letters; not every one of its words has such."""
    return not word.isascii() and _VIETNAMESE.search(unicodedata.normalize("NFC", word)) is not None


def comparable(word: str) -> str:
    """A word as function words are written here: folded, but for what is surely Vietnamese (`lề` is not Spanish *le*)."""
    return unicodedata.normalize("NFC", word).lower() if is_vietnamese(word) else fold(word)


_BY_OTHER_LANGUAGE = {
    language: frozenset(fold(words).split()) | FUNCTION_WORDS
    if language != "vi"
    else frozenset(fold(words).split()) | frozenset(words.split())
    for language, words in _ELSEWHERE.items()
}


def function_words(language: str) -> frozenset[str]:
    """The words, folded, that say nothing of the subject of a question in this language: those of the first languages,
    whichever it is in, and its own. In Vietnamese, which is told by its letters, only its own, as written or folded: its
    words are of one syllable each, and many that mean something there are folded to one of those (`so`, to compare).
    Look them up by `comparable`."""
    return _BY_OTHER_LANGUAGE.get(language, FUNCTION_WORDS)


_KANA = re.compile("[\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff]")
_WORD = re.compile(r"[^\W\d_]+")
_LETTER = re.compile(r"[^\W\d_]")
_SAMPLE = 1000  # characters are plenty to tell a language by
_CODES = {"iw": "he", "no": "nb", "un": ""}


def detect_language(text: str) -> str:
    """The ISO 639-1 code of the language that most of the text is in; "" when it is too short or mixed to tell.

    Chinese, Japanese and Korean are told by their scripts, Vietnamese by its letters, the rest by Compact Language
    Detector 2, and where that is unsure by the function words. Never raises.
    """
    sample = clean(text[:_SAMPLE])
    if not sample.isascii():
        kana, han, hangul = (len(script.findall(sample)) for script in (_KANA, _HAN, _HANGUL))
        letters = len(_LETTER.findall(sample)) or 1
        if (kana + han + hangul) / letters > 0.3:
            if hangul > kana + han:
                return "ko"
            return "ja" if kana > 0.05 * (kana + han) else "zh"
        if _is_vietnamese_text(sample):
            return "vi"
    if len(sample) < 40 and len(_WORD.findall(sample)) < 3 and max(sample, default="") < "\u0250":
        return ""  # one or two words in Latin letters may be of any language
    try:
        reliable, _, guesses = pycld2.detect(sample, isPlainText=True)
    except (
        pycld2.error,
        ValueError,
    ):  # characters that the detector does not take, such as private-use controls
        return ""
    code = str(guesses[0][1])
    return _CODES.get(code, code.partition("-")[0]) if reliable else _by_function_words(sample)


def _is_vietnamese_text(sample: str) -> bool:
    """Whether two words, and every fifth, have letters of that language alone. One may be a name."""
    if not is_vietnamese(sample):
        return False
    words = _WORD.findall(unicodedata.normalize("NFC", sample))
    theirs = sum(map(is_vietnamese, words))
    return theirs > 1 and 5 * theirs >= len(words)


def _by_function_words(sample: str) -> str:
    """The language with most function words in the text, if it has two of them and more than any other."""
    words = [fold(word) for word in _WORD.findall(sample)[:200]]
    counts = sorted(((sum(word in known for word in words), language) for language, known in _BY_LANGUAGE.items()))
    (second, _), (most, language) = counts[-2:]
    return language if most >= 2 and most > second else ""
