import pytest

from tutela.links import inspect, inspect_name
from tutela.model import Author
from tutela.settings import Platform

PLATFORM = Platform(name="Murmura", domains=("murmura.com",), official_accounts=("@murmura", "@murmura_support"))


def judged(name: str, author: Author | None = None, platform: Platform = PLATFORM) -> list[str]:
    return [signal.name for signal in inspect_name(name, author=author, platform=platform)]


@pytest.mark.parametrize(
    "name",
    [
        "anna_baker",
        "murmur_of_the_sea",
        "murmuration",
        "support_team",
        "murmansk",
        "marmara",
        "murmurs",
        "i love murmura",
        "murmura_cooks",
        "",
        "😀",
        "محمد",
    ],
)
def test_names_of_people_pass_for_nobody(name: str) -> None:
    assert judged(name) == []


@pytest.mark.parametrize("name", ["murmura", "@murmura_support", "@Murmura"])
def test_official_accounts_are_known(name: str) -> None:
    assert judged(name) == ["name.official"]


def test_an_account_marked_official_is_believed() -> None:
    assert judged("murmura_help", Author(handle="murmura_help", account="official")) == ["name.official"]
    assert judged("murmura_help", Author(handle="murmura_help", account="business")) == ["name.lookalike_support"]
    assert judged("murmura_help", Author(handle="murmura_help")) == ["name.lookalike_support"]


@pytest.mark.parametrize(
    "name",
    [
        "murmura_supp0rt",
        "Murmura Support Team",
        "MurmuraHelpDesk",
        "mumura_official",
        "murmura.security",
        "verified_help_murmura",
        "murmuraverify",
        "客服murmura",
        "Поддержка Murmura",
    ],
)
def test_names_of_staff_are_found(name: str) -> None:
    assert judged(name) == ["name.lookalike_support"]


@pytest.mark.parametrize("name", ["rnurmura", "ṁurmura", "мurmura", "murmura2", "Mur mura", "murmurra", "MURMURA_"])
def test_names_like_the_platforms_are_found(name: str) -> None:
    assert judged(name) == ["name.lookalike"]


@pytest.mark.parametrize("name", ["murmura_fan", "Murmura parody", "not_murmura", "unofficial murmura"])
def test_a_name_that_says_it_is_not_the_real_one_is_parody(name: str) -> None:
    assert judged(name) == ["name.parody"]


def test_without_a_profile_no_name_is_judged() -> None:
    assert judged("murmura_support_team", platform=Platform.none()) == []


def test_mentions_in_texts_are_judged_where_they_stand() -> None:
    text = "dm @murmura_supp0rt or @murmura_support, mail a@murmura.com"
    found = [(signal.name, text[signal.start : signal.end]) for signal in inspect(text, platform=PLATFORM)]
    assert found == [("name.lookalike_support", "@murmura_supp0rt"), ("name.official", "@murmura_support")]


def test_the_handle_is_masked_in_what_is_shown() -> None:
    (signal,) = inspect_name("murmura_supp0rt", author=None, platform=PLATFORM)
    assert signal.shown_as == "@mur…"
    assert "supp0rt" not in repr(signal)
