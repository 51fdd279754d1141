// Ransom notes, and programs that lock a person's files.
rule note_english {
  meta:
    signal = "file.ransom_note" confidence = 94 on = "text html hta vbs batch powershell python source pe json"
    says = "a note that demands money for locked files"
  strings:
    $done = /(all\s+)?(of\s+)?(your|ur|this\s+(computer|network)'?s?)\s+(\w+\s+){0,5}(files?|data|documents|network|databases?|servers?|photos)\s+(\w+,?\s+){0,10}(have|has|are|were|was|is)\s+(been\s+)?(\w+\s+){0,3}(encrypted|locked|stolen|downloaded)/ nocase wide ascii
    $pay = /bitcoin|\bbtc\b|monero|\bxmr\b|decrypt(ion|or)\s+(key|tool|software|program)|\.onion\b|tor\s+browser|\bransom\b|\$\s?\d{2,6}/ nocase wide ascii
    $order = /do\s+not\s+(rename|modify|try|attempt|delete|turn|contact|shut|use)|contact\s+us|write\s+(to\s+)?us|e-?mail\s+us|personal\s+(id|key|code)|your\s+(unique\s+)?id|send\s+[^\n]{0,40}(to\s+)?(the\s+)?(following\s+)?(bitcoin\s+|btc\s+)?(address|wallet)|\d+\s*(hours|days)|only\s+way|free\s+decrypt|guarantee/ nocase wide ascii
  condition: all of them
}
rule note_german {
  meta:
    signal = "file.ransom_note" confidence = 92 on = "text html hta"
    says = "a note that demands money for locked files"
  strings:
    $a = /(ihre|deine|alle)\s+(\w+\s+){0,3}(dateien|daten|dokumente)\s+(\S+\s+){0,4}(verschlüsselt|gesperrt|entwendet)/ nocase
    $b = /bitcoin|\bbtc\b|monero|\.onion|tor[- ]browser|lösegeld|entschlüssel/ nocase
    $c = /kontakt|zahl(en|ung)|überweis|schlüssel|stunden|nicht\s+(um)?benennen|persönliche\s+id/ nocase
  condition: all of them
}
rule note_spanish_portuguese {
  meta:
    signal = "file.ransom_note" confidence = 92 on = "text html hta"
    says = "a note that demands money for locked files"
  strings:
    $a = /(sus|tus|todos\s+(sus|tus|los|os|seus)|seus|os\s+seus)\s+(\w+\s+){0,3}(archivos|ficheros|datos|documentos|arquivos|dados)\s+(\S+\s+){0,4}(cifrados|encriptados|bloqueados|criptografados|codificados)/ nocase
    $b = /bitcoin|\bbtc\b|monero|\.onion|rescate|resgate|descifra|descriptogra|desencripta|clave|chave/ nocase
    $c = /pag(ar|o|amento|ue)|contact|correo|e-?mail|horas|no\s+(cambie|modifique|intente)|não\s+(renomeie|tente|modifique)|direcci(o|ó)n|endere(c|ç)o/ nocase
  condition: all of them
}
rule note_french_italian {
  meta:
    signal = "file.ransom_note" confidence = 92 on = "text html hta"
    says = "a note that demands money for locked files"
  strings:
    $a = /(vos|tous\s+vos|i\s+(tuoi|vostri|suoi)|tutti\s+i\s+(tuoi|vostri|suoi))\s+(\S+\s+){0,3}(fichiers|données|documents|file|dati|documenti)\s+(\S+\s+){0,4}(chiffrés|cryptés|verrouillés|crittografati|criptati|cifrati|bloccati)/ nocase
    $b = /bitcoin|\bbtc\b|monero|\.onion|rançon|riscatto|déchiffre|décrypt|decifra|decritt/ nocase
    $c = /pa(y|i|g)(er|ement|are|amento|ez)|contact|contatt|heures|\bore\b|ne\s+(renommez|modifiez|tentez)|non\s+(rinominare|modificare|tentare)|adresse|indirizzo|cl(é|e)/ nocase
  condition: all of them
}
rule note_russian {
  meta:
    signal = "file.ransom_note" confidence = 92 on = "text html hta"
    says = "a note that demands money for locked files"
  strings:
    $a = /(В|в)аши\s+(личные\s+|важные\s+)?(файлы|данные|документы)\s+(были\s+|на\s+компьютере\s+)?(полностью\s+)?зашифрованы/
    $a2 = "файлы зашифрованы"
    $a3 = "файлы были зашифрованы"
    $b1 = "биткоин"
    $b2 = /bitcoin|\bbtc\b|\.onion|monero/ nocase
    $b3 = "расшифров"
    $c1 = "оплат"
    $c2 = "свяж"
    $c3 = "выкуп"
    $c4 = "ключ"
    $c5 = "почт"
  condition: any of ($a*) and any of ($b*) and any of ($c*)
}
rule note_chinese_japanese {
  meta:
    signal = "file.ransom_note" confidence = 90 on = "text html hta"
    says = "a note that demands money for locked files"
  strings:
    $a1 = "文件已被加密"
    $a2 = "文件已经被加密"
    $a3 = "文件被加密"
    $a4 = "ファイルは暗号化されました"
    $a5 = "ファイルが暗号化されました"
    $b1 = "比特币"
    $b2 = "ビットコイン"
    $b3 = /bitcoin|\bbtc\b|\.onion/ nocase
    $c1 = "解密"
    $c2 = "支付"
    $c3 = "復号"
    $c4 = "支払"
  condition: any of ($a*) and any of ($b*) and any of ($c*)
}
rule py_locks_files {
  meta:
    signal = "file.ransomware" confidence = 93 on = "python"
    says = "a program that locks a person's files one by one"
  strings:
    $lock = /Fernet\s*\(|AES\.new\s*\(|ChaCha20|Cipher\s*\(\s*algorithms\.|nacl\.secret|Salsa20/
    $walk = /os\.walk\s*\(|rglob\s*\(|glob\.glob\s*\([^)]{0,80}recursive|scandir\s*\(/
    $place = /expanduser|Path\.home|USERPROFILE|["']C:|Desktop|Documents|["']\/home|["']\/["']|\.docx?["']|\.jpe?g["']/
    $mark = /\.(locked|encrypted|enc|crypt\w*|lock|pay\w*)["']|ransom|bitcoin|\bbtc\b|README[\w-]*\.txt|DECRYPT|your files/ nocase
    $gone = /os\.(remove|unlink|rename|replace)\s*\(|\.unlink\s*\(|open\s*\([^)]{0,60}["'](wb|r\+b|rb\+)["']/
  condition: all of them
}
rule ps_locks_files {
  meta:
    signal = "file.ransomware" confidence = 93 on = "powershell vbs"
    says = "a script that locks a person's files one by one"
  strings:
    $lock = /aesmanaged|rijndaelmanaged|aescryptoserviceprovider|createencryptor|\[system\.security\.cryptography\.aes\]/ nocase
    $walk = /get-childitem[^\n]{0,160}-r(ecurse)?\b|\bgci\b[^\n]{0,120}-r/ nocase
    $mark = /\.(locked|encrypted|enc|crypt\w*|lock)["']|ransom|bitcoin|\bbtc\b|decrypt|readme[\w-]*\.txt/ nocase
    $gone = /remove-item|rename-item|writeallbytes|move-item/ nocase
  condition: all of them
}
rule sh_locks_files {
  meta:
    signal = "file.ransomware" confidence = 90 on = "shell batch"
    says = "a script that locks a person's files one by one"
  strings:
    $lock = /(openssl\s+(enc|aes-\d+|rsautl|smime)\b[^\n]{0,200}(-e\b|-aes|-k|-pass|-in)|gpg\s+[^\n]{0,120}(-c\b|--symmetric|-e\b|--encrypt)|7z(a|\.exe)?\s+a\s+[^\n]{0,80}-p\S|rar\s+a\s+[^\n]{0,60}-hp\S|zip\s+[^\n]{0,40}-P\s)/
    $walk = /find\s+["']?(\/|~|\$HOME|\/home|"\$)[^\n]{0,160}|for\s+\/r\s+[^\n]{0,80}|while\s+read\b/ nocase
    $gone = /\brm\s+-|shred\b|-delete\b|--remove-source|\bdel\s+\/|-sdel/
    $mark = /\.(locked|encrypted|enc|crypt\w*|lock)\b|ransom|bitcoin|\bbtc\b|decrypt|read_?me|your files/ nocase
    $keep = /backup|rsync|rclone|s3:\/\/|duplicity|restic/ nocase
  condition: $lock and $walk and $gone and $mark and not $keep
}
rule js_locks_files {
  meta:
    signal = "file.ransomware" confidence = 92 on = "javascript"
    says = "a program that locks a person's files one by one"
  strings:
    $lock = /createCipheriv\s*\(|crypto\.publicEncrypt\s*\(|CryptoJS\.AES\.encrypt\s*\(/
    $walk = /readdir(Sync)?\s*\(|glob(Sync)?\s*\(|walk(Sync)?\s*\(/
    $gone = /unlink(Sync)?\s*\(|rename(Sync)?\s*\(|rm(Sync)?\s*\(/
    $mark = /\.(locked|encrypted|enc|crypt\w*|lock)["'`]|ransom|bitcoin|\bbtc\b|homedir\(\)|USERPROFILE|Documents|decrypt/ nocase
    $place = /homedir\(\)|USERPROFILE|process\.env\.HOME|["'`](\/home|C:\\|\/Users)|Documents|Desktop/
  condition: all of them
}
rule source_locks_files {
  meta:
    signal = "file.ransomware" confidence = 90 on = "source php"
    says = "source of a program that locks a person's files one by one"
  strings:
    $lock = /aes\.NewCipher|CreateEncryptor\s*\(|Cipher\.getInstance\s*\(\s*"AES|EVP_EncryptInit|CryptEncrypt\s*\(|openssl_encrypt\s*\(|Aes256/
    $walk = /filepath\.Walk(Dir)?\s*\(|Directory\.(GetFiles|EnumerateFiles)\s*\(|Files\.walk(FileTree)?\s*\(|FindFirstFile[AW]?\s*\(|WalkDir::new|RecursiveDirectoryIterator/
    $gone = /os\.(Remove|Rename)\s*\(|File\.(Delete|Move)\s*\(|Files\.delete\s*\(|DeleteFile[AW]?\s*\(|fs::(remove_file|rename)|unlink\s*\(|\.delete\s*\(\s*\)/
    $mark = /\.(locked|encrypted|crypt\w*|lock)"|ransom|bitcoin|\bbtc\b|your files|decrypt_?instructions|README_TO_DECRYPT/ nocase
  condition: all of them
}
rule program_locks_files {
  meta:
    signal = "file.ransomware" confidence = 90 on = "pe elf macho"
    says = "a program with the words and commands of one that locks files for money"
  strings:
    $a = /vssadmin(\.exe)?\s+delete\s+shadows/ nocase wide ascii
    $b = /your\s+(\w+\s+){0,3}files\s+(\w+\s+){0,4}encrypted/ nocase wide ascii
    $c = /bitcoin|\.onion|\bbtc\b/ nocase wide ascii
    $d = /\.(locked|encrypted|crypt\w{0,4})\x00/ nocase wide ascii
    $e = /bcdedit[^\x00]{0,40}recoveryenabled/ nocase wide ascii
  condition: 3 of them
}
