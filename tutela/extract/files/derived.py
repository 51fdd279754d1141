"""Signs that a file takes the platform's app apart or changes it: decompiled code, patches, hooks, protected copies."""

from __future__ import annotations

import re

from tutela.extract.files.kinds import decode_text, ending, family_of
from tutela.extract.files.walk import Content, Walk, shown_name

_DECOMPILER = re.compile(
    r"(?i)/\*\s*(?:renamed from:|loaded from:|compiled from:|jadx|access modifiers changed|decompil)|//\s*(?:decompiled (?:by|with|from)|source file recreated|fernflower|intellij api decompiler|procyon|cfr \d)|"
    r"\* decompiled with cfr|jd-core version|classes with same name are omitted|method dump skipped|\bsynthetic (?:method|field)\b.{0,40}from"
)
_HOOKS = re.compile(
    r"(?i)Java\.perform|Java\.use\(|ObjC\.classes|Interceptor\.attach|XposedHelpers|findAndHookMethod|handleLoadPackage|IXposedHook|compatibleWith\(|@CompatiblePackage|@Compatibility|bytecodePatch|%hook\b|MSHookMessageEx|lspatch|frida\s+-U|objection\s+(?:-g|--gadget)"
)
_TOOLS = re.compile(
    r"(?i)\b(?:apktool\s+(?:d|b|decode|build)|jadx(?:-gui)?\s|dex2jar|d2j-|baksmali|smali\.jar|apksigner\s+sign|uber-apk-signer|jarsigner|zipalign|frida-ps|frida-trace|class-dump|ghidra|objection)\b"
)
_MOD_NAME = re.compile(
    r"(?i)(?:no[-_ ]?ads?|ad[-_ ]?free|unlock|premium|bypass|crack|mod(?:ded)?|patch(?:ed)?|remove|disable|pro\b|plus)"
)
_CHECK_WORDS = re.compile(
    r"(?i)signature|integrity|licen[sc]e|premium|subscri|isPro\b|shouldShow|\bads?\b|AdGate|ssl|pinning|root(?:ed|check)|verify|watermark|region|safetynet|playintegrity|attest|debugger|tamper|check"
)


def _paths(walk: Walk) -> tuple[tuple[str, str], ...]:
    """For each app of the platform its id and the folder that its own code lies in."""
    found = []
    for app in walk.profile.apps:
        if re.fullmatch(r"[A-Za-z][\w]*(?:\.[A-Za-z][\w]*)+", app.id):
            pieces = app.id.split(".")
            # `com.vendor.app` and its sister packages share the vendor's folder.
            found.append((app.id, "/".join(pieces[:2]) if len(pieces) >= 3 else "/".join(pieces)))
    return tuple(found)


_FETCHES = re.compile(
    r"(?i)requests\.(?:get|session)|httpx\.|aiohttp|selenium|playwright|puppeteer|axios|fetch\(|urlopen|scrapy|curl\b|got\("
)
_LOOPS = re.compile(
    r"(?i)\bfor\b[^\n]{0,80}(?:\bin\b|\bof\b|;)|while\s*\(?(?:true|1|cursor|page|next)|\.map\(|asyncio\.gather|start_urls"
)
_PEOPLE = re.compile(r"(?i)/@\{?|profile|followers|following|user(?:name)?s?\b|members|e-?mail|phone|\bbio\b")
_EVADES = re.compile(
    r"(?i)prox(?:y|ies)|rotate|random\.choice\([^)]{0,40}agent|fake_?useragent|captcha|stealth|undetected|session_?ids?|sleep\(random|to_csv|writerow|\.csv|sqlite|mongo"
)


def judge_collector(content: Content, walk: Walk, text: str) -> None:
    """A program that goes through the platform's people one by one and writes down what it finds about them."""
    if family_of(content.kind) != "script" or not any(domain and domain in text for domain in walk.profile.domains):
        return
    if _FETCHES.search(text) and _LOOPS.search(text) and _PEOPLE.search(text) and _EVADES.search(text):
        walk.signal("file.collector", 0.75, "a program that collects data of the platform's people in bulk", at=content)


def judge_text(content: Content, walk: Walk) -> None:
    """A text that is code, a patch or a guide: does it take the platform's app apart, or go through its people?"""
    judge_collector(content, walk, decode_text(content.data[: 1 << 20]) if walk.profile.domains else "")
    paths = _paths(walk)
    if not paths:
        return
    text = decode_text(content.data[: 4 << 20])
    for app, path in paths:
        dotted = path.replace("/", ".")
        if path not in text and dotted not in text and path.replace("/", "\\") not in text:
            continue
        if content.kind == "patch" or re.search(r"(?m)^(?:---|\+\+\+) [^\n]*" + re.escape(path), text):
            _judge_patch(content, walk, text, path)
            continue
        in_code = f"L{path}/" in text
        if content.kind == "smali" or (
            in_code
            and re.search(r"(?m)^\s*(?:\.method|\.class|invoke-(?:static|virtual|direct)|\.locals|\.super)\b", text)
        ):
            walk.signal("source.decompiled", 0.95, "decompiled code of the platform's app", at=content)
        elif re.search(rf"(?m)^\s*package\s+{re.escape(dotted)}[\w.]*\s*;?", text):
            marks = _DECOMPILER.search(text) is not None
            walk.signal(
                "source.decompiled",
                0.95 if marks else 0.6,
                "decompiled code of the platform's app" if marks else "source in the platform's own package",
                at=content,
            )
        elif _DECOMPILER.search(text):
            walk.signal("source.decompiled", 0.7, "decompiled code that belongs to the platform's app", at=content)
        elif _HOOKS.search(text) and (app in text or dotted in text):
            walk.signal("app.modified", 0.93, "code that changes the platform's app while it runs", at=content)
        elif _TOOLS.search(text) and app in text:
            walk.signal("app.modified", 0.85, "steps that take the platform's app apart", at=content)


def _judge_patch(content: Content, walk: Walk, text: str, path: str) -> None:
    files = "\n".join(re.findall(r"(?m)^(?:---|\+\+\+|diff --git|Index:) ([^\n]+)", text))
    decompiled = (
        "smali" in files
        or "smali" in text[:4_000]
        or re.search(r"(?i)(?:sources|jadx|apktool|decompiled)/", files) is not None
    )
    removed = "\n".join(
        line for line in text.splitlines() if line.startswith(("-", "+")) and not line.startswith(("---", "+++"))
    )
    if path not in files and not decompiled:
        return
    if decompiled:
        walk.signal("app.modified", 0.96, "a patch to the decompiled app of the platform", at=content)
    elif _MOD_NAME.search(content.name) or (
        _CHECK_WORDS.search(removed) and re.search(r"(?m)^\+\s*return (?:true|false|null)", removed)
    ):
        walk.signal("app.modified", 0.85, "a patch that takes a check out of the platform's app", at=content)
    else:
        walk.signal("app.modified", 0.45, "a patch to code in the platform's own package", at=content)


def judge_tree(top: Content, walk: Walk, tree: list[tuple[str, str]]) -> None:
    """Names of everything found in the file: a tree that a decompiler wrote has its own look."""
    if len(tree) < 2:
        return
    members = [member.replace("\\", "/") for member, _ in tree]
    for _, path in _paths(walk):
        inside = [m for m in members if f"/{path}/" in f"/{m}"]
        if not inside:
            continue
        smali = [m for m in inside if ending(m) == "smali" or "smali" in m.split("/")]
        decompiled = smali or any(
            re.search(r"(?:^|/)(?:sources|jadx|java_src|decompiled|apktool)[\w-]*/", m) for m in inside
        )
        tool = any(m.endswith("apktool.yml") for m in members)
        code = [m for m in inside if ending(m) in ("java", "kt", "smali", "swift", "m")]
        if decompiled or tool:
            walk.signal(
                "source.decompiled",
                0.95,
                "a tree of the platform's decompiled app",
                at=top,
                shown_as=shown_name(inside[0])[:60],
            )
        elif len(code) >= 3:
            walk.signal(
                "source.decompiled",
                0.7,
                "source files in the platform's own package",
                at=top,
                shown_as=shown_name(code[0])[:60],
            )
