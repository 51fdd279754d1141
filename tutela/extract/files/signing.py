"""Who signed an Android package: certificates of the schemes v1 to v4, and whether the signature holds.

Schemes: source.android.com, "APK Signature Scheme" v2, v3, v3.1 and v4; JAR signing as in the JAR File Specification.
A certificate counts only where its signature holds over this very file: copying a certificate is easy.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from tutela.extract.files import zips

_MAGIC = b"APK Sig Block 42"
_SCHEMES = {0x7109871A: "v2", 0xF05368C0: "v3", 0x1B93AD61: "v3.1"}
_CHUNK = 1 << 20
# Signature algorithm ids of the v2 and v3 schemes: hash, kind of signature.
_ALGORITHMS = {
    0x0101: ("sha256", "pss"), 0x0102: ("sha512", "pss"), 0x0103: ("sha256", "pkcs1"), 0x0104: ("sha512", "pkcs1"),
    0x0201: ("sha256", "ecdsa"), 0x0202: ("sha512", "ecdsa"), 0x0301: ("sha256", "dsa"),
    0x0421: ("sha256", "pkcs1"), 0x0423: ("sha256", "ecdsa"), 0x0425: ("sha256", "dsa"),
}  # fmt: skip


class Signer(Struct, frozen=True, kw_only=True):
    """One signer. `certificate` is the SHA-256 of the DER certificate, hex; `holds` is None when it could not be checked."""

    scheme: str
    certificate: str
    holds: bool | None


def signers(data: bytes, directory: zips.Directory, read: Callable[[str], bytes]) -> list[Signer]:
    """Every signer of a package. `read` gives a member's bytes by name, empty when missing."""
    found = list(_block_signers(data, directory))
    found += _jar_signers(directory, read)
    return found


def _prefixed(data: bytes) -> Iterator[bytes]:
    at = 0
    while at + 4 <= len(data):
        size = struct.unpack_from("<I", data, at)[0]
        yield data[at + 4 : at + 4 + size]
        at += 4 + size


def _first(data: bytes, count: int) -> list[bytes]:
    found = []
    for piece in _prefixed(data):
        found.append(piece)
        if len(found) == count:
            break
    if len(found) < count:
        raise ValueError("a signing block that ends too early")
    return found


def signing_block(data: bytes, central_at: int) -> tuple[int, dict[int, bytes]]:
    """Where the signing block begins and its values by id; (central_at, {}) without one."""
    if central_at < 32 or data[central_at - 16 : central_at] != _MAGIC:
        return central_at, {}
    size = struct.unpack_from("<Q", data, central_at - 24)[0]
    begin = central_at - size - 8
    if begin < 0:
        return central_at, {}
    values: dict[int, bytes] = {}
    at = begin + 8
    while at + 12 <= central_at - 24:
        length, mark = struct.unpack_from("<QI", data, at)
        if length < 4 or at + 8 + length > central_at:
            break
        values.setdefault(mark, data[at + 12 : at + 8 + length])
        at += 8 + length
    return begin, values


def _block_signers(data: bytes, directory: zips.Directory) -> Iterator[Signer]:
    begin, values = signing_block(data, directory.central_at)
    digests: dict[str, bytes] = {}
    for mark, scheme in _SCHEMES.items():
        for signer in _signer_values(values.get(mark, b"")):
            try:
                yield _check(signer, scheme, data, begin, directory, digests)
            except (ValueError, struct.error, StopIteration):
                yield Signer(scheme=scheme, certificate="", holds=False)


def _signer_values(value: bytes) -> Iterator[bytes]:
    for sequence in _prefixed(value):
        yield from _prefixed(sequence)
        break


def _check(
    signer: bytes, scheme: str, data: bytes, begin: int, directory: zips.Directory, digests: dict[str, bytes]
) -> Signer:
    signed = _first(signer, 1)[0]
    digest_list, certificates = _first(signed, 2)
    certificate = _first(certificates, 1)[0]
    rest = signer[4 + len(signed) + (8 if scheme != "v2" else 0) :]
    signatures, public_key = _first(rest, 2)
    fingerprint = hashlib.sha256(certificate).hexdigest()
    best = None
    for entry in _prefixed(signatures):
        mark = struct.unpack_from("<I", entry, 0)[0]
        if mark in _ALGORITHMS:
            best = (mark, _first(entry[4:], 1)[0])
            if mark < 0x0400:
                break
    if best is None:
        return Signer(scheme=scheme, certificate=fingerprint, holds=None)
    mark, signature = best
    name, form = _ALGORITHMS[mark]
    if not _same_key(certificate, public_key) or not verifies(public_key, signature, signed, name, form):
        return Signer(scheme=scheme, certificate=fingerprint, holds=False)
    stated = next(
        (_first(entry[4:], 1)[0] for entry in _prefixed(digest_list) if struct.unpack_from("<I", entry, 0)[0] == mark),
        b"",
    )
    if mark >= 0x0400:
        return Signer(scheme=scheme, certificate=fingerprint, holds=None)
    if name not in digests:
        digests[name] = content_digest(data, begin, directory, name)
    return Signer(scheme=scheme, certificate=fingerprint, holds=stated == digests[name])


def content_digest(data: bytes, begin: int, directory: zips.Directory, name: str) -> bytes:
    """The package's digest over its three stretches in chunks of 1 MiB, the block itself left out."""
    tail = bytearray(data[directory.end_at :])
    struct.pack_into("<I", tail, 16, begin)
    view = memoryview(data)
    stretches: tuple[memoryview, ...] = (
        view[:begin],
        view[directory.central_at : directory.end_at],
        memoryview(bytes(tail)),
    )
    parts = bytearray()
    count = 0
    for stretch in stretches:
        for at in range(0, len(stretch), _CHUNK):
            chunk = stretch[at : at + _CHUNK]
            digest = hashlib.new(name, b"\xa5" + len(chunk).to_bytes(4, "little"))
            digest.update(chunk)
            parts += digest.digest()
            count += 1
    return hashlib.new(name, b"\x5a" + count.to_bytes(4, "little") + bytes(parts)).digest()


def _same_key(certificate: bytes, public_key: bytes) -> bool:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
    except ValueError:
        return False
    return key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo) == public_key


def verifies(public_key: bytes, signature: bytes, message: bytes, name: str, form: str) -> bool:
    """True when the signature holds. Key in DER (SubjectPublicKeyInfo)."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

    known: dict[str, Any] = {
        "sha1": hashes.SHA1,
        "sha256": hashes.SHA256,
        "sha384": hashes.SHA384,
        "sha512": hashes.SHA512,
    }
    if name not in known:
        return False
    algorithm = known[name]()
    try:
        key = serialization.load_der_public_key(public_key)
        if isinstance(key, rsa.RSAPublicKey):
            pad: Any = (
                padding.PSS(padding.MGF1(algorithm), algorithm.digest_size) if form == "pss" else padding.PKCS1v15()
            )
            key.verify(signature, message, pad, algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, message, ec.ECDSA(algorithm))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _jar_signers(directory: zips.Directory, read: Callable[[str], bytes]) -> list[Signer]:
    names = [m.name for m in directory.members if re.fullmatch(r"(?i)META-INF/[^/]+\.(?:RSA|DSA|EC)", m.name)]
    found = []
    for name in names[:8]:
        block = read(name)
        statement = read(name.rsplit(".", 1)[0] + ".SF") or read(name.rsplit(".", 1)[0] + ".sf")
        certificate, holds = _check_block(block, statement)
        if certificate:
            if holds:
                holds = _manifest_holds(statement, read("META-INF/MANIFEST.MF"), read)
            found.append(Signer(scheme="v1", certificate=hashlib.sha256(certificate).hexdigest(), holds=holds))
        else:
            found.append(Signer(scheme="v1", certificate="", holds=False))
    return found


def _check_block(block: bytes, statement: bytes) -> tuple[bytes, bool | None]:
    """The signer's certificate of a PKCS#7 block and whether it signs the statement."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs7

    try:
        certificates = pkcs7.load_der_pkcs7_certificates(block)
    except (ValueError, TypeError):
        return b"", False
    if not certificates:
        return b"", False
    info = _signer_info(block)
    if info is None:
        return certificates[0].public_bytes(serialization.Encoding.DER), None
    serial, digest_name, attributes, signature = info
    signer: x509.Certificate = next((c for c in certificates if c.serial_number == serial), certificates[0])
    der = signer.public_bytes(serialization.Encoding.DER)
    key = signer.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    message = statement
    if attributes:
        if hashlib.new(digest_name, statement).digest() not in attributes:
            return der, False
        # Signed attributes are signed as a SET, not under their context tag (RFC 5652, 5.4).
        message = b"\x31" + attributes[1:]
    return der, verifies(key, signature, message, digest_name, "pkcs1")


_DIGESTS = {
    b"\x2b\x0e\x03\x02\x1a": "sha1",
    b"\x60\x86\x48\x01\x65\x03\x04\x02\x01": "sha256",
    b"\x60\x86\x48\x01\x65\x03\x04\x02\x02": "sha384",
    b"\x60\x86\x48\x01\x65\x03\x04\x02\x03": "sha512",
}


def _signer_info(block: bytes) -> tuple[int, str, bytes, bytes] | None:
    """Serial number, digest, signed attributes as encoded, signature; None when the block cannot be followed."""
    try:
        content = _children(_children(block)[0][2])[1]
        signed = _children(_children(content[2])[0][2])
        signer = _children(_children(signed[-1][2])[0][2])
        serial = int.from_bytes(_children(signer[1][2])[1][2], "big", signed=True)
        digest = _DIGESTS[_children(signer[2][2])[0][2]]
        attributes = signer[3][3] if signer[3][0] == 0xA0 else b""
        signature = next(item[2] for item in signer[3:] if item[0] == 0x04)
    except (IndexError, KeyError, StopIteration, ValueError):
        return None
    return serial, digest, attributes, signature


def _children(data: bytes) -> list[tuple[int, int, bytes, bytes]]:
    """DER elements: tag, header size, body, whole. Raises ValueError."""
    found: list[tuple[int, int, bytes, bytes]] = []
    at = 0
    while at + 2 <= len(data) and len(found) < 200:
        tag, size, head = data[at], data[at + 1], 2
        if size & 0x80:
            count = size & 0x7F
            if not 0 < count <= 4:
                raise ValueError("a length that is not read")
            size = int.from_bytes(data[at + 2 : at + 2 + count], "big")
            head += count
        found.append((tag, head, data[at + head : at + head + size], data[at : at + head + size]))
        at += head + size
    return found


_PREFIX = {
    "SHA1": "sha1",
    "SHA": "sha1",
    "SHA-256": "sha256",
    "SHA256": "sha256",
    "SHA-512": "sha512",
    "SHA-384": "sha384",
}


def _manifest_holds(statement: bytes, manifest: bytes, read: Callable[[str], bytes]) -> bool:
    """True when the statement names this manifest, and the manifest the program code and the manifest of the app."""
    whole = re.search(rb"(?im)^(SHA-?\d{0,3})-Digest-Manifest:\s*([A-Za-z0-9+/=]+)", statement)
    if whole is None:
        return False
    name = _PREFIX.get(whole.group(1).decode().upper())
    if name is None or hashlib.new(name, manifest).digest() != base64.b64decode(whole.group(2) + b"=="):
        return False
    text = re.sub(rb"\r?\n ", b"", manifest)
    stated = {}
    for section in re.split(rb"\r?\n\r?\n", text):
        file = re.search(rb"(?m)^Name: ([^\r\n]+)", section)
        digest = re.search(rb"(?im)^(SHA-?\d{0,3})-Digest: ([A-Za-z0-9+/=]+)", section)
        if file and digest:
            stated[file.group(1).decode("utf-8", "replace")] = (digest.group(1).decode().upper(), digest.group(2))
    for file_name in ("AndroidManifest.xml", "classes.dex", "classes2.dex", "classes3.dex"):
        data = read(file_name)
        if not data:
            continue
        form, value = stated.get(file_name, ("", b""))
        if form not in _PREFIX or hashlib.new(_PREFIX[form], data).digest() != base64.b64decode(value + b"=="):
            return False
    return True


def detached_certificate(data: bytes) -> str:
    """SHA-256 of the certificate in a v4 signature file (`.idsig`), "" when it is none."""
    try:
        version = struct.unpack_from("<I", data, 0)[0]
        if version != 2:
            return ""
        hashing = _first(data[4:], 1)[0]
        signing = _first(data[8 + len(hashing) :], 1)[0]
        fields = _first(signing, 2)
        return hashlib.sha256(fields[1]).hexdigest() if fields[1] else ""
    except (ValueError, struct.error):
        return ""
