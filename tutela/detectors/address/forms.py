"""How a street with its house number is written, family of countries by family. Patterns are RE2's: linear time.

Each form has the groups `num` (house number), `name` and mostly `kind` (what the street is called: road, Straße, rue).
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from msgspec import Struct


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Kinds of street by how sure they make a number and a name before them an address. The third list is mostly the
# United States' own: Postal Addressing Standards, Publication 28, appendix C1; many are everyday words.
STRONG_KINDS = _words(
    """
    street st road rd avenue ave av boulevard blvd lane ln crescent cres terrace ter parkway pkwy highway hwy
    turnpike tpke causeway cswy mews esplanade nagar marg chowk gali vihar enclave loop alley aly circle cir drive
    dr court ct mawr wynd brae trafficway stravenue throughway expressway bypass gardens gdns
    """
)
MEDIUM_KINDS = _words(
    """
    place pl square sq close cl way grove gr walk hill rise row trail trl green parade pde quay wharf path pike
    crossing xing plaza plz colony layout circles courts drives streets roads lanes viaduct embankment paddock cct
    circuit croft copse drove vale dale park parkways promenade strand chase bend cove pt terr cr
    """
)
WEAK_KINDS = _words(
    """
    access amble approach arcade bagh basin bay bazaar bazar beach bluff bluffs bottom bowl branch bridge
    broadway brook brooks brow burg burgs byway camp canyon cape center centers centre centreway circlet circus
    cliff cliffs club colonnade common commons concourse corner corners corso course courtyard coves creek crest
    crests cross crossroad curve cutting dam dip distributor divide driveway edge elbow end entrance estate
    estates extension extensions fairway fall falls field fields flat flats footway ford fords forest forge fork
    forks fort freeway front frontage ganj gap garden gate gates gateway glade glades glen glens grange greens
    groves harbor harbors haven heath heights hills hollow hollows hts inlet interchange island islands isle
    junction junctions key keys knoll knolls lake lakes land landing light lights line link loaf locks lodge
    lookout lough mall manor manors mead meadow meadows mill mills mission motorway mount mountain mountains
    neck nook orchard outlook oval overpass parklands parks pass passage peth piazza pine pines plain plains
    pocket point points port ports prairie pt pura puram puri quadrangle quadrant quays radial ramble ramp ranch
    rapid rapids reach reserve rest retreat ride ridge ring river rivers roadway ronde rotary round route rue
    run sarani shoal shoals shore shores siding skyway slope spring springs spur spurs squares station steps
    stream summit thoroughfare thruway tollway tor towers trace track trailer triangle tunnel turn underpass
    union unions upper valley valleys verge viaducts view views villa village villages villas ville vista walks
    walkway wall walls ways well wells yard zila
    """
)

_KINDS = "|".join(sorted(STRONG_KINDS | MEDIUM_KINDS | WEAK_KINDS, key=len, reverse=True))
_STATES = "A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY]"
_NUM = r"[0-9]{1,5}[A-Za-z]?(?:[-–/][0-9]{1,5}[A-Za-z]?)?"
_WORD = r"[\pL0-9][\pL0-9.'’-]*"
_NAMES = r"\pL[\pL.'’-]*(?:[ -]\pL[\pL.'’-]*)"
_HOUSE = r"(?:n\.?[ºo°]\.?|n°|nº|n\.|núm\.?|num\.?|número|numero|numer|nr\.?|no\.?|#|número)?[ :.]{0,2}"

Family = Literal[
    "english", "germanic", "french", "romance", "slavic", "turkish", "malay", "vietnamese", "japanese", "chinese",
    "korean", "arabic", "indian",
]  # fmt: skip


class Form(Struct, frozen=True):
    """One way to write a street with a number. `sure` is the probability without any word or code beside it."""

    family: Family
    pattern: Any  # re2's compiled pattern: the package has no types
    sure: float


# gates, family, probability, pattern
_ROWS: tuple[tuple[str, Family, float, str], ...] = (
    # "1122 Tara Loop", "12-14 Old Mill Rd.", "2 9 5 8 Henson Causeway"
    (
        "english", "english", 0.0,
        rf"(?i)\b(?P<num>{_NUM}|[0-9](?: [0-9]){{1,4}}),?[ \n\t]{{1,2}}(?P<name>(?:{_WORD}[ ]){{1,4}}?)(?P<kind>{_KINDS})\b\.?"
        rf"(?P<more>(?: (?:{_KINDS})\b\.?)?(?: (?:n|s|e|w|ne|nw|se|sw|north|south|east|west)\b\.?)?)",
    ),
    (
        "route", "english", 0.45,
        rf"(?i)\b(?P<num>{_NUM}) (?P<name>(?:[nsew]\.? )?(?P<kind>highway|hwy|county road|county rd|cr|state route|state road|"
        r"route|rte|fm|avenue) (?:[0-9]{1,4}|[a-z])\b)",
    ),
    (
        "route", "english", 0.0,
        rf"(?i)\b(?P<num>{_NUM}),? (?P<name>the )(?P<kind>green|grove|mews|close|avenue|crescent|paddocks?|square|drive|"
        r"gardens|terrace|street|lane|ridings|orchard|croft|spinney|chase|causeway|glebe|mall|strand|parade|broadway)\b",
    ),
    # "Flat 302, Sai Residency, MG Road", "H.No. 12-3-45, …", "B-23, Green Park"
    (
        "unit", "indian", 0.6,
        r"(?i)\b(?P<kind>flat|house|h\.? ?no|plot|door|d\.? ?no|villa|building|bldg|apartment|apt|unit|block|tower|shop)"
        r"\.? ?(?:no|number|#)?[.:]{0,2} ?#?(?P<num>[a-z]?-?[0-9]{1,5}(?:[-/][0-9a-z]{1,5}){0,3}),? "
        r"(?P<name>[\pL0-9 ,.'’/()\n-]*?\b(?:road|rd|street|st|nagar|colony|marg|sector|layout|cross|avenue|lane|close|"
        r"court|estate|gardens|vihar|enclave|chowk|phase|society|towers|apartments|area|district|al[ -]\pL+)\b(?: ?-? ?[0-9]{1,3}\b)?)",
    ),
    # "46/72, Mody Ganj, Varanasi-560012"
    (
        "pin", "indian", 0.66,
        r"\b(?P<num>[0-9]{1,4}(?:/[0-9]{1,4})?)[, \n]{1,2}(?P<name>\p{Lu}[\pL .,'\n-]+?)[- ,]{1,2}[1-9][0-9]{5}\b",
    ),
    # "642 Williams Glade, New Timothyfort, NSW 2633": any name, when a whole postcode ends it
    (
        "coded", "english", 0.82,
        rf"\b(?P<num>{_NUM})[, ]{{1,2}}(?P<name>\p{{Lu}}[\pL.'’-]+(?: \p{{Lu}}[\pL.'’-]+){{0,4}}(?:[,\n]{{1,2}} ?\p{{Lu}}[\pL.'’ -]+){{1,3}})(?P<kind>),?[ \n]"
        rf"{{1,2}}(?:(?:{_STATES})\.? [0-9]{{5}}(?:-[0-9]{{4}})?|[A-Z]{{1,2}}[0-9][0-9A-Z]? ?[0-9][A-Z]{{2}}|[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]|"
        r"(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT),? [0-9]{4})\b",
    ),
    # "Scheelallee 13", "Berliner Str. 5a", "Kerkstraat 12-2"
    (
        "germanic", "germanic", 0.86,
        r"(?i)\b(?P<name>(?:\pL[\pL.'’-]*[ -]){0,3}?\pL[\pL.'’-]*?[ -]?)(?P<kind>straße|strasse|str\.?|weg|allee|platz|gasse|"
        r"chaussee|straat|laan|plein|gracht|kade|dijk|singel|steeg|dreef|gatan|gata|vägen|veien|vej|gade|gaten|katu|"
        rf"damm|ufer|steig|stieg|pfad|promenade|stiege|zeile|siedlung|kai|boulevard)\s{{1,2}}(?P<num>{_NUM}(?: ?(?:bis|[-–+]) ?[0-9]{{1,4}})?)\b",
    ),
    (
        "germanic", "germanic", 0.3,
        r"(?i)\b(?P<name>(?:\pL[\pL.'’-]*[ -]){0,3}?\pL[\pL.'’-]+?)(?P<kind>ring|markt|graben|hof|berg|feld|rain|anger|winkel|kamp|"
        rf"bogen|tor|wall|park|grund|pad|baan|tie|lei|berm|oever)\s{{1,2}}(?P<num>{_NUM})\b",
    ),
    (
        "germanic_at", "germanic", 0.5,
        r"(?i)\b(?P<name>(?:am|an der|an den|im|in der|in den|zum|zur|auf dem|auf der|unter den|unter der|hinter dem|vor dem|"
        rf"beim|alte|alter|altes|neue|neuer|große|kleine) \pL[\pL-]+) (?P<num>{_NUM})\b",
    ),
    # "42 rue de Millet", "3 bis, av. Foch"
    (
        "french", "french", 0.86,
        rf"(?i)\b(?P<num>{_NUM}(?: ?(?:bis|ter|quater)\b)?),?\s{{1,2}}(?P<kind>rue|avenue|av\.?|boulevard|boul\.?|bd\.?|blvd|impasse|imp\.?|"
        r"allées?|allees?|chemin|ch\.|che\.|route|rte|place|pl\.|quai|cours|square|passage|sentier|faubourg|fbg|résidence|"
        r"residence|lotissement|hameau|voie|venelle|promenade|esplanade|traverse|montée|côte|cité|clos|rond-point|ruelle)\s"
        r"(?P<name>(?:(?:de|du|des|la|le|les|l['’]|d['’]|aux?|à|saint|sainte|st|ste) ?){0,3}[\pL0-9][\pL0-9.'’-]+(?:[ -][\pL][\pL.'’-]+){0,3})",
    ),
    # "Calle Mayor, 12", "Rua das Flores nº 45", "Via Roma 3/b", "ul. Kwiatowa 12/4", "Rue Neuve 12"
    (
        "romance romance_short", "romance", 0.82,
        r"(?i)\b(?P<kind>(?:calle|avenida|avda|paseo|plaza|carrera|carretera|camino|calzada|callejón|cerrada|privada|bulevar|"
        r"ronda|travesía|glorieta|jirón|pasaje|diagonal|transversal|rua|travessa|praça|praca|alameda|estrada|largo|rodovia|"
        r"viale|corso|piazza|piazzale|vicolo|contrada|lungomare|strada|ulica|ulicy|aleja|aleje|alei|osiedle|plac|rue|avenue|"
        r"boulevard|chaussée|bulevardul|via|vía|cra|kra|ul|av|pasadizo|cañada|acceso|rambla|cuesta|vial|periférico|andador|prolongación|prolongacion|viaducto|circuito|"
        r"retorno|continuación|viela|beco|quadra|setor|ladeira|jardim|vila|parque|viaduto|praia|vale|residencial|conjunto|loteamento|colônia|borgo|canale|stretto|rotonda|salita|località|"
        r"frazione|chemin|quai|impasse|allée|allee|ruelle|sentier|route|place|v\.le|c\.so|p\.zza|p\.za) |(?:c/|(?:cl|avda|av|pza|cra|kra|ctra|jr|pje|r|tv|al|"
        rf"ul|os|pl|str)\.) ?)(?P<name>(?:[\pL0-9][\pL0-9.'’ºª-]*[ ]){{0,6}}?\pL[\pL.'’-]+),?[ ]?{_HOUSE}(?P<num>{_NUM})\b",
    ),
    (
        "romance romance_short colombian", "romance", 0.82,
        rf"(?i)\b(?P<kind>calle|avenida|av\.?|boulevard|bulevar|blvd?\.?|carrera|diagonal|diag\.) (?P<name>[0-9]{{1,3}}(?: [a-z])?) (?:n°|nº|n\.º|nro\.?) ?(?P<num>{_NUM})\b",
    ),
    (
        "colombian", "romance", 0.9,
        r"(?i)\b(?P<kind>calle|carrera|cra|cr|cl|kr|kra|diagonal|dg|diag|transversal|tv|tr|trans|avenida|av|ac|ak)\.? (?P<name>[0-9]{1,3} ?[a-zª]?(?: bis)?(?: [a-z])?"
        r"(?: sur| norte| este| oeste)?) ?(?:#|no\.?|n°|nº) ?(?P<num>[0-9]{1,3} ?[a-z]?(?: bis)?(?: [a-z])? ?[-–] ?[0-9]{1,3}(?: (?:sur|norte|este|oeste)\b)?)",
    ),
    # "ул. Ленина, д. 5, кв. 12", "Невский проспект 12"
    (
        "russian", "slavic", 0.88,
        r"(?i)(?:^|[^\pL])(?P<kind>улиц[аеыу]|ул\.?|пр-т|просп\.|проспекте?|пр\.|пер\.|переул(?:ок|ке)|бульваре?|бул\.|б-р|наб\.|набережн(?:ая|ой|а)|"
        r"ш\.|шоссе|шосе|проезде?|площад[ьи]|площа|тупике?|аллея|алл\.|провулок|узвіз|мкр\.?|микрорайон|вул\.|вулиц[яі]) ?(?P<name>(?:[\pL0-9][\pL0-9.-]* ){0,3}?[\pL][\pL.-]+)"
        r",? ?(?:дом|д\.?|буд\.?|будинок|№)? ?(?P<num>[0-9]{1,4}[а-яА-Яa-zA-Z]?(?:/[0-9]{1,4})?)(?:$|[^0-9\pL])",
    ),
    (
        "russian", "slavic", 0.86,
        r"(?i)(?:^|[^\pL])(?P<name>\pL[\pL-]+(?: \pL[\pL-]+)?) (?P<kind>улиц[аеыу]|ул\.|пр-т|проспекте?|пр\.|переул(?:ок|ке)|бульваре?|"
        r"б-р|наб\.|набережн(?:ая|ой)|шоссе|проезде?|площад[ьи]),? ?(?:дом|д\.?)? ?(?P<num>[0-9]{1,4}[а-яА-Яa-zA-Z]?(?:/[0-9]{1,4})?)(?:$|[^0-9\pL])",
    ),
    (
        "russian_house", "slavic", 0.82,
        r"(?i)(?:^|[^\pL])(?P<name>\pL[\pL-]+(?: \pL[\pL-]+)?),? (?P<kind>дом|д\.?) ?(?P<num>[0-9]{1,4}[а-яА-Я]?(?:/[0-9]{1,4})?),? ?(?:кв|корп|к\.|стр)",
    ),
    # "Lale Sok. No: 12 D: 4", "Atatürk Caddesi 15"
    (
        "turkish", "turkish", 0.86,
        r"(?i)(?P<name>(?:[\pL0-9][\pL0-9.'’-]* ){1,6}?)(?P<kind>caddesi|cad\.?|cd\.|soka[kğ](?:ı|ta|ında)?|sok\.?|sk\.|bulvarı|blv\.)[,]? ?"
        r"(?:no|numara|n)?[ .:]{0,3}(?P<num>[0-9]{1,4}(?:/[0-9A-Za-z]{1,4})?)\b",
    ),
    (
        "turkish", "turkish", 0.8,
        r"(?i)(?P<name>(?:\pL[\pL.'’-]* ){1,3}?)(?P<kind>mahallesi|mah\.?),? [\pL0-9 .,]*?(?:no|numara)[ .:]{0,3}(?P<num>[0-9]{1,4}(?:/[0-9A-Za-z]{1,4})?)\b",
    ),
    # "Jl. Melati No. 12 RT 03/RW 05"
    (
        "malay", "malay", 0.85,
        r"(?i)\b(?P<kind>jl|jln|jalan|gang|gg|komplek|kompleks|perumahan|perum|lorong|dusun)\.? ?(?P<name>(?:[\pL0-9][\pL0-9.'’/-]* ?,? ){0,5}?[\pL][\pL0-9.'’/-]*),? ?"
        r"(?:blok [a-z]{1,2}[0-9]{0,2}[ ,]{0,2})?(?:no|nomor|nomer|kav)[ .:]{0,2}(?P<num>[0-9]{1,4}[a-z]?(?:[-/][0-9]{1,4})?)\b",
    ),
    (
        "malay", "malay", 0.3,
        r"(?i)\b(?P<kind>jl|jln|jalan|gang|gg|lorong)\.? ?(?P<name>(?:\pL[\pL.'’-]+ ){0,3}?\pL[\pL.'’-]+) (?P<num>[0-9]{1,4}[a-z]?(?:[-/][0-9]{1,4})?)\b",
    ),
    # "12/3 Lê Lai, phường Bến Nghé, quận 1", "số 5 ngõ 34 đường Láng"
    (
        "vietnamese vietnamese_street", "vietnamese", 0.88,
        r"(?i)\b(?P<num>[0-9]{1,4}[a-z]?(?:/[0-9]{1,4}[a-z]?){0,3}),? (?P<kind>đường|phố|ngõ|hẻm|ngách|kiệt) (?P<name>[\pL0-9]+(?: [\pL0-9]+){0,5})",
    ),
    (
        "vietnamese", "vietnamese", 0.84,
        r"(?i)\b(?P<num>[0-9]{1,4}[a-z]?(?:/[0-9]{1,4}[a-z]?){0,3}),? (?P<name>\pL+(?: \pL+){1,4}?),? ?\b(?P<kind>phường|quận|p\.|q\.|huyện|xã|tp\.?|thành phố|hà nội|sài gòn)(?: ?[0-9]{1,2}\b| ?\pL+(?: \pL+)?)?",
    ),
    (
        "vietnamese_house", "vietnamese", 0.35,
        r"\b[Ss]ố (?:nhà )?(?P<num>[0-9]{1,4}[A-Za-z]?(?:/[0-9]{1,4}[A-Za-z]?){0,3}),? (?P<name>\p{Lu}\pL*(?: \p{Lu}\pL*){1,3})",
    ),
    # "新宿区西新宿2-8-1", "本町1丁目2番3号"
    (
        "japanese", "japanese", 0.9,
        r"(?P<name>[\p{Han}\p{Hiragana}\p{Katakana}ー々ヶ]+(?P<kind>区|市|町|村|郡)[\p{Han}\p{Hiragana}\p{Katakana}ー々ヶ]*?)"
        r"(?P<num>[0-9]{1,4}(?:丁目[0-9]{1,4}(?:番地?|[-−‐－ー])(?:の?[0-9]{1,4})?(?:号|[-−‐－ー][0-9]{1,4})?|番地?[のー-]?[0-9]{0,4}号?|号|[-−‐－ー][0-9]{1,4}(?:[-−‐－ー][0-9]{1,4}){0,2}))",
    ),
    # "朝阳区建国路88号3栋502室", "忠孝東路四段12號5樓", "阳光小区3栋2单元501"
    (
        "chinese", "chinese", 0.9,
        r"(?P<name>\p{Han}+?)(?P<kind>大道|大街|胡同|路|街|道|巷|弄|段|里|村|园|苑|城|家|厦|湾|庭|府|区)(?P<num>(?:[0-9]段)?[0-9]{1,5}(?:巷[0-9]{1,4})?(?:弄[0-9]{1,4})?(?:号|號|栋|幢|座|棟|楼|#)"
        r"(?:之[0-9]{1,3})?)",
    ),
    # "강남구 테헤란로 123", "역삼동 123-45"
    (
        "korean", "korean", 0.45,
        r"(?P<name>(?:[가-힣]+(?:특별시|광역시|시|도|군|구|읍|면) ?){0,4}[가-힣0-9]+?)(?P<kind>대로|로|길|거리|대가) ?(?:지하 ?)?(?P<num>(?:[0-9]{1,4}번?길 ?)?[0-9]{1,4}(?:-[0-9]{1,4})?(?:번지|호)?)(?:$|[^0-9분시명개원%년월일차번층])",
    ),
    (
        "korean", "korean", 0.5,
        r"(?P<name>(?:[가-힣]+(?:특별시|광역시|시|도|군|구|읍|면) ?){0,4}[가-힣]+?)(?P<kind>동|리|가) ?(?P<num>[0-9]{1,4}(?:-[0-9]{1,4})(?:번지)?|[0-9]{1,4}번지)",
    ),
    # "شارع الملك فهد، مبنى 12", "12 شارع التحرير"
    (
        "arabic", "arabic", 0.82,
        r"(?P<kind>شارع|ش\.|طريق|حارة|زقاق|درب|نهج) (?P<name>(?:[\pL.]+ ?){1,4}?)[،, ]{0,2}(?:رقم|مبنى|عمارة|بناية|فيلا|منزل|بيت|دار|عقار)? ?(?:رقم)? ?(?P<num>[0-9]{1,4})\b",
    ),
    (
        "arabic", "arabic", 0.6,
        r"(?P<kind>مبنى|عمارة|بناية|فيلا|منزل) (?:رقم )?(?P<num>[0-9]{1,4})[،, ]{1,3}(?P<name>(?:شقة|شارع|ش\.|طريق|حي|الدور)[\pL0-9 ،.]+)",
    ),
    (
        "arabic_first", "arabic", 0.86,
        r"(?P<num>[0-9]{1,4})[ ،,]{1,2}(?P<kind>شارع|ش\.|طريق|حارة|زقاق|درب|نهج) (?P<name>\pL+(?: \pL+){0,2})",
    ),
    (
        "hindi", "indian", 0.6,
        r"(?P<kind>मकान|फ्लैट|प्लॉट|घर) ?(?:नंबर|नं\.?|संख्या|न\.?)? ?(?P<num>[0-9]{1,5}(?:[-/][0-9A-Za-z]{1,4})?),? (?P<name>[\p{Devanagari}0-9 ,]{2,50}?(?:रोड|नगर|मार्ग|गली|कॉलोनी|सेक्टर|मोहल्ला|चौक|विहार)(?: [0-9]{1,3})?)",
    ),
    (
        "hindi", "indian", 0.6,
        r"(?P<num>[0-9]{1,5}(?:[-/][0-9A-Za-z]{1,4})?),? (?P<name>(?:[\p{Devanagari}]+ ){1,3}?)(?P<kind>रोड|मार्ग|नगर|गली|कॉलोनी)",
    ),
)  # fmt: skip


@cache
def forms(gate: str) -> tuple[Form, ...]:
    """The forms that a gate's hit may be, compiled at the gate's first hit."""
    return tuple(
        Form(family, _compiled(pattern), sure) for gates, family, sure, pattern in _ROWS if gate in gates.split()
    )


@cache
def _compiled(pattern: str) -> Any:
    import re2

    return re2.compile(pattern)


# What follows a street: a part of the house, a postcode with its town. By family; RE2, anchored by the caller.
UNIT = (
    r"(?i)[ ,\n]{0,3}(?:(?:apt|apartment|unit|suite|ste|flat|rm|room|floor|bldg|building|lot|spc|trlr|tower|apto|depto|dpto|"
    r"piso|interior|int|puerta|pta|escalera|esc|bloco|bloque|bl|ap|andar|appt|appartement|bâtiment|bât|bat|étage|wohnung|whg|top|"
    r"tür|scala|piano|bus|bte|boîte|lokal|lok|кв|квартира|корпус|корп|подъезд|этаж|стр|daire|kat|blok|d|rt|rw|căn hộ|phòng|"
    r"tầng|شقة|الدور|m)\.?[ :]{0,2}(?:no\.?|nº|n°|#)? ?[0-9]{0,4}[A-Za-z]?[0-9]{1,4}[A-Za-z]?(?:[-/][0-9A-Za-z]{1,6}(?: ?[0-9]{1,3})?)?|"
    r"(?:apt|apartment|unit|suite|flat|bldg|building|blok)\.? [A-Za-z]|# ?[0-9A-Za-z]{1,5}|[0-9]{1,2}(?:st|nd|rd|th) (?:floor|fl)|"
    r"[0-9]{1,2}\.? ?(?:og|stock|etage|étage|piso|andar|[º°ª] ?[A-Za-z0-9]{0,3}|kat))(?:\b|$)"
)
ASIAN_UNIT = {
    "japanese": r"[ 　]{0,2}(?:[\p{Han}\p{Hiragana}\p{Katakana}ー々ヶA-Za-z]{2,20}[ 　]?)?[0-9]{1,4}(?:号室|号|階|F)|[ 　][\p{Han}\p{Hiragana}\p{Katakana}ー々ヶA-Za-z]{2,20}[ 　]?[0-9]{2,4}",
    "chinese": r"(?:[\p{Han}]{0,8}[ -]?[A-Za-z]?[0-9]{1,4}(?:号楼|栋|幢|座|棟|单元|單元|樓|楼|层|層|室|户|戶|号|號|F)(?:之[0-9]{1,3})?){1,4}[0-9]{0,4}",
    "korean": r"[ ,]{0,2}(?:[가-힣A-Za-z]{2,16}(?:아파트|빌라|맨션|빌|오피스텔|타워)? ?)?(?:[0-9A-Za-z가-힣]{1,5}동 ?)?(?:[0-9]{1,2}층 ?)?[0-9]{1,5}호|^ ?\([가-힣0-9, ]{2,16}\)",
}

# Source of the shapes: UPU, Addressing systems by country (2023). A postcode that stands alone after the town.
POSTCODES: dict[str, str] = {
    "english": rf"(?i)(?:\b(?:{_STATES})\.?[ ,\n]{{1,2}}[0-9]{{5}}(?:-[0-9]{{4}})?\b|\b[A-CEGHJ-NPR-TVXY][0-9][A-Z] ?[0-9][A-Z][0-9]\b|"
    r"\b[A-Z]{1,2}[0-9][0-9A-Z]{0,2} [0-9][A-Z]{2}\b|\b[A-Z]{1,2}[0-9][0-9A-Z]?[0-9][A-Z]{2}\b|"
    r"\b(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT)[ ,]{1,2}[0-9]{4}\b|\b[A-Z][0-9]{2} ?[A-Z0-9]{4}\b|\bDublin [0-9]{1,2}W?\b|"
    r"\b[1-9][0-9]{2} ?[0-9]{3}\b|\b[0-9]{5}\b|\b[0-9]{4}\b)",
    "indian": r"\b[1-9][0-9]{2} ?[0-9]{3}\b",
    "romance": r"(?i)(?:\b[0-9]{5}-[0-9]{3}\b|\b[0-9]{4}-[0-9]{3}\b|\b[0-9]{2}-[0-9]{3}\b|\b(?:C\.? ?P\.?|CEP)[ :.]{0,2}[0-9]{4,5}(?:-[0-9]{3})?\b|\b[A-Z]?[0-9]{4,5}\b)",
    "germanic": r"(?:\b(?:[A-Z]{1,2}-)?[0-9]{5}\b|\b[0-9]{4} ?[A-Z]{2}\b|\b(?:[A-Z]{1,2}-)?[0-9]{4}\b|\b[0-9]{3} [0-9]{2}\b)",
    "french": r"\b(?:F-|B-|CH-|L-)?[0-9]{4,5}\b",
    "slavic": r"\b[0-9]{6}\b|\b[0-9]{5}\b",
    "turkish": r"\b[0-9]{5}\b",
    "malay": r"\b[0-9]{5}\b",
    "vietnamese": r"\b[0-9]{5,6}\b",
    "japanese": r"〒?[0-9]{3}-[0-9]{4}",
    "chinese": r"\b[0-9]{6}\b",
    "korean": r"\b[0-9]{5}\b",
    "arabic": r"\b[0-9]{5}\b",
}
