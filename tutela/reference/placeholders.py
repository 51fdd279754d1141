"""Does a value only stand for another: a gap in a form, a mask, an example of the documentation?"""

from __future__ import annotations

import re
from itertools import pairwise

# Values that manuals and forms print where a secret belongs. Compared in lower case without separators.
_NAME_LIST = """
changeme changethis changeit replaceme replacethis yourpassword yourpass yourpasswordhere yourtoken yourtokenhere yourkey
yourapikey yourapikeyhere yoursecret yoursecrethere yoursecretkey yoursecretkeyhere mypassword mypass mysecret mytoken
myapikey passwordhere tokenhere secrethere insertpassword inserttoken insertkeyhere enterpassword typepassword
putyourpasswordhere placeholder example examplepassword examplekey exampletoken samplepassword dummypassword dummy
fakepassword faketoken redacted removed hidden masked censored secret password passwd pass pwd token apikey none null nil
undefined nan true false yes no todo tbd fixme test testing foo bar foobar baz qux string value optional required empty
blank default abc xyz abcdef na unknown notset unset somepassword somesecret sometoken userpassword username user login
passwort contrasena contraseña senha motdepasse пароль 密码 パスワード xxxx
"""
_NAMES = frozenset(_NAME_LIST.split())
_FORMS = re.compile(
    r"""(?x)
      \$\{[^}]*\}? | \$\([^)]*\)? | \{\{.* | \{[^}]*\} | <[^>]*>? | %\(?[A-Za-z_]*\)?[sd]?%? | \[[^\]]*\]? | @[A-Za-z_]+@? | \#\{.*
    | \$[A-Za-z_][A-Za-z0-9_]* | [*•●∙·.…_\-xX#?]{3,} | (?:[xX*•.#0]{2,}[-\s]?)+ | .*[*•●]{3,}.* | .*(?:x{6,}|X{6,}).*
    | process\.env.* | os\.environ.* | getenv.* | env\(.* | ENV\[.* | System\..* | config\..* | secrets\..* | vars?\..*
    """
)
_TELLING = re.compile(
    r"(?i)example|placeholder|changeme|change_me|your[_\- ]|dummy|redacted|insert[_\-]|<[a-z _\-]+>|\bfake\b|_here\b|sample"
)


def is_placeholder(value: str) -> bool:
    """True for `changeme`, `<token>`, `${…}`, `xxxx…`, `********`, `YOUR_API_KEY_HERE`. Linear in its length."""
    value = value.strip("\"'`,; ")[:512]
    if not value:
        return True
    if _FORMS.fullmatch(value) or _TELLING.search(value):
        return True
    return re.sub(r"[\W_]", "", value).lower() in _NAMES or len(set(value.lower())) <= 2


def is_running(value: str) -> bool:
    """True for digits or letters that only run on or repeat: 123456, abcdef, 111111, 121212."""
    value = value.lower()
    if len(value) < 3:
        return True
    steps = {ord(b) - ord(a) for a, b in pairwise(value)}
    return len(steps) == 1 and next(iter(steps)) in (-1, 0, 1)
