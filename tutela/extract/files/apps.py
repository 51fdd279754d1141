"""App packages and browser extensions: whose id they carry, who signed them, and whether that is the platform.

A package that carries the platform's id without its certificate is a derived product; so is one whose signature no
longer holds, or that was joined with a modifying framework. A package of anyone else is nobody's business here.
"""

from __future__ import annotations

import hashlib
import json
import plistlib
import re
import struct
import unicodedata
from typing import Any
from xml.parsers.expat import ExpatError

from tutela.extract.files import axml, signing, zips
from tutela.extract.files.kinds import ending
from tutela.extract.files.limits import LimitReached
from tutela.extract.files.rules import apply_rules
from tutela.extract.files.walk import Content, Piece, Walk

# Libraries of frameworks that change other people's apps, and files that such builds carry. Names are public facts.
_TAMPERING = re.compile(
    r"(?i)(?:^|/)(?:lib(?:frida|gadget|substrate|dobby|sandhook|lsplant|xposed|whale|epic|pine|mirage)[\w-]*\.so|"
    r"frida-gadget[\w.-]*|lspatch/|assets/lspatch|assets/xpatch|revanced[\w./-]*|cydiasubstrate|libsubstrate\.dylib|substitute\.dylib|"
    r"sideload(?:fix|ly)[\w.]*\.dylib|flex\w*\.dylib|zxpluginsinject\.dylib|\w*tweak\w*\.dylib|signature_?killer|libsignkill\w*\.so|npatch/|opatch/|apktool\.yml|original/AndroidManifest\.xml)"
)
_MOD_WORDS = re.compile(
    r"(?i)(?:^|[^a-z])(mod(?:ded|s)?|plus|pro|premium|unlocked|cracked?|patched|gold|vip|clone|dual|lite\+|no[-_ ]?ads|adfree|revanced|vanced|hack(?:ed)?|ghost|gb|free[-_ ]?coins)(?:[^a-z]|$)"
)


def read_android(content: Content, walk: Walk) -> None:
    """An Android package, or a bundle of several."""
    try:
        directory = zips.read_directory(content.data, walk.limits.members * 4)
    except zips.BadZip:
        walk.trouble("the app package is damaged", at=content)
        return
    names = {member.name: member for member in reversed(directory.members)}
    bare = not any(name.endswith(".dex") for name in names) and any(
        "smali" in name or name == "apktool.yml" for name in names
    )
    if bare or ("AndroidManifest.xml" not in names and "base/manifest/AndroidManifest.xml" not in names):
        from tutela.extract.files.archives import read_zip

        read_zip(content, walk)
        return

    def read(name: str) -> bytes:
        member = names.get(name)
        if member is None:
            return b""
        try:
            # Android ignores the encryption bit and unknown methods of a package; so does the one who judges it.
            packed = zips.packed_bytes(content.data, member)
            if member.method not in (0, 8):
                return packed
            out, _ = zips.unpack(packed, member.method, walk.budget.room(len(packed)))
        except (zips.BadZip, LimitReached):
            return b""
        walk.budget.take_bytes(len(out))
        return out

    package, label, permissions = "", "", []
    try:
        for element in axml.elements(read("AndroidManifest.xml") or read("base/manifest/AndroidManifest.xml")):
            if element.name == "manifest" and not package:
                package = element.attributes.get("package", "")
            elif element.name == "application" and not label:
                label = element.attributes.get("label", "")
            elif element.name.startswith("uses-permission"):
                permissions.append(element.attributes.get("name", "").rsplit(".", 1)[-1])
    except axml.BadManifest:
        package = package or _package_by_scan(read("AndroidManifest.xml"))
        walk.trouble("the app's manifest cannot be read, though a device may still install it", at=content)
    found = signing.signers(content.data, directory, read)
    if not label or label.startswith("@"):
        label = _label_of(read("resources.arsc"))
    tampering = next((name for name in names if _TAMPERING.search(name)), "")
    _judge(content, walk, package, label, found, tampering)
    _judge_abuse(content, walk, package, permissions, names, read)
    walk.text(content, [Piece(label, "app name"), Piece(package, "app id")], medium="name")


def _package_by_scan(manifest: bytes) -> str:
    text = manifest.replace(b"\0", b"").decode("latin-1")
    match = re.search(r"\b(?:com|org|net|io|app|me|de|fr)\.[a-z][\w]{1,40}(?:\.[a-z]\w{0,40}){1,4}", text)
    return match.group() if match else ""


def _label_of(resources: bytes) -> str:
    """The first string of the app's resources that looks like a name; labels are usually the first that stand there."""
    if len(resources) < 40:
        return ""
    try:
        strings = axml._strings(resources[12 : 12 + struct.unpack_from("<I", resources, 16)[0]])
    except struct.error:
        return ""
    return next((s for s in strings[:400] if 2 <= len(s) <= 40 and "/" not in s and not s.startswith("res")), "")


def _judge(content: Content, walk: Walk, package: str, label: str, found: list[signing.Signer], tampering: str) -> None:
    profile = walk.profile
    own = next((app for app in profile.apps if app.id.lower() == package.lower()), None)
    holding = [signer for signer in found if signer.holds is not False and signer.certificate]
    broken = [signer for signer in found if signer.holds is False]
    if own is not None:
        known = {certificate.lower().replace(":", "") for certificate in own.signing_cert_sha256}
        genuine = [signer for signer in holding if signer.certificate in known]
        foreign = [signer for signer in holding if signer.certificate not in known]
        if not known:
            walk.trouble("the platform profile names no signing certificate for this app", at=content, code="T206")
        elif not found:
            walk.signal(
                "app.foreign_signature",
                0.93,
                "an app with the platform's id and no signature at all",
                at=content,
                shown_as=package,
            )
        elif genuine and not foreign and not broken:
            if tampering:
                walk.signal("app.modified", 0.6, "the platform's app with parts of a modifying tool", at=content)
            return
        elif broken and any(signer.certificate in known for signer in broken):
            walk.signal(
                "app.modified", 0.97, "the platform's app, changed after it was signed", at=content, shown_as=package
            )
        else:
            walk.signal(
                "app.foreign_signature",
                0.98,
                "an app with the platform's id that somebody else signed",
                at=content,
                shown_as=package,
            )
            walk.signal("app.modified", 0.9, "the platform's app, signed again by somebody else", at=content)
        if tampering:
            walk.signal("app.modified", 0.95, "the platform's app with parts of a modifying tool", at=content)
        return
    certificates = {c.lower().replace(":", "") for app in profile.apps for c in app.signing_cert_sha256}
    if any(signer.certificate in certificates for signer in broken):
        walk.signal("app.modified", 0.97, "the platform's app, changed after it was signed", at=content)
        return
    judge_likeness(content, walk, package, label, signed_by_owner=_by_owner(walk, holding), tampering=bool(tampering))


def _by_owner(walk: Walk, holding: list[signing.Signer]) -> bool:
    known = {c.lower().replace(":", "") for app in walk.profile.apps for c in app.signing_cert_sha256}
    return any(signer.certificate in known for signer in holding)


def judge_likeness(
    content: Content, walk: Walk, package: str, label: str, *, signed_by_owner: bool, tampering: bool = False
) -> None:
    """An app of another id that passes for the platform's by its id or name."""
    if signed_by_owner:
        return
    like_id = max((likeness(package, app.id) for app in walk.profile.apps), default=0.0)
    like_name = max((name_likeness(label, name) for name in walk.profile.names()), default=0.0)
    like = max(like_id, like_name)
    if like >= 0.5:
        both = like_id >= 0.5 and like_name >= 0.5
        confidence = min(0.97, like + (0.05 if both or tampering else 0.0))
        what = "name and id" if both else "id" if like_id >= like_name else "name"
        walk.signal(
            "app.lookalike",
            confidence,
            f"an app that passes for the platform's by its {what}",
            at=content,
            shown_as=package or label,
        )
        if tampering or _MOD_WORDS.search(label) or _MOD_WORDS.search(package.replace(".", " ")):
            walk.signal(
                "app.modified",
                min(0.95, confidence + 0.05),
                "a changed version of the platform's app",
                at=content,
                shown_as=package or label,
            )


_FOLD = str.maketrans("01345789", "oieastbg")


def _skeleton(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = plain.translate(str.maketrans("аеорсухіјѕԁ", "aeopcyxijsd"))
    return plain.replace("rn", "m").replace("vv", "w").replace("cl", "d").translate(_FOLD)


def likeness(package: str, own: str) -> float:
    """How much an id passes for another: 0.0 to 1.0; the same id in other letters counts, the vendor alone does not."""
    if not package or package.lower() == own.lower():
        return 0.0
    theirs, ours = _skeleton(package), _skeleton(own)
    if theirs == ours:
        return 0.95
    brand = max(
        (piece for piece in ours.split(".") if piece not in ("com", "org", "net", "app", "android", "mobile", "io")),
        key=len,
        default="",
    )
    if theirs.startswith(ours):
        return 0.92
    pieces = re.split(r"[._-]", theirs)
    if len(brand) > 3 and brand in pieces:
        return 0.85
    if len(brand) > 4 and any(brand in piece for piece in pieces):
        return 0.75
    if len(brand) > 5 and any(_distance_one(piece, brand) for piece in pieces):
        return 0.8
    return 0.0


def name_likeness(label: str, name: str) -> float:
    """How much an app's name passes for the platform's. "Tools for Murmura" says itself that it is another's."""
    if not label or len(name) < 4:
        return 0.0
    theirs, ours = _skeleton(label), _skeleton(name)
    if theirs == ours:
        return 0.9
    if re.search(rf"(?:\bfor|\bf\u00fcr|\bpour|\bpara|unofficial .* for)\s+{re.escape(ours)}", theirs):
        return 0.3
    if re.search(rf"(?<!\w){re.escape(ours)}(?!\w)", theirs):
        return 0.85 if _MOD_WORDS.search(label.replace(name, " ")) or len(theirs) <= len(ours) + 12 else 0.6
    if len(ours) > 4 and ours in theirs.replace(" ", ""):
        return 0.75
    if len(ours) > 5 and any(_distance_one(word, ours) for word in theirs.split()):
        return 0.8
    return 0.0


def _distance_one(a: str, b: str) -> bool:
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    if len(a) == len(b):
        different = [n for n in range(len(a)) if a[n] != b[n]]
        return len(different) == 1 or (
            len(different) == 2
            and different[1] == different[0] + 1
            and a[different[0]] == b[different[1]]
            and a[different[1]] == b[different[0]]
        )
    long, short = (a, b) if len(a) > len(b) else (b, a)
    return any(long[:n] + long[n + 1 :] == short for n in range(len(long)))


def _judge_abuse(
    content: Content, walk: Walk, package: str, permissions: list[str], names: dict[str, zips.Member], read: Any
) -> None:
    """What the app is allowed to do, together; and programs it carries under other names."""
    held = set(permissions)
    steals_codes = {"RECEIVE_SMS", "READ_SMS"} & held and "INTERNET" in held
    takes_over = "BIND_ACCESSIBILITY_SERVICE" in held or (
        "SYSTEM_ALERT_WINDOW" in held and "REQUEST_INSTALL_PACKAGES" in held
    )
    if steals_codes and takes_over and ({"BIND_DEVICE_ADMIN", "RECEIVE_BOOT_COMPLETED"} & held):
        walk.signal(
            "file.stealer", 0.6, "an app that may read messages, cover other apps and start by itself", at=content
        )
    hidden = [n for n in names if n.startswith(("assets/", "res/")) and ending(n) in ("apk", "dex", "jar")]
    for name in hidden[:4]:
        walk.child(content, name, read(name))
    code = read("classes.dex")
    if code:
        apply_rules(content, walk, "dex", code)


def read_apple(content: Content, walk: Walk) -> None:
    """An iOS package: bundle id, team, certificates of its provisioning profile, injected libraries."""
    try:
        directory = zips.read_directory(content.data, walk.limits.members * 4)
    except zips.BadZip:
        walk.trouble("the app package is damaged", at=content)
        return
    names = {member.name: member for member in directory.members}
    info = next((n for n in names if re.fullmatch(r"Payload/[^/]+\.app/Info\.plist", n)), "")
    if not info:
        from tutela.extract.files.archives import read_zip

        read_zip(content, walk)
        return
    root = info.rsplit("/", 1)[0]
    try:
        fields = _plist(zips.read_member(content.data, names[info], walk.budget))
        profile = names.get(f"{root}/embedded.mobileprovision")
        provision = _provision(zips.read_member(content.data, profile, walk.budget)) if profile else {}
    except (zips.BadZip, LimitReached):
        walk.trouble("the app's description cannot be read", at=content)
        return
    package = str(fields.get("CFBundleIdentifier", ""))
    label = str(fields.get("CFBundleDisplayName") or fields.get("CFBundleName") or "")
    certificates = [
        hashlib.sha256(c).hexdigest() for c in provision.get("DeveloperCertificates", []) if isinstance(c, bytes)
    ]
    teams = {str(team) for team in provision.get("TeamIdentifier", [])} | {
        str(p) for p in provision.get("ApplicationIdentifierPrefix", [])
    }
    tampering = next((n for n in names if _TAMPERING.search(n)), "")
    own = next((app for app in walk.profile.apps if app.id.lower() == package.lower()), None)
    if own is None:
        judge_likeness(content, walk, package, label, signed_by_owner=False, tampering=bool(tampering))
    else:
        known = {c.lower().replace(":", "") for c in own.signing_cert_sha256}
        by_owner = bool(known & set(certificates)) or bool(teams & set(own.apple_team_ids))
        if tampering:
            walk.signal("app.modified", 0.95, "the platform's app with parts of a modifying tool", at=content)
        if not by_owner:
            signed = f"{root}/_CodeSignature/CodeResources" in names
            confidence = 0.95 if certificates or teams else 0.9 if not signed else 0.75
            walk.signal(
                "app.foreign_signature",
                confidence,
                "an app with the platform's id that is not signed by the platform",
                at=content,
                shown_as=package,
            )
            if confidence > 0.9:
                walk.signal("app.modified", 0.9, "the platform's app, signed again by somebody else", at=content)
    walk.text(content, [Piece(label, "app name"), Piece(package, "app id")], medium="name")


def _plist(data: bytes) -> dict[str, Any]:
    try:
        fields = plistlib.loads(data)
    except (
        plistlib.InvalidFileException,
        ExpatError,
        ValueError,
        OverflowError,
        IndexError,
        RecursionError,
        MemoryError,
        TypeError,
        AttributeError,
        KeyError,
    ):
        return {}
    return fields if isinstance(fields, dict) else {}


def _provision(data: bytes) -> dict[str, Any]:
    begin, end = data.find(b"<?xml"), data.find(b"</plist>")
    return _plist(data[begin : end + 8]) if 0 <= begin < end else {}


def read_extension(content: Content, walk: Walk) -> None:
    """A browser extension: CRX2, CRX3, XPI or a zip with its manifest."""
    data = content.data
    key = b""
    at = 0
    if data[:4] == b"Cr24":
        key, at = _crx_key(data)
    try:
        directory = zips.read_directory(data[at:], walk.limits.members)
        names = {member.name: member for member in directory.members}
        if "manifest.json" not in names:
            raise zips.BadZip("no manifest")
        raw = zips.read_member(data[at:], names["manifest.json"], walk.budget)
        manifest = json.loads(raw.decode("utf-8-sig"))
        if not isinstance(manifest, dict):
            raise ValueError("no object")
    except (zips.BadZip, ValueError, RecursionError):
        from tutela.extract.files.archives import read_zip

        if at or content.kind == "crx":
            walk.trouble("the browser extension is damaged", at=content)
        else:
            read_zip(content, walk)
        return
    if "manifest_version" not in manifest:
        from tutela.extract.files.archives import read_zip

        read_zip(content, walk)
        return
    _judge_extension(content, walk, manifest, key)
    for name, member in names.items():
        if ending(name) in ("js", "mjs", "html", "htm", "exe", "dll", "wasm") and not member.is_folder:
            walk.budget.take_member()
            try:
                walk.child(content, name, zips.read_member(data[at:], member, walk.budget))
            except (zips.BadZip, LimitReached):
                walk.trouble("a file of the browser extension cannot be read", at=content)


def _crx_key(data: bytes) -> tuple[bytes, int]:
    """The public key of a CRX and where its zip begins."""
    version, size = struct.unpack_from("<II", data, 4) if len(data) >= 16 else (0, 0)
    if version == 2:
        signature = struct.unpack_from("<I", data, 12)[0]
        return data[16 : 16 + size], 16 + size + signature
    header = data[12 : 12 + size]
    # CrxFileHeader: field 2 and 3 hold proofs (public key = 1); the first proof whose key gives the stated id counts.
    match = re.search(rb"[\x12\x1a].{1,3}\x0a(?:([\x80-\xff])([\x01-\x7f])|([\x01-\x7f]))(?=\x30)", header, re.S)
    if not match:
        return b"", 12 + size
    length = (match.group(1)[0] & 0x7F) | match.group(2)[0] << 7 if match.group(1) else match.group(3)[0]
    return header[match.end() : match.end() + length], 12 + size


def extension_id(key: bytes) -> str:
    """The id a browser gives an extension: the first 128 bits of the key's SHA-256 in the letters a to p."""
    return "".join(chr(97 + int(digit, 16)) for digit in hashlib.sha256(key).hexdigest()[:32])


def _judge_extension(content: Content, walk: Walk, manifest: dict[str, Any], key: bytes) -> None:
    import base64
    import binascii

    if not key and isinstance(manifest.get("key"), str):
        try:
            key = base64.b64decode(manifest["key"])
        except (binascii.Error, ValueError):
            key = b""
    gecko = manifest.get("browser_specific_settings") or manifest.get("applications") or {}
    stated = (
        gecko.get("gecko", {}).get("id", "")
        if isinstance(gecko, dict) and isinstance(gecko.get("gecko", {}), dict)
        else ""
    )
    own_id = stated or (extension_id(key) if key else "")
    label = str(manifest.get("name", ""))
    own = next((app for app in walk.profile.apps if app.id and app.id.lower() == str(own_id).lower()), None)
    if own is not None:
        known = {c.lower() for c in own.signing_cert_sha256}
        if known and content.kind == "crx" and hashlib.sha256(key).hexdigest() not in known:
            walk.signal(
                "app.foreign_signature",
                0.9,
                "a browser extension with the platform's id under another key",
                at=content,
                shown_as=str(own_id),
            )
        elif known and content.kind != "crx" and not key:
            walk.signal(
                "app.foreign_signature",
                0.7,
                "a browser extension with the platform's id and no proof of its maker",
                at=content,
                shown_as=str(own_id),
            )
    else:
        judge_likeness(content, walk, "", label, signed_by_owner=False)
    permissions = {
        str(p)
        for field in ("permissions", "host_permissions", "optional_permissions")
        for p in manifest.get(field) or ()
        if isinstance(p, str)
    }
    everywhere = bool(permissions & {"<all_urls>", "*://*/*", "http://*/*", "https://*/*"})
    if (
        "cookies" in permissions
        and everywhere
        and permissions & {"webRequest", "webRequestBlocking", "declarativeNetRequest", "debugger", "proxy"}
    ):
        walk.signal("file.stealer", 0.35, "a browser extension that may read every page and its cookies", at=content)
    walk.text(content, [Piece(label, "name"), Piece(str(manifest.get("description", "")), "description")])
