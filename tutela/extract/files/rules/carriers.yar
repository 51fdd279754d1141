// Marks of known tricks in documents, pages and programs that carry something else.
rule clamav_test_file {
  meta:
    signal = "file.virus" confidence = 97 on = ""
    says = "the test file of the ClamAV scanner"
  strings:
    $section = "[CLAMAV]"
    $call = "CLAMessageBoxA"
    $mz = { 4D 5A 50 00 02 00 00 00 04 00 0F 00 FF FF 00 00 }
  condition: any of ($section, $call) and $mz
}
rule page_handler_trick {
  meta:
    signal = "file.template_injection" confidence = 96 on = "html xml rtf ole text javascript"
    says = "a page that starts a system tool through an address"
  strings:
    $a = /ms-msdt:[^"'<\s]{0,200}(IT_|PCWDiagnostic|browseforfile)/ nocase
    $b = /location(\.href)?\s*=\s*["']ms-msdt:/ nocase
    $c = /search-ms:[^"'<\s]{0,200}(crumb=location|displayname)[^"'<\s]{0,200}(\\\\|%5c%5c|webdav)/ nocase
    $d = /ms-(officecmd|appinstaller):\?[^"'<\s]{0,300}(http|cmd)/ nocase
  condition: any of them
}
rule page_hides_frame_of_share {
  meta:
    signal = "file.html_smuggling" confidence = 75 on = "html svg"
    says = "a page that makes the machine log in to a stranger's share"
  strings: $a = /(src|href|data)\s*=\s*["'](file:)?(\/\/|\\\\)\d{1,3}(\.\d{1,3}){3}[\\\/]/ nocase
  condition: $a
}
rule page_decodes_whole_page {
  meta:
    signal = "file.html_smuggling" confidence = 72 on = "html svg"
    says = "a page whose whole content is hidden and put together when opened"
  strings:
    $a = /document\.(write|writeln|body\.innerHTML|documentElement\.innerHTML)\s*[\(=]\s*(unescape|atob|decodeURIComponent\s*\(\s*(escape\s*\(\s*)?atob|String\.fromCharCode)\s*\(/ nocase
    $long = /["'`]([A-Za-z0-9+\/=]{400,}|(%[0-9a-f]{2}){120,})/ nocase
  condition: all of them
}
rule page_turns_visitor_away_by_robot_check {
  meta:
    signal = "file.phishing_page" confidence = 70 on = "html"
    says = "a page that leads on to another with the visitor's address in it"
  strings:
    $a = /location(\.href|\.replace)?\s*[=(][^\n]{0,160}(atob|location\.hash|#)[^\n]{0,80}/ nocase
    $b = /window\.location\.hash[\s\S]{0,200}(atob|split\(["']#|substr|slice)[\s\S]{0,300}location/ nocase
    $c = /@|email|user=|e=/ nocase
    $d = /atob\s*\(/
  condition: ($a or $b) and $c and $d
}
rule pdf_spray {
  meta:
    signal = "file.pdf_script" confidence = 93 on = "pdf"
    says = "a script that fills memory to take over the reader"
  strings:
    $a = /(%u0c0c|%u9090|\\u0c0c|\\u9090|\x0c\x0c\x0c\x0c){2}/ nocase
    $b = /while\s*\(\s*\w+\.length\s*[<>]=?\s*(0x)?\d{3,}/
    $c = /unescape|fromCharCode/
  condition: $a or ($b and $c)
}
rule pdf_old_flaws {
  meta:
    signal = "file.pdf_script" confidence = 88 on = "pdf"
    says = "a script that calls functions known for flaws with values no form uses"
  strings:
    $a = /collab\.(collectEmailInfo|getIcon)\s*\(/ nocase
    $b = /util\.printf\s*\(\s*["']%\d{4,}/ nocase
    $c = /media\.newPlayer\s*\(\s*null/ nocase
    $d = /spell\.customDictionaryOpen\s*\(/ nocase
  condition: any of them
}
rule macro_hides_calls {
  meta:
    signal = "file.macro_autostart" confidence = 88 on = "vba"
    says = "a macro that puts its commands together from pieces and starts by itself"
  strings:
    $start = /sub\s+(auto_?open|auto_?exec|document_open|workbook_open|auto_?close|document_close)\b/ nocase
    $pieces = /(chrw?\$?\([^)\n]{1,30}\)\s*[&+]\s*){4}|strreverse\s*\(|(\bmid\$?\([^)\n]{1,60}\)\s*[&+]\s*){4}|\bxor\s+\d|replace\s*\(\s*"[^"\n]{30,}"/ nocase
    $call = /callbyname|createobject|getobject|\bshell\b|\.run\b|\.exec\b|\.create\b/ nocase
  condition: all of them
}
rule macro_uses_form_or_properties {
  meta:
    signal = "file.macro_autostart" confidence = 80 on = "vba"
    says = "a macro that keeps its command out of its own code and starts by itself"
  strings:
    $start = /sub\s+(auto_?open|auto_?exec|document_open|workbook_open|auto_?close|document_close)\b/ nocase
    $from = /builtindocumentproperties|customdocumentproperties|activedocument\.variables|userform\w*\.\w+\.(tag|text|caption|controltiptext)|shapes\([^)]{1,20}\)\.(alternativetext|textframe)/ nocase
    $call = /\bshell\b|wscript\.shell|shell\.application|\.run\b|\.exec\b|\.create\b|winmgmts/ nocase
  condition: all of them
}
rule macro_weakens_office {
  meta:
    signal = "file.macro_autostart" confidence = 85 on = "vba vbs reg powershell batch"
    says = "a macro that switches off the protection against macros"
  strings:
    $a = /\\(security|word\\security|excel\\security)\\{0,2}["']?[^\n]{0,80}(vbawarnings|accessvbom|disable(internetfiles|attachments|unsafelocations)inpv)/ nocase
    $b = /(vbawarnings|accessvbom)"?\s*(=\s*dword:0*1|[^\n]{0,60}(\/d\s+"?1|,\s*1|reg_dword))/ nocase
  condition: any of them
}
rule program_takes_chat_tokens {
  meta:
    signal = "file.stealer" confidence = 88 on = "pe elf macho"
    says = "a program with the words of one that takes sessions and passwords"
  strings:
    $a = "\\Local Storage\\leveldb" nocase wide ascii
    $b = "Login Data" wide ascii
    $c = "encrypted_key" wide ascii
    $d = "wallet.dat" nocase wide ascii
    $e = /api\.telegram\.org\/bot|discord(app)?\.com\/api\/webhooks/ nocase wide ascii
    $f = "\\tdata" nocase wide ascii
    $g = "nkbihfbeogaeaoehlefnkodbefgpgknn" wide ascii
    $h = "logins.json" wide ascii
  condition: 4 of them
}
rule program_writes_into_others {
  meta:
    signal = "file.packed_executable" confidence = 45 on = "pe"
    says = "a program that writes itself into other running programs"
  strings:
    $a = "WriteProcessMemory" wide ascii
    $b = "CreateRemoteThread" wide ascii
    $c = "VirtualAllocEx" wide ascii
    $d = /NtUnmapViewOfSection|ZwUnmapViewOfSection|QueueUserAPC|SetThreadContext|NtCreateThreadEx/ wide ascii
  condition: all of them and filesize < 3MB
}
rule program_records_keys {
  meta:
    signal = "file.stealer" confidence = 60 on = "pe"
    says = "a program that records what is typed"
  strings:
    $a = "GetAsyncKeyState" wide ascii
    $b = "GetForegroundWindow" wide ascii
    $c = /\[(ENTER|BACKSPACE|TAB|CAPS ?LOCK|CTRL|SHIFT)\]/ wide ascii
    $d = /keylog|klog|\.klg|log\.txt/ nocase wide ascii
  condition: $a and $b and ($c or $d) and filesize < 3MB
}
rule program_fetches_and_runs {
  meta:
    signal = "file.script_download_run" confidence = 68 on = "pe"
    says = "a small program that downloads another and starts it"
  strings:
    $a = /URLDownloadToFile[AW]?\b/ wide ascii
    $b = /ShellExecute(Ex)?[AW]?\b|WinExec\b|CreateProcess[AW]?\b/ wide ascii
    $c = /https?:\/\/[^\x00"']{4,200}\.(exe|scr|dll|ps1|vbs|bat)\x00/ nocase wide ascii
  condition: all of them and filesize < 2MB
}
rule program_starts_hidden_shell {
  meta:
    signal = "file.script_download_run" confidence = 85 on = "pe elf macho"
    says = "a program that hands a hidden download over to a shell"
  strings:
    $a = /powershell(\.exe)?[^\x00]{0,120}(-e(nc|ncodedcommand)?\s+[A-Za-z0-9+\/=]{40,}|downloadstring|downloadfile|-w(indowstyle)?\s+hidden[^\x00]{0,200}(iex|http))/ nocase wide ascii
    $b = /(curl|wget)\s[^\x00\n]{4,200}\|\s*(ba)?sh\b/ ascii
    $c = /cmd(\.exe)?\s+\/c\s+[^\x00]{0,120}(certutil|bitsadmin|mshta)\b/ nocase wide ascii
  condition: any of them and filesize < 3MB
}
rule jar_takes_over {
  meta:
    signal = "file.backdoor" confidence = 80 on = "jar class"
    says = "a Java program with the words of one that takes a machine over"
  strings:
    $a = /Runtime.{0,20}getRuntime/
    $b = /java\/net\/Socket|ServerSocket/
    $c = /cmd\.exe|\/bin\/(ba)?sh|powershell/ nocase
    $d = /java\/awt\/Robot|GlobalKeyListener|CurrentVersion\\{1,2}Run|HKCU/
  condition: all of them
}
rule dex_takes_over {
  meta:
    signal = "file.stealer" confidence = 72 on = "dex"
    says = "an app that reads the screen of other apps and sends it away"
  strings:
    $a = "AccessibilityService" ascii
    $b = /performGlobalAction|ACTION_CLICK|dispatchGesture/
    $c = /TYPE_APPLICATION_OVERLAY|SYSTEM_ALERT_WINDOW|DexClassLoader|setComponentEnabledSetting/
    $d = /api\.telegram\.org|gate\.php|\/panel\/|injects?\/|\.onion/
  condition: all of them
}
rule shortcut_hides_interpreter {
  meta:
    signal = "file.lnk_command" confidence = 90 on = "command lnk"
    says = "a shortcut that reaches its interpreter by a detour"
  strings:
    $a = /(conhost|forfiles|pcalua|ftp|explorer|scriptrunner)(\.exe)?\b[^\n]{0,80}(powershell|cmd|mshta|rundll32|wscript)/ nocase
    $b = /%comspec%[^\n]{0,40}\/[ckv]/ nocase
    $c = /findstr\b[^\n]{0,120}\.lnk|\$\w+\s*=\s*get-childitem[^\n]{0,60}\.lnk/ nocase
    $d = /set\s+\w=\w{1,3}&&?\s*set\s+\w=\w{1,3}&/ nocase
  condition: any of them
}
rule library_beside_document {
  meta:
    signal = "file.lnk_command" confidence = 85 on = "command batch lnk"
    says = "a command that opens a decoy document and loads a hidden library"
  strings:
    $a = /rundll32(\.exe)?\s+[^\n]{0,60}\.(dll|dat|jpg|png|tmp|log|ocx)\s*,\s*[#\w]+/ nocase
    $b = /start\s+["'.\\]{0,4}[\w .-]{1,40}\.(pdf|docx?|xlsx?|jpg)|\.(pdf|docx?)\s*&&?/ nocase
  condition: all of them
}
