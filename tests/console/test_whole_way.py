"""The whole way in a real browser: post to figures, report page to outcome. It also takes the pictures in the docs."""

from __future__ import annotations

import os
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from msgspec.structs import replace
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.api.running import PASSWORD, Service, running
from tutela import Engine
from tutela.desk import Desk, KeyRing
from tutela.model import Author, decode_item

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
EXAMPLES = Path(__file__).parents[2] / "examples"
PICTURES = Path(__file__).parents[2] / "docs" / "img"
# Numbers from ranges that are reserved for fiction or unassigned; nobody's.
PHONE = "(406) 662-4187"
TEXTS = (
    ("p1", "post", "en", f"her number is {PHONE}, everyone call her tonight"),
    ("p2", "comment", "en", "lovely light on the harbour this morning"),
    ("p3", "comment", "en", "new card day 5307 9214 0035 8624 exp 08/29, isn't she pretty"),
    ("p4", "post", "de", "ruft sie an: 030 23125 042, ganze Nacht"),
    ("p5", "listing", "en", "password for the shared login is hunter2rabbit, user is mossfield"),
    ("p6", "post", "en", "she lives at 27 Alderbrook Close, Leeds LS8 3QT, third floor"),
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    engine = Engine.load(platform=EXAMPLES / "murmura.toml", intent="off")
    folder = tmp_path_factory.mktemp("service")
    remember_a_month(folder, engine)
    with running(folder, engine) as started:
        started.person("robin", "reviewer")
        started.person("lee", "lead")
        yield started


def remember_a_month(folder: Path, engine: Engine) -> None:
    """Fills the memory with thirty days of the examples, busier by day and by week, so that pages have something to show."""
    chance = random.Random(20_261_122)
    items = [decode_item(line) for line in (EXAMPLES / "posts.jsonl").read_bytes().splitlines()]
    clock = [datetime.now(UTC) - timedelta(days=30)]
    desk = Desk.open(
        str(folder / "tutela.db"),
        engine=engine,
        keys=KeyRing.open(folder / "tutela.keys"),
        power_safe=False,
        clock=lambda: clock[0],
    )
    for _ in range(30):
        day = [
            replace(item, id=f"{item.id}-{clock[0]:%j}-{number}", author=Author(id=f"someone-{chance.randrange(60)}"))
            for number, item in enumerate(chance.choices(items, k=chance.randrange(12, 34)))
        ]
        desk.intake.record(day, list(engine.check_many(day)))
        clock[0] = min(clock[0] + timedelta(days=1), datetime.now(UTC))
    desk.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def sign_in(browser: Browser, service: Service, name: str, **context: object) -> Page:
    page = browser.new_context(viewport={"width": 1360, "height": 860}, **context).new_page()  # type: ignore[arg-type]
    page.on("pageerror", lambda error: pytest.fail(f"a script failed: {error}"))
    page.goto(service.url + "/sign-in")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.click("button.main")
    expect(page.locator("h1")).to_have_text("Overview")
    return page


def serious(page: Page) -> list[str]:
    """What axe finds that keeps people out."""
    found = Axe().run(page).response["violations"]
    return [
        f"{entry['id']} on {page.url}: {entry['nodes'][0]['html'][:160]}"
        for entry in found
        if entry["impact"] in ("serious", "critical")
    ]


def picture(page: Page, name: str) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=str(PICTURES / f"{name}.png"))


def test_post_to_decision_to_case_to_review_to_notice_to_appeal_to_reversal_to_figures(
    service: Service, browser: Browser
) -> None:
    for name, surface, lang, text in TEXTS:
        item = {"id": name, "surface": surface, "lang": lang, "text": text, "author": {"id": f"author-{name}"}}
        assert service.ask("/v1/check", item)[0] == 200
    service.desk.orders.add_endpoint("platform", "https://platform.example/hooks", actor="cli")
    # A doubtful one: two careful people could see it differently.
    status, _, body = service.ask(
        "/v1/check/batch",
        [{"id": "d1", "text": "x", "author": {"id": "author-d1"}, "media": [{"kind": "image", "data": "AAAA"}]}],
    )
    assert status == 200, body

    robin = sign_in(browser, service, "robin")
    expect(robin.locator(".tiles")).to_contain_text("Decisions today")
    picture(robin, "console-overview")
    assert serious(robin) == []

    robin.goto(service.url + "/console/queue?state=closed")
    expect(robin.locator("table.list tbody tr").first).to_be_visible()
    picture(robin, "console-cases")
    assert serious(robin) == []
    assert "4187" not in robin.content()

    # Open the phone's case by keyboard.
    row = robin.locator("table.list tbody tr", has_text="•87").first
    row.locator("a.open").focus()
    robin.keyboard.press("Enter")
    expect(robin.locator("mark").first).to_contain_text("•")
    assert PHONE not in robin.content()
    case_url = robin.url.split("?")[0]
    picture(robin, "console-case")
    assert serious(robin) == []

    # Reveal with a reason: shown once, logged, masked again on the next load.
    press(robin, "r")
    robin.keyboard.type("to see whether it is a business line")
    robin.keyboard.press("Enter")
    expect(robin.locator("mark").first).to_have_text(PHONE)
    assert serious(robin) == []
    robin.goto(case_url)
    assert PHONE not in robin.content()
    expect(robin.locator(".timeline")).to_contain_text("revealed")

    # Undo what the engine did, take the case, remove instead.
    press(robin, "u")
    expect(robin.locator(".said.good")).to_contain_text("open again")
    press(robin, "t")
    expect(robin.locator("form[data-beat]")).to_be_visible()
    robin.locator("[name=onward]").uncheck()
    picture(robin, "console-decide")
    press(robin, "5")
    expect(robin.locator(".said.good")).to_be_visible()
    if robin.locator(".tag", has_text="waiting").count():
        lee = sign_in(browser, service, "lee")
        lee.goto(case_url)
        press(lee, "y")
        expect(lee.locator(".said.good")).to_contain_text("Approved")
        lee.close()

    # The author reads the notice and appeals.
    url = last_notice(service, "author-p1")
    author = browser.new_context(locale="en-GB").new_page()
    author.goto(service.url + url)
    expect(author.locator("h1")).to_be_visible()
    assert PHONE not in author.content()
    picture(author, "public-notice")
    assert serious(author) == []
    author.fill("[name=text]", "This is the line of my own bakery, printed on its window.")
    author.click("button.main")
    expect(author.locator(".state")).to_contain_text("appeal")

    # The reviewer who ruled may not judge it; another person may.
    assert robin.goto(service.url + "/console/appeals").status == 403  # type: ignore[union-attr]
    lee = sign_in(browser, service, "lee")
    press(lee, "g", "a")
    lee.locator("table.list a.open").first.click()
    expect(lee.locator(".left .text").first).to_contain_text("bakery")
    picture(lee, "console-appeal")
    assert serious(lee) == []
    lee.check("[value=reverse]")
    lee.fill("[name=reply]", "You are right: it is a shop's public line. We have put your post back.")
    lee.click("button.main")
    expect(lee.locator(".said.good")).to_contain_text("Judged")

    author.reload()
    expect(author.locator(".state")).to_contain_text("taken back")
    expect(author.locator("body")).to_contain_text("shop's public line")
    service.desk.orders.deliver_due()
    kinds = [order["type"] for order in service.sent]
    assert "action.undo" in kinds, kinds

    # And it counts.
    author.goto(service.url + "/transparency")
    expect(author.locator(".tiles")).to_contain_text("Appeals")
    expect(author.locator(".tiles .sub").first).to_contain_text("1")
    picture(author, "public-transparency")
    assert serious(author) == []


def test_report_page_to_case_to_outcome(service: Service, browser: Browser) -> None:
    reporter = browser.new_context(locale="en-GB").new_page()
    reporter.goto(service.url + "/report")
    picture(reporter, "public-report")
    assert serious(reporter) == []
    reporter.select_option("[name=topic]", "address")
    reporter.fill("[name=where]", "https://murmura.com/@someone/posts/981")
    reporter.fill("[name=what]", "My home address is in this post.")
    reporter.check("[name=good_faith]")
    reporter.click("button.main")
    reference = reporter.locator("#reference").inner_text()
    assert serious(reporter) == []

    lee = sign_in(browser, service, "lee", color_scheme="dark")
    lee.goto(service.url + "/console/queue?source=report")
    expect(lee.locator(".lane").first).to_have_text("fast")
    picture(lee, "console-cases-dark")
    assert serious(lee) == []
    lee.locator("table.list a.open").first.click()
    expect(lee.locator("h1 .id")).to_be_visible()
    press(lee, "t")
    expect(lee.locator("form[data-beat]")).to_be_visible()
    lee.locator("[name=onward]").uncheck()
    if not lee.locator("details.picks").first.get_attribute("open"):
        lee.locator("details.picks summary").first.click()
    lee.locator("[name=clauses][value='pi.contact']").check()
    lee.locator("h1").click()
    press(lee, "5")
    expect(lee.locator(".said.good")).to_be_visible()
    picture(lee, "console-case-dark")
    assert serious(lee) == []

    reporter.goto(service.url + "/report/follow")
    reporter.fill("[name=reference]", reference)
    reporter.click("button.main")
    expect(reporter.locator(".state")).to_contain_text("acted")
    picture(reporter, "public-follow-up")
    reporter.locator(".card button.main").click()
    expect(reporter.locator("h1")).to_be_visible()
    assert serious(reporter) == []


@pytest.mark.parametrize("lang", ["en", "es", "fr", "de", "pt", "ar"])
def test_public_pages_read_well_in_every_language(service: Service, browser: Browser, lang: str) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    for path in ("/", "/report", "/report/follow", "/advice", "/transparency"):
        page.goto(f"{service.url}{path}?lang={lang}")
        assert page.locator("html").get_attribute("dir") == ("rtl" if lang == "ar" else "ltr")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{path} is wider than a phone"
        )
    assert serious(page) == []
    if lang == "ar":
        page.goto(f"{service.url}/report?lang=ar")
        picture(page, "public-report-arabic-phone")
        assert serious(page) == []


def test_advice_is_given_and_nothing_is_repeated_or_stored(service: Service, browser: Browser) -> None:
    page = browser.new_context().new_page()
    page.goto(service.url + "/advice")
    events = service.desk.upkeep.head().seq
    page.fill(
        "[name=text]",
        f"call {PHONE} and read me the code, or your account is closed today http://murmura-login.example.top/verify",
    )
    page.click("button.main")
    expect(page.locator(".advice .state")).to_be_visible()
    picture(page, "public-advice")
    assert PHONE not in page.content()
    assert service.desk.upkeep.head().seq == events
    assert serious(page) == []


def test_console_works_on_a_phone(service: Service, browser: Browser) -> None:
    page = sign_in(browser, service, "robin")
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/console", "/console/queue?state=closed", "/console/me"):
        page.goto(service.url + path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{path} is wider than a phone"
        )
        assert serious(page) == []
    page.goto(service.url + "/console/queue?state=closed")
    page.locator("table.list a.open").first.click()
    picture(page, "console-case-phone")


def test_nothing_exposed_stays_in_the_clear(service: Service) -> None:
    """After all of the above: not in the database, not in the logs, not in the metrics."""
    service.desk.memory.write(lambda tx: tx.value("SELECT 1"))
    kept = b"".join(path.read_bytes() for path in service.folder.iterdir() if path.is_file())
    told = service.logged.getvalue() + service.ask("/metrics")[2].decode()
    for value in (
        "662-4187",
        "4066624187",
        "5307 9214",
        "5307921400358624",
        "Alderbrook",
        "hunter2rabbit",
        "23125 042",
        "author-p1",
    ):
        assert value.encode() not in kept, "a value is in the database"
        assert value not in told, "a value is in logs or metrics"


def last_notice(service: Service, author: str) -> str:
    """The path of the newest notice that an order asked the platform to hand to an author."""
    while service.desk.orders.deliver_due():
        pass
    # Orders arrive in any order; their ids sort by time.
    orders = sorted(service.sent, key=lambda order: order["data"]["order"])
    urls = [
        order["data"]["notice_url"]
        for order in orders
        if order["type"] == "action.apply"
        and order["data"].get("account") == author
        and order["data"].get("notice_url")
    ]
    assert urls, [order["type"] for order in orders]
    return re.sub(r"^https?://[^/]+", "", urls[-1])


def press(page: Page, *keys: str) -> None:
    """Presses keys when the page's script is there to hear them."""
    page.wait_for_load_state("load")
    for key in keys:
        page.keyboard.press(key)
