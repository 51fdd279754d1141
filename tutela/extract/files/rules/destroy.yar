// Scripts that destroy what a person has, at once or when a date, name or machine fits (logic bombs).
rule sh_remove_everything {
  meta:
    signal = "file.script_destructive" confidence = 95 on = "shell command desktop json"
    says = "a script that deletes everything on the machine or of a person"
  strings:
    $a = /\brm\s+(-[a-zA-Z]+\s+|--[\w-]+\s+){1,4}(--\s+)?["']?(\/|\/\*|~|~\/|~\/\*|\$HOME|\$\{HOME\}|\/home|\/home\/\*|\/\*\s)["']?\/?\*?["']?(\s*$|\s*[;&|\n"'#)]|\s+(2>|>|--no))/
    $b = /--no-preserve-root/
    $c = /find\s+(\/|~|\$HOME|\/home)\s[^\n]{0,80}(-delete|-exec\s+(rm|shred)\b)/
    $old = /-mtime\s+\+|-atime\s+\+|-name\s+["']?[\w.*-]*(tmp|log|cache|pyc|DS_Store|\.o\b)|-empty/
  condition: $a or $b or ($c and not $old)
}
rule sh_overwrite_disk {
  meta:
    signal = "file.script_destructive" confidence = 93 on = "shell command python"
    says = "a script that overwrites a whole disk"
  strings:
    $a = /\bdd\s+[^\n]{0,60}if=\/dev\/(zero|u?random)\s[^\n]{0,60}of=\/dev\/(sd|nvme|hd|vd|disk|mmcblk)/
    $b = /(cat|cp)\s+\/dev\/(zero|u?random)\s*>?\s*\/dev\/(sd|nvme|hd|vd|mmcblk)/
    $c = />\s*\/dev\/(sda|nvme0n1|hda|vda)\b/
    $d = /\bshred\b[^\n]{0,60}\/dev\/(sd|nvme|hd|vd)/
  condition: any of them
}
rule sh_format_all_disks {
  meta:
    signal = "file.script_destructive" confidence = 88 on = "shell command python"
    says = "a script that formats disks without a question"
  strings:
    $a = /for\s+\w+\s+in\s+[^\n]{0,60}\/dev\/(sd|nvme|hd|vd)[^\n]{0,120}(mkfs|wipefs|dd\s)/
    $b = /(yes\s*\|\s*|echo\s+y\s*\|\s*)mkfs\b/
    $c = /mkfs(\.\w+)?\s+[^\n]{0,20}-F+\s[^\n]{0,30}\/dev\/(sda|nvme0n1|vda|hda)\b/
  condition: any of them
}
rule sh_fork_bomb {
  meta:
    signal = "file.script_destructive" confidence = 96 on = "shell command python perl ruby"
    says = "a script that multiplies itself until the machine stands still"
  strings:
    $a = /:\s*\(\s*\)\s*\{\s*:\s*\|\s*:\s*&\s*\}\s*;\s*:/
    $b = /(\w{1,12})\s*\(\)\s*\{\s*\w{1,12}\s*\|\s*\w{1,12}\s*&\s*\}\s*;\s*\w{1,12}/
    $c = /while\s+(True|1)\s*:\s*\n?\s*os\.fork\s*\(\s*\)/
    $d = /fork\s+while\s+(1|fork|true)/
  condition: any of them
}
rule bat_fork_bomb {
  meta:
    signal = "file.script_destructive" confidence = 93 on = "batch command vbs"
    says = "a script that multiplies itself until the machine stands still"
  strings:
    $a = /%0\s*\|\s*%0/
    $b = /:(\w{1,10})\s*\r?\n\s*start\s+("[^"]{0,20}"\s+)?"?%0"?\s*\r?\n\s*goto\s+:?\w{1,10}/ nocase
  condition: any of them
}
rule sh_wipe_person {
  meta:
    signal = "file.script_destructive" confidence = 85 on = "shell command"
    says = "a script that wipes a person's files beyond recovery"
  strings:
    $a = /shred\b[^\n]{0,80}(\$HOME|~\/|\/home\/|Documents|Pictures)/
    $b = /find\s+[^\n]{0,80}(\$HOME|~|\/home)[^\n]{0,80}shred\b/
  condition: any of them
}
rule sh_lock_out {
  meta:
    signal = "file.script_destructive" confidence = 82 on = "shell command"
    says = "a script that makes the whole machine unusable"
  strings:
    $a = /chmod\s+(-R\s+)?(0?000|-rwx|a-rwx)\s+(-R\s+)?\/(\s|$|;|&|\n)/
    $b = /chown\s+-R\s+\w+(:\w+)?\s+\/(\s*$|\s*[;&\n])/
    $c = /mv\s+(\/|\/\*|~|\$HOME)\/?\*?\s+\/dev\/null/
    $d = /(rm|mv)\s+[^\n]{0,20}\/(boot|etc|bin|usr|lib)(\/\*)?\s*($|[;&\n])/
  condition: any of them
}
rule bat_delete_everything {
  meta:
    signal = "file.script_destructive" confidence = 93 on = "batch command vbs vba hta"
    says = "a script that deletes everything on the machine or of a person"
  strings:
    $a = /\b(del|erase)\s+(\/[a-z]\s*){1,5}\s*"?(c:\\?(\*(\.\*)?|windows|users)?|%(systemdrive|systemroot|windir|userprofile|homepath)%)\\?(\\?\*(\.\*)?|\\(desktop|documents|pictures|system32)[\\*."]{0,6})?"?\s*($|[\r\n&|>])/ nocase
    $b = /\b(rd|rmdir)\s+(\/[a-z]\s*){1,3}\s*"?(c:\\?(windows|users|\*)?|%(systemdrive|systemroot|windir|userprofile|homepath)%(\\(desktop|documents|pictures))?)\\?"?\s*($|[\r\n&|>])/ nocase
  condition: any of them
}
rule bat_format_disk {
  meta:
    signal = "file.script_destructive" confidence = 93 on = "batch command powershell vbs vba hta"
    says = "a script that formats a disk without a question"
  strings:
    $a = /\bformat\s+[a-z]:\s*(\/[a-z:]+\s*){0,4}\/(y|q)\b/ nocase
    $b = /echo\s+y\s*\|\s*format\s+[a-z]:/ nocase
    $c = /(clean|clean\s+all)\s*>>?\s*[\w.%\\]+[\s\S]{0,200}diskpart\s+\/s/ nocase
    $d = /clear-disk\b[^\n]{0,80}-removedata[^\n]{0,60}-confirm:\$false/ nocase
  condition: any of them
}
rule ps_remove_everything {
  meta:
    signal = "file.script_destructive" confidence = 92 on = "powershell batch command"
    says = "a script that deletes everything on the machine or of a person"
  strings:
    $a = /(remove-item|\brm\b|\bri\b|\bdel\b)\s[^\n]{0,80}["']?(c:\\(\*|users|windows)?|\$env:(systemdrive|systemroot|userprofile|homepath)|\$home)(\\(\*|desktop|documents|pictures)(\\\*)?)?["']?(\s|$)[^\n]{0,80}/ nocase
    $r = /-r(ecurse)?\b/ nocase
    $f = /-fo(rce)?\b/ nocase
  condition: all of them
}
rule any_delete_shadow_copies {
  meta:
    signal = "file.script_destructive" confidence = 95 on = "batch command powershell vbs vba hta javascript python source pe"
    says = "a command that deletes the machine's own backups"
  strings:
    $a = /vssadmin(\.exe)?["',\s]{1,6}delete["',\s]{1,6}shadows/ nocase
    $b = /wmic(\.exe)?\s+shadowcopy\s+delete/ nocase
    $c = /win32_shadowcopy[^\n]{0,80}(\.delete\(|remove-(wmi|cim))/ nocase
    $d = /wbadmin(\.exe)?\s+delete\s+(catalog|systemstatebackup|backup)/ nocase
  condition: any of them
}
rule any_disable_recovery {
  meta:
    signal = "file.script_destructive" confidence = 92 on = "batch command powershell vbs vba hta python source pe"
    says = "a command that keeps the machine from being repaired"
  strings:
    $a = /bcdedit(\.exe)?["',\s][^\n]{0,60}(recoveryenabled["',\s]{1,4}no|bootstatuspolicy["',\s]{1,4}ignoreallfailures)/ nocase
    $b = /reagentc(\.exe)?\s+\/disable/ nocase
  condition: any of them
}
rule any_clear_traces {
  meta:
    signal = "file.script_destructive" confidence = 75 on = "batch command powershell vbs"
    says = "a script that clears the machine's records of what happened"
  strings:
    $a = /for\s+\/f[^\n]{0,120}wevtutil[^\n]{0,60}\b(cl|clear-log)\b/ nocase
    $b = /(wevtutil(\.exe)?\s+(cl|clear-log)\s+(system|security|application)\b[\s\S]{0,120}){2,}/ nocase
    $c = /clear-eventlog\b[^\n]{0,80}(security|system)/ nocase
    $d = /get-(win)?eventlog[^\n]{0,100}clear(-eventlog|log)/ nocase
  condition: any of them
}
rule py_remove_everything {
  meta:
    signal = "file.script_destructive" confidence = 90 on = "python"
    says = "a program that deletes everything of a person"
  strings:
    $a = /shutil\.rmtree\s*\(\s*(Path\.home\(\)|os\.path\.expanduser\(\s*["']~\/?["']\s*\)|["'](\/|C:\\\\?|C:\/|\/home|~)["']|os\.environ\[["'](HOME|USERPROFILE)["']\])/ nocase
    $walk = /os\.walk\s*\(\s*(os\.path\.expanduser\(\s*["']~["']\s*\)|Path\.home\(\)|["'](\/|C:\\\\?|C:\/|\/home)["']|os\.environ\[["'](HOME|USERPROFILE)["']\])/ nocase
    $del = /os\.(remove|unlink)\s*\(|\.unlink\s*\(/
    $old = /st_mtime|getmtime|endswith\s*\(\s*["']\.(tmp|pyc|log|cache)/
  condition: $a or ($walk and $del and not $old)
}
rule vbs_delete_everything {
  meta:
    signal = "file.script_destructive" confidence = 90 on = "vbs vba hta wsf javascript"
    says = "a script that deletes everything on the machine or of a person"
  strings:
    $a = /\.delete(folder|file)\s*\(?\s*["'](c:\\(\*|windows|users)?|%userprofile%)(\\?\*(\.\*)?|\\(desktop|documents|pictures))?["']/ nocase
    $b = /\bkill\s+["']?c:\\(\*\.\*|windows|users)/ nocase
    $c = /\.delete(folder|file)\s*\(?\s*(objshell|wshshell|shell|wscript)\.(specialfolders|expandenvironmentstrings)\([^)]{0,60}\)\s*&\s*["']\\?\*/ nocase
    $d = /\bkill\s+environ\$?\(\s*"(userprofile|homepath|systemroot)"\s*\)\s*&\s*"[^"\n]{0,40}\*/ nocase
  condition: any of them
}
rule js_remove_everything {
  meta:
    signal = "file.script_destructive" confidence = 88 on = "javascript json"
    says = "a program that deletes everything of a person"
  strings:
    $a = /\b(rmSync|rmdirSync|rm|rmdir|rimraf|removeSync|emptyDirSync)(\.sync)?\s*\(\s*(os\.homedir\(\)|process\.env\.(HOME|USERPROFILE)|["'](\/|C:\\\\?|~)["'])/
    $b = /exec(Sync)?\s*\(\s*["'`](rm\s+-rf\s+(\/|~|\$HOME)|del\s+\/[fsq]|rd\s+\/s)/
  condition: any of them
}
rule any_overwrite_boot {
  meta:
    signal = "file.script_destructive" confidence = 90 on = "python source powershell pe vbs"
    says = "a program that overwrites the start of the disk"
  strings:
    $a = /\\\\\.\\PhysicalDrive0/ nocase wide ascii
    $b = /\\\\\\\\\.\\\\PhysicalDrive0/ nocase
    $w = /writefile|\.write\s*\(|createfile[aw]?|os\.write|fwrite/ nocase wide ascii
    $zero = /b?["']\\x00["']\s*\*|memset|new byte\[512\]|bytearray\(|open\([^\n]{0,60}["'](wb|rb\+|r\+b)["']|GENERIC_WRITE|mbr/ nocase wide ascii
  condition: ($a or $b) and $w and $zero
}
rule reg_lock_out {
  meta:
    signal = "file.script_destructive" confidence = 80 on = "reg batch command powershell vbs"
    says = "a change that takes the machine's tools away from its owner"
  strings:
    $a = /disabletaskmgr"?\s*(=\s*dword:0*1|[^\n]{0,60}\/d\s+"?1|,\s*1)/ nocase
    $b = /disableregistrytools"?\s*(=\s*dword:0*1|[^\n]{0,60}\/d\s+"?1|,\s*1)/ nocase
    $c = /disablecmd"?\s*(=\s*dword:0*[12]|[^\n]{0,60}\/d\s+"?[12]|,\s*[12])/ nocase
    $d = /norun"?\s*(=\s*dword:0*1|[^\n]{0,60}\/d\s+"?1|,\s*1)/ nocase
  condition: any of them
}
rule sql_destroy_all {
  meta:
    signal = "file.script_destructive" confidence = 75 on = "sql php python"
    says = "a script that drops every table it finds"
  strings:
    $a = /information_schema\.tables[\s\S]{0,400}(drop\s+table|truncate\s+table)/ nocase
    $b = /sp_msforeachtable\s+["'](drop|truncate|delete)/ nocase
    $c = /for\s+\w+\s+in\s+\([^)]{0,200}pg_tables[\s\S]{0,300}execute\s+['"]drop/ nocase
  condition: any of them
}
rule py_time_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 93 on = "python"
    says = "a program that destroys data when a certain day has come"
  strings:
    $when = /(datetime|date)\.(now|today|utcnow)\s*\([^)]{0,20}\)[^\n]{0,60}(>=|>|==|<)\s*(datetime\.)?(datetime|date)\s*\(\s*20\d\d|\b(month|day|weekday\(\)|hour)\s*==\s*\d+|time\.time\(\)\s*>=?\s*\d{9,}|strftime\([^)]{1,20}\)\s*(==|>=?)\s*["']\d|(now|today)\s*(>=|>|==)\s*(\w+\.)?(date|datetime)?\s*\(?\s*["']?20\d\d/
    $limit = /\b\w*(trigger|deadline|bomb|expiry|when|day|date|due|zero|target)\w*\s*=\s*(datetime\.)?(datetime|date)\s*\(\s*20\d\d[\s\S]{0,800}(>=|>|<=|<|==)\s*\w*/ nocase
    $kill = /shutil\.rmtree\s*\(|os\.(remove|unlink|system)\s*\(|\.unlink\s*\(|subprocess\.\w+\([^\n]{0,80}(rm\b|del\b|format|shred)|drop\s+(table|database)|truncate\s+table|delete\s+from\s+\w+|os\.walk\(/ nocase
    $wide = /rmtree\s*\(|rm\s+-r|drop\s+(table|database)|truncate\s+table|os\.walk\(|rglob\(|glob\.glob\(|delete\s+from\s+\w+\s*["';]|format\s+c|shred|del\s+\/[sfq]/ nocase
    $clean = /getmtime|st_mtime|older|retention|timedelta\(days|backup_?dir|expired?_?(files|logs|backups)|log_?dir|cache|max_age/ nocase
  condition: ($when or $limit) and $kill and $wide and not $clean
}
rule py_person_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 93 on = "python"
    says = "a program that destroys data when a certain person or machine is found or missing"
  strings:
    $who = /(getpass\.getuser|os\.getlogin|socket\.gethostname|platform\.node|uuid\.getnode)\s*\(\s*\)[^\n]{0,40}(==|!=|\bin\b|not in)/
    $missing = /if\s+["'][\w .@-]{3,40}["']\s+not\s+in\s+\w*(employee|staff|payroll|user|people|ldap|roster|active)\w*/ nocase
    $gone = /if\s+not\s+\w*(is_active|still_employed|employed|exists_in_ad|user_enabled|account_enabled|is_employed)\w*\s*\(/ nocase
    $kill = /shutil\.rmtree\s*\(|rm\s+-r|drop\s+(table|database)|truncate\s+table|os\.walk\(|delete\s+from\s+\w+|format\s+c|shred|rmdir/ nocase
    $act = /os\.(remove|unlink|system)|rmtree|execute\s*\(|subprocess|unlink\(/
  condition: ($who or $missing or $gone) and $kill and $act
}
rule sh_time_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 93 on = "shell"
    says = "a script that destroys data when a certain day has come"
  strings:
    $when = /\[+\s*["']?(\$\(\s*date\b[^)]{0,40}\)|`date\b[^`]{0,40}`|\$\{?(now|today|date|d|current\w*)\}?)["']?\s*(-ge|-gt|-eq|==?|>|-lt|!=)\s*["']?(\d{2,14}|20\d\d|\$\{?\w+\}?)/ nocase
    $kill = /rm\s+-[rRf]{1,3}\b[^\n]{1,120}|shred\b|mkfs|dd\s+if=\/dev\/(zero|u?random)|drop\s+(database|table)|>\s*\/dev\/sd|wipefs|find\s+[^\n]{1,80}-delete/ nocase
    $wide = /rm\s+-\w+\s+(--\S+\s+)?["']?(\/(\s|$|\*|home|var|srv|data|opt|etc|mnt|usr)|~|\$HOME|\.\/?\*|\$\{?(DATA|ROOT|HOME|SRC|REPO|PROD)\w*\}?|\*)|shred|mkfs|dd\s+if=|drop\s+(database|table)|wipefs|find\s+\/(home|srv|data|var|opt)?\s/ nocase
    $clean = /mtime|retention|older|rotate|backup|\.log\b|\/tmp|cache|keep_days|days_to_keep/ nocase
  condition: $when and $kill and $wide and not $clean
}
rule sh_person_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 93 on = "shell"
    says = "a script that destroys data when a certain person or machine is found or missing"
  strings:
    $a = /(grep\s+-\w*q\w*\s+["']?[\w.@-]{2,40}["']?\s+\/etc\/(passwd|shadow|group)|getent\s+passwd\s+[\w.@-]{2,40}|\bid\s+(-u\s+)?[\w.@-]{2,40})[^\n]{0,60}(\|\||;\s*then|&&)[\s\S]{0,300}(rm\s+-[rRf]{1,3}|shred|mkfs|dd\s+if=|drop\s+database)/
    $b = /(hostname|whoami|\$USER|\$\(hostname\))["']?\s*\)?["']?\s*(=|==|!=|-eq)\s*["']?[\w.-]{2,40}["']?\s*\]+[\s\S]{0,200}(rm\s+-[rRf]{2,3}\s+[^\n]{0,20}(\/|~|\$HOME)(\s|home|\*|$)|shred|mkfs|dd\s+if=\/dev\/(zero|u?random)|drop\s+database)/
  condition: any of them
}
rule bat_time_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 93 on = "batch"
    says = "a script that destroys data when a certain day has come"
  strings:
    $when = /if\s+(\/i\s+)?(not\s+)?["']?%?(date|%date[^%]{0,12}|day|month|today|year|time)[^%\n]{0,12}%?["']?\s*(==|geq|gtr|equ|leq|lss)\s*["']?[\w.\/-]{1,14}/ nocase
    $kill = /\b(del|erase)\s+(\/[a-z]\s*)+|\b(rd|rmdir)\s+(\/[a-z]\s*)+|\bformat\s+[a-z]:|cipher\s+\/w|diskpart/ nocase
    $clean = /\.(log|tmp|bak|old)\b|forfiles|%temp%|backup|cache/ nocase
  condition: $when and $kill and not $clean
}
rule any_scheduled_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 88 on = "batch command powershell shell python vbs"
    says = "a job set for a certain day that destroys data"
  strings:
    $a = /schtasks(\.exe)?\b[^\n]{0,300}\/tr\s+[^\n]{0,200}(del\s+\/|rd\s+\/s|rmdir\s+\/s|format\s+[a-z]:|remove-item[^\n]{0,60}-recurse|cipher\s+\/w)/ nocase
    $b = /(^|\n)[\s"'\w|>(]*\d{1,2}\s+\d{1,2}\s+\d{1,2}\s+\d{1,2}\s+\*\s+[^\n]{0,60}(rm\s+-[rRf]{1,3}\s+(\/|~|\$HOME)|shred|mkfs|dd\s+if=\/dev\/)/
    $c = /\becho\s+["'][^"'\n]{0,120}(rm\s+-[rRf]{2,3}\s+(\/|~|\$HOME)|shred|mkfs)[^"'\n]{0,80}["']\s*\|\s*at\s/
  condition: any of them
}
rule ps_time_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 93 on = "powershell"
    says = "a script that destroys data when a certain day has come"
  strings:
    $when = /\(?\s*get-date[^\n]{0,60}\)?\s*-(ge|gt|eq|le|lt)\s*(\(?\s*\[?(datetime|get-date)|["']?\d|\$\w+)|\[datetime\]::(now|today)[^\n]{0,30}-(ge|gt|eq)|\$(now|today|date)\w*(\.\w+)?\s*-(ge|gt|eq)\s*["'\[$\d(]/ nocase
    $kill = /(remove-item|\bri\b|\brm\b)\s[^\n]{0,160}-r(ecurse)?\b|format-volume|clear-disk|drop\s+(table|database)|cipher\s+\/w|\.delete\(\s*\$true/ nocase
    $clean = /lastwritetime|creationtime|adddays|\.(log|tmp|bak|old)\b|\$env:temp|retention|cache/ nocase
  condition: $when and $kill and not $clean
}
rule ps_person_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 92 on = "powershell batch vbs"
    says = "a script that destroys data when a certain person or machine is found or missing"
  strings:
    $who = /get-(ad|local)user\b[^\n]{0,120}(enabled|identity|name)|\$env:(username|computername)\s*-(eq|ne|notlike|like|match)|net\s+user\s+[\w.]{2,30}\s+\/domain|if\s+(not\s+)?(exist\s+"?c:\\users\\[\w.]{2,30}|"?%(username|computername)%"?\s*(==|equ|neq))/ nocase
    $kill = /(remove-item|\bri\b)\s[^\n]{0,160}-r(ecurse)?\b|format-volume|clear-disk|\bdel\s+\/[a-z]\s+\/[a-z]|\brd\s+\/s|rmdir\s+\/s|\bformat\s+[a-z]:|drop\s+(table|database)/ nocase
    $clean = /\$env:temp|%temp%|profile_?cleanup|\.(log|tmp|bak)\b|homedirectory/ nocase
  condition: $who and $kill and not $clean
}
rule vb_time_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 93 on = "vbs vba hta"
    says = "a script that destroys data when a certain day has come"
  strings:
    $when = /if\s+[^\n]{0,40}\b(date|now|day\(\s*(now|date)\s*(\(\))?\s*\)|month\(\s*(now|date)\s*(\(\))?\s*\)|weekday\(\s*(now|date)[^)]{0,10}\)|year\(\s*(now|date)[^)]{0,10}\))\s*(\(\))?\s*(>=|=>|>|=|<)\s*(#|\d|cdate|dateserial|datevalue|["'])/ nocase
    $kill = /\.delete(folder|file)\b|\bkill\s+["\w]|\brmdir\b|format\s+[a-z]:|drop\s+table|cmd[^\n]{0,40}\b(del|rd|format)\b/ nocase
    $clean = /datelastmodified|\.(log|tmp|bak|old)\b|datediff|%temp%/ nocase
  condition: $when and $kill and not $clean
}
rule js_time_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 92 on = "javascript html"
    says = "a program that destroys data when a certain day has come"
  strings:
    $when = /(Date\.now\(\)|new Date\(\)(\.get\w+\(\))?|\b(now|today)(\.get\w+\(\))?)\s*(>=|>|===?)\s*(new Date\(\s*["'\d]|Date\.parse|\d{1,14}|["'])/
    $kill = /\b(rmSync|rmdirSync|rimraf|removeSync|emptyDirSync|unlinkSync)\b|fs\.(rm|rmdir|unlink|promises\.rm)\s*\(|dropDatabase\s*\(|deleteMany\s*\(\s*\{\s*\}|drop\s+(table|database)|exec(Sync)?\s*\(\s*["'`](rm\s+-r|del\s+\/)/ nocase
    $clean = /mtime|birthtime|maxage|max_age|ttl|expires?|cache|tmp|older|retention|session/ nocase
  condition: $when and $kill and not $clean
}
rule js_place_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 85 on = "javascript"
    says = "a program that destroys data when it runs in a certain place or under a certain name"
  strings:
    $who = /(os\.(hostname|userInfo)\(\)(\.username)?|process\.env\.(USER|USERNAME|COMPUTERNAME|HOSTNAME))\s*(===?|!==?)\s*["']|(country|country_?code|countryName|timezone|timeZone)\w*["'\])]*\s*(===?|\.includes\(|\.startsWith\()|includes\(\s*(data|geo|loc|res)\w*\.country/ nocase
    $kill = /\b(rmSync|rmdirSync|rimraf|removeSync|unlinkSync)\b|writeFile(Sync)?\s*\([^)]{0,80}["'][^"']{0,4}["']\s*[,)]|exec(Sync)?\s*\(\s*["'`](rm\s+-r|del\s+\/)|fs\.(rm|rmdir)\s*\(/
    $walk = /readdir(Sync)?\s*\(|recursive\s*:\s*true|homedir\(\)|glob(Sync)?\s*\(/
  condition: all of them
}
rule php_time_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 90 on = "php"
    says = "a page that destroys data when a certain day has come"
  strings:
    $when = /(date\s*\(\s*["'][^"']{1,12}["']\s*\)|time\s*\(\s*\)|strtotime\s*\(\s*["']20\d\d)\s*[^\n;]{0,40}(>=|>|===?|<)\s*["'\ds]/ nocase
    $kill = /drop\s+(table|database)|truncate\s+table|array_map\s*\(\s*["']unlink|delete\s+from\s+\w+\s*["';]|(system|exec|shell_exec)\s*\(\s*["']rm\s+-r|RecursiveDirectoryIterator[\s\S]{0,300}unlink\s*\(/ nocase
    $clean = /filemtime|cache|session|expire|older|tmp/ nocase
  condition: $when and $kill and not $clean
}
rule sql_time_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 90 on = "sql"
    says = "a database job that destroys data when a certain day has come or a person is gone"
  strings:
    $when = /if\s*\(?\s*(getdate\(\)|current_date|sysdate|now\(\)|curdate\(\)|current_timestamp)[^\n]{0,40}(>=|>|=)\s*(to_date\s*\(\s*)?(date\s*)?['"]?20\d\d/ nocase
    $event = /create\s+event\b[^;]{0,200}on\s+schedule\s+at\s+['"]20\d\d/ nocase
    $who = /if\s+not\s+exists\s*\(\s*select\b[^)]{0,200}(employee|staff|payroll|users?)\b[^)]{0,120}=\s*'/ nocase
    $kill = /drop\s+(table|database|schema)|truncate\s+table|delete\s+from\s+\w+\s*;/ nocase
  condition: ($when or $event or $who) and $kill
}
rule source_time_bomb {
  meta:
    signal = "file.logic_bomb" confidence = 88 on = "source"
    says = "source of a program that destroys data when a certain day has come or a person is gone"
  strings:
    $when = /(DateTime\.(Now|UtcNow|Today)|LocalDate\.now\(\)|time\.Now\(\)|time\s*\(\s*(NULL|0|nullptr)\s*\)|System\.currentTimeMillis\(\)|Instant\.now\(\))[^\n]{0,60}(>=|>|==|isAfter|After\(|compareTo|Equals)/
    $when2 = /tm_(mon|mday|year)\s*(==|>=?)\s*\d+/
    $who = /(Environment\.(UserName|MachineName)|System\.getProperty\("user\.name"\)|getlogin\s*\(\s*\)|user\.Current\(\)|gethostname\s*\()[^\n]{0,60}(==|!=|Equals|equals|strcmp)/
    $kill = /Directory\.Delete\s*\([^)]{0,80}true|FileUtils\.deleteDirectory|os\.RemoveAll\s*\(|fs::remove_dir_all|system\s*\(\s*"(rm\s+-r|del\s+\/|rd\s+\/|format)|deleteRecursively\s*\(|remove_all\s*\(|"drop\s+(table|database)|Runtime\.getRuntime\(\)\.exec\("(rm|cmd \/c (del|rd|format))/ nocase
    $clean = /LastWriteTime|lastModified\(\)|ModTime\(\)|tmp|temp|cache|expired/ nocase
  condition: ($when or $when2 or $who) and $kill and not $clean
}
rule any_dead_man_switch {
  meta:
    signal = "file.logic_bomb" confidence = 88 on = "python shell powershell javascript php"
    says = "a program that destroys data when a sign of life stays away"
  strings:
    $sign = /dead[\s_-]?man|kill[\s_-]?switch|heartbeat|last_?(checkin|check_in|login|seen)|not_?checked_?in|logic_?bomb|time_?bomb/ nocase
    $kill = /rmtree\s*\(\s*(["'](\/|~|C:)|os\.path\.expanduser|Path\.home)|rm\s+-[rRf]{2,3}\s+["']?(\/(\s|home|srv|data|var|\*|$)|~|\$HOME)|drop\s+database|shred\s|remove-item[^\n]{0,100}-recurse|format\s+[a-z]:|mkfs|os\.walk[\s\S]{0,200}os\.(remove|unlink)/ nocase
  condition: all of them
}
rule py_hands_removal_to_shell {
  meta:
    signal = "file.script_destructive" confidence = 93 on = "python perl ruby php lua"
    says = "a program that has the shell delete everything on the machine or of a person"
  strings:
    $a = /(os\.system|os\.popen|subprocess\.\w+|\bsystem|\bexec|shell_exec|`)\s*\(?\s*f?["'`]?[^\n]{0,60}\brm\s+(-[a-zA-Z]+\s+|--[\w-]+\s+){1,4}["']?(\/|\/\*|~|~\/|~\/\*|\$HOME|\/home|\/home\/\*)\/?\*?["'`]?\s*([;&|)"'`,]|\n|$)/
  condition: $a
}
