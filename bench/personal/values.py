"""Which invented but well-formed values fill the frames of the personal-information set?

Phone numbers are valid by their country's plan and outside ranges kept for fiction, identity numbers and accounts hold
their check digits, keys have their provider's length and checksum. Everything is drawn at random from a seed; where a
value meets a real one, that is chance. Names and streets are common words.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import string
from importlib import import_module
from importlib.resources import files
from random import Random

_UPPER = string.ascii_uppercase
_ALNUM = string.ascii_letters + string.digits

# National mobile and fixed forms: "#" is a digit, "[..]" a choice of alternatives.
_MOBILE = {
    "US": "[312,406,503,617,720,813,904,971][2,3,4,6,7,8]##-####", "GB": "07[400,512,700,811,946,387] ######",
    "CA": "[416,604,514]-[2,3,4,6,7,8]##-####", "AU": "04[01,12,23,38] ### ###", "IE": "08[3,5,6,7] ### ####",
    "IN": "9[8,9,4]### #####", "DE": "01[51,60,72,76]# #######", "AT": "06[60,64,76] ### ####",
    "CH": "07[6,8,9] ### ## ##", "FR": "06 ## ## ## ##", "BE": "04[70,84,95] ## ## ##", "NL": "06 ########",
    "ES": "6## ## ## ##", "MX": "55 #### ####", "PT": "91# ### ###", "BR": "(11) 9[6,7,8,9]###-####",
    "IT": "3[28,33,47,49] ### ####", "PL": "[501,602,693,784] ### ###", "RU": "8 9[03,16,25,62] ###-##-##",
    "TR": "05[32,42,55] ### ## ##", "EG": "010[0,1,2] ### ####", "SA": "05[0,4,5] ### ####", "ID": "08[12,13,21]-####-####",
    "VN": "09[0,1,7,8]# ### ###", "CN": "13[5,6,8,9] #### ####", "TW": "09[12,22,33]-###-###", "JP": "090-[2,3,4,6]###-####",
    "KR": "010-[2,3,4,5]###-####",
}  # fmt: skip
_FIXED = {
    "US": "([212,406,503,617,813]) [2,3,4,6,7,8]##-####", "GB": "01[61,31,13] [2,4,7,8]## ####", "DE": "0[30,40,89] #######",
    "FR": "01 4# ## ## ##", "ES": "91 [2,3,4,5]## ## ##", "IT": "06 [3,4,5,7]### ####", "NL": "020 [2,3,4,6]## ####",
    "PL": "22 [6,8]## ## ##", "BR": "(11) 3[0,2,5,8]##-####", "PT": "21 [3,4,7]## ## ##", "RU": "8 (495) [2,6,7]##-##-##",
    "TR": "0212 [2,3,5]## ## ##", "EG": "02 2[3,5,7]## ####", "SA": "011 4## ####", "IN": "011 2[3,5,6]## ####",
    "ID": "021-[5,7]##-####", "VN": "024 3[7,8]## ####", "CN": "010-[5,6,8]### ####", "JP": "03-[3,5]###-####",
    "KR": "02-[5,7]##-####", "AU": "02 9[2,3,5]## ####", "CA": "(416) [3,5,7]##-####", "IE": "01 [4,6,8]## ####",
    "MX": "55 5[2,5,6]## ####", "CH": "044 [2,3,4]## ## ##", "AT": "01 [3,5,7]## ## ##", "BE": "02 [2,5,6]## ## ##",
    "TW": "02-2[3,5,7]##-####",
}  # fmt: skip
_CODE = {
    "US": "1", "CA": "1", "GB": "44", "AU": "61", "IE": "353", "IN": "91", "DE": "49", "AT": "43", "CH": "41", "FR": "33", "BE": "32",
    "NL": "31", "ES": "34", "MX": "52", "PT": "351", "BR": "55", "IT": "39", "PL": "48", "RU": "7", "TR": "90", "EG": "20", "SA": "966",
    "ID": "62", "VN": "84", "CN": "86", "TW": "886", "JP": "81", "KR": "82",
}  # fmt: skip
_STREETS = {
    "US": ("{n} {Maple,Birch,Chestnut,Willow} {Street,Ave,Lane,Dr}, {Dayton OH 454##,Boise ID 837##,Tulsa, OK 741##}",),
    "GB": ("{m} {Ashfield,Holloway,Larch,Priory} {Road,Close,Terrace,Gardens}, {Leeds LS6 #AB,Bristol BS3 #QT,York YO10 #PN}",),
    "CA": ("{n} {Birch,Elgin,Queen} {Street,Avenue}, {Toronto, ON M4C #B#,Halifax NS B3K #T#}",),
    "AU": ("{m} {Banksia,Wattle,Kurrajong} {Street,Crescent}, {Marrickville NSW 22##,Fitzroy VIC 30##}",),
    "IE": ("{m} {Glenmore,Ashgrove} {Road,Park}, {Drumcondra, Dublin 9,Douglas, Cork}",),
    "IN": ("Flat {n}, {Shanti,Green Park,Lotus} Apartments, {MG Road, Pune 4110##,Link Road, Andheri West, Mumbai 4000##}",),
    "DE": ("{Lindenstraße,Goethestr.,Am Mühlbach,Kastanienweg} {m}, {50674 Köln,04277 Leipzig,90429 Nürnberg}",),
    "AT": ("{Neubaugasse,Landstraßer Hauptstraße} {m}/{m}, 10#0 Wien",),
    "CH": ("{Birmensdorferstrasse,Seestrasse} {m}, 800# Zürich",),
    "FR": ("{m} {rue des Tilleuls,rue Victor Hugo,avenue de la Gare,impasse des Lilas}, {69003 Lyon,31500 Toulouse,44000 Nantes}",),
    "BE": ("{Rue de la Station,Avenue Louise} {m}, 10#0 Bruxelles",),
    "NL": ("{Kerkstraat,Wilgenlaan,Prinsengracht,Dorpsweg} {m}, {1017 GK Amsterdam,3511 LN Utrecht}",),
    "ES": ("{calle de la Luna,C/ Mayor,avenida de la Constitución} {m}, {3ºB,2º izq}, {28013 Madrid,41003 Sevilla}",),
    "MX": ("{Calle Hidalgo,Av. Insurgentes Sur} {n}, {Col. Roma Norte, 06700 CDMX,Col. Centro, 44100 Guadalajara}",),
    "PT": ("{Rua das Flores,Rua do Carmo,Avenida da Liberdade} {m}, {3º Esq}, {1250-1## Lisboa,4050-2## Porto}",),
    "BR": ("{Rua das Acácias,Rua Augusta,Av. Brasil} {n}, {apto 4#}, {São Paulo - SP, 013##-000,Curitiba - PR, 802##-000}",),
    "IT": ("{via Garibaldi,via dei Mille,viale Europa} {m}, {20121 Milano,40126 Bologna}",),
    "PL": ("ul. {Lipowa,Mickiewicza,Polna} {m}/{m}, {30-0## Kraków,00-5## Warszawa}",),
    "RU": ("{ул. Ленина,ул. Садовая,проспект Мира}, д. {m}, кв. {m}",),
    "TR": ("{Atatürk,Gül,Cumhuriyet} {Caddesi,Sokak} No:{m} D:{m}, {Kadıköy/İstanbul,Çankaya/Ankara}",),
    "EG": ("{m} شارع {التحرير,النصر,الجمهورية}، {الدقي،الجيزة,مدينة نصر، القاهرة}",),
    "ID": ("Jl. {Melati,Kenanga,Sudirman} No. {m} RT 0#/RW 0#, {Sleman, Yogyakarta,Coblong, Bandung}",),
    "VN": ("{số {m} ngõ {m} Láng Hạ, Đống Đa, Hà Nội,{m}/## Nguyễn Trãi, phường 2, quận 5, TP.HCM}",),
    "CN": ("{北京市朝阳区建国路,上海市徐汇区漕溪北路,广州市天河区体育东路}{m}号{m}号楼#单元#0#室",),
    "TW": ("{台北市大安區和平東路,高雄市左營區博愛路}{二,三}段{m}號{五,七}樓",),
    "JP": ("{東京都世田谷区三軒茶屋,大阪府吹田市江坂町,福岡市中央区大名}#-#-{m} {コーポ桜,メゾン緑}20#",),
    "KR": ("{서울시 마포구 월드컵로,부산시 해운대구 해운대로,대전시 유성구 대학로} {m}, 10#동 12##호",),
}  # fmt: skip
_IBAN = {
    "DE": "##################", "FR": "#####" "#####" "###########" "##", "ES": "####################", "NL": "[INGB,RABO,ABNA]##########",
    "IT": "X######################", "GB": "[BARC,LOYD,NWBK]##############", "PL": "########################", "PT": "#####################",
    "BE": "############", "AT": "################", "CH": "#################", "IE": "[AIBK,BOFI]##############", "TR": "00010#################",
    "SA": "##################",
}  # fmt: skip
_IDS: dict[str, tuple[str, str]] = {
    "ssn": ("us.ssn", "[212,318,449,531,602]-##-####"),
    "sin": ("ca.sin", "[4,5,7]## ### ###"),
    "nhs": ("gb.nhs", "[4,6]## ### ####"),
    "tfn": ("au.tfn", "### ### ###"),
    "idnr": ("de.idnr", "## ### ### ###"),
    "dni": ("es.dni", "########X"),
    "nie": ("es.nie", "[X,Y]#######X"),
    "nir": ("fr.nir", "[1,2] [68,75,84,91] [03,07,11] [33,69,75] ### ### ##"),
    "pesel": ("pl.pesel", "[68,75,84,91][03,07,11][12,18,26]#####"),
    "cpf": ("br.cpf", "###.###.###-##"),
    "cnpj": ("br.cnpj", "##.###.###/0001-##"),
    "bsn": ("nl.bsn", "[1,2]########"),
    "tck": ("tr.tckimlik", "[1,2,3,4]##########"),
    "aadhaar": ("in_.aadhaar", "[3,5,7,8]### #### ####"),
    "pan": ("in_.pan", "XXXPX####X"),
    "ric": ("cn.ric", "110105[1968,1975,1984,1991][03,07,11][12,18,26]###[#,X]"),
    "rrn": ("kr.rrn", "[68,75,84,91][03,07,11][12,18,26]-[1,2]######"),
    "mynumber": ("jp.in_", "############"),
    "inn": ("ru.inn", "############"),
    "nik": ("id.nik", "[317401,327305][12,18,26][03,07,11][68,75,84,91]00##"),
    "ahv": ("ch.ssn", "756.####.####.##"),
    "nif": ("pt.nif", "[1,2]########"),
    "curp": ("mx.curp", "[GOMA,LOPE,HERA][68,75,84,91][03,07,11][12,18,26][H,M]DF[RRN,LPZ,SNC]0#"),
    "cf": ("it.codicefiscale", "[RSSMRA,BNCLRA,VRDGPP][68,75,84,91][A,C,L,P][12,18,26][H501,F205,A944]X"),
    "snils": ("", "###-###-### ##"),
    "nino": ("", "[AB,CE,JG,PX] ## ## ## [A,B,C]"),
    "cccd": ("", "0[01,79,31][1,2][75,84,91]######"),
    "egid": ("", "2[68,75,84,91][03,07,11][12,18,26]01#####"),
    "vat": ("gb.vat", "GB ### #### ##"),
    "ust": ("de.vat", "DE#########"),
    "ein": ("us.ein", "[36,47,81]-#######"),
    "siren": ("fr.siren", "### ### ###"),
    "isbn": ("isbn", "978-#-##-######-#"),
    "imei": ("imei", "35#############"),
}
_NAMES = {
    "en": ("Karen Whitlow", "Derek Holt", "Priya Nair", "Maya Lindqvist", "Tom Averill"),
    "de": ("Jonas Wehner", "Petra Kling"), "fr": ("Hélène Marchal", "Bastien Roux"), "es": ("Lucía Ferrán", "Marcos Peral"),
    "pt": ("Rafaela Moura", "Tiago Pires"), "it": ("Chiara Benassi", "Luca Ferri"), "nl": ("Sanne Vos", "Bram de Wit"),
    "pl": ("Anna Zielska", "Marek Dudzik"), "ru": ("Анна Крылова", "Игорь Зотов"), "tr": ("Elif Yıldız", "Kerem Aksoy"),
    "ar": ("سارة منصور", "كريم فؤاد"), "hi": ("रीना मेहता", "विकास जोशी"), "id": ("Sari Wulandari", "Budi Hartono"),
    "vi": ("Trần Thu Hà", "Lê Quốc Bảo"), "zh": ("李晓梅", "王建国"), "ja": ("佐藤美咲", "高橋健"), "ko": ("김서연", "박지훈"),
}  # fmt: skip
_SPELLED = {
    "en": "zero one two three four five six seven eight nine", "de": "null eins zwei drei vier fünf sechs sieben acht neun",
    "es": "cero uno dos tres cuatro cinco seis siete ocho nueve", "fr": "zéro un deux trois quatre cinq six sept huit neuf",
    "pt": "zero um dois três quatro cinco seis sete oito nove", "it": "zero uno due tre quattro cinque sei sette otto nove",
    "nl": "nul een twee drie vier vijf zes zeven acht negen", "pl": "zero jeden dwa trzy cztery pięć sześć siedem osiem dziewięć",
    "ru": "ноль один два три четыре пять шесть семь восемь девять", "tr": "sıfır bir iki üç dört beş altı yedi sekiz dokuz",
    "ar": "صفر واحد اثنين ثلاثة أربعة خمسة ستة سبعة ثمانية تسعة", "hi": "शून्य एक दो तीन चार पांच छह सात आठ नौ",
    "id": "nol satu dua tiga empat lima enam tujuh delapan sembilan", "vi": "không một hai ba bốn năm sáu bảy tám chín",
    "zh": "零一二三四五六七八九", "ja": "〇一二三四五六七八九", "ko": "공 일 이 삼 사 오 육 칠 팔 구",
}  # fmt: skip
_PASSWORDS = ("Tulip{d}!kra", "moonPie{d}", "xK{d}vQz#1", "bruno_{d}dog", "S0mmer{d}$w", "pescado{d}X")
_USERS = ("karenw_{d}", "d.holt{d}", "mayalq{d}", "tomaverill{d}", "rina_{d}m")


class Filler:
    """Values for one line. `seed` says which; `lang` chooses names and number words."""

    def __init__(self, seed: str, lang: str) -> None:
        self._random = Random(seed)
        self._lang = lang

    def fill(self, frame: str) -> str:
        """The frame with each `{kind:ARGUMENT|disguise}` replaced. Raises KeyError for a kind that is none."""
        text, rest = "", frame
        while "{" in rest:
            head, _, tail = rest.partition("{")
            slot, _, rest = tail.partition("}")
            name, _, disguise = slot.partition("|")
            kind, _, argument = name.partition(":")
            value = str(getattr(self, f"_{kind}")(argument) if argument else getattr(self, f"_{kind}")())
            text += head + (self._disguised(value, disguise) if disguise else value)
        return (text + rest).replace("\\n", "\n")

    def _shape(self, shape: str) -> str:
        text, at = "", 0
        while at < len(shape):
            char = shape[at]
            if char == "[":
                end = shape.index("]", at)
                text += self._random.choice(shape[at + 1 : end].split(","))
                at = end
            elif char == "#":
                text += str(self._random.randrange(10))
            elif char == "X" and shape != "756":
                text += self._random.choice(_UPPER)
            else:
                text += char
            at += 1
        return text

    def _digits(self, count: str) -> str:
        return self._shape("#" * int(count))

    def _shaped(self, shape: str) -> str:
        return self._shape(shape)

    def _n(self) -> int:
        return self._random.randrange(112, 2940)

    def _m(self) -> int:
        return self._random.randrange(3, 97)

    def _name(self) -> str:
        return self._random.choice(_NAMES[self._lang])

    def _mob(self, country: str) -> str:
        shape = _MOBILE[country]
        return self._shape(shape.replace("][", "]-[", 1) if country == "US" else shape)

    def _fix(self, country: str) -> str:
        return self._shape(_FIXED[country])

    def _intl(self, country: str) -> str:
        """International writing of a mobile number; the trunk zero is left out."""
        national = self._mob(country).replace("(", "").replace(")", "")
        if country == "RU":
            national = national[2:]
        return f"+{_CODE[country]} {national.removeprefix('0') if country != 'IT' else national}"

    def _addr(self, country: str) -> str:
        frame = self._random.choice(_STREETS[country])
        while "{" in frame:
            start = frame.rindex("{")
            end = frame.index("}", start)
            inner = frame[start + 1 : end]
            if inner in ("n", "m"):
                value = str(self._n() if inner == "n" else self._m())
            elif ", " in inner:
                # Alternatives that hold commas of their own are set apart by commas without a space.
                value = self._random.choice(inner.replace(", ", "\0").split(",")).replace("\0", ", ")
            else:
                value = self._random.choice(inner.split(","))
            frame = frame[:start] + value + frame[end + 1 :]
        return self._shape(frame)

    def _id(self, kind: str) -> str:
        module, shape = _IDS[kind]
        if kind == "snils":
            digits = self._shape("#########")
            check = sum((9 - at) * int(char) for at, char in enumerate(digits)) % 101 % 100
            return f"{digits[:3]}-{digits[3:6]}-{digits[6:]} {check:02d}"
        if kind == "mynumber":
            digits = self._shape("###########")
            weights = [at + 1 if at <= 6 else at - 5 for at in range(11, 0, -1)]
            left = sum(w * int(c) for w, c in zip(weights, digits, strict=True)) % 11
            return digits + str(0 if left <= 1 else 11 - left)
        valid = import_module(f"stdnum.{module}").is_valid if module else _anything
        for _ in range(60_000):
            value = self._shape(shape)
            if valid(value):
                return value
        raise ValueError(f"no valid {kind} found")

    def _card(self, brand: str = "visa") -> str:
        prefix, size = {
            "visa": ("4539", 16),
            "mc": ("5412", 16),
            "amex": ("3742", 15),
            "mc2": ("2451", 16),
            "jcb": ("3566", 16),
        }[brand]
        body = prefix + self._shape("#" * (size - len(prefix) - 1))
        digits = body + _luhn_digit(body)
        if brand == "amex":
            return f"{digits[:4]} {digits[4:10]} {digits[10:]}"
        return " ".join(digits[at : at + 4] for at in range(0, 16, 4))

    def _badcard(self) -> str:
        digits = self._card("visa").replace(" ", "")
        return digits[:-1] + str((int(digits[-1]) + 3) % 10)

    def _exp(self) -> str:
        return self._shape("[03,07,09,11]/[28,29,30]")

    def _iban(self, country: str) -> str:
        body = self._shape(_IBAN[country])
        if country == "IT":
            body = body[0] + body[1:]
        if country == "FR":
            body = body[:-2] + f"{97 - (89 * int(body[:5]) + 15 * int(body[5:10]) + 3 * int(body[10:21])) % 97:02d}"
        figures = "".join(str(int(char, 36)) for char in body + country + "00")
        text = f"{country}{98 - int(figures) % 97:02d}{body}"
        return " ".join(text[at : at + 4] for at in range(0, len(text), 4))

    def _routing(self) -> str:
        body = self._shape("[0210,0713,1210,3220]####")
        total = sum(w * int(c) for w, c in zip((3, 7, 1, 3, 7, 1, 3, 7), body, strict=True))
        return body + str(-total % 10)

    def _pw(self) -> str:
        return self._random.choice(_PASSWORDS).replace("{d}", self._shape("##"))

    def _user(self) -> str:
        return self._random.choice(_USERS).replace("{d}", self._shape("##"))

    def _email(self) -> str:
        return self._user() + "@" + self._random.choice(("gmail.com", "outlook.com", "web.de", "proton.me"))

    def _any(self, size: str) -> str:
        return "".join(self._random.choice(_ALNUM) for _ in range(int(size)))

    def _tok(self, provider: str) -> str:
        if provider == "github":
            body = self._any("30")
            rest, check = binascii.crc32(body.encode()), ""
            while rest:
                rest, left = divmod(rest, 62)
                check = (string.digits + string.ascii_uppercase + string.ascii_lowercase)[left] + check
            return f"ghp_{body}{check.rjust(6, '0')}"
        if provider == "jwt":
            parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": self._any("12"), "iat": 1716200000 + self._n()})
            head = ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts)
            return f"{head}.{self._any('43')}"
        if provider == "aws":
            return "AKIA" + "".join(self._random.choice(_UPPER + "234567") for _ in range(16))
        prefix, size = {
            "stripe": ("sk_live_", "24"), "gitlab": ("glpat-", "20"), "google": ("AIza", "35"), "sendgrid": ("SG.", "22"),
            "slack": (self._shape("xoxb-############-############-").replace("X", "x"), "24"), "npm": ("npm_", "36"),
            "telegram": (self._shape("71########:AA"), "33"), "awssecret": ("", "40"),
        }[provider]  # fmt: skip
        tail = "." + self._any("43") if provider == "sendgrid" else ""
        return prefix + self._any(size) + tail

    def _seed(self, language: str = "english") -> str:
        words = (files("mnemonic") / "wordlist" / f"{language}.txt").read_text("utf-8").split()
        data = self._random.randbytes(16)
        bits = f"{int.from_bytes(data, 'big'):0128b}" + f"{hashlib.sha256(data).digest()[0]:08b}"[:4]
        return " ".join(words[int(bits[at : at + 11], 2)] for at in range(0, 132, 11))

    def _hex(self, size: str) -> str:
        return "".join(self._random.choice("0123456789abcdef") for _ in range(int(size)))

    def _mrz(self) -> str:
        number, born, until = (
            self._shape("X########"),
            self._shape("[75,84,91]0[3,7]1#"),
            self._shape("[29,31]0[3,7]1#"),
        )
        second = (
            number + _mrz_digit(number) + "UTO" + born + _mrz_digit(born) + "F" + until + _mrz_digit(until) + "<" * 14
        )
        second = second.replace("UTO", "DEU") + "<"
        whole = number + _mrz_digit(number) + born + _mrz_digit(born) + until + _mrz_digit(until) + "<" * 15
        first = "P<DEUWEHNER<<JONAS<PAUL".ljust(44, "<")
        return f"{first}\n{second[:43]}{_mrz_digit(whole)}"

    def _coord(self) -> str:
        return self._shape("[48,51,52,53].[1,2,4,5]#####, [8,9,11,13].[2,3,6,7]#####")

    def _disguised(self, value: str, how: str) -> str:
        if how == "words":
            words = _SPELLED[self._lang]
            names = words.split() if " " in words else list(words)
            glue = "" if self._lang in ("zh", "ja") else " "
            return glue.join(names[int(char)] for char in value if char.isdigit())
        if how == "emoji":
            return "".join(char + "\ufe0f\u20e3" if char.isdigit() else "" for char in value)
        if how == "spaced":
            return " ".join(char for char in value if char.isalnum())
        if how == "dotted":
            return ".".join(char for char in value if char.isalnum())
        if how == "full":
            return "".join(chr(ord(char) + 0xFEE0) if char.isdigit() else char for char in value)
        if how == "zero":
            return "\u200b".join(value)
        if how == "leet":
            return "".join({"0": "O", "1": "l", "5": "S"}.get(char, char) for char in value)
        if how == "plain":
            return "".join(char for char in value if char.isalnum() or char == "+")
        if how == "arabic":
            return "".join(chr(0x660 + int(char)) if char.isdigit() else char for char in value)
        if how == "lines":
            return value.replace(" ", "\n").replace("-", "\n")
        if how == "backwards":
            return value[::-1]
        if how == "cut":
            return value[: len(value) * 2 // 3].rstrip()
        if how == "masked":
            return "".join("•" if char.isalnum() else char for char in value[:-4]) + value[-4:]
        return "".join("x" if char.isalnum() else char for char in value[:-2]) + value[-2:]


def _anything(_: str) -> bool:
    return True


def _luhn_digit(body: str) -> str:
    total = 0
    for at, char in enumerate(reversed(body)):
        digit = int(char) * (2 if at % 2 == 0 else 1)
        total += digit - 9 if digit > 9 else digit
    return str(-total % 10)


def _mrz_digit(field: str) -> str:
    values = (0 if char == "<" else int(char, 36) for char in field)
    return str(sum((7, 3, 1)[at % 3] * value for at, value in enumerate(values)) % 10)
