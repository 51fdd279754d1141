"""Addresses of our own making: phishing pages and honest ones on hosting services and on sites of their own."""

from __future__ import annotations

import random
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOM = Path(__file__).resolve().parents[2] / "tutela" / "links"
# Hosting services where anybody gets a name of their own; honest and dishonest pages stand side by side.
HOSTS = ("pages.dev", "github.io", "vercel.app", "netlify.app", "blogspot.com", "web.app", "firebaseapp.com", "weebly.com", "wixsite.com", "webflow.io",
         "workers.dev", "r2.dev", "herokuapp.com", "onrender.com", "surge.sh", "glitch.me", "square.site", "godaddysites.com", "framer.app", "mystrikingly.com",
         "gitlab.io", "azurewebsites.net", "replit.app", "wordpress.com", "repl.co", "duckdns.org", "fly.dev", "000webhostapp.com", "typedream.app", "replit.dev")  # fmt: skip
WORDS = [
    "apple",
    "amber",
    "anchor",
    "arch",
    "atlas",
    "autumn",
    "badge",
    "baker",
    "barn",
    "basil",
    "beacon",
    "birch",
    "bloom",
    "blue",
    "board",
    "boat",
    "bold",
    "brick",
    "bridge",
    "bright",
    "brook",
    "cabin",
    "calm",
    "camp",
    "candle",
    "canyon",
    "cedar",
    "chapter",
    "charm",
    "cherry",
    "cinder",
    "circle",
    "city",
    "clay",
    "clear",
    "cliff",
    "cloud",
    "coast",
    "cobalt",
    "comet",
    "copper",
    "coral",
    "cotton",
    "craft",
    "crane",
    "creek",
    "crystal",
    "daily",
    "dance",
    "dawn",
    "delta",
    "design",
    "desk",
    "dew",
    "dove",
    "dream",
    "drift",
    "dune",
    "eagle",
    "earth",
    "east",
    "echo",
    "edge",
    "elm",
    "ember",
    "engine",
    "evening",
    "fable",
    "falcon",
    "farm",
    "feather",
    "fern",
    "field",
    "fig",
    "film",
    "finch",
    "fire",
    "flint",
    "flora",
    "flow",
    "forest",
    "forge",
    "fox",
    "frame",
    "fresh",
    "frost",
    "garden",
    "gem",
    "glass",
    "glen",
    "gold",
    "grain",
    "granite",
    "grass",
    "green",
    "grove",
    "harbor",
    "harvest",
    "hazel",
    "heart",
    "heron",
    "hill",
    "hollow",
    "honey",
    "horizon",
    "house",
    "indigo",
    "iris",
    "iron",
    "island",
    "ivory",
    "jade",
    "journal",
    "juniper",
    "kettle",
    "kite",
    "lake",
    "lamp",
    "lantern",
    "lark",
    "laurel",
    "leaf",
    "lemon",
    "library",
    "light",
    "lily",
    "linen",
    "lotus",
    "lunar",
    "maple",
    "market",
    "meadow",
    "mellow",
    "mint",
    "mirror",
    "mist",
    "moon",
    "moss",
    "mountain",
    "music",
    "nest",
    "night",
    "north",
    "notes",
    "oak",
    "ocean",
    "olive",
    "onyx",
    "orbit",
    "orchard",
    "otter",
    "owl",
    "oxide",
    "paint",
    "paper",
    "path",
    "pearl",
    "pepper",
    "pine",
    "pixel",
    "planet",
    "plum",
    "pocket",
    "poem",
    "pond",
    "poppy",
    "prairie",
    "quartz",
    "quiet",
    "quill",
    "rain",
    "raven",
    "reef",
    "ridge",
    "river",
    "robin",
    "rocket",
    "root",
    "rose",
    "saffron",
    "sage",
    "sail",
    "salt",
    "sand",
    "school",
    "scout",
    "season",
    "seed",
    "shade",
    "shell",
    "shore",
    "silk",
    "silver",
    "sketch",
    "sky",
    "slate",
    "snow",
    "solar",
    "song",
    "spark",
    "spice",
    "spring",
    "sprout",
    "star",
    "stone",
    "story",
    "stream",
    "studio",
    "summer",
    "sun",
    "swift",
    "table",
    "tea",
    "theory",
    "thistle",
    "thunder",
    "tide",
    "timber",
    "topaz",
    "tower",
    "trail",
    "tree",
    "tulip",
    "valley",
    "velvet",
    "violet",
    "walnut",
    "water",
    "wave",
    "west",
    "wheat",
    "willow",
    "wind",
    "winter",
    "wolf",
    "wonder",
    "wood",
    "wren",
    "yarn",
    "zenith",
]
ROLES = [
    "docs",
    "blog",
    "app",
    "api",
    "demo",
    "portfolio",
    "wiki",
    "notes",
    "site",
    "web",
    "lab",
    "labs",
    "studio",
    "project",
    "tools",
    "game",
    "games",
    "ui",
    "kit",
    "js",
    "py",
    "rust",
    "data",
    "map",
    "maps",
    "photos",
    "recipes",
    "shop",
    "club",
    "team",
    "dev",
    "hub",
]
NAMES = [
    "anna",
    "ben",
    "carla",
    "dario",
    "elif",
    "finn",
    "greta",
    "hana",
    "ivo",
    "jana",
    "karim",
    "lena",
    "marco",
    "nadia",
    "omar",
    "petra",
    "quinn",
    "rosa",
    "sami",
    "tara",
    "uwe",
    "vera",
    "wim",
    "xenia",
    "yusuf",
    "zoe",
]
PLAIN_PAGES = ["", "", "", "/", "about", "blog/", "docs/", "docs/getting-started", "posts/2024/05/first-steps/", "projects", "notes/linear-algebra.html", "index.html", "guide/install",
               "2023/11/hello-world.html", "book/chapter-3.html", "en/latest/", "assets/paper.pdf", "account/delete", "settings/security", "support/reset-password", "login", "help/login-problems",
               "security/two-factor", "user/settings/delete-account"]  # fmt: skip
BAD_PAGES = ["", "", "", "/", "login", "login.html", "login.php", "index.html", "signin", "verify", "account/verify", "secure/login.php", "update/index.php", "auth/", "home", "web/login",
             "wp-content/plugins/seo/login.php", "wp-includes/js/secure/index.html", "confirm.php?id={hex}", "?email={user}@mail.example", "cgi-bin/webscr.php?cmd=_login", "r/{hex}",
             "#{user}@mail.example", "wallet/connect", "appeal", "tracking/{digits}", "card.php", "invoice/{hex}.html", "m/{hex}/login", "sso/{hex}"]  # fmt: skip


def invented(seed: int, size: int = 2600) -> Iterator[tuple[str, int]]:
    """Pairs of address and label (1 for phishing), about `size` of each."""
    rng = random.Random(seed)
    lists = tomllib.loads((ROOM / "words.toml").read_text(encoding="utf-8"))
    brands, trust, cheap = lists["brands"], [word for word in lists["trust"] if len(word) > 3], lists["cheap"]
    for _ in range(size):
        yield _bad(rng, brands, trust, cheap), 1
        yield _good(rng), 0


def _bad(rng: random.Random, brands: list[str], trust: list[str], cheap: list[str]) -> str:
    brand, word, other = rng.choice(brands), rng.choice(trust), rng.choice(trust)
    if rng.random() < 0.3:
        brand = _slip(rng, brand)
    noise = "".join(rng.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(rng.randint(5, 12)))
    name = rng.choice((f"{brand}-{word}", f"{word}-{brand}", f"{brand}{word}", f"{brand}-{word}-{other}", f"{brand}{rng.randint(1, 999)}", brand, f"{word}-{other}-{rng.randint(10, 9999)}",
                       noise, f"{noise}-{brand}", f"{word}{noise[:4]}", f"{rng.choice(WORDS)}-{word}-{noise[:5]}", f"{word}-{other}", f"{brand}-{noise[:6]}", f"{word}{other}{rng.randint(1, 99)}"))  # fmt: skip
    place = rng.random()
    if place < 0.62:
        host = f"{name}.{rng.choice(HOSTS)}"
    elif place < 0.82:
        host = f"{name}.{rng.choice(cheap)}"
    elif place < 0.92:
        host = f"{rng.choice(brands)}.{word}.{rng.choice(WORDS)}{rng.choice(WORDS)}.{rng.choice(('com', 'net', 'com.br', 'co.in', 'ru', 'info'))}"
    else:
        host = f"www.{name}.{rng.choice(('com', 'net', 'org', 'co'))}"
    return f"https://{host}/{_filled(rng, rng.choice(BAD_PAGES)).lstrip('/')}"


def _good(rng: random.Random) -> str:
    one, two = rng.choice(WORDS), rng.choice(WORDS)
    name = rng.choice((one + two, f"{one}-{two}", f"{rng.choice(NAMES)}{one}", rng.choice(NAMES) + rng.choice(WORDS), f"{one}-{rng.choice(ROLES)}", f"{one}{rng.choice(ROLES)}",
                       f"{rng.choice(NAMES)}-{two}", f"{one}{rng.randint(1, 99)}", f"the{one}{two}", f"{one}-and-{two}", f"{rng.choice(ROLES)}-{one}"))  # fmt: skip
    if rng.random() < 0.7:
        host = f"{name}.{rng.choice(HOSTS)}"
    else:
        host = f"{rng.choice(('', 'www.', 'docs.', 'accounts.', 'help.', 'my.', 'login.'))}{name}.{rng.choice(('com', 'org', 'net', 'io', 'dev', 'de', 'fr', 'co.uk', 'app', 'info', 'xyz', 'online', 'site'))}"
    page = rng.choice(PLAIN_PAGES)
    if rng.random() < 0.3:
        page = f"{one}-{two}/{page}".strip("/")
    return f"https://{host}/{page.lstrip('/')}"


def _slip(rng: random.Random, word: str) -> str:
    at = rng.randrange(len(word))
    return rng.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word.replace("o", "0"),
            word.replace("l", "1"),
            word[:at] + rng.choice("abcdeiorst") + word[at + 1 :],
        )
    )


def _filled(rng: random.Random, page: str) -> str:
    return (
        page.format(hex=f"{rng.getrandbits(64):016x}", digits=rng.randint(10**7, 10**9), user=rng.choice(NAMES))
        if "{" in page
        else page
    )


if __name__ == "__main__":
    for url, label in invented(int(sys.argv[1]) if len(sys.argv) > 1 else 1, 20):
        print(label, url)
