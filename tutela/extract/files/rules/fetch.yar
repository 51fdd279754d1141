// Scripts and commands that fetch something and run it at once, or hide that they do.
rule ps_fetch_evaluate {
  meta:
    signal = "file.script_download_run" confidence = 95 on = "powershell batch command vbs javascript vba hta wsf lnk shell"
    says = "a script that downloads commands and runs them at once"
  strings:
    $run = /\b(iex|invoke-expression)\b/ nocase
    $fetch = /downloadstring|downloaddata|invoke-webrequest|invoke-restmethod|\b(iwr|irm)\b|net\.webclient|msxml2\.xmlhttp/ nocase
  condition: $run and $fetch
}
rule ps_fetch_start_hidden {
  meta:
    signal = "file.script_download_run" confidence = 92 on = "powershell batch command vbs javascript vba hta wsf"
    says = "a script that downloads a program and starts it out of sight"
  strings:
    $fetch = /downloadfile|invoke-webrequest|start-bitstransfer|\b(iwr|wget|curl)\b.{0,200}(-o|-outfile)/ nocase
    $start = /start-process|\.run\b|\bsaps\b|invoke-item|shellexecute|&\s*["']?\$env:/ nocase
    $hidden = /-w(indowstyle)?\s+hid|windowstyle\s*=\s*['"]?hidden|-nop\b|-noprofile|-ep\s+bypass|executionpolicy\s+bypass|,\s*0\s*,\s*(false|true)/ nocase
  condition: all of them
}
rule ps_fetch_start_temp {
  meta:
    signal = "file.script_download_run" confidence = 80 on = "powershell vbs javascript vba hta"
    says = "a script that downloads a program into a hidden folder and starts it"
  strings:
    $fetch = /downloadfile|invoke-webrequest|\biwr\b|net\.webclient|start-bitstransfer/ nocase
    $place = /\$env:(temp|tmp|appdata|localappdata|public|programdata)|%(temp|appdata|localappdata|public)%|\\users\\public\\/ nocase
    $kind = /\.(exe|scr|dll|vbs|js|hta|bat)\b/ nocase
    $start = /start-process|\bsaps\b|invoke-item|&\s*\$\w+|shellexecute|rundll32|wscript\.shell/ nocase
    $maker = /https:\/\/([\w.-]+\.)?(microsoft\.com|aka\.ms|python\.org|nodejs\.org|git-scm\.com|chocolatey\.org)\// nocase
    $package = /msiexec|\.msi\b/ nocase
  condition: $fetch and $place and $kind and $start and not $maker and not $package
}
rule ps_encoded_hidden {
  meta:
    signal = "file.script_download_run" confidence = 85 on = "batch command vbs javascript vba hta wsf powershell shell python"
    says = "a hidden command whose words are encoded"
  strings:
    $encoded = /powershell(\.exe)?["']?\s.{0,200}-e(n(c(odedcommand)?)?|c)?\s+["']?[A-Za-z0-9+\/=]{40,}/ nocase
    $hidden = /-w(in(dowstyle)?)?\s+(hid|1\b)|-nop\b|-noprofile|-noni|-sta\b/ nocase
  condition: all of them
}
rule ps_load_in_memory {
  meta:
    signal = "file.script_download_run" confidence = 93 on = "powershell batch vbs javascript vba hta"
    says = "a script that loads a program into memory without a file"
  strings:
    $load = /\[(system\.)?reflection\.assembly\]::load\s*\(|\.entrypoint\.invoke|getmethod\(['"]\w+['"]\)\.invoke/ nocase
    $from = /frombase64string|downloaddata|gzipstream|deflatestream|-bxor/ nocase
  condition: all of them
}
rule ps_blind_the_scanner {
  meta:
    signal = "file.script_download_run" confidence = 95 on = "powershell batch vbs javascript vba hta python"
    says = "a script that switches off the check of scripts"
  strings:
    $a = "amsiInitFailed" nocase
    $b = /amsiscanbuffer|amsiutils|amsicontext/ nocase
    $act = /setvalue|virtualprotect|copy\(|writebyte|\[byte\[\]\]|nonpublic/ nocase
  condition: $a or ($b and $act)
}
rule ps_bits_start {
  meta:
    signal = "file.script_download_run" confidence = 78 on = "powershell batch"
    says = "a script that downloads in the background and starts what it got"
  strings:
    $a = "Start-BitsTransfer" nocase
    $b = /start-process|invoke-item|\bsaps\b|&\s*["'$]/ nocase
    $c = /\.(exe|scr|dll|vbs|hta|bat)\b/ nocase
    $d = /\$env:(temp|appdata|public)|hidden/ nocase
  condition: all of them
}
rule ps_run_machine_code {
  meta:
    signal = "file.script_download_run" confidence = 95 on = "powershell python vba vbs javascript source"
    says = "a script that puts machine code into memory and runs it"
  strings:
    $a = /virtualalloc(ex)?\b/ nocase
    $b = /createthread|createremotethread|queueuserapc|callwindowproc|enumsystemlocales/ nocase
    $c = /rtlmovememory|marshal\]?::copy|writeprocessmemory|memmove|\(c_char \*/ nocase
    $code = /(0x[0-9a-f]{2}\s*,\s*){12}|(\\x[0-9a-f]{2}){12}|frombase64string|b64decode|(\d{1,3}\s*,\s*){20}|&h[0-9a-f]{2}/ nocase
  condition: all of them
}
rule ps_switch_off_defender {
  meta:
    signal = "file.script_download_run" confidence = 92 on = "powershell batch vbs javascript vba hta command reg"
    says = "a script that switches off virus protection"
  strings:
    $a = /set-mppreference\b.{0,200}-disable(realtimemonitoring|ioavprotection|behaviormonitoring|scriptscanning)\s+(\$true|1)/ nocase
    $b = /add-mppreference\b.{0,100}-exclusion(path|extension|process)\s+["']?(c:\\?["'\s]|\$env:|\.exe|%)/ nocase
    $c = /"?disableantispyware"?\s*=?\s*(dword:0*1|.{0,60}\/d\s+1)/ nocase
    $d = /sc(\.exe)?\s+(stop|delete|config)\s+windefend/ nocase
  condition: any of them
}
rule bat_certutil_start {
  meta:
    signal = "file.script_download_run" confidence = 93 on = "batch command powershell vbs vba javascript hta"
    says = "a script that downloads or decodes a program with a certificate tool"
  strings:
    $a = /certutil(\.exe)?\b.{0,80}[-\/](urlcache|verifyctl|decode(hex)?)\b/ nocase
    $b = /\.(exe|dll|scr|bat|vbs|js|ps1|hta)\b/ nocase
  condition: all of them
}
rule bat_bitsadmin_start {
  meta:
    signal = "file.script_download_run" confidence = 90 on = "batch command powershell vbs vba javascript hta"
    says = "a script that downloads a program in the background"
  strings:
    $a = /bitsadmin(\.exe)?\b.{0,60}\/(transfer|addfile)/ nocase
    $b = /\.(exe|dll|scr|bat|vbs|js|ps1|hta)\b/ nocase
  condition: all of them
}
rule any_mshta_remote {
  meta:
    signal = "file.script_download_run" confidence = 94 on = "batch command powershell vbs vba javascript hta wsf html reg inf"
    says = "a command that runs a page from elsewhere as a program"
  strings: $a = /mshta(\.exe)?["']?\s+["']?(https?:|\\\\|javascript:|vbscript:)/ nocase
  condition: $a
}
rule bat_fetch_start {
  meta:
    signal = "file.script_download_run" confidence = 85 on = "batch command lnk"
    says = "a script that downloads a program into a hidden folder and starts it"
  strings:
    $fetch = /\bcurl(\.exe)?\b.{0,200}(-o|--output|>)\s*["']?%(temp|tmp|appdata|localappdata|public|programdata)%[^\r\n]{0,100}\.(exe|scr|dll|vbs|js|bat|hta|msi|zip)/ nocase
    $start = /start\s+["\/%]|rundll32|\bcall\s|&&?\s*["']?%(temp|tmp|appdata|localappdata|public|programdata)%/ nocase
  condition: all of them
}
rule any_regsvr_remote {
  meta:
    signal = "file.script_download_run" confidence = 95 on = "batch command powershell vbs vba javascript hta wsf"
    says = "a command that registers a script from elsewhere"
  strings: $a = /regsvr32(\.exe)?\b.{0,100}\/i:\s*["']?(https?|ftp|\\\\)/ nocase
  condition: $a
}
rule any_rundll_script {
  meta:
    signal = "file.script_download_run" confidence = 95 on = "batch command powershell vbs vba javascript hta reg inf"
    says = "a command that runs a script through a system library"
  strings:
    $a = /rundll32(\.exe)?["']?\s+["']?(javascript|vbscript|mshtml,)/ nocase
    $b = /rundll32(\.exe)?["']?\s+["']?\\\\[\w.-]+(@\d+|@ssl)?\\[^\r\n]{1,80}\.(dll|cpl|dat)/ nocase
  condition: any of them
}
rule bat_powershell_fetch {
  meta:
    signal = "file.script_download_run" confidence = 90 on = "batch command vbs vba javascript hta wsf lnk"
    says = "a script that hands a download over to PowerShell"
  strings:
    $a = /powershell(\.exe)?\b[^\r\n]{0,400}(downloadfile|downloadstring|invoke-webrequest|\biwr\b|\birm\b|start-bitstransfer|net\.webclient)/ nocase
    $b = /start\b|\biex\b|invoke-expression|hidden|bypass|&&|%temp%|\$env:temp/ nocase
  condition: all of them
}
rule any_wmic_remote_sheet {
  meta:
    signal = "file.script_download_run" confidence = 93 on = "batch command powershell vbs vba javascript hta"
    says = "a command that runs a style sheet from elsewhere"
  strings: $a = /wmic(\.exe)?\b.{0,120}\/format\s*:\s*["']?(https?:|\\\\)/ nocase
  condition: $a
}
rule any_msiexec_remote_quiet {
  meta:
    signal = "file.script_download_run" confidence = 80 on = "batch command powershell vbs vba javascript hta wsf lnk"
    says = "a command that installs a package from elsewhere without a question"
  strings:
    $a = /msiexec(\.exe)?\b[^\r\n]{0,80}https?:\/\// nocase
    $q = /msiexec(\.exe)?\b[^\r\n]{0,200}\/q/ nocase
  condition: $a and $q
}
rule vbs_fetch_save_run {
  meta:
    signal = "file.script_download_run" confidence = 95 on = "vbs vba javascript hta wsf"
    says = "a script that downloads a file, saves it and starts it"
  strings:
    $fetch = /msxml2\.(server)?xmlhttp|microsoft\.xmlhttp|winhttp\.winhttprequest|internetexplorer\.application/ nocase
    $save = /adodb\.stream|savetofile|createtextfile|opentextfile/ nocase
    $run = /wscript\.shell|shell\.application|shellexecute|\.run\b|\.exec\b|winmgmts/ nocase
  condition: all of them
}
rule vbs_run_powershell {
  meta:
    signal = "file.script_download_run" confidence = 82 on = "vbs vba javascript hta wsf"
    says = "a script that starts another one out of sight"
  strings:
    $shell = /wscript\.shell|shell\.application|winmgmts/ nocase
    $target = /powershell|mshta|cmd(\.exe)?\s+\/c|regsvr32|rundll32|certutil|bitsadmin/ nocase
    $hidden = /,\s*0\s*(,|\)|\r|\n|$)|vbhide|hidden|showwindow\s*=\s*0/ nocase
  condition: all of them
}
rule vbs_run_encoded {
  meta:
    signal = "file.script_download_run" confidence = 80 on = "vbs hta wsf javascript"
    says = "a script that decodes hidden text and runs it"
  strings:
    $decode = /bin\.base64|nodetypedvalue|frombase64|chrw?\(\s*(asc|clng|cint|eval)|xor\s+\d/ nocase
    $run = /\bexecute(global)?\s*[\(\s]|\beval\s*\(|wscript\.shell/ nocase
  condition: all of them
}
rule js_activex_fetch_run {
  meta:
    signal = "file.script_download_run" confidence = 95 on = "javascript hta wsf html"
    says = "a script that downloads a file through the system and starts it"
  strings:
    $a = /activexobject\s*\(\s*["'](msxml2|microsoft)\.\w*xmlhttp|activexobject\s*\(\s*["']winhttp/ nocase
    $b = /wscript\.shell|shell\.application|adodb\.stream/ nocase
  condition: all of them
}
rule js_wscript_run {
  meta:
    signal = "file.script_download_run" confidence = 75 on = "javascript wsf hta"
    says = "a script that starts commands through the system shell"
  strings:
    $a = /(activexobject|createobject)\s*\(\s*["']wscript\.shell["']/ nocase
    $b = /\.(run|exec)\s*\(\s*["'](cmd|powershell|mshta|rundll32|regsvr32|certutil|%comspec%)/ nocase
  condition: all of them
}
rule js_node_fetch_run {
  meta:
    signal = "file.script_download_run" confidence = 85 on = "javascript json"
    says = "a program that downloads another and starts it"
  strings:
    $fetch = /https?\.get\s*\(|\baxios\b|node-fetch|\bfetch\s*\(\s*["'`]http/ nocase
    $save = /createwritestream|writefile(sync)?\s*\(/ nocase
    $run = /child_process[\s\S]{0,400}\b(exec|spawn|execfile)(sync)?\s*\(|\b(exec|spawn|execfile)(sync)?\s*\(\s*[\w.]*(path|file|dest|tmp|out|target)/ nocase
    $place = /tmpdir\(\)|\/tmp\/|appdata|temp\b|\.exe\b|chmod/ nocase
  condition: all of them
}
rule json_install_hook_fetch {
  meta:
    signal = "file.script_download_run" confidence = 82 on = "json"
    says = "a package that downloads and runs something while it is installed"
  strings: $a = /"(pre|post)?install"\s*:\s*"[^"]{0,200}(curl|wget|powershell|node\s+-e|bash\s+-c)[^"]{0,200}(http|\|\s*(ba)?sh|base64|eval)/ nocase
  condition: $a
}
rule js_eval_decoded {
  meta:
    signal = "file.script_download_run" confidence = 62 on = "javascript html svg hta"
    says = "a script that decodes hidden text and runs it"
  strings:
    $a = /\b(eval|Function|setTimeout)\s*\(\s*(window\.)?(atob|unescape|decodeURIComponent|String\.fromCharCode)\s*\(/ nocase
    $b = /\beval\s*\(\s*Buffer\.from\s*\([^)]{0,100}["'](base64|hex)["']\s*\)/ nocase
    $c = /\bnew\s+Function\s*\(\s*(atob|unescape|Buffer\.from)/ nocase
  condition: any of them
}
rule py_run_remote {
  meta:
    signal = "file.script_download_run" confidence = 93 on = "python"
    says = "a program that downloads code and runs it at once"
  strings:
    $a = /\b(exec|eval)\s*\(\s*(compile\s*\(\s*)?(requests|urllib\.request|urllib2|httpx)\.\w+\([^)]{0,200}\)\.(text|content|read\(\))/ nocase
    $b = /\b(exec|eval)\s*\(\s*(compile\s*\(\s*)?urlopen\([^)]{0,200}\)\.read/ nocase
    $c = /\w+\s*=\s*(requests|urllib\.request|httpx)\.(get|urlopen)\([^)]{0,200}\)\.?(text|content|read\(\)|decode\(\)|\.)*[^\n]{0,40}\n[^\n]{0,80}\b(exec|eval)\s*\(/
  condition: any of them
}
rule py_run_decoded {
  meta:
    signal = "file.script_download_run" confidence = 78 on = "python"
    says = "a program that decodes hidden code and runs it"
  strings:
    $a = /\b(exec|eval)\s*\(\s*(compile\s*\(\s*)?(__import__\(['"](zlib|base64|marshal|codecs)['"]\)|zlib\.decompress|base64\.b(64|85|32)decode|marshal\.loads|codecs\.decode|bytes\.fromhex|b64decode)/
    $b = /\b(exec|eval)\s*\(\s*(_|lambda)[^\n]{0,80}(zlib|base64|marshal|\[::-1\])/
  condition: any of them
}
rule py_fetch_start {
  meta:
    signal = "file.script_download_run" confidence = 85 on = "python"
    says = "a program that downloads another and starts it"
  strings:
    $fetch = /urlretrieve\s*\(|requests\.get\s*\(|urlopen\s*\(|httpx\.get\s*\(/
    $kind = /["'][^"'\n]{0,200}\.(exe|scr|bat|vbs|ps1|msi|dll|elf)["']|\/tmp\/[\w.]+["']/ nocase
    $start = /os\.startfile\s*\(|subprocess\.(Popen|run|call|check_call)\s*\(|os\.system\s*\(/
    $place = /gettempdir\(\)|environ\[?\(?["'](TEMP|APPDATA|TMP|LOCALAPPDATA)|\/tmp\/|CREATE_NO_WINDOW|0x08000000|SW_HIDE|DETACHED_PROCESS/ nocase
  condition: all of them
}
rule sh_pipe_from_number {
  meta:
    signal = "file.script_download_run" confidence = 93 on = "shell command python json desktop batch"
    says = "a script that runs what it fetches from a bare numeric address"
  strings: $a = /(curl|wget)\b[^\n|]{0,200}https?:\/\/\d{1,3}(\.\d{1,3}){3}[^\n|]{0,200}\|\s*(sudo\s+)?(ba|z|da|k)?sh\b/
  condition: $a
}
rule sh_pipe_plain {
  meta:
    signal = "file.script_download_run" confidence = 78 on = "shell command json desktop"
    says = "a script that runs what it fetches over an open line"
  strings: $a = /(curl|wget)\b[^\n|]{0,200}http:\/\/[^\n|]{0,200}\|\s*(sudo\s+)?(ba|z|da|k)?sh\b/
  condition: $a
}
rule sh_pipe_hidden {
  meta:
    signal = "file.script_download_run" confidence = 88 on = "shell command"
    says = "a script that runs what it fetches, in the background and without a trace"
  strings:
    $a = /(curl|wget)\b[^\n|]{0,200}https?:\/\/[^\n|]{0,200}\|\s*(sudo\s+)?(ba|z|da|k)?sh\b[^\n]{0,60}(>\s*\/dev\/null|&\s*$)/
    $b = /nohup\s+[^\n]{0,60}(curl|wget)\b[^\n]{0,200}\|\s*(ba)?sh/
    $c = /(curl|wget)\b[^\n|]{0,200}\|\s*(sudo\s+)?(ba)?sh\b[\s\S]{0,1500}(history\s+-c|unset\s+HISTFILE|rm\s+(-f\s+)?(--\s+)?["']?\$0)/
  condition: any of them
}
rule sh_pipe_https {
  meta:
    signal = "file.script_download_run" confidence = 30 on = "shell command"
    says = "a script that runs an installer it fetches"
  strings: $a = /(curl|wget)\b[^\n|]{0,200}https:\/\/[^\n|]{0,200}\|\s*(sudo\s+)?(ba|z|da|k)?sh\b/
  condition: $a
}
rule sh_pipe_dump_site {
  meta:
    signal = "file.script_download_run" confidence = 88 on = "shell command powershell batch python javascript vbs vba hta"
    says = "a script that runs what strangers left on a dump site"
  strings:
    $site = /https?:\/\/(\w+\.)?(pastebin\.com\/raw|paste\.ee\/r|hastebin\.com\/raw|rentry\.co\/[\w-]+\/raw|transfer\.sh|cdn\.discordapp\.com\/attachments|gist\.githubusercontent\.com\/[\w-]+\/[0-9a-f]+\/raw|anonfiles\.com|catbox\.moe|0x0\.st|temp\.sh)/ nocase
    $run = /\|\s*(sudo\s+)?(ba|z)?sh\b|\biex\b|invoke-expression|start-process|\bexec\s*\(|chmod\s+\+x|os\.startfile|\.run\b|\bstart\s+["%]/ nocase
  condition: all of them
}
rule sh_fetch_chmod_run {
  meta:
    signal = "file.script_download_run" confidence = 85 on = "shell command python"
    says = "a script that fetches a program into a shared folder, makes it runnable and runs it"
  strings:
    $fetch = /(curl|wget)\b[^\n]{0,300}\/(tmp|var\/tmp|dev\/shm|run\/shm)\/[\w.-]+|cd\s+\/(tmp|var\/tmp|dev\/shm)[^\n]{0,40}[\s\S]{0,120}(curl|wget)\b/
    $mode = /chmod\s+(\+x|777|755|u\+x|a\+x)\s/
    $run = /(^|[;&|\n]\s*)(nohup\s+|sudo\s+|setsid\s+)?(\.\/|\/(tmp|var\/tmp|dev\/shm)\/)[\w.-]+/
  condition: all of them
}
rule sh_decode_run {
  meta:
    signal = "file.script_download_run" confidence = 88 on = "shell command python desktop"
    says = "a script that decodes hidden text and runs it"
  strings: $a = /(base64\s+(-d|--decode|-D)|xxd\s+-r\s+-p|openssl\s+(enc\s+-d|base64\s+-d)|rev)\b[^\n|]{0,80}\|\s*(sudo\s+)?((ba|z|da)?sh|python\d?|perl)\b/
    $b = /eval\s+"?\$\([^)\n]{0,200}base64\s+(-d|--decode)/
  condition: any of them
}
rule sh_dev_tcp_shell {
  meta:
    signal = "file.backdoor" confidence = 95 on = "shell command python php desktop"
    says = "a command that hands the machine over to someone elsewhere"
  strings:
    $a = /(ba)?sh\s+-i\b[^\n]{0,60}\/dev\/(tcp|udp)\/[\w.$-]+\/[\w$]+/
    $b = /exec\s+\d+<>\s*\/dev\/tcp\/[\w.$-]+\/[\w$]+/
  condition: any of them
}
rule sh_netcat_shell {
  meta:
    signal = "file.backdoor" confidence = 94 on = "shell command python batch php"
    says = "a command that hands the machine over to someone elsewhere"
  strings:
    $a = /\b(nc|ncat|netcat)(\.exe)?\b[^\n|]{0,80}\s-(e|c)\s+(\/bin\/)?((ba|z)?sh|cmd|powershell)/ nocase
    $b = /mkfifo\s+[^\n]{1,60}[\s\S]{0,120}(\/bin\/)?(ba)?sh\s+-i[^\n]{0,60}\|\s*(nc|ncat|openssl)/
    $c = /socat\b[^\n]{0,120}exec:['"]?(\/bin\/)?(ba)?sh/ nocase
  condition: any of them
}
rule py_reverse_shell {
  meta:
    signal = "file.backdoor" confidence = 95 on = "python shell command"
    says = "a program that hands the machine over to someone elsewhere"
  strings:
    $socket = /socket\.socket\s*\(|import\s+[\w, ]*socket/
    $dup = /os\.dup2\s*\(/
    $pty = /pty\.spawn\s*\(\s*["'](\/bin\/)?(ba)?sh/
    $loop = /subprocess\.(Popen|run|check_output|getoutput)\s*\([^)\n]{0,120}(shell\s*=\s*True)/
    $recv = /\.recv\s*\(\s*\d+/
    $send = /\.send(all)?\s*\(/
    $connect = /\.connect\s*\(\s*\(/
  condition: $socket and $connect and ($dup or $pty or ($loop and $recv and $send))
}
rule ps_reverse_shell {
  meta:
    signal = "file.backdoor" confidence = 95 on = "powershell batch command vbs vba hta"
    says = "a command that hands the machine over to someone elsewhere"
  strings:
    $a = /net\.sockets\.tcpclient/ nocase
    $b = /getstream\(\)/ nocase
    $c = /\biex\b|invoke-expression|cmd\.exe|start-process/ nocase
  condition: all of them
}
rule perl_ruby_reverse_shell {
  meta:
    signal = "file.backdoor" confidence = 93 on = "perl ruby shell command php lua javascript"
    says = "a program that hands the machine over to someone elsewhere"
  strings:
    $a = /use\s+Socket[\s\S]{0,600}exec\s*[\({]?\s*["']\/bin\/(ba)?sh/
    $b = /TCPSocket\.(new|open)\s*\([\s\S]{0,300}(exec|IO\.popen|spawn)\b/
    $c = /fsockopen\s*\([\s\S]{0,400}(proc_open|shell_exec|exec)\s*\(/
    $d = /net\.(Socket|connect)\b[\s\S]{0,400}spawn\s*\(\s*["'](\/bin\/sh|cmd(\.exe)?)["'][\s\S]{0,300}\.pipe\(/
  condition: any of them
}
rule php_run_request {
  meta:
    signal = "file.backdoor" confidence = 94 on = "php html jpeg text"
    says = "a page that runs whatever is sent to it"
  strings:
    $a = /\b(eval|assert|system|exec|shell_exec|passthru|popen|proc_open|create_function)\s*\(\s*(base64_decode\s*\(\s*|stripslashes\s*\(\s*|gzinflate\s*\(\s*|@)?\$_(GET|POST|REQUEST|COOKIE|SERVER)\b/ nocase
    $b = /\$_(GET|POST|REQUEST|COOKIE)\[[^\]]{1,40}\]\s*\(\s*\$_(GET|POST|REQUEST|COOKIE)/ nocase
    $c = /`\s*\$_(GET|POST|REQUEST)\b/
  condition: any of them
}
rule php_run_decoded {
  meta:
    signal = "file.backdoor" confidence = 85 on = "php"
    says = "a page that decodes hidden code and runs it"
  strings:
    $a = /\b(eval|assert)\s*\(\s*(gzinflate|gzuncompress|str_rot13|base64_decode|strrev|gzdecode)\s*\(/ nocase
    $b = /preg_replace\s*\(\s*["'][^"']{1,40}\/e["']/ nocase
  condition: any of them
}
rule jsp_asp_run_request {
  meta:
    signal = "file.backdoor" confidence = 93 on = "html text source xml"
    says = "a page that runs whatever is sent to it"
  strings:
    $a = /Runtime\.getRuntime\(\)\.exec\s*\(\s*request\.getParameter/
    $b = /<%[\s\S]{0,80}\b(eval|execute)\s*\(?\s*request(\.item)?\s*[\(\[]/ nocase
    $c = /Process\.Start\s*\([^)]{0,80}Request(\.QueryString|\.Form|\[)/ nocase
  condition: any of them
}
rule hta_run {
  meta:
    signal = "file.script_download_run" confidence = 90 on = "hta"
    says = "an HTML application that starts commands"
  strings:
    $a = /wscript\.shell|shell\.application|winmgmts/ nocase
    $b = /\.(run|exec|shellexecute|create)\b/ nocase
    $c = /powershell|cmd|mshta|http|%temp%|rundll32|regsvr32|certutil|bitsadmin|curl/ nocase
  condition: all of them
}
rule page_copies_command {
  meta:
    signal = "file.script_download_run" confidence = 93 on = "html svg javascript"
    says = "a page that puts a command on the clipboard for the visitor to run"
  strings:
    $copy = /clipboard\.writetext|execcommand\(\s*["']copy|setdata\(\s*["']text/ nocase
    $command = /powershell(\.exe)?\s+-|mshta(\.exe)?\s+["']?http|cmd(\.exe)?\s+\/c\s|curl\s[^\n"']{0,120}\|\s*(ba)?sh|\birm\s[^\n"']{0,100}\|\s*iex|msiexec\s+\/[iq]/ nocase
    $lure = /win(dows)?(\s|<[^>]{1,20}>|\+|key|logo){1,4}r\b|verif(y|ication)|captcha|robot|press\s+(ctrl|⌘|cmd)|\bfix\b|update|terminal/ nocase
  condition: all of them
}
rule scriptlet_run {
  meta:
    signal = "file.script_download_run" confidence = 90 on = "wsf xml html"
    says = "a script component that starts commands when registered"
  strings:
    $a = /<registration\b|<scriptlet\b|<component\b/ nocase
    $b = /wscript\.shell|activexobject|createobject/ nocase
    $c = /\.run\b|\.exec\b|shellexecute|xmlhttp/ nocase
  condition: all of them
}
rule inf_run_remote {
  meta:
    signal = "file.script_download_run" confidence = 90 on = "inf"
    says = "a set-up script that runs something from elsewhere"
  strings:
    $a = /UnRegisterOCXs|RunPreSetupCommands|RunPostSetupCommands|RegisterOCXs/ nocase
    $b = /https?:\/\/|scrobj\.dll|mshta|powershell|\\\\[\w.]+\\/ nocase
  condition: all of them
}
rule applescript_fetch_run {
  meta:
    signal = "file.script_download_run" confidence = 88 on = "applescript shell python javascript"
    says = "a script that fetches something and runs it through the system"
  strings:
    $a = /do\s+shell\s+script\s+"[^"\n]{0,300}(curl|wget)\b[^"\n]{0,300}(\|\s*(ba|z)?sh|chmod\s\+x|\/tmp\/)/ nocase
  condition: $a
}
rule go_rust_fetch_run {
  meta:
    signal = "file.script_download_run" confidence = 75 on = "source"
    says = "source of a program that downloads another and starts it out of sight"
  strings:
    $a = /URLDownloadToFile[AW]?\s*\(|http\.Get\s*\(\s*"http|WebClient\(\)\.DownloadFile|reqwest::blocking::get|InternetOpenUrl[AW]?\s*\(/
    $b = /ShellExecute(Ex)?[AW]?\s*\(|exec\.Command\s*\(|Process\.Start\s*\(|WinExec\s*\(|CreateProcess[AW]?\s*\(|Command::new\s*\(/
    $c = /SW_HIDE|HideWindow:\s*true|CREATE_NO_WINDOW|WindowStyle\s*=\s*ProcessWindowStyle\.Hidden|CreateNoWindow\s*=\s*true/
    $d = /\.(exe|dll|scr)"/ nocase
  condition: all of them
}
rule py_hands_fetch_to_powershell {
  meta:
    signal = "file.script_download_run" confidence = 88 on = "python perl ruby lua"
    says = "a program that hands a download over to PowerShell"
  strings: $a = /(subprocess\.\w+|os\.system|os\.popen|exec|`)[^\n]{0,40}powershell[^\n]{0,300}(downloadstring|downloadfile|\biex\b|\biwr\b|invoke-expression)/ nocase
  condition: $a
}
