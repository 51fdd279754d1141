"""Specimens and their harmless siblings, made on the spot: the right structure, nothing that works.

Addresses end in reserved names (`.invalid`, `.example`) or lie in documentation ranges; programs hold no code beyond
"exit"; scripts are text that is never run.
"""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime, timedelta

import libarchive
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID


def eicar() -> bytes:
    return b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!" + b"$H+H*"


def pe(sections: tuple[bytes, ...] = (b".text", b".rsrc"), extra: bytes = b"", imports: bool = True) -> bytes:
    head = bytearray(b"MZ" + b"\x90\0\x03" + b"\0" * 55 + struct.pack("<I", 128))
    head = head.ljust(128, b"\0")
    optional = bytearray(224)
    struct.pack_into("<H", optional, 0, 0x10B)
    if imports:
        struct.pack_into("<II", optional, 96 + 8, 0x2000, 40)
    head += b"PE\0\0" + struct.pack("<HHIIIHH", 0x14C, len(sections), 0, 0, 0, 224, 0x102) + optional
    at = 1024
    body = b""
    for name in sections:
        head += name.ljust(8, b"\0") + struct.pack("<IIII12xI", 512, 0x1000, 512, at, 0x60000020)
        body += b"\xc3" + b"\0" * 511
        at += 512
    return bytes(head).ljust(1024, b"\0") + body + extra


def elf(extra: bytes = b"") -> bytes:
    return (
        (b"\x7fELF\x02\x01\x01" + b"\0" * 9 + struct.pack("<HHI", 2, 62, 1)).ljust(64, b"\0")
        + b"\xb8\x3c\0\0\0"
        + extra
    )


def macho(extra: bytes = b"") -> bytes:
    return struct.pack("<IIIIIIII", 0xFEEDFACF, 0x01000007, 3, 2, 0, 0, 0, 0) + b"\0" * 64 + extra


def zipped(members: dict[str, bytes], stored: bool = False) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, (2026, 1, 2, 3, 4, 6))
            info.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return out.getvalue()


def locked_zip(members: dict[str, bytes], password: str, aes: bool = False) -> bytes:
    with io.BytesIO() as out:

        def write(piece: bytes) -> int:
            out.write(piece)
            return len(piece)

        options = "zip:encryption=" + ("aes256" if aes else "zipcrypt")
        with libarchive.custom_writer(write, "zip", options=options, passphrase=password) as archive:
            for name, data in members.items():
                archive.add_file_from_memory(name, len(data), data)
        return out.getvalue()


def archived(members: dict[str, bytes], form: str, filter_name: str | None = None) -> bytes:
    """7zip, iso9660, cpio_newc, gnutar, ar_bsd … by libarchive."""
    out = io.BytesIO()

    def write(piece: bytes) -> int:
        out.write(piece)
        return len(piece)

    with libarchive.custom_writer(write, form, filter_name) as archive:
        for name, data in members.items():
            archive.add_file_from_memory(name, len(data), data)
    return out.getvalue()


def picture() -> bytes:
    """A PNG of one pixel."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(b"\0\xff\xff\xff"))
        + chunk(b"IEND", b"")
    )


def lnk(target: str = "", arguments: str = "", relative: str = "") -> bytes:
    flags = 0x80 | (0x08 if relative else 0) | (0x20 if arguments else 0) | (0x02 if target else 0)
    head = struct.pack("<I", 76) + bytes.fromhex("0114020000000000c000000000000046") + struct.pack("<I", flags)
    head = head.ljust(60, b"\0") + struct.pack("<I", 1) + b"\0" * 12
    out = head
    if target:
        path = target.encode("cp1252") + b"\0"
        info = struct.pack("<IIIIIII", 28 + 17 + len(path) + 1, 28, 1, 28, 45, 0, 45 + len(path))
        out += info + struct.pack("<IIII", 17, 3, 0, 16) + b"\0" + path + b"\0"
    for text in (relative, arguments):
        if text:
            out += struct.pack("<H", len(text)) + text.encode("utf-16-le")
    return out + b"\0\0\0\0"


def compressed_source(source: str) -> bytes:
    """MS-OVBA compression with literals only."""
    data = source.encode("cp1252")
    out = bytearray(b"\x01")
    for at in range(0, len(data), 3640):
        piece = data[at : at + 3640]
        tokens = bytearray()
        for n in range(0, len(piece), 8):
            tokens += b"\0" + piece[n : n + 8]
        out += struct.pack("<H", 0xB000 | (len(tokens) + 2 - 3)) + tokens
    return bytes(out)


def ole(streams: dict[str, bytes]) -> bytes:
    """A compound file whose streams are padded to 4 KiB, so that all lie in ordinary sectors."""
    streams = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    names = sorted({"/".join(path.split("/")[: n + 1]) for path in streams for n in range(path.count("/"))})
    entries: list[tuple[str, bytes | None]] = [("Root Entry", None)]
    entries += [(name, None) for name in names] + list(streams.items())
    sectors: list[bytes] = []
    starts: dict[str, int] = {}
    fat: list[int] = []
    for name, data in streams.items():
        count = max(1, -(-len(data) // 512))
        starts[name] = len(fat)
        fat += [len(fat) + n + 1 for n in range(count - 1)] + [0xFFFFFFFE]
        sectors += [data[n * 512 : n * 512 + 512].ljust(512, b"\0") for n in range(count)]
    index = {name: n for n, (name, _) in enumerate(entries)}
    children: dict[str, list[int]] = {}
    for n, (name, _) in enumerate(entries[1:], 1):
        parent = name.rsplit("/", 1)[0] if "/" in name else "Root Entry"
        children.setdefault(parent, []).append(n)
    directory = bytearray()
    for n, (name, data) in enumerate(entries):
        short = name.rsplit("/", 1)[-1].encode("utf-16-le") + b"\0\0"
        parent = "Root Entry" if n == 0 or "/" not in name else name.rsplit("/", 1)[0]
        siblings = children.get(parent, []) if n else []
        right = next((s for s in siblings if s > n), 0xFFFFFFFF) if n else 0xFFFFFFFF
        child = children.get(name, [0xFFFFFFFF])[0]
        kind = 5 if n == 0 else 2 if data is not None else 1
        directory += short.ljust(64, b"\0") + struct.pack("<HBBIII", len(short), kind, 1, 0xFFFFFFFF, right, child)
        directory += b"\0" * 36 + struct.pack(
            "<IQ", starts.get(name, 0xFFFFFFFE) if data is not None else 0xFFFFFFFE, len(data or b"")
        )
    assert index
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    first_directory = len(fat)
    count = len(directory) // 512
    fat += [first_directory + n + 1 for n in range(count - 1)] + [0xFFFFFFFE]
    sectors += [bytes(directory[n * 512 : n * 512 + 512]) for n in range(count)]
    needed = -(-(len(fat) + 4) // 128)
    fat_starts = [len(fat) + n for n in range(needed)]
    fat += [0xFFFFFFFD] * needed
    fat += [0xFFFFFFFF] * (needed * 128 - len(fat))
    table = struct.pack(f"<{len(fat)}I", *fat)
    sectors += [table[n * 512 : n * 512 + 512] for n in range(needed)]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIIIIIII", 0, needed, first_directory, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head += struct.pack("<109I", *(fat_starts + [0xFFFFFFFF] * (109 - needed)))
    return head + b"".join(sectors)


def macro_document(source: str) -> bytes:
    return ole(
        {
            "WordDocument": b"\xec\xa5" + b"\0" * 600,
            "1Table": b"\0" * 64,
            "Macros/VBA/dir": b"\x01\0",
            "Macros/VBA/Module1": b"\0" * 8 + compressed_source('Attribute VB_Name = "Module1"\r\n' + source),
        }
    )


def word(body: str, relations: str = "", more: dict[str, bytes] | None = None) -> bytes:
    members = {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": b"<Relationships/>",
        "word/document.xml": f'<w:document xmlns:w="w"><w:body>{body}</w:body></w:document>'.encode(),
        "word/_rels/settings.xml.rels": f"<Relationships>{relations}</Relationships>".encode(),
    }
    return zipped(members | (more or {}))


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def workbook(
    rows: list[list[str]], sheet: str = "Staff", hidden: bool = False, more: dict[str, bytes] | None = None
) -> bytes:
    cells = ""
    for r, row in enumerate(rows, 1):
        cells += (
            f'<row r="{r}">'
            + "".join(f'<c r="{chr(65 + c)}{r}" t="inlineStr"><is><t>{v}</t></is></c>' for c, v in enumerate(row))
            + "</row>"
        )
    state = ' state="hidden"' if hidden else ""
    members = {
        "[Content_Types].xml": b"<Types/>",
        "_rels/.rels": b"<Relationships/>",
        "xl/workbook.xml": f'<workbook><sheets><sheet name="{sheet}" sheetId="1"{state} r:id="rId1"/></sheets></workbook>'.encode(),
        "xl/_rels/workbook.xml.rels": b'<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{cells}</sheetData></worksheet>".encode(),
    }
    return zipped(members | (more or {}))


def rtf_package(name: str, data: bytes) -> bytes:
    label, path = name.encode() + b"\0", b"C:\\t\\" + name.encode() + b"\0"
    stream = (
        b"\x02\0"
        + label
        + path
        + b"\0\0\x03\0"
        + struct.pack("<I", len(path))
        + path
        + struct.pack("<I", len(data))
        + data
    )
    blob = (
        b"\x01\x05\0\0\x02\0\0\0"
        + struct.pack("<I", 8)
        + b"Package\0"
        + b"\0" * 8
        + struct.pack("<I", len(stream))
        + stream
    )
    return (
        b"{\\rtf1 see attachment\\par{\\object\\objemb{\\*\\objclass Package}{\\*\\objdata "
        + blob.hex().encode()
        + b"}}}"
    )


def onenote(name: str, data: bytes) -> bytes:
    guid = b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"
    store = b"\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac"
    return (
        guid
        + b"\0" * 64
        + name.encode("utf-16-le")
        + b"\0" * 8
        + store
        + struct.pack("<QIQ", len(data), 0, 0)
        + data
        + b"\0" * 32
    )


def pdf(
    text: str = "A quiet page",
    script: str = "",
    launch: str = "",
    attach: tuple[str, bytes] | None = None,
    open_action: bool = True,
) -> bytes:
    import pikepdf
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    for n, line in enumerate(text.split("\n")):
        canvas.drawString(72, 760 - 14 * n, line)
    canvas.showPage()
    canvas.save()
    with pikepdf.open(io.BytesIO(out.getvalue())) as document:
        if script:
            action = document.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=script))
            if open_action:
                document.Root.OpenAction = action
            else:
                document.Root.AcroForm = pikepdf.Dictionary(
                    Fields=pikepdf.Array(), DA="x", AA=pikepdf.Dictionary(C=action)
                )
        if launch:
            document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=launch)
        if attach:
            document.attachments[attach[0]] = attach[1]
        result = io.BytesIO()
        document.save(result, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return result.getvalue()


def mail(attachment: str = "", data: bytes = b"", body: str = "Hello") -> bytes:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@mail.example", "b@mail.example", "Papers"
    message.set_content(body)
    if attachment:
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=attachment)
    return message.as_bytes()


class Key:
    """A signing key with its own certificate."""

    def __init__(self, kind: str = "rsa") -> None:
        self.key = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Specimen")])
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        self.certificate = builder.not_valid_after(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(9_000)).sign(
            self.key, hashes.SHA256()
        )
        self.der = self.certificate.public_bytes(serialization.Encoding.DER)
        self.sha256 = hashlib.sha256(self.der).hexdigest()
        self.public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, data: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))

    @property
    def algorithm(self) -> int:
        return 0x0103 if isinstance(self.key, rsa.RSAPrivateKey) else 0x0201


def manifest(package: str, label: str = "Chat") -> bytes:
    """Android's binary XML for <manifest package=…><application label=…/></manifest>."""
    strings = ["label", "package", "manifest", "application", package, label]
    encoded = b"".join(struct.pack("<H", len(s)) + s.encode("utf-16-le") + b"\0\0" for s in strings)
    offsets, at = [], 0
    for s in strings:
        offsets.append(at)
        at += 4 + 2 * len(s)
    encoded = encoded.ljust(-(-len(encoded) // 4) * 4, b"\0")
    start = 28 + 4 * len(strings)
    pool = struct.pack("<HHIIIIII", 1, 28, start + len(encoded), len(strings), 0, 0, start, 0)
    pool += struct.pack(f"<{len(offsets)}I", *offsets) + encoded
    ids = struct.pack("<HHII", 0x0180, 8, 12, 0x01010001)

    def element(name: int, attributes: list[tuple[int, int]]) -> bytes:
        body = struct.pack("<II", 1, 0xFFFFFFFF) + struct.pack(
            "<IIHHHHHH", 0xFFFFFFFF, name, 20, 20, len(attributes), 0, 0, 0
        )
        for key, value in attributes:
            body += struct.pack("<IIIHBBI", 0xFFFFFFFF, key, value, 8, 0, 3, value)
        return struct.pack("<HHI", 0x0102, 16, 8 + len(body)) + body

    chunks = pool + ids + element(2, [(1, 4)]) + element(3, [(0, 5)])
    return struct.pack("<HHI", 3, 8, 8 + len(chunks)) + chunks


def _prefixed(data: bytes) -> bytes:
    return struct.pack("<I", len(data)) + data


def apk(
    package: str,
    key: Key | None = None,
    schemes: tuple[str, ...] = ("v2",),
    label: str = "Chat",
    more: dict[str, bytes] | None = None,
) -> bytes:
    members = {"AndroidManifest.xml": manifest(package, label), "classes.dex": b"dex\n035\0" + b"\0" * 200} | (
        more or {}
    )
    if key is not None and "v1" in schemes:
        members |= _jar_signature(members, key)
    data = zipped(members)
    if key is None:
        return data
    for scheme in schemes:
        if scheme != "v1":
            data = _with_block(data, key, scheme)
    return data


def _jar_signature(members: dict[str, bytes], key: Key) -> dict[str, bytes]:
    def digest(data: bytes) -> str:
        return base64.b64encode(hashlib.sha256(data).digest()).decode()

    text = "Manifest-Version: 1.0\r\n\r\n" + "".join(
        f"Name: {n}\r\nSHA-256-Digest: {digest(d)}\r\n\r\n" for n, d in members.items()
    )
    statement = f"Signature-Version: 1.0\r\nSHA-256-Digest-Manifest: {digest(text.encode())}\r\n\r\n".encode()
    assert isinstance(key.key, rsa.RSAPrivateKey)
    block = (
        pkcs7.PKCS7SignatureBuilder()
        .set_data(statement)
        .add_signer(key.certificate, key.key, hashes.SHA256())
        .sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary])
    )
    return {"META-INF/MANIFEST.MF": text.encode(), "META-INF/CERT.SF": statement, "META-INF/CERT.RSA": block}


def _with_block(data: bytes, key: Key, scheme: str) -> bytes:
    end = data.rfind(b"PK\x05\x06")
    central = struct.unpack_from("<I", data, end + 16)[0]

    def chunks(part: bytes) -> list[bytes]:
        return [
            hashlib.sha256(b"\xa5" + struct.pack("<I", len(part[n : n + (1 << 20)])) + part[n : n + (1 << 20)]).digest()
            for n in range(0, len(part), 1 << 20)
        ]

    parts = chunks(data[:central]) + chunks(data[central:end]) + chunks(data[end:])
    digest = hashlib.sha256(b"\x5a" + struct.pack("<I", len(parts)) + b"".join(parts)).digest()
    digests = _prefixed(_prefixed(struct.pack("<I", key.algorithm) + _prefixed(digest)))
    signed = (
        digests
        + _prefixed(_prefixed(key.der))
        + (struct.pack("<II", 24, 0x7FFFFFFF) if scheme != "v2" else b"")
        + _prefixed(b"")
    )
    signatures = _prefixed(_prefixed(struct.pack("<I", key.algorithm) + _prefixed(key.sign(signed))))
    signer = (
        _prefixed(signed)
        + (struct.pack("<II", 24, 0x7FFFFFFF) if scheme != "v2" else b"")
        + signatures
        + _prefixed(key.public)
    )
    value = _prefixed(_prefixed(signer))
    mark = {"v2": 0x7109871A, "v3": 0xF05368C0, "v3.1": 0x1B93AD61}[scheme]
    pair = struct.pack("<QI", 4 + len(value), mark) + value
    size = len(pair) + 24
    block = struct.pack("<Q", size) + pair + struct.pack("<Q", size) + b"APK Sig Block 42"
    tail = bytearray(data[central:])
    struct.pack_into("<I", tail, end - central + 16, central + len(block))
    return data[:central] + block + bytes(tail)


def idsig(key: Key) -> bytes:
    """A v4 signature file with that certificate."""
    signing = (
        _prefixed(b"\0" * 32)
        + _prefixed(key.der)
        + _prefixed(b"")
        + _prefixed(key.public)
        + struct.pack("<I", key.algorithm)
        + _prefixed(b"\0" * 64)
    )
    return struct.pack("<I", 2) + _prefixed(b"\x01\0\0\0\x0c" + b"\0" * 40) + _prefixed(signing)


def ipa(package: str, label: str = "Chat", certificate: bytes = b"", more: dict[str, bytes] | None = None) -> bytes:
    import plistlib

    members = {
        "Payload/Chat.app/Info.plist": plistlib.dumps(
            {"CFBundleIdentifier": package, "CFBundleName": label}, fmt=plistlib.FMT_BINARY
        )
    }
    if certificate:
        profile = plistlib.dumps({"DeveloperCertificates": [certificate], "TeamIdentifier": ["SPECIMEN01"]})
        members["Payload/Chat.app/embedded.mobileprovision"] = b"0\x82\x01\x01" + profile + b"\0\0"
    return zipped(members | (more or {}))


def crx(manifest_json: bytes, key: bytes = b"", more: dict[str, bytes] | None = None) -> bytes:
    data = zipped({"manifest.json": manifest_json} | (more or {}))
    return b"Cr24" + struct.pack("<III", 2, len(key), 4) + key + b"\0\0\0\0" + data


def bomb_zip(size: int) -> bytes:
    """A ZIP whose one member unpacks to `size` zeros; a multiple of 16 MiB."""
    # A fully flushed block stands by itself: the same few kilobytes, repeated, are the whole of it.
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = engine.compress(b"\0" * (1 << 24)) + engine.flush(zlib.Z_FULL_FLUSH)
    packed = block * (size >> 24) + zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    crc = 0
    big = min(size, 0xFFFFFFFE)
    local = struct.pack("<IHHHHHIIIHH", 0x04034B50, 20, 0, 8, 0, 0, crc, len(packed), big, 5, 0) + b"0.bin"
    central = (
        struct.pack("<IHHHHHHIIIHHHHHII", 0x02014B50, 20, 20, 0, 8, 0, 0, crc, len(packed), big, 5, 0, 0, 0, 0, 0, 0)
        + b"0.bin"
    )
    return (
        local
        + bytes(packed)
        + central
        + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 1, 1, len(central), len(local) + len(packed), 0)
    )


def nested_zip(depth: int) -> bytes:
    data = b"core"
    for n in range(depth):
        data = zipped({f"{n}.zip" if n else "core.txt": data}, stored=n % 50 != 0)
    return data
