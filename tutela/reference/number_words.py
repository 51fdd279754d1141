"""Number words from zero to ninety-nine, by language, as people say telephone and card numbers.

Cardinal forms are common knowledge of each language; where people say a number digit by digit only the digits are
listed. Keys are lower case, without the joining hyphen or blank (`vingt cinq` and `vingt-cinq` are put together by
the reader). Values are the figures as they are written, so that `double o seven` keeps its zeros.
"""

from __future__ import annotations

_DIGITS = {
    "en": "zero one two three four five six seven eight nine",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve",
    "pt": "zero um dois três quatro cinco seis sete oito nove",
    "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "it": "zero uno due tre quattro cinque sei sette otto nove",
    "nl": "nul een twee drie vier vijf zes zeven acht negen",
    "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
    "ru": "ноль один два три четыре пять шесть семь восемь девять",
    "uk": "нуль один два три чотири п'ять шість сім вісім дев'ять",
    "tr": "sıfır bir iki üç dört beş altı yedi sekiz dokuz",
    "ar": "صفر واحد اثنين ثلاثة اربعة خمسة ستة سبعة ثمانية تسعة",
    "hi": "शून्य एक दो तीन चार पांच छह सात आठ नौ",
    "id": "nol satu dua tiga empat lima enam tujuh delapan sembilan",
    "vi": "không một hai ba bốn năm sáu bảy tám chín",
    "ko": "영 일 이 삼 사 오 육 칠 팔 구",
    "zh": "零 一 二 三 四 五 六 七 八 九",
    "ja": "ゼロ いち に さん よん ご ろく なな はち きゅう",
    "ro": "zero unu doi trei patru cinci șase șapte opt nouă",
    "sv": "noll ett två tre fyra fem sex sju åtta nio",
    "tl": "sero isa dalawa tatlo apat lima anim pito walo siyam",
}
# Other ways to say a digit: slang, colloquial, without accents, romanised, the telephone's own words.
_OTHER_DIGITS = {
    "en": "oh=0 o=0 nought=0 naught=0 nil=0 won=1 tree=3 fower=4 fife=5 niner=9 ate=8 too=2 fo=4",
    "es": "sero=0 un=1 una=1 dieciseis=16 veintiuno=21 veintiún=21 veintidós=22 veintidos=22 veintitrés=23 veintitres=23 "
    "veinticuatro=24 veinticinco=25 veintiséis=26 veintiseis=26 veintisiete=27 veintiocho=28 veintinueve=29",
    "pt": "uma=1 duas=2 tres=3 meia=6 catorze=14 quatorze=14 dezasseis=16 dezassete=17 dezanove=19 cinqüenta=50",
    "fr": "zero=0 une=1",
    "de": "zwo=2 ein=1 fuenf=5 funf=5",
    "nl": "één=1 zeuven=7",
    "pl": "piec=5 szesc=6 osiem=8 dziewiec=9 jedna=1 dwie=2",
    "ru": "нуль=0 раз=1 одна=1 две=2",
    "tr": "sifir=0 uc=3 dort=4 bes=5 alti=6",
    "ar": "اثنان=2 إثنين=2 تلاتة=3 ثلاث=3 أربعة=4 اربعه=4 خمسه=5 خمس=5 سته=6 سبعه=7 تمانية=8 ثمانيه=8 تسعه=9 sifr=0 wahid=1 "
    "itnen=2 talata=3 arbaa=4 khamsa=5 sitta=6 sabaa=7 tamanya=8 tesaa=9",
    "hi": "ज़ीरो=0 जीरो=0 छः=6 छे=6 पाँच=5 shunya=0 jiro=0 ek=1 do=2 teen=3 tin=3 char=4 chaar=4 paanch=5 panch=5 chhe=6 chah=6 "
    "saat=7 aath=8 nau=9",
    "id": "kosong=0 pitu=7 lapan=8",
    "vi": "khong=0 mot=1 bon=4 tư=4 nam=5 lăm=5 sau=6 bay=7 bẩy=7 tam=8 chin=9 mốt=1",
    "ko": "공=0 하나=1 둘=2 셋=3 넷=4 다섯=5 여섯=6 일곱=7 여덟=8 아홉=9 제로=0 륙=6",
    "zh": "〇=0 幺=1 么=1 两=2 兩=2 壹=1 贰=2 貳=2 叁=3 參=3 肆=4 伍=5 陆=6 陸=6 柒=7 捌=8 玖=9 洞=0 拐=7 勾=9",
    "ja": "れい=0 まる=0 マル=0 イチ=1 ニ=2 サン=3 ヨン=4 し=4 ゴ=5 ロク=6 ナナ=7 しち=7 シチ=7 ハチ=8 キュウ=9 く=9",
}
_TEENS = {
    "en": "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "es": "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve",
    "pt": "dez onze doze treze catorze quinze dezesseis dezessete dezoito dezenove",
    "fr": "dix onze douze treize quatorze quinze seize dix-sept dix-huit dix-neuf",
    "de": "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn",
    "it": "dieci undici dodici tredici quattordici quindici sedici diciassette diciotto diciannove",
    "nl": "tien elf twaalf dertien veertien vijftien zestien zeventien achttien negentien",
    "pl": "dziesięć jedenaście dwanaście trzynaście czternaście piętnaście szesnaście siedemnaście osiemnaście dziewiętnaście",
    "ru": "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать семнадцать восемнадцать девятнадцать",
    "tr": "on onbir oniki onüç ondört onbeş onaltı onyedi onsekiz ondokuz",
}
_TENS = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "es": "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "pt": "vinte trinta quarenta cinquenta sessenta setenta oitenta noventa",
    "fr": "vingt trente quarante cinquante soixante soixante-dix quatre-vingt quatre-vingt-dix",
    "de": "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig",
    "it": "venti trenta quaranta cinquanta sessanta settanta ottanta novanta",
    "nl": "twintig dertig veertig vijftig zestig zeventig tachtig negentig",
    "pl": "dwadzieścia trzydzieści czterdzieści pięćdziesiąt sześćdziesiąt siedemdziesiąt osiemdziesiąt dziewięćdziesiąt",
    "ru": "двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто",
    "tr": "yirmi otuz kırk elli altmış yetmiş seksen doksan",
}
# Word between tens and digit, where there is one.
_LINK = {"es": "y", "pt": "e", "fr": "et"}
REPEATS = {
    "double": 2, "dubble": 2, "dbl": 2, "triple": 3, "treble": 3, "quadruple": 4,
    "doble": 2, "dobles": 2, "duplo": 2, "dupla": 2, "triplo": 3, "tripla": 3, "doppel": 2, "doppelt": 2, "doppio": 2,
    "doppia": 2, "dubbel": 2, "dubbele": 2, "podwójne": 2, "podwójna": 2, "двойная": 2, "дважды": 2, "трижды": 3,
    "çift": 2, "डबल": 2, "ट्रिपल": 3, "dobel": 2,
}  # fmt: skip
# Words that may stand inside a spoken number without ending it.
FILLERS = frozenset(
    "and then uh um er eh dash hyphen space e y et und luego puis dann i и потом lalu terus strich tiret guion tire".split()
)
PLUS = frozenset(("plus", "más", "mas", "mais", "плюс", "artı", "زائد", "प्लस"))
# Scripts in which digits are said without blanks between them.
UNSPACED = frozenset(("zh", "ja", "ko"))


def _number_words() -> tuple[dict[str, str], dict[str, str]]:
    spaced: dict[str, str] = {}
    unspaced: dict[str, str] = {}
    for lang, words in _DIGITS.items():
        table = unspaced if lang in UNSPACED else spaced
        for number, word in enumerate(words.split()):
            table.setdefault(word, str(number))
    for lang, words in _OTHER_DIGITS.items():
        table = unspaced if lang in UNSPACED else spaced
        for pair in words.split():
            word, _, value = pair.partition("=")
            table.setdefault(word, value)
    for lang, words in _TEENS.items():
        for number, word in enumerate(words.split(), 10):
            spaced.setdefault(word.replace("-", " "), str(number))
        digits = _DIGITS[lang].split()
        for tens, word in enumerate(_TENS[lang].split(), 2):
            name = word.replace("-", " ")
            spaced.setdefault(name, str(tens * 10))
            for digit in range(1, 10):
                value = str(tens * 10 + digit)
                spaced.setdefault(f"{name} {digits[digit]}", value)
                if lang in _LINK:
                    spaced.setdefault(f"{name} {_LINK[lang]} {digits[digit]}", value)
                if lang == "de":
                    unit = "ein" if digit == 1 else digits[digit]
                    spaced.setdefault(f"{unit}und{word}", value)
                if lang == "nl":
                    spaced.setdefault(f"{digits[digit]}{'ën' if digits[digit].endswith('e') else 'en'}{word}", value)
                if lang == "it":
                    stem = word[:-1] if digits[digit][0] in "uo" else word
                    spaced.setdefault(f"{stem}{digits[digit]}", value)
    # French builds seventy and ninety on the teens, and says eighty with a plural when nothing follows.
    for number, word in enumerate(_TEENS["fr"].split(), 10):
        name = word.replace("-", " ")
        spaced[f"soixante {name}"] = str(60 + number)
        spaced[f"quatre vingt {name}"] = str(80 + number)
    spaced["soixante et onze"] = "71"
    spaced["quatre vingts"] = "80"
    spaced["septante"], spaced["huitante"], spaced["octante"], spaced["nonante"] = "70", "80", "80", "90"
    return spaced, unspaced


SIMPLE: dict[str, tuple[str, ...]] = {
    lang: tuple(
        sorted(
            {word for table in (_DIGITS, _TEENS, _TENS) for word in table.get(lang, "").split() if "-" not in word}
            | {pair.partition("=")[0] for pair in _OTHER_DIGITS.get(lang, "").split()}
        )
    )
    for lang in _DIGITS
    if lang not in UNSPACED
}
"""By language, the words that are not built of others, in scripts with blanks."""

SPACED, UNSPACED_WORDS = _number_words()
"""Word (single blanks inside) to figures; and the same for scripts that write no blanks."""
