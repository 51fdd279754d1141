"""What a file is, by its bytes: structure first, a trained second look (Magika) only where structure is silent.

One list of formats, each with its family, the endings it usually has and the words people are shown. Signatures are
those that the formats' own specifications give.
"""

from __future__ import annotations

import re
import struct
from functools import lru_cache
from typing import Literal

from msgspec import Struct

Family = Literal[
    "executable", "script", "shortcut", "archive", "disk", "office", "document", "markup", "image", "audio", "video",
    "mail", "app", "text", "data", "unknown",
]  # fmt: skip


class Format(Struct, frozen=True):
    """A file format. `words` is what people read: "a Windows program"."""

    family: Family
    endings: frozenset[str]
    words: str


def _f(family: Family, endings: str, words: str) -> Format:
    return Format(family, frozenset(endings.split()), words)


FORMATS: dict[str, Format] = {
    "pe": _f("executable", "exe dll scr sys ocx cpl com pif ax drv efi mui acm xll node pyd", "a Windows program"),
    "dos": _f("executable", "exe com", "a DOS program"),
    "elf": _f("executable", "so bin o ko elf run axf out appimage", "a Linux program"),
    "macho": _f("executable", "dylib bundle o", "a macOS program"),
    "dex": _f("executable", "dex", "Android program code"),
    "class": _f("executable", "class", "Java program code"),
    "wasm": _f("executable", "wasm", "WebAssembly program code"),
    "pyc": _f("executable", "pyc pyo", "compiled Python code"),
    "jar": _f("executable", "jar war ear", "a Java program"),
    "apk": _f("app", "apk xapk apkm apks aab", "an Android app"),
    "ipa": _f("app", "ipa", "an iOS app"),
    "crx": _f("app", "crx", "a browser extension"),
    "xpi": _f("app", "xpi zip", "a browser extension"),
    "msi": _f("executable", "msi msp mst", "a Windows installer"),
    "lnk": _f("shortcut", "lnk", "a Windows shortcut"),
    "url": _f("shortcut", "url website", "an internet shortcut"),
    "desktop": _f("shortcut", "desktop", "a Linux shortcut"),
    "settingcontent": _f("shortcut", "settingcontent-ms", "a Windows settings shortcut"),
    "chm": _f("document", "chm", "a compiled help file"),
    "zip": _f("archive", "zip", "a ZIP archive"),
    "7z": _f("archive", "7z", "a 7-Zip archive"),
    "rar": _f("archive", "rar", "a RAR archive"),
    "tar": _f("archive", "tar", "a TAR archive"),
    "gz": _f("archive", "gz tgz gzip svgz emz wmz", "a gzip file"),
    "bz2": _f("archive", "bz2 tbz tbz2", "a bzip2 file"),
    "xz": _f("archive", "xz txz", "an xz file"),
    "lzma": _f("archive", "lzma", "an LZMA file"),
    "zst": _f("archive", "zst tzst", "a Zstandard file"),
    "lz4": _f("archive", "lz4", "an LZ4 file"),
    "lzip": _f("archive", "lz", "an lzip file"),
    "compress": _f("archive", "z", "a compress file"),
    "cab": _f("archive", "cab", "a cabinet archive"),
    "cpio": _f("archive", "cpio", "a CPIO archive"),
    "ar": _f("archive", "ar a lib", "an AR archive"),
    "deb": _f("executable", "deb udeb", "a Debian package"),
    "rpm": _f("executable", "rpm", "an RPM package"),
    "lha": _f("archive", "lha lzh", "an LHA archive"),
    "arj": _f("archive", "arj", "an ARJ archive"),
    "ace": _f("archive", "ace", "an ACE archive"),
    "xar": _f("archive", "xar pkg", "a XAR archive"),
    "szdd": _f("archive", "", "an old Windows compressed file"),
    "iso": _f("disk", "iso img udf", "a disk image"),
    "vhd": _f("disk", "vhd vhdx", "a virtual disk"),
    "dmg": _f("disk", "dmg", "a macOS disk image"),
    "docx": _f("office", "docx docm dotx dotm", "a Word document"),
    "xlsx": _f("office", "xlsx xlsm xltx xltm xlsb xlam", "an Excel workbook"),
    "pptx": _f("office", "pptx pptm ppsx ppsm potx potm ppam", "a PowerPoint presentation"),
    "odf": _f("office", "odt ods odp odg ott ots otp", "an OpenDocument file"),
    "epub": _f("document", "epub", "an e-book"),
    "ole": _f("office", "doc dot xls xlt xla ppt pps pot msg vsd pub mpp thmx db", "an old Office document"),
    "rtf": _f("office", "rtf doc", "a rich text document"),
    "onenote": _f("office", "one onepkg", "a OneNote section"),
    "pdf": _f("document", "pdf ai", "a PDF document"),
    "ps": _f("text", "ps eps pfa", "a PostScript document"),
    "html": _f("markup", "html htm xhtml shtml mht mhtml php jsp asp aspx vue hta doc xls", "a web page"),
    "svg": _f("markup", "svg", "a vector picture"),
    "xml": _f("markup", "xml gpx kml xsd xsl xslt plist rss atom config csproj resx xaml tcx wsdl", "an XML file"),
    "jpeg": _f("image", "jpg jpeg jpe jfif", "a JPEG picture"),
    "png": _f("image", "png apng", "a PNG picture"),
    "gif": _f("image", "gif", "a GIF picture"),
    "bmp": _f("image", "bmp dib", "a BMP picture"),
    "webp": _f("image", "webp", "a WebP picture"),
    "tiff": _f("image", "tif tiff dng nef arw cr2", "a TIFF picture"),
    "ico": _f("image", "ico cur", "an icon"),
    "heif": _f("image", "heic heif avif", "a HEIF picture"),
    "jp2": _f("image", "jp2 j2k jxl", "a JPEG 2000 or XL picture"),
    "psd": _f("image", "psd", "a Photoshop picture"),
    "mp3": _f("audio", "mp3", "an MP3 sound"),
    "wav": _f("audio", "wav", "a WAV sound"),
    "flac": _f("audio", "flac", "a FLAC sound"),
    "ogg": _f("audio", "ogg oga opus ogv", "an Ogg sound"),
    "m4a": _f("audio", "m4a m4b aac", "an MPEG-4 sound"),
    "amr": _f("audio", "amr", "an AMR sound"),
    "aiff": _f("audio", "aif aiff", "an AIFF sound"),
    "mid": _f("audio", "mid midi", "a MIDI file"),
    "mp4": _f("video", "mp4 m4v mov 3gp 3g2 qt", "an MPEG-4 clip"),
    "mkv": _f("video", "mkv webm mka", "a Matroska clip"),
    "avi": _f("video", "avi", "an AVI clip"),
    "mpeg": _f("video", "mpg mpeg ts m2ts vob", "an MPEG clip"),
    "flv": _f("video", "flv", "a Flash clip"),
    "asf": _f("video", "wmv wma asf", "a Windows Media clip"),
    "swf": _f("executable", "swf", "a Flash program"),
    "eml": _f("mail", "eml mht mhtml mbox", "an e-mail"),
    "mbox": _f("mail", "mbox mbx", "a mailbox"),
    "tnef": _f("mail", "dat tnef", "an Outlook attachment container"),
    "sqlite": _f("data", "db sqlite sqlite3 db3", "an SQLite database"),
    "font": _f("data", "ttf otf woff woff2 ttc eot", "a font"),
    "pcap": _f("data", "pcap pcapng cap", "a network capture"),
    "pgp": _f("data", "gpg pgp asc", "an encrypted message"),
    "binhex": _f("archive", "hqx", "a BinHex file"),
    "uu": _f("archive", "uu uue", "a uuencoded file"),
    "sis": _f("executable", "sis sisx", "a Symbian package"),
    "powershell": _f("script", "ps1 psm1 psd1", "a PowerShell script"),
    "batch": _f("script", "bat cmd", "a Windows batch script"),
    "shell": _f("script", "sh bash zsh ksh command", "a shell script"),
    "vbs": _f("script", "vbs vbe vba bas cls frm", "a Visual Basic script"),
    "javascript": _f("script", "js jse mjs cjs jsx ts tsx", "a JavaScript program"),
    "wsf": _f("script", "wsf wsc sct", "a Windows script file"),
    "hta": _f("script", "hta", "an HTML application"),
    "python": _f("script", "py pyw pyi", "a Python program"),
    "php": _f("script", "php phtml php5", "a PHP program"),
    "perl": _f("script", "pl pm", "a Perl program"),
    "ruby": _f("script", "rb", "a Ruby program"),
    "lua": _f("script", "lua", "a Lua program"),
    "applescript": _f("script", "applescript scpt", "an AppleScript"),
    "autoit": _f("script", "au3", "an AutoIt script"),
    "reg": _f("script", "reg", "a registry script"),
    "inf": _f("script", "inf", "a Windows set-up script"),
    "sql": _f("script", "sql", "a database script"),
    "ahk": _f("script", "ahk", "an AutoHotkey script"),
    "csv": _f("text", "csv tsv", "a table"),
    "slk": _f("text", "slk iqy dif", "a spreadsheet exchange file"),
    "json": _f("text", "json geojson jsonl ndjson har webmanifest ipynb", "a JSON file"),
    "patch": _f("text", "patch diff", "a patch"),
    "smali": _f("text", "smali", "decompiled Android code"),
    "source": _f("text", "c h cpp cc hpp java kt kts go rs cs swift m scala dart css scss groovy gradle", "program source"),
    "text": _f("text", "txt md rst log ini cfg conf env yml yaml toml srt vtt ics vcf tex properties", "a text"),
    "empty": _f("text", "", "an empty file"),
    "unknown": _f("unknown", "", "a file of unknown type"),
}  # fmt: skip

RUNS_ON_CLICK = frozenset(
    (
        "exe scr com pif bat cmd lnk url vbs vbe js jse wsf wsh wsc sct hta ps1 psm1 cpl msi msp jar reg inf chm "
        "scf application appref-ms gadget settingcontent-ms xll appx msix iso img vhd vhdx apk dmg pkg command "
        "desktop run appimage workflow terminal diagcab library-ms search-ms one"
    ).split()
)
DECOYS = frozenset(
    (
        "pdf doc docx xls xlsx ppt pptx odt ods rtf txt csv jpg jpeg png gif bmp webp heic tif tiff mp3 wav m4a "
        "mp4 avi mov mkv zip rar 7z eml msg epub xml"
    ).split()
)

_ENDING_TO_KIND = {
    ending: kind for kind, known in FORMATS.items() if known.family in ("script", "text") for ending in known.endings
}
_HEAD: tuple[tuple[bytes, str], ...] = (
    (b"\x7fELF", "elf"), (b"\xfe\xed\xfa\xce", "macho"), (b"\xfe\xed\xfa\xcf", "macho"), (b"\xce\xfa\xed\xfe", "macho"),
    (b"\xcf\xfa\xed\xfe", "macho"), (b"dex\n0", "dex"), (b"\0asm", "wasm"), (b"Cr24", "crx"), (b"%PDF-", "pdf"),
    (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar"), (b"\x1f\x8b\x08", "gz"), (b"BZh", "bz2"),
    (b"\xfd7zXZ\0", "xz"), (b"\x5d\0\0", "lzma"), (b"\x28\xb5\x2f\xfd", "zst"), (b"\x04\x22\x4d\x18", "lz4"),
    (b"LZIP", "lzip"), (b"\x1f\x9d", "compress"), (b"MSCF", "cab"), (b"ISc(", "cab"), (b"xar!", "xar"), (b"SZDD\x88\xf0\x27\x33", "szdd"),
    (b"!<arch>\n", "ar"), (b"\xed\xab\xee\xdb", "rpm"), (b"\x60\xea", "arj"), (b"070701", "cpio"), (b"070702", "cpio"),
    (b"070707", "cpio"), (b"\xc7\x71", "cpio"), (b"\x71\xc7", "cpio"), (b"ITSF", "chm"), (b"conectix", "vhd"), (b"vhdxfile", "vhd"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "ole"), (b"{\\rt", "rtf"), (b"\x78\x9f\x3e\x22", "tnef"),
    (b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3", "onenote"),
    (b"\x4c\0\0\0\x01\x14\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", "lnk"),
    (b"\xff\xd8\xff", "jpeg"), (b"\x89PNG\r\n\x1a\n", "png"), (b"GIF87a", "gif"), (b"GIF89a", "gif"), (b"8BPS", "psd"),
    (b"II*\0", "tiff"), (b"MM\0*", "tiff"), (b"\0\0\x01\0", "ico"), (b"\0\0\x02\0", "ico"), (b"\0\0\0\x0cjP  ", "jp2"), (b"\xff\x0a", "jp2"),
    (b"ID3", "mp3"), (b"fLaC", "flac"), (b"OggS", "ogg"), (b"#!AMR", "amr"), (b"MThd", "mid"), (b"\x1aE\xdf\xa3", "mkv"),
    (b"\0\0\x01\xba", "mpeg"), (b"\0\0\x01\xb3", "mpeg"), (b"FLV\x01", "flv"), (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (b"FWS", "swf"), (b"CWS", "swf"), (b"ZWS", "swf"), (b"SQLite format 3\0", "sqlite"), (b"wOFF", "font"), (b"wOF2", "font"),
    (b"OTTO", "font"), (b"\0\x01\0\0\0", "font"), (b"ttcf", "font"), (b"\xd4\xc3\xb2\xa1", "pcap"), (b"\xa1\xb2\xc3\xd4", "pcap"),
    (b"\x0a\x0d\x0d\x0a", "pcap"), (b"%!PS", "ps"), (b"-----BEGIN PGP MESSAGE", "pgp"),
    (b"(This file must be converted with BinHex", "binhex"), (b"FORM", "aiff"),
)  # fmt: skip
_XML_NAME = re.compile(rb"<(?!\?|!)([A-Za-z_][\w.:-]{0,60})")
_MAIL_HEADER = re.compile(
    rb"(?im)^(from|to|subject|date|received|return-path|mime-version|message-id|delivered-to|content-type|x-[\w-]+|reply-to|dkim-signature|cc):"
)


def ending(name: str) -> str:
    """The last ending of a name, folded; "" without one. Dots and blanks at the very end do not hide it."""
    stem = name.replace("\\", "/").rsplit("/", 1)[-1].rstrip(". \t\u00a0")
    head, dot, tail = stem.rpartition(".")
    return tail.lower() if dot and (head or tail) and len(tail) <= 20 else ""


def words_of(kind: str) -> str:
    """The words people are shown for a kind."""
    return FORMATS[kind].words if kind in FORMATS else FORMATS["unknown"].words


def family_of(kind: str) -> Family:
    """The family of a kind, "unknown" for one that is not listed."""
    return FORMATS[kind].family if kind in FORMATS else "unknown"


def identify(data: bytes, name: str) -> str:
    """The kind of a file. The name only chooses between kinds of plain text; it never overrules bytes."""
    if not data:
        return "empty"
    head = data[:64]
    if head[:2] == b"MZ":
        return "pe" if _is_pe(data) else "dos" if len(data) > 64 else "unknown"
    if head[:4] == b"PK\x03\x04" or head[:4] == b"PK\x05\x06" or head[:4] == b"PK00":
        return _zip_kind(data, name)
    for magic, kind in _HEAD:
        if head.startswith(magic):
            return _second_thought(kind, data, name)
    if head[:4] == b"\xca\xfe\xba\xbe" and len(data) > 8:
        return "class" if int.from_bytes(data[4:8], "big") > 30 else "macho"
    if head[:4] == b"RIFF":
        return {b"WAVE": "wav", b"AVI ": "avi", b"WEBP": "webp"}.get(data[8:12], "unknown")
    if head[4:8] == b"ftyp":
        return _iso_media_kind(data)
    if head[:2] == b"BM" and len(data) > 30 and struct.unpack_from("<I", data, 14)[0] in (12, 40, 52, 56, 64, 108, 124):
        return "bmp"
    if head[2:5] == b"-lh" and head[6:7] == b"-":
        return "lha"
    if data[257:262] == b"ustar" or (len(data) >= 512 and _tar_checksum(data)):
        return "tar"
    if data[7:14] == b"**ACE**":
        return "ace"
    if any(data[at : at + 5] in (b"CD001", b"BEA01", b"NSR02", b"NSR03") for at in (0x8001, 0x8801, 0x9001)):
        return "iso"
    if data[-512:-508] == b"koly":
        return "dmg"
    if data[-512:-504] == b"conectix":
        return "vhd"
    if (
        len(data) > 512
        and data[510:512] == b"\x55\xaa"
        and (data[54:59] in (b"FAT12", b"FAT16") or data[82:87] == b"FAT32")
    ):
        return "iso"
    if head[:2] in (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"):
        return "mp3"
    if head[8:12] == b"\x19\x04\0\x10" or head[:4] == b"\x7a\x1a\x20\x10":
        return "sis"
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if head[2:4] == b"\r\n" and len(data) > 16 and data[:1] in b"\x16\x33\x42\x55\x61\x6f\xa7\xcb\xee\xf3":
        return "pyc"
    return _text_kind(data, name)


def _second_thought(kind: str, data: bytes, name: str) -> str:
    if kind == "ar" and b"debian-binary" in data[:80]:
        return "deb"
    if kind == "ole":
        return _compound_kind(data)
    if kind == "lzma" and (len(data) < 14 or data[13] != 0):
        return _text_kind(data, name)
    if kind in ("ico", "font", "jp2", "arj", "compress", "cpio", "aiff", "mp3", "swf", "bz2") and looks_like_text(data):
        return _text_kind(data, name)
    if kind == "ico" and (len(data) < 22 or not 0 < data[4] < 200):
        return "mpeg" if data[3] in (0xBA, 0xB3) else "unknown"
    return kind


def _is_pe(data: bytes) -> bool:
    if len(data) < 64:
        return False
    at = struct.unpack_from("<I", data, 60)[0]
    return bool(data[at : at + 4] == b"PE\0\0")


def _tar_checksum(data: bytes) -> bool:
    stored = data[148:156].strip(b" \0")
    if not stored or not all(48 <= c <= 55 for c in stored):
        return False
    block = data[:148] + b" " * 8 + data[156:512]
    return sum(block) == int(stored, 8)


def _compound_kind(data: bytes) -> str:
    # The class id of the root storage of an installer, MS-CFB 2.6 and the Installer's own registration.
    installer = (b"\x84\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46", b"\x86\x10\x0c\0\0\0\0\0\xc0\0\0\0\0\0\0\x46")
    return "msi" if any(clsid in data for clsid in installer) else "ole"


def _iso_media_kind(data: bytes) -> str:
    brand = data[8:12]
    if brand in (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"hevc"):
        return "heif"
    return "m4a" if brand in (b"M4A ", b"M4B ") else "mp4"


def _zip_kind(data: bytes, name: str) -> str:
    # Names stand in clear in the central directory, at the end; a look at both ends is enough for a first opinion.
    tail = data[-65_536:] + data[:4_096]
    if b"AndroidManifest.xml" in tail or b"classes.dex" in tail:
        return "apk"
    if b"[Content_Types].xml" in tail or b"_rels/.rels" in tail:
        for folder, kind in ((b"word/", "docx"), (b"xl/", "xlsx"), (b"ppt/", "pptx")):
            if folder in tail:
                return kind
        return "zip"
    if data[26:38] == b"\x08\0\0\0mimetype"[:12] or data[30:38] == b"mimetype":
        if b"opendocument" in data[38:120]:
            return "odf"
        if b"epub" in data[38:80]:
            return "epub"
    if b"Payload/" in tail and b".app/" in tail:
        return "ipa"
    if b"META-INF/MANIFEST.MF" in tail:
        return "xpi" if b"manifest.json" in tail else "jar"
    if b"manifest.json" in tail and (ending(name) == "xpi" or b"background" in tail or b"content" in tail):
        return "xpi"
    return "zip"


def looks_like_text(data: bytes) -> bool:
    """True when the first 4 KiB decode as text in UTF-8, UTF-16 or a one-byte alphabet."""
    sample = data[:4096]
    if sample[:2] in (b"\xff\xfe", b"\xfe\xff") or sample[:3] == b"\xef\xbb\xbf":
        return True
    odd = len(sample.translate(None, b"\t\n\r\x0c\x1b" + bytes(range(32, 127)) + bytes(range(128, 256))))
    if odd * 100 > len(sample):
        return _is_utf16(sample)
    try:
        sample.decode("utf-8")
        return True
    except UnicodeDecodeError as error:
        if error.start >= len(sample) - 3:
            return True
    high = len(sample.translate(None, bytes(range(128))))
    return high * 10 < len(sample) * 4


def _is_utf16(sample: bytes) -> bool:
    if len(sample) < 8:
        return False
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    return (odd > half * 0.6 and even < half * 0.05) or (even > half * 0.6 and odd < half * 0.05)


def decode_text(data: bytes) -> str:
    """Text of bytes that look like text; never raises. Order: marks, UTF-16 by its zeros, UTF-8, Windows-1252."""
    if data[:3] == b"\xef\xbb\xbf":
        return data[3:].decode("utf-8", "replace")
    if data[:2] == b"\xff\xfe":
        return data[2:].decode("utf-16-le", "replace")
    if data[:2] == b"\xfe\xff":
        return data[2:].decode("utf-16-be", "replace")
    if _is_utf16(data[:4096]):
        return data.decode("utf-16-le" if data[1:4096:2].count(0) > data[0:4096:2].count(0) else "utf-16-be", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _text_kind(data: bytes, name: str) -> str:
    if not looks_like_text(data):
        return "unknown"
    head = data[:8192]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or _is_utf16(head[:4096]):
        head = decode_text(head).encode("utf-8", "replace")
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    low = head.lower()
    tail = ending(name)
    if low.startswith(b"#!"):
        kind = _shebang_kind(low.split(b"\n", 1)[0])
        if kind:
            return kind
    if low.startswith((b"<?php", b"<?=")):
        return "php"
    if low.startswith(b"[internetshortcut]") or b"\n[internetshortcut]" in low[:512]:
        return "url"
    if low.startswith(b"[desktop entry]"):
        return "desktop"
    if low.startswith((b"windows registry editor", b"regedit4")):
        return "reg"
    if low.startswith(b"id;p"):
        return "slk"
    if low.startswith(b"%!ps"):
        return "ps"
    if low.startswith(b"begin ") and re.match(rb"begin [0-7]{3,4} \S", low):
        return "uu"
    if low.startswith(b"<") or b"<html" in low[:2048] or b"<!doctype html" in low[:2048]:
        return _markup_kind(low, tail)
    if _looks_like_mail(head) and tail not in ("py", "js", "md", "yml", "yaml"):
        return "mbox" if low.startswith(b"from ") else "eml"
    if tail in _ENDING_TO_KIND:
        return _by_ending(tail, low)
    from tutela.extract.files.scripts import language_of

    return language_of(head.decode("utf-8", "replace")) or _plain_kind(low)


def _by_ending(tail: str, low: bytes) -> str:
    kind = _ENDING_TO_KIND[tail]
    if kind == "text" and tail in ("txt", "log"):
        from tutela.extract.files.scripts import language_of

        return language_of(low.decode("utf-8", "replace")) or _plain_kind(low)
    return kind


def _plain_kind(low: bytes) -> str:
    if low[:1] in (b"{", b"[") and re.match(rb"[\[{]\s*(?:[\"{\[\]}\d-]|$)", low):
        return "json"
    if low.startswith((b"diff --git", b"--- ", b"index: ")) and b"\n+++ " in low:
        return "patch"
    if re.match(rb"\.class [^\n]*l[\w/$]+;", low):
        return "smali"
    return "text"


def _shebang_kind(line: bytes) -> str:
    for word, kind in (
        (b"python", "python"), (b"node", "javascript"), (b"deno", "javascript"), (b"pwsh", "powershell"), (b"perl", "perl"),
        (b"ruby", "ruby"), (b"php", "php"), (b"osascript", "applescript"), (b"lua", "lua"), (b"sh", "shell"),
    ):  # fmt: skip
        if word in line:
            return kind
    return ""


def _markup_kind(low: bytes, tail: str) -> str:
    root = _XML_NAME.search(low)
    first = root.group(1) if root else b""
    if b"<hta:application" in low or tail == "hta":
        return "hta"
    if first in (b"svg", b"svg:svg"):
        return "svg"
    if first in (b"job", b"package", b"component", b"scriptlet") and (b"<script" in low):
        return "wsf"
    if first == b"pcsettings":
        return "settingcontent"
    if low.startswith(b"<!doctype html") or first in (
        b"html",
        b"head",
        b"body",
        b"script",
        b"div",
        b"meta",
        b"form",
        b"title",
        b"p",
        b"table",
        b"a",
        b"style",
        b"iframe",
    ):
        return "html"
    if low.startswith(b"<?xml") or first:
        if b"<html" in low[:2048]:
            return "html"
        return (
            "php"
            if tail == "php"
            else "xml"
            if low.startswith(b"<?xml") or tail not in _ENDING_TO_KIND
            else _ENDING_TO_KIND[tail]
        )
    return "html" if b"<html" in low else _ENDING_TO_KIND.get(tail, "text")


def _looks_like_mail(head: bytes) -> bool:
    top = head.split(b"\n\n", 1)[0].split(b"\r\n\r\n", 1)[0][:8192]
    if head.startswith(b"From ") and b"\nFrom: " in head:
        return True
    names = {match.group(1).lower() for match in _MAIL_HEADER.finditer(top)}
    first = top.split(b"\n", 1)[0]
    return (
        len(names) >= 2
        and _MAIL_HEADER.match(first) is not None
        and bool(names & {b"from", b"received", b"mime-version", b"subject"})
    )


@lru_cache(maxsize=1)
def _magika() -> object | None:
    try:
        from magika import Magika
    except ImportError:
        return None
    return Magika()


_MAGIKA_TO_KIND = {
    "powershell": "powershell", "batch": "batch", "shell": "shell", "vba": "vbs", "javascript": "javascript",
    "python": "python", "php": "php", "html": "html", "perl": "perl", "ruby": "ruby", "lua": "lua", "c": "source",
    "cpp": "source", "java": "source", "kotlin": "source", "swift": "source", "go": "source", "rust": "source", "cs": "source",
    "smali": "smali", "csv": "csv", "json": "json", "ini": "text", "yaml": "text", "markdown": "text",
}  # fmt: skip


def second_opinion(data: bytes) -> str:
    """Magika's opinion of a text that structure could not name, "" when it is unsure or not installed.

    About 20 ms a file, so it is asked last. It gives one label and is no judge of polyglots; it never overrules structure.
    """
    from tutela.extract.files.scripts import looks_like_code

    if len(data) < 64 or not looks_like_code(data[:4096].decode("latin-1")):
        return ""
    model = _magika()
    if model is None:
        return ""
    answer = model.identify_bytes(data[:65_536])  # type: ignore[attr-defined]
    if answer.score < 0.85:
        return ""
    return _MAGIKA_TO_KIND.get(str(answer.output.label), "")
