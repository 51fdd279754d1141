// Programs that take passwords, cookies, keys or what a person types and send it away.
rule browser_passwords {
  meta:
    signal = "file.stealer" confidence = 94 on = "python powershell javascript source vbs batch pe macho elf shell"
    says = "a program that takes saved passwords or cookies out of browsers"
  strings:
    $store = /\\?\\login data\b|["'\/\\]cookies["'\/]|logins\.json|key4\.db|\\web data\b|login data["']/ nocase wide ascii
    $key = /cryptunprotectdata|win32crypt|os_crypt|local state|encrypted_key|nss3|pk11sdr_decrypt|dpapi|secretstorage/ nocase wide ascii
    $browser = /\\google\\chrome|google\/chrome|chrome\\user data|brave-?browser|mozilla\\firefox|microsoft\\edge|opera software|\.mozilla|chromium/ nocase wide ascii
  condition: all of them
}
rule discord_tokens {
  meta:
    signal = "file.stealer" confidence = 95 on = "python powershell javascript source batch pe vbs"
    says = "a program that takes session keys of a chat service"
  strings:
    $store = /discord(canary|ptb)?[^\n]{0,40}(local storage|leveldb)|leveldb[^\n]{0,200}discord/ nocase wide ascii
    $form = /\[\\w-\]\{24|\[\\w-\]\{26|mfa\\\.\[|dQw4w9WgXcQ|authorization|\[\w\\-\]\{2[46]\}/ nocase wide ascii
  condition: all of them
}
rule messenger_session {
  meta:
    signal = "file.stealer" confidence = 92 on = "python powershell javascript source batch pe vbs shell"
    says = "a program that takes the session of a messenger"
  strings:
    $store = /telegram desktop[\\\/]{1,2}tdata|\btdata\b|signal[\\\/]{1,2}(config\.json|sql)|whatsapp[\\\/]{1,2}(databases|msgstore|key)/ nocase wide ascii
    $send = /sendDocument|webhook|requests\.post|upload|ftp|smtp|http\.?client|invoke-(webrequest|restmethod)|curl\s|sendmail|\.post\s*\(/ nocase wide ascii
    $take = /zip|copytree|shutil|compress-archive|copy-item|xcopy|robocopy|tar\s/ nocase wide ascii
  condition: all of them
}
rule wallet_files {
  meta:
    signal = "file.stealer" confidence = 93 on = "python powershell javascript source batch pe vbs shell macho"
    says = "a program that takes wallets of digital money"
  strings:
    $store = /wallet\.dat|nkbihfbeogaeaoehlefnkodbefgpgknn|exodus[\\\/]{1,2}exodus\.wallet|electrum[\\\/]{1,2}wallets|atomic[\\\/]{1,2}local storage|ethereum[\\\/]{1,2}keystore|bfnaelmomeimhlpmgjnjophhpkkoljpa|\.config\/solana\/id\.json/ nocase wide ascii
    $send = /sendDocument|api\.telegram|webhook|requests\.post|upload|ftp|smtp|http\.?client|invoke-(webrequest|restmethod)|curl\s|\.post\s*\(/ nocase wide ascii
  condition: all of them
}
rule ssh_keys_sent {
  meta:
    signal = "file.stealer" confidence = 93 on = "python powershell javascript shell json source php perl ruby"
    says = "a program that sends secret keys of the machine away"
  strings:
    $key = /\.ssh\/(id_rsa|id_ed25519|id_ecdsa|\*)|\.ssh["'], ?["']id_(rsa|ed25519)|\.aws\/credentials|\.kube\/config/ nocase
    $folder = /(listdir|walk|scandir|glob|readdir\w*|rglob|\bls\b|\btar\b|\bzip\b)[^\n]{0,60}\.ssh\b/ nocase
    $weak = /\.docker\/config\.json|\.npmrc|\.pypirc|\.netrc|\.git-credentials/ nocase
    $channel = /webhook|api\.telegram|curl\b[^\n]{0,120}(-F|-T|--upload-file|--data-binary|-d\s*@)|ngrok|pastebin|https?:\/\/\d+\.\d+\.\d+\.\d+/ nocase
    $send = /curl\b[^\n]{0,200}(-d|--data|-F|-T|--upload-file|--data-binary)\b|requests\.(post|put)\s*\(|urlopen\s*\(|https?\.request\s*\(|fetch\s*\(|nc\s+[\w.-]+\s+\d|webhook|invoke-(webrequest|restmethod)[^\n]{0,200}post|scp\s+[^\n]{1,80}@[\w.-]+:|axios\.post|dns\.resolve/ nocase
    $inward = /ssh-keygen|StrictHostKeyChecking|IdentityFile/
  condition: (($key or $folder) and $send and not $inward) or ($weak and $channel and $send and not $inward)
}
rule key_logger_sent {
  meta:
    signal = "file.stealer" confidence = 92 on = "python powershell javascript source vbs"
    says = "a program that records what is typed and sends it away"
  strings:
    $keys = /pynput[\s\S]{0,200}keyboard|keyboard\.(on_press|hook|on_release|record)\s*\(|getasynckeystate|setwindowshookex|on_press\s*=|iohook|globalkeyboardlistener/ nocase
    $send = /smtplib|requests\.post|webhook|api\.telegram|sendmail|send-mailmessage|invoke-(webrequest|restmethod)|ftplib|system\.net\.mail|httpclient|urlopen|socket\.send|axios\.post|https?\.request/ nocase
  condition: all of them
}
rule key_logger_kept {
  meta:
    signal = "file.stealer" confidence = 62 on = "python powershell source vbs"
    says = "a program that records what is typed, out of sight"
  strings:
    $keys = /getasynckeystate|keyboard\.Listener\s*\(\s*on_press|wh_keyboard_ll/ nocase
    $file = /open\s*\([^)]{0,80}["']a\+?["']|out-file[^\n]{0,60}-append|add-content|appendalltext|logging\.basicConfig\s*\(\s*filename/ nocase
    $hide = /showwindow[^\n]{0,40}(0|hide)|windowstyle\s+hid|freeconsole|appdata|\.pyw|log_?dir\s*=\s*["']{2}/ nocase
  condition: all of them
}
rule clipboard_swap {
  meta:
    signal = "file.stealer" confidence = 92 on = "python powershell javascript source vbs"
    says = "a program that swaps copied payment addresses for its own"
  strings:
    $read = /pyperclip\.paste|get-clipboard|clipboard\.(gettext|readtext)|getclipboarddata|root\.clipboard_get/ nocase
    $form = /\[13\]\[|bc1\[|\^?\(?bc1|0x\[a-fA-F0-9\]\{40\}|\[a-km-zA-HJ-NP-Z1-9\]|1-9A-HJ-NP-Za-km-z/
    $write = /pyperclip\.copy|set-clipboard|clipboard\.(settext|writetext|setdataobject)|setclipboarddata|clipboard_append/ nocase
  condition: all of them
}
rule environment_sent {
  meta:
    signal = "file.stealer" confidence = 88 on = "python javascript shell ruby php json powershell source"
    says = "a program that sends the machine's secret settings away"
  strings:
    $all = /json\.stringify\s*\(\s*(\{[^}]{0,200})?process\.env\b|json\.dumps\s*\(\s*dict\s*\(\s*os\.environ|dict\s*\(\s*os\.environ\s*\)|(\$\(|`|\b)(env|printenv|set)\s*(\||\)|`)[^\n]{0,80}(curl|base64|nc)\b|ENV\.to_(h|a|json)|get-childitem\s+env:/ nocase
    $send = /https?\.request|requests\.post|fetch\s*\(|curl\b|webhook|axios\.post|urlopen|net::http\.post|invoke-(webrequest|restmethod)|\bnc\s|dns\.(lookup|resolve)/ nocase
  condition: all of them
}
rule machine_facts_to_channel {
  meta:
    signal = "file.stealer" confidence = 85 on = "python powershell javascript batch vbs source shell"
    says = "a program that sends what it finds on the machine to a message channel"
  strings:
    $channel = /discord(app)?\.com\/api\/webhooks\/|api\.telegram\.org\/bot/ nocase
    $facts = /getpass\.getuser|os\.getlogin|platform\.(node|uname|platform)|socket\.gethostname|api\.ipify|ipinfo\.io|ip-api\.com|%username%|\$env:(username|computername)|systeminfo|get_mac|getnode|os\.userinfo|get-computerinfo/ nocase
    $files = /imagegrab|screenshot|os\.walk|glob\.glob|listdir|get-childitem|\.zip|login data|cookies|clipboard|wlan|password|token|wallet/ nocase
  condition: all of them
}
rule page_takes_cookies {
  meta:
    signal = "file.stealer" confidence = 88 on = "javascript html svg"
    says = "a page that sends the visitor's session to somebody else"
  strings:
    $a = /(fetch|sendBeacon|\.open|\.src\s*=|location(\.href)?\s*=|\.get|\.post|ajax)\s*\(?[^\n]{0,200}(document\.cookie|localStorage\.getItem\(\s*["'][^"']{0,30}(token|session|auth)|escape\(document\.cookie)/ nocase
    $b = /new\s+Image\s*\(\s*\)\s*(\)|;)?[\s\S]{0,80}\.src\s*=[^\n]{0,120}document\.cookie/ nocase
    $c = /(btoa|encodeURIComponent|JSON\.stringify)\s*\(\s*(\{[^}]{0,100})?document\.cookie[\s\S]{0,300}(fetch|sendBeacon|XMLHttpRequest|\.src\s*=)/ nocase
    $out = /https?:\/\/|\/\/[\w-]+\.\w/
  condition: ($a or $b or $c) and $out
}
rule extension_takes_cookies {
  meta:
    signal = "file.stealer" confidence = 90 on = "javascript"
    says = "a browser extension that sends the sessions of every site away"
  strings:
    $a = /(chrome|browser)\.cookies\.getAll\s*\(/
    $b = /fetch\s*\(|XMLHttpRequest|sendBeacon|axios|WebSocket\s*\(/
    $c = /https?:\/\/|wss?:\/\/|atob\s*\(/
  condition: all of them
}
rule page_skims_cards {
  meta:
    signal = "file.stealer" confidence = 90 on = "javascript html"
    says = "a script that copies card numbers out of a shop's form and sends them away"
  strings:
    $field = /(card[-_ ]?number|cc[-_]?num(ber)?|\bcvv2?\b|\bcvc\b|card[-_]?exp|cardholder|payment\[cc)/ nocase
    $take = /addEventListener\s*\(\s*["'](submit|click|blur|change|keyup)|querySelector(All)?\s*\(|getElementById\s*\(|\.serialize\s*\(/
    $send = /(btoa\s*\(|JSON\.stringify\s*\()[\s\S]{0,400}(new\s+Image|sendBeacon|fetch\s*\(\s*["'`](https?:)?\/\/|XMLHttpRequest|\.src\s*=)|(new\s+Image|sendBeacon|\.src\s*=)[^\n]{0,200}(btoa\s*\(|JSON\.stringify)/
    $hosted = /js\.stripe\.com|braintreegateway|adyen\.com|checkout\.com|square(up)?\.com/ nocase
  condition: $field and $take and $send and not $hosted
}
rule screen_spy {
  meta:
    signal = "file.stealer" confidence = 85 on = "python powershell source vbs"
    says = "a program that photographs the screen or room and sends the pictures away"
  strings:
    $see = /imagegrab\.grab|pyautogui\.screenshot|mss\(\)|copyfromscreen|cv2\.videocapture\s*\(\s*0|sounddevice\.rec|pyaudio/ nocase
    $send = /smtplib|webhook|api\.telegram|requests\.post[^\n]{0,200}files|send-mailmessage|ftplib|\.upload/ nocase
    $loop = /while\s+(true|1)|threading\.timer|schedule\.every|start-sleep|time\.sleep/ nocase
  condition: all of them
}
rule wifi_passwords {
  meta:
    signal = "file.stealer" confidence = 85 on = "python powershell batch vbs javascript source"
    says = "a program that collects the machine's wireless passwords and sends them away"
  strings:
    $a = /netsh["',\s]+wlan["',\s]+(show|export)["',\s]+profiles?/ nocase
    $b = /key["']?\s*=\s*["']?clear/ nocase
    $send = /smtplib|requests\.post|webhook|api\.telegram|invoke-(webrequest|restmethod)|send-mailmessage|curl\s|ftp\b/ nocase
  condition: all of them
}
rule memory_of_logins {
  meta:
    signal = "file.stealer" confidence = 95 on = "powershell batch command vbs python source pe"
    says = "a program that takes passwords out of the system's memory"
  strings:
    $a = /comsvcs(\.dll)?["',\s]+(#24|minidump)/ nocase wide ascii
    $b = /procdump(64)?(\.exe)?\b[^\n]{0,60}lsass/ nocase wide ascii
    $c = /sekurlsa::|lsadump::|privilege::debug|kerberos::(golden|ptt)/ nocase wide ascii
    $d = /invoke-mimikatz|invoke-kerberoast/ nocase wide ascii
    $e = /reg(\.exe)?\s+save\s+hk(lm|ey_local_machine)\\(sam|security)\b/ nocase wide ascii
  condition: any of them
}
rule mac_password_prompt {
  meta:
    signal = "file.stealer" confidence = 92 on = "applescript shell python javascript macho"
    says = "a program that asks for the machine's password and takes it"
  strings:
    $ask = /display\s+dialog\s+[^\n]{0,300}hidden\s+answer|dscl\s+\.?\s*-?\/?Local\/?[^\n]{0,30}authonly|dscl\s+\.\s+authonly/ nocase
    $take = /find-generic-password|login\.keychain|do\s+shell\s+script\s+[^\n]{0,200}(curl|zip|ditto)|keychain-db|Cookies\.binarycookies|curl\s+-X\s+POST/ nocase
  condition: all of them
}
rule app_forwards_messages {
  meta:
    signal = "file.stealer" confidence = 82 on = "dex smali source"
    says = "an app that forwards received messages to somebody else"
  strings:
    $read = /SMS_RECEIVED|createFromPdu|getMessageBody|content:\/\/sms/
    $send = /api\.telegram\.org\/bot|discord(app)?\.com\/api\/webhooks|sendTextMessage[\s\S]{0,200}getMessageBody|\/sms\/(upload|save|receive)\.php/
  condition: all of them
}
rule kit_takes_logins {
  meta:
    signal = "file.phishing_page" confidence = 95 on = "php"
    says = "a page that takes passwords sent to it, passes them on and sends the visitor away"
  strings:
    $take = /\$_(POST|REQUEST)\s*\[\s*["']?\w*(pass(wd|word)?|pwd|pin|otp|cvv|card|seed|login|user(name)?|email)\w*["']?\s*\]/ nocase
    $send = /\bmail\s*\(\s*\$|api\.telegram\.org\/bot|file_put_contents\s*\([^)]{0,80}\.(txt|log|html|csv)|fopen\s*\([^)]{0,80}\.(txt|log|html|csv)["']\s*,\s*["']a|discord(app)?\.com\/api\/webhooks/ nocase
    $away = /header\s*\(\s*["']\s*location\s*:|http-equiv=["']?refresh|window\.location/ nocase
    $honest = /password_(verify|hash)\s*\(|\bprepare\s*\(|mysqli|\bPDO\b|wp_signon/
  condition: $take and $send and $away and not $honest
}
rule kit_keeps_watchers_out {
  meta:
    signal = "file.phishing_page" confidence = 80 on = "php text"
    says = "a page that hides from those who look for forged pages"
  strings:
    $a = /(phishtank|netcraft|safebrowsing|kaspersky|bitdefender|avira|fortinet|phish)/ nocase
    $b = /HTTP_USER_AGENT|REMOTE_ADDR|gethostbyaddr/
    $c = /404\s+not\s+found|die\s*\(|exit\s*\(|header\s*\(\s*["'](location|HTTP\/1)/ nocase
    $list = /(["'](bot|above|google|crawl|spider|amazonaws|phishtank|netcraft|kaspersky|cyveillance)\w*["']\s*,\s*){3}/ nocase
  condition: all of them
}
rule kit_result_format {
  meta:
    signal = "file.phishing_page" confidence = 88 on = "php javascript html text"
    says = "a page that writes down stolen logins in a collector's form"
  strings:
    $a = /[-=+|#*~]{3,}\s*\[?\s*(new\s+)?(\w+\s+)?(log(in|s|z)?|result(s|z)?|fullz|rezult)\s*\]?\s*[-=+|#*~]{3,}/ nocase
    $b = /(user(name)?|email|login)\s*(:|=>|=)\s*["'. ]{0,6}[.$+]/ nocase
    $c = /(pass(word)?|pwd)\s*(:|=>|=)\s*["'. ]{0,6}[.$+]/ nocase
  condition: all of them
}
