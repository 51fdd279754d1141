// Programs that copy themselves on, stay on a machine unasked, use it for others or attack others.
rule mail_worm {
  meta:
    signal = "file.virus" confidence = 94 on = "vbs vba javascript wsf hta powershell python"
    says = "a program that mails itself to everyone in the address book"
  strings:
    $book = /addresslists|addressentries|getnamespace\s*\(\s*["']mapi|olfoldercontacts|getdefaultfolder\s*\(\s*10/ nocase
    $mail = /createitem\s*\(\s*0|mailitem|\.recipients\.add|smtplib|send-mailmessage/ nocase
    $self = /attachments\.add\s*\(?\s*[^\n]{0,60}(scriptfullname|fullname|__file__|activedocument|thisworkbook|dirsystem|mycommand|\$psscriptroot)|attachments\.add\s*\(?\s*["']?[\w:\\.$()& "]{0,80}\.(vbs|js|exe|doc|scr)/ nocase
  condition: all of them
}
rule autorun_file {
  meta:
    signal = "file.virus" confidence = 80 on = "inf text"
    says = "a file that makes a stick start a program by itself"
  strings:
    $a = /(^|\n)\s*\[autorun\]/ nocase
    $b = /(^|\n)\s*(open|shellexecute|shell\\\w+\\command)\s*=\s*[^\r\n]{0,80}\.(exe|vbs|js|bat|cmd|scr|lnk|pif|dll)/ nocase
    $odd = /recycle|\$|%|wscript|cmd|rundll32|system volume|hidden|\\\.{1,2}\\|\.(vbs|js|scr|pif|lnk)/ nocase
  condition: all of them
}
rule stick_worm {
  meta:
    signal = "file.virus" confidence = 92 on = "vbs vba javascript python powershell batch source"
    says = "a program that copies itself to every stick it finds"
  strings:
    $drive = /drivetype\s*(=|==|-eq)\s*['"]?[12]|getdrives\(\)|fso\.drives|\.drives\b|win32_logicaldisk|psutil\.disk_partitions|driveinfo\.getdrives|removable/ nocase
    $self = /copyfile\s*\(?\s*wscript\.scriptfullname|getfile\s*\(\s*wscript\.scriptfullname|shutil\.copy\w*\s*\(\s*(sys\.argv\[0\]|__file__|sys\.executable)|copy-item\s+\$(psscriptroot|myinvocation|pscommandpath)|copy\s+(\/y\s+)?"?%~?(f)?0"?|File\.Copy\s*\(\s*(Application\.ExecutablePath|Assembly\.GetExecutingAssembly)/ nocase
  condition: all of them
}
rule code_infects_code {
  meta:
    signal = "file.virus" confidence = 92 on = "python shell perl php javascript"
    says = "a program that writes itself into other programs"
  strings:
    $py1 = /open\s*\(\s*(__file__|sys\.argv\[0\])/
    $py2 = /(glob\.glob|os\.walk|listdir)[\s\S]{0,300}\.py["']/
    $py3 = /\.write\s*\(|writelines\s*\(/
    $sh = /for\s+\w+\s+in\s+[^\n]{0,60}\*?\.?(sh|\*)[\s\S]{0,300}(cat|head|tail|cp)\s+[^\n]{0,40}["']?\$0["']?[^\n]{0,60}(>>|>|\$\w+)/
    $php = /__FILE__[\s\S]{0,400}glob\s*\([^)]{0,40}\.php[\s\S]{0,400}(fwrite|file_put_contents)\s*\(/
    $js = /readFileSync\s*\(\s*__filename[\s\S]{0,500}(appendFileSync|writeFileSync)\s*\([^)]{0,80}/
    $log = /backup|self_?update|shebang|version/ nocase
  condition: (($py1 and $py2 and $py3) or $sh or $php or $js) and not $log
}
rule macro_infects_template {
  meta:
    signal = "file.virus" confidence = 92 on = "vba vbs"
    says = "a macro that writes itself into every document"
  strings:
    $a = /normaltemplate\.vbproject|macrocontainer\.vbproject|activedocument\.vbproject|thisworkbook\.vbproject|application\.organizercopy/ nocase
    $b = /\.addfromstring|insertlines|vbcomponents\.import|organizercopy|\.export\b/ nocase
  condition: all of them
}
rule share_worm {
  meta:
    signal = "file.virus" confidence = 88 on = "powershell batch vbs python source shell"
    says = "a program that copies itself to other machines and starts there"
  strings:
    $a = /psexec(64)?(\.exe)?\b[^\n]{0,100}\\\\(\*|%\w+%|\$\w+|%%\w)/ nocase
    $b = /for\s+[^\n]{0,100}(copy|xcopy)\s+[^\n]{0,60}(%0|%~f0|\$0)[^\n]{0,40}\\\\%%?\w+%?\\(c|admin)\$/ nocase
    $c = /invoke-command\b[^\n]{0,80}-computername\s+\$\w+[^\n]{0,200}(downloadstring|iex|start-process)[\s\S]{0,600}(get-adcomputer|net\s+view|\barp\s+-a)/ nocase
    $d = /(get-adcomputer|net\s+view|arp\s+-a)[\s\S]{0,600}(\\\\\$\w+\\(c|admin)\$|invoke-wmimethod|invoke-command\b[^\n]{0,200}(iex|download))/ nocase
    $e = /sshpass\s+-p[\s\S]{0,300}scp\s+[^\n]{0,60}\$0/
  condition: any of them
}
rule chat_worm {
  meta:
    signal = "file.virus" confidence = 88 on = "javascript python"
    says = "a program that sends itself or a link to all contacts"
  strings:
    $list = /(friends|contacts|followers|relationships|channels|chats)\b[^\n]{0,60}(forEach|\.map\(|:\s*$|\)\s*\{)|for\s+\w+\s+in\s+[^\n]{0,40}(friends|contacts|followers|relationships)/ nocase
    $send = /send_?message|\/messages["'`]|sendDirect|\.send\s*\(|postMessage\s*\(/ nocase
    $what = /\.(exe|scr|zip|apk|jar)\b|free[\s-]?(nitro|gift|robux)|look\s+at\s+(this|these)|is\s+this\s+you/ nocase
    $key = /authorization|token|session/ nocase
  condition: all of them
}
rule stays_by_run_key {
  meta:
    signal = "file.persistence" confidence = 78 on = "powershell batch vbs vba javascript hta reg command python source"
    says = "a script that makes a hidden program start with the machine"
  strings:
    $key = /currentversion\\\\?(run|runonce|policies\\\\?explorer\\\\?run)\b/ nocase
    $set = /reg(\.exe)?\s+add|new-itemproperty|set-itemproperty|regwrite|setvalueex|hkey_(current_user|local_machine)\\|registry\.setvalue/ nocase
    $odd = /%?(temp|appdata|localappdata|public|programdata)%?[\\"'][^\r\n]{0,80}\.(exe|vbs|js|ps1|bat|scr|dll|hta)|wscript|mshta|powershell[^\n]{0,80}(-w|hidden|-enc|-e\s)|\\users\\public|rundll32|sys\.argv\[0\]|scriptfullname/ nocase
  condition: all of them
}
rule stays_by_task {
  meta:
    signal = "file.persistence" confidence = 80 on = "powershell batch vbs vba javascript hta command python"
    says = "a script that sets up a hidden job that keeps coming back"
  strings:
    $set = /schtasks(\.exe)?\b[^\n]{0,40}\/create|register-scheduledtask|new-scheduledtaskaction/ nocase
    $odd = /mshta|-enc\b|-e(ncodedcommand)?\s+[A-Za-z0-9+\/=]{30}|downloadstring|hidden|https?:\/\/[^\s"']{4,200}\.(ps1|vbs|js|hta|exe)|%temp%|\$env:temp|\\users\\public|wscript/ nocase
    $often = /\/sc\s+(minute|onlogon|onstart|onidle)|-atlogon|-atstartup|-repetitioninterval|\/mo\s+\d/ nocase
  condition: all of them
}
rule stays_by_startup_folder {
  meta:
    signal = "file.persistence" confidence = 75 on = "powershell batch vbs vba javascript hta python"
    says = "a script that copies itself to where programs start with the machine"
  strings:
    $place = /start menu\\\\?programs\\\\?startup|specialfolders\s*\(\s*["']startup/ nocase
    $self = /scriptfullname|%~?f?0\b|\$myinvocation|\$pscommandpath|sys\.argv\[0\]|__file__|sys\.executable/ nocase
    $copy = /copyfile|copy\s|shutil\.copy|copy-item|move\s/ nocase
  condition: all of them
}
rule stays_by_cron {
  meta:
    signal = "file.persistence" confidence = 88 on = "shell python perl php"
    says = "a script that keeps fetching and running something"
  strings:
    $a = /(crontab|\/etc\/cron|\/var\/spool\/cron)[^\n]{0,300}(curl|wget)\b[^\n]{0,200}\|\s*(ba)?sh/
    $b = /(curl|wget)\b[^\n]{0,200}\|\s*(ba)?sh[^\n]{0,80}\|\s*crontab/
    $c = /(@reboot|\*\s+\*\s+\*\s+\*\s+\*)[^\n]{0,120}(\/tmp\/|\/dev\/shm\/|\/var\/tmp\/|base64\s+-d|(curl|wget)\b[^\n]{0,120}\|\s*(ba)?sh)/
  condition: any of them
}
rule opens_a_back_door_key {
  meta:
    signal = "file.backdoor" confidence = 82 on = "shell python perl php"
    says = "a script that lets somebody else log in later"
  strings:
    $a = /echo\s+["']?(ssh-(rsa|ed25519)|ecdsa-sha2)\s+[A-Za-z0-9+\/=]{20,}[^\n]{0,120}>>\s*["']?(\/root|~|\$HOME|\/home\/\w+)\/\.ssh\/authorized_keys/
    $b = /useradd\s+[^\n]{0,60}-o\s+-u\s*0|echo\s+["']?\w+:[^:\n]{0,60}:0:0:[^\n]{0,60}>>\s*\/etc\/passwd/
    $quiet = /history\s+-c|unset\s+HISTFILE|\/dev\/null|chattr\s+\+i|wget|curl|nohup|crontab|iptables/
  condition: $b or ($a and $quiet)
}
rule preload_hiding {
  meta:
    signal = "file.backdoor" confidence = 85 on = "shell source elf"
    says = "a program that hides itself from the system's own tools"
  strings:
    $a = /echo\s+[^\n]{1,120}>>?\s*\/etc\/ld\.so\.preload/
    $b = "ld.so.preload"
    $hook = /dlsym\s*\(\s*RTLD_NEXT\s*,\s*"(readdir(64)?|fopen(64)?|open(at|64)?|stat)"|RTLD_NEXT[\s\S]{0,2000}readdir64/
  condition: $a or ($b and $hook)
}
rule raises_its_rights {
  meta:
    signal = "file.persistence" confidence = 88 on = "powershell batch vbs python source pe"
    says = "a program that takes more rights without asking"
  strings:
    $tool = /fodhelper|computerdefaults|eventvwr|sdclt|slui|cmstp|silentcleanup/ nocase wide ascii
    $key = /ms-settings\\\\?shell\\\\?open\\\\?command|mscfile\\\\?shell\\\\?open\\\\?command|exefile\\\\?shell\\\\?open|delegateexecute|environment[^\n]{0,20}windir/ nocase wide ascii
  condition: all of them
}
rule blocks_protectors {
  meta:
    signal = "file.persistence" confidence = 85 on = "batch powershell shell vbs python"
    says = "a script that keeps the machine from reaching virus protection"
  strings: $a = /(127\.0\.0\.1|0\.0\.0\.0)\s+(www\.|update\.|\w+\.)?(kaspersky|avast|avg|eset|bitdefender|malwarebytes|virustotal|mcafee|norton|symantec|sophos|f-secure|windowsupdate)\.\w+/ nocase
    $hosts = /drivers\\\\?etc\\\\?hosts|\/etc\/hosts/ nocase
  condition: all of them
}
rule mines_for_others {
  meta:
    signal = "file.miner" confidence = 88 on = "shell batch powershell python json javascript pe elf macho vbs html text"
    says = "a program that uses the machine to make digital money for somebody else"
  strings:
    $pool = /stratum\+(tcp|ssl|tls):\/\/|(pool|xmr|monero)[\w.-]{0,30}:(3333|4444|5555|7777|14444|45700)\b|pool\.(minexmr|supportxmr|hashvault|nanopool)\b|coinhive|coinimp|crypto-?loot/ nocase wide ascii
    $quiet = /nohup|--background|-B\b|"background"\s*:\s*true|windowstyle\s+hid|\/dev\/null|crontab|systemctl\s+enable|%appdata%|\$env:|kill\s+-9|pkill|donate-level\W+[01]\b|CREATE_NO_WINDOW|new\s+Worker|miner\.start\(\)|\/tmp\/|startup|schtasks/ nocase wide ascii
  condition: all of them
}
rule kills_protectors {
  meta:
    signal = "file.persistence" confidence = 85 on = "batch powershell vbs python source pe shell"
    says = "a program that stops virus protection"
  strings:
    $act = /taskkill|stop-process|stop-service|net\s+stop|terminateprocess|sc\s+(stop|delete)|pkill/ nocase wide ascii
    $a = "msmpeng" nocase wide ascii
    $b = "avastsvc" nocase wide ascii
    $c = "ekrn" nocase wide ascii
    $d = "avp.exe" nocase wide ascii
    $e = "bdagent" nocase wide ascii
    $f = "mbamservice" nocase wide ascii
    $g = "ccsvchst" nocase wide ascii
    $h = "sophos" nocase wide ascii
    $i = "mcshield" nocase wide ascii
    $j = "savservice" nocase wide ascii
  condition: $act and 3 of ($a, $b, $c, $d, $e, $f, $g, $h, $i, $j)
}
rule tries_stolen_logins {
  meta:
    signal = "file.attack_tool" confidence = 90 on = "python javascript source php shell"
    says = "a program that tries lists of stolen logins"
  strings:
    $list = /combo(list|s)?[\w.-]*\.txt|(accounts|leak|dump|logins|credentials|emails?_?pass\w*)[\w.-]*\.txt|wordlist|rockyou/ nocase
    $split = /\.split\s*\(\s*["':]{3}|\.partition\s*\(\s*["']:["']|explode\s*\(\s*["']:["']|IFS=:/
    $try = /requests\.(post|Session)|session\.post|axios\.post|fetch\s*\(|curl_exec|httpx\.(post|Client)|aiohttp|curl\s/
    $many = /prox(y|ies)|thread(s|ing|pool)|asyncio\.gather|multiprocessing|concurrent\.futures|hits?\.txt|valid\w*\.txt|good\.txt|cracked|captcha/ nocase
  condition: all of them
}
rule login_checker_config {
  meta:
    signal = "file.attack_tool" confidence = 93 on = "text json"
    says = "a set-up for a program that tries lists of stolen logins"
  strings:
    $a = /\[SETTINGS\][\s\S]{0,1500}\[SCRIPT\]/
    $b = /KEYCHECK[\s\S]{0,200}KEYCHAIN\s+(Success|Failure|Ban)/
    $c = /"(CaptchaUrl|NeedsProxies|MaxCPM|EncodeData|AllowedWordlist1)"\s*:/
    $d = /BLOCK:KEYCHECK|BLOCK:HttpRequest[\s\S]{0,600}<(USER|PASS)>/
    $e = /<(USER|PASS)>/
  condition: 2 of them
}
rule floods_a_host {
  meta:
    signal = "file.attack_tool" confidence = 88 on = "python javascript perl php source shell"
    says = "a program that floods a host until it fails"
  strings:
    $name = /\b(d?dos|flood(er|ing)?|slow_?loris|syn_?flood|udp_?flood|http_?flood|stresser|booter)\b/ nocase
    $loop = /while\s*\(?\s*(true|1)|for\s*\(;;\)|while\s+:\s*;|setInterval\s*\(/ nocase
    $send = /sendto\s*\(|\.send\s*\(|\.sendall\s*\(|requests\.(get|post)\s*\(|fetch\s*\(|hping3|fsockopen|http\.request|socket\s*\(/
    $many = /thread(s|ing)?|fork|asyncio|worker|multiprocessing|goroutine|go\s+func|concurren/ nocase
    $guard = /protect|mitigat|detect|rate_?limit|prevent/ nocase
  condition: $name and $loop and $send and $many and not $guard
}
rule reports_in_mass {
  meta:
    signal = "file.attack_tool" confidence = 85 on = "python javascript php"
    says = "a program that reports somebody in mass to have them taken down"
  strings:
    $a = /mass[\s_-]?report|report[\s_-]?bot|auto[\s_-]?report|reporter_?bot/ nocase
    $b = /\/report\b|report_(user|post|account|video)|reason_?id/ nocase
    $c = /for\s+\w+\s+in|while\s|thread|prox(y|ies)|accounts?\.txt|sessions?/ nocase
  condition: all of them
}
rule makes_accounts_in_mass {
  meta:
    signal = "file.attack_tool" confidence = 82 on = "python javascript php"
    says = "a program that makes accounts in mass"
  strings:
    $a = /account[\s_-]?(creator|generator|maker|gen)\b|mass[\s_-]?(register|signup|create)|create_?accounts?\b/ nocase
    $b = /2captcha|anti-?captcha|capsolver|temp-?mail|mail\.tm|guerrillamail|sms-?activate|5sim|smspva|hcaptcha_?solver/ nocase
    $c = /prox(y|ies)|thread|for\s+\w+\s+in\s+range|while\s|accounts?\.(txt|csv|json)/ nocase
  condition: all of them
}
rule breaks_passwords_of_devices {
  meta:
    signal = "file.attack_tool" confidence = 88 on = "elf python source shell"
    says = "a program that tries the usual passwords of small devices"
  strings:
    $box = "/bin/busybox" ascii
    $a = "xc3511"
    $b = "vizxv"
    $c = "7ujMko0"
    $d = "juantech"
    $e = "hi3518"
    $f = "klv123"
    $g = "anko"
    $h = "zlxx."
    $net = /telnet|:23\b|\b2323\b|\.connect\b/ nocase
  condition: 3 of ($a, $b, $c, $d, $e, $f, $g, $h) and ($box or $net)
}
