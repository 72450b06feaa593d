"""Several people: who gets in, what each sees and may change, and what is written down about it."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from serving import free_port, serving
from streamlit.testing.v1 import AppTest
from test_browser import WAIT, chromium  # noqa: F401  (a fixture)
from test_ui import open_page, words

from analyzer.cli import main
from analyzer.gatekeeping import Trace
from analyzer.report.comparing import with_changes
from analyzer.report.one_unit import MASK, STRANGER, of_unit
from analyzer.report.review import Review
from analyzer.serve import COOKIE, LOGIN, NobodyMayEnter, serve
from analyzer.store import Store
from analyzer.store.access import Access, LoggedOut, NotAllowed
from analyzer.store.accounts import FREE, IDLE, LONGEST, MOST, Accounts, LoginRefused, User
from analyzer.store.audit import entries
from analyzer.ui.front_door import _inside
from benchmarks.tab import Shown, Tab, log_in

PASSWORD = "correct horse 电池"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XINDE_HOME", str(tmp_path))
    monkeypatch.delenv(LOGIN, raising=False)
    return tmp_path


@pytest.fixture
def store(home):
    return Store(home)


@pytest.fixture
def accounts(store):
    made = Accounts(store)
    made.add(User("赵组织", "organizer"), PASSWORD)
    return made


@pytest.fixture
def clock(monkeypatch):
    """A clock that is set by hand."""
    hands = {"now": 1_000_000.0}
    monkeypatch.setattr("analyzer.store.accounts.time.time", lambda: hands["now"])
    return hands


# who gets in


def test_passwords_are_kept_as_argon2_hashes_only(store, accounts):
    with store._database() as db:
        assert db.execute("SELECT password FROM users").fetchone()[0].startswith("$argon2id$")
    content = b"".join(path.read_bytes() for path in store.home.glob("xinde.sqlite3*"))
    assert PASSWORD.encode() not in content
    token = accounts.log_in("赵组织", PASSWORD, "10.0.0.5")
    assert accounts.user_of(token) == User("赵组织", "organizer")
    content = b"".join(path.read_bytes() for path in store.home.glob("xinde.sqlite3*"))
    assert token.encode() not in content and b"10.0.0.5" not in content


@pytest.mark.parametrize("name", ["赵组织", "没有这个人"])
def test_a_wrong_password_and_a_wrong_name_are_told_alike(accounts, name):
    with pytest.raises(LoginRefused, match="^用户名或密码不对。$"):
        accounts.log_in(name, "wrong password", "10.0.0.5")
    assert accounts.user_of("made up") is None and accounts.user_of("") is None and accounts.user_of(None) is None


def test_whoever_guesses_waits_longer_each_time(accounts, clock):
    def guess(address: str) -> float:
        with pytest.raises(LoginRefused) as refused:
            accounts.log_in("赵组织", "wrong password", address)
        return refused.value.wait

    assert [guess("10.0.0.5") for _ in range(FREE["user"])] == [0.0] * FREE["user"]
    waits = []
    for number in range(12):
        waits.append(guess(f"10.0.1.{number}"))  # from elsewhere, too
        clock["now"] += waits[-1]
        assert guess(f"10.0.1.{number}") == 0.0
    assert waits == [min(2.0**number, MOST) for number in range(12)]
    with pytest.raises(LoginRefused, match="秒后再试"):
        accounts.log_in("赵组织", PASSWORD, "10.0.0.9")
    clock["now"] += MOST
    assert accounts.log_in("赵组织", PASSWORD, "10.0.0.9")
    assert guess("10.0.0.9") == 0.0  # getting in begins anew


def test_one_address_cannot_try_many_names(accounts, clock):
    refused = []
    for number in range(FREE["address"] + 1):
        with pytest.raises(LoginRefused) as told:
            accounts.log_in(f"人{number}", "wrong password", "10.0.0.5")
        refused.append(told.value.wait)
    assert refused[:-1] == [0.0] * FREE["address"] and refused[-1] > 0
    assert accounts.log_in("赵组织", PASSWORD, "10.0.0.6")


def test_many_guesses_at_once_are_not_more_guesses(accounts):
    def guess(_) -> bool:
        try:
            accounts.log_in("赵组织", "wrong password", "10.0.0.5")
        except LoginRefused as refused:
            return refused.wait == 0.0
        raise AssertionError

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(guess, range(12))) == FREE["user"]


def test_a_session_ends_when_idle_when_old_and_when_told_to(accounts, clock):
    log_in = lambda: accounts.log_in("赵组织", PASSWORD, "10.0.0.5")
    idle, used = log_in(), log_in()
    began = clock["now"]
    for _ in range(3):
        clock["now"] += IDLE - 1
        assert accounts.user_of(used)  # being used keeps it alive
    assert accounts.user_of(idle) is None
    while clock["now"] - began < LONGEST - IDLE:
        clock["now"] += IDLE - 1
        assert accounts.user_of(used)
    clock["now"] = began + LONGEST + 1
    assert accounts.user_of(used) is None
    left = log_in()
    accounts.log_out(left)
    assert accounts.user_of(left) is None


def test_a_changed_password_or_a_removed_user_ends_every_session(accounts):
    accounts.add(User("钱复核", "reviewer", "一局"), PASSWORD)
    first, second = (accounts.log_in("钱复核", PASSWORD, "10.0.0.5") for _ in range(2))
    accounts.set_password("钱复核", "another horse 电池")
    assert accounts.user_of(first) is None and accounts.user_of(second) is None
    third = accounts.log_in("钱复核", "another horse 电池", "10.0.0.5")
    accounts.remove("钱复核")
    assert accounts.user_of(third) is None
    with pytest.raises(KeyError):
        accounts.remove("钱复核")


@pytest.mark.parametrize(
    "user, password",
    [
        (User("孙", "organizer"), "short"),
        (User("孙", "organizer"), "1111111111"),
        (User("孙某某", "organizer"), "孙某某的密码是这样的"),
        (User("孙", "boss"), PASSWORD),
        (User("孙", "reviewer"), PASSWORD),
        (User("孙", "reader", "一局"), PASSWORD),
        (User("赵组织", "reader"), PASSWORD),
        (User(" ", "reader"), PASSWORD),
    ],
)
def test_what_cannot_be_a_user_is_refused(accounts, user, password):
    with pytest.raises(ValueError):
        accounts.add(user, password)
    assert len(accounts.users()) == 1


def test_somebody_must_be_left_to_manage(accounts):
    accounts.add(User("钱", "reader"), PASSWORD)
    with pytest.raises(ValueError, match="最后一个组织者"):
        accounts.remove("赵组织")


def test_users_are_kept_by_the_command(home, monkeypatch, capsys):
    def typed(*lines):
        monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))

    typed(PASSWORD)
    assert main(["user", "add", "李复核", "--role", "复核员", "--unit", "一局", "--password-stdin"]) == 0
    typed(PASSWORD)
    assert main(["user", "add", "李复核", "--password-stdin"]) == 1 and "已经有" in capsys.readouterr().err
    assert main(["user", "list"]) == 0 and "李复核\t复核员\t一局" in capsys.readouterr().out
    typed("newer horse 电池")
    assert main(["user", "password", "李复核", "--password-stdin"]) == 0
    assert Accounts(Store(home)).log_in("李复核", "newer horse 电池", "")
    assert main(["user", "remove", "李复核"]) == 0 and main(["user", "remove", "李复核"]) == 1


def test_nothing_is_served_to_others_while_nobody_may_log_in(home, monkeypatch, capsys):
    started = []
    monkeypatch.setattr("analyzer.serve.subprocess.call", lambda line, **named: started.append((line, named["env"])) or 0)
    with pytest.raises(NobodyMayEnter):
        serve(8765, "0.0.0.0")
    assert main(["app", "--address", "0.0.0.0"]) == 1 and "xinde user add" in capsys.readouterr().err and not started
    assert serve(8765) == 0 and LOGIN not in started[0][1] and "streamlit" in started[0][0]
    Accounts(Store(home)).add(User("赵", "organizer"), PASSWORD)
    assert serve(8765, "0.0.0.0") == 0 and started[1][1][LOGIN] == "1" and "analyzer.ui.server" in started[1][0]


# what each sees and may change


@pytest.fixture
def unit(report):
    """A unit with a suspect whose partner is of another unit."""
    for row in report.suspects.itertuples():
        if row.unit and report.holds(row.partner) and report.essay(row.partner).unit not in ("", row.unit):
            return row.unit
    raise AssertionError


def as_user(store: Store, role: str, unit: str = "") -> Access:
    return Access(store, lambda: User(f"某{role}", role, unit), "10.0.0.5")


def test_whatever_is_not_opened_is_the_organizers_alone(store):
    opened = {name for name in vars(Access) if not name.startswith("_")}
    closed = [name for name in dir(Store) if not name.startswith("_") and name not in opened]
    assert {"delete_batch", "delete_everything", "read_batch", "history", "documents", "set_setting", "folder"} <= set(closed)
    for role, where in (("reviewer", "一局"), ("reader", "")):
        for name in closed:
            with pytest.raises(NotAllowed):
                getattr(as_user(store, role, where), name)
    assert all(getattr(as_user(store, "organizer"), name) for name in closed)


def test_a_reader_sees_everything_and_saves_nothing(store, batch, report):
    reader = as_user(store, "reader")
    assert reader.report(batch).matches == report.matches
    with pytest.raises(NotAllowed):
        reader.save_review(batch, Review(report.suspects.id[0], "talked"), "")
    with pytest.raises(NotAllowed):
        reader.import_reviews(batch, {}, "")
    with pytest.raises(NotAllowed):
        reader.exporting(batch, "清单", lambda: 1)()
    assert store.reviews(batch) == {}


def test_a_reviewer_sees_and_saves_what_is_the_units_own(store, batch, report, unit):
    reviewer = as_user(store, "reviewer", unit)
    own = next(id for id in report.suspects.id if report.essay(id).unit == unit)
    other = next(id for id in report.suspects.id if report.essay(id).unit != unit)
    store.save_review(batch, Review(other, "talked", note="别处的事"), "甲")
    saved = reviewer.save_review(batch, Review(own, "talked"), "冒充的名字")
    assert saved.by == "某reviewer" and set(reviewer.reviews(batch)) == {own}
    for forbidden in (
        lambda: reviewer.review(batch, other),
        lambda: reviewer.review_history(batch, other),
        lambda: reviewer.save_review(batch, Review(other, "confirmed", version=1), ""),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    assert reviewer.import_reviews(batch, {own: Review(own, "confirmed"), other: Review(other, "confirmed")}, "") == (1, [other])
    assert store.review(batch, other).state == "talked" and store.review(batch, own).state == "confirmed"
    (listed,) = reviewer.batches()
    assert listed.essays == sum(e.unit == unit for e in report.essays) and listed.suspects == (report.suspects.unit == unit).sum()
    assert as_user(store, "reviewer", "没有的单位").batches() == []
    with pytest.raises(KeyError):
        as_user(store, "reviewer", "没有的单位").report(batch)


def test_of_others_a_unit_sees_only_the_passages_it_shares(report, unit, tmp_path):
    seen = of_unit(report, unit)
    assert {e.unit for e in seen.essays} == {unit} and len(seen.suspects) == (report.suspects.unit == unit).sum()
    dumped = seen.to_json(tmp_path / "seen.json").read_text(encoding="utf-8")
    for essay in report.essays:
        if essay.unit != unit:
            assert essay.file not in dumped or not essay.file
    strangers = [document for document in seen.documents if document.author == STRANGER]
    assert strangers and all(MASK in document.text and not document.unit for document in strangers)
    own = {e.id: e for e in seen.essays}
    for m in seen.matches:
        assert m.essay in own and own[m.essay].text[m.start : m.end]
        if seen.holds(m.other):
            assert MASK not in seen.essay(m.other).text[m.other_start : m.other_end]
    for stranger in strangers:  # what is not masked is in some match
        covered = set().union(*(range(m.other_start, m.other_end) for m in seen.matches if m.other == stranger.id))
        assert all(c in (MASK, "\n") for at, c in enumerate(stranger.text) if at not in covered)


def test_what_changed_and_what_files_tell_is_for_the_unit_itself(report, unit, tmp_path):
    mine, other = (next(e for e in report.essays if (e.unit == unit) == own and e.author) for own in (True, False))
    before = replace(report, essays=tuple(replace(e, batch="2021-02") for e in report.essays))
    whole = replace(with_changes(report, [("2021-02", before.table)]), traces=(
        Trace("quick", (mine.id,), "编辑时间只有 3 分钟"), Trace("person", (mine.id,), f"作者是本批另一位作者（{other.unit} {other.author}）"),
        Trace("sessions", (mine.id, other.id), "两份文件"), Trace("quick", (other.id,), "编辑时间只有 2 分钟"),
    ))  # fmt: skip
    assert {c.unit for c in whole.changes} > {unit}
    seen = of_unit(whole, unit)
    assert {c.unit for c in seen.changes} == {unit} and [t.note for t in seen.traces] == ["编辑时间只有 3 分钟"]
    assert other.unit not in json.dumps(json.loads(seen.to_json(tmp_path / "seen.json").read_text(encoding="utf-8"))["changes"], ensure_ascii=False)


def test_a_session_that_has_ended_can_do_nothing_more(store, accounts, batch, report, monkeypatch):
    token = accounts.log_in("赵组织", PASSWORD, "")

    def who():
        if (user := accounts.user_of(token)) is None:
            raise LoggedOut
        return user

    access = Access(store, who)
    assert access.batches()
    accounts.log_out(token)
    monkeypatch.setattr("analyzer.store.access.TRUSTED", -1.0)
    for tried in (access.batches, lambda: access.delete_batch(batch), lambda: access.save_review(batch, Review("e"), "")):
        with pytest.raises(LoggedOut):
            tried()
    assert store.batch(batch).status == "done"


def test_what_is_seen_and_changed_is_written_down(store, batch, report, capsys, tmp_path):
    organizer, id = as_user(store, "organizer"), report.suspects.id[0]
    organizer.save_review(batch, Review(id, "confirmed", note="=不外传的话"), "")
    organizer.exporting(batch, "疑似雷同清单.xlsx", lambda: b"")()
    organizer.set_setting("encoder", "use")
    organizer.note("查看", batch, id, "suspects")
    organizer.delete_batch(organizer.new_batch("多余"))
    done = [(e.who, e.action, e.essay) for e in reversed(entries(store))]
    assert done[:2] == [("某organizer", "复核", id), ("某organizer", "导出", "")]
    assert [action for _, action, _ in done[2:]] == ["改设置", "查看", "新建批次", "删除批次"]
    assert "不外传" not in "".join(e.detail for e in entries(store)) and "核实状态→属实" in entries(store, action="复核")[0].detail
    assert len(entries(store, batch=batch)) == 3 and entries(store, since="2999-01-01") == []
    assert main(["audit", "--batch", batch]) == 0 and capsys.readouterr().out.count("\n") == 3
    assert main(["audit", "--csv", str(tmp_path / "记录.csv")]) == 0
    assert (tmp_path / "记录.csv").read_bytes().startswith(b"\xef\xbb\xbf") and len(entries(store, most=2)) == 2


# the pages


def test_the_organizer_reads_the_record_in_the_settings(batch, report, store):
    as_user(store, "reader").note("查看", batch, report.suspects.id[0], "suspects")
    page = open_page("settings", batch=batch, part="使用记录")
    assert page.dataframe[0].value["做了什么"].tolist() == ["查看"] and page.dataframe[0].value["批次"][0] == "三月"


@pytest.mark.parametrize("name", ["overview", "tiers", "suspects", "essay", "review", "export"])
def test_no_page_shows_a_reviewer_another_unit(batch, report, unit, monkeypatch, name):
    monkeypatch.setattr("analyzer.ui.session.user", lambda store, token: User("钱", "reviewer", unit))
    own = next(id for id in report.suspects.id if report.essay(id).unit == unit)
    for parameters in ({}, {"essay": own}):
        page = open_page(name, batch=batch, **parameters)
        shown = words(page) + "".join(frame.value.to_csv() for frame in page.dataframe)
        shown += json.dumps([list(box.options) for box in page.selectbox], ensure_ascii=False)
        for essay in report.essays:
            if essay.unit != unit:
                assert not essay.file or essay.file not in shown
                assert f"{essay.unit} {essay.author}" not in shown and f"{essay.unit}　{essay.author}" not in shown


def test_a_reviewer_reviews_and_a_reader_only_reads_on_the_page(batch, report, unit, monkeypatch, store):
    id = next(id for id in report.suspects.id if report.essay(id).unit == unit)
    monkeypatch.setattr("analyzer.ui.session.user", lambda store, token: User("钱", "reviewer", unit))
    page = open_page("suspects", batch=batch, essay=id)
    page.selectbox(key=f"review-{batch}-{id}-0-state").set_value("quotation")
    next(button for button in page.button if button.label == "保存").click().run()
    assert not page.exception and store.review(batch, id).by == "钱" and store.documents("official") == ()
    assert "由组织者增减" in page.success[0].value
    monkeypatch.setattr("analyzer.ui.session.user", lambda store, token: User("孙", "reader"))
    page = open_page("suspects", batch=batch, essay=id)
    assert not [button for button in page.button if button.label == "保存"] and "只读" in words(page)


@pytest.mark.parametrize(
    "user, hidden", [(User("孙", "reader"), {"上传", "导出", "设置"}), (User("赵", "organizer"), set())], ids=["reader", "organizer"]
)
def test_each_role_has_its_pages(batch, monkeypatch, user, hidden):
    monkeypatch.setattr("analyzer.ui.session.user", lambda store, token: user)
    app = AppTest.from_file("../app.py", default_timeout=30).run()
    shown = {link.proto.label.split(" ")[0] for link in app.sidebar.get("page_link")}
    assert not app.exception and shown == {"上传", "总览", "层级对比", "雷同线索", "单篇", "复核", "导出", "设置"} - hidden


def test_whose_session_has_ended_is_sent_to_the_door(batch, monkeypatch):
    monkeypatch.setenv(LOGIN, "1")
    app = AppTest.from_file("../app.py", default_timeout=30).run()
    assert not app.exception and "登录已过期" in app.warning[0].value and not app.sidebar.get("page_link")
    assert "这一批怎么样" not in words(app)


# the front door


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments):
        return None


def ask(url: str, data: dict | None = None, method: str | None = None, **headers: str):
    """(status, headers, text), redirects not followed."""
    body = urllib.parse.urlencode(data).encode() if data is not None else None
    request = urllib.request.Request(url, body, {key.replace("_", "-"): value for key, value in headers.items()}, method=method)
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def shakes_hands(port: int, cookie: str) -> str:
    """The status line of a websocket handshake with the app."""
    with socket.create_connection(("localhost", port), 20) as wire:
        wire.sendall(
            f"GET /_stcore/stream HTTP/1.1\r\nHost: localhost:{port}\r\nOrigin: http://localhost:{port}\r\nCookie: {cookie}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        return wire.recv(200).decode("latin-1").split("\r\n")[0]


def test_who_comes_at_the_same_moment_as_others_is_let_in(accounts, clock):
    clock["now"] += 0.5
    with pytest.raises(LoginRefused):
        accounts.log_in("钱复核", "not the password", "10.0.0.1")
    clock["now"] -= 0.5  # looked at the clock before that other try was written down
    assert accounts.log_in("赵组织", PASSWORD, "10.0.0.1")


def test_nobody_gets_past_the_front_door_without_a_session(accounts, home):
    port = free_port()
    with serving(home, port, login=True, **{LOGIN: "1"}) as app:
        url = app.url
        status, headers, _ = ask(f"{url}/overview?batch=1")
        assert status == 303 and headers["Location"] == "/login?next=" + urllib.parse.quote("/overview?batch=1")
        assert "403" in shakes_hands(port, "") and "403" in shakes_hands(port, f"{COOKIE}=made-up")
        assert ask(f"{url}/_stcore/upload_file/x/y", {}, "PUT")[0] == 403 and ask(f"{url}/media/x.csv")[0] == 303

        status, headers, form = ask(f"{url}/login?next=/overview")
        assert status == 200 and "心得" in form and "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert ask(f"{url}/login", {"name": "<b>赵", "password": "wrong"})[2].count("&lt;b&gt;") == 1
        known = {"name": "赵组织", "password": PASSWORD}
        assert ask(f"{url}/login", known, Origin="http://evil.invalid")[0] == 403
        assert ask(f"{url}/login", known | {"password": "wrong password"})[0] == 401
        status, headers, _ = ask(f"{url}/login?next=//evil.invalid", known)
        cookie = headers["Set-Cookie"]
        assert status == 303 and headers["Location"] == "/"
        assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
        cookie = cookie.split(";")[0]
        assert ask(f"{url}/overview", Cookie=cookie)[0] == 200 and "101" in shakes_hands(port, cookie)

        for _ in range(FREE["user"] + 1):
            status, headers, _ = ask(f"{url}/login", known | {"password": "wrong password"})
        assert status == 429 and int(headers["Retry-After"]) >= 1
        accounts.log_out(cookie.partition("=")[2])
        assert "403" in shakes_hands(port, cookie)
    assert [e.action for e in entries(Store(home), action="登录")] == ["登录"]
    assert len(entries(Store(home), action="登录失败")) >= 3


def test_nothing_of_another_unit_is_sent_to_a_reviewer(accounts, home, batch, report, unit):
    accounts.add(User("钱复核", "reviewer", unit), PASSWORD)
    own = next(id for id in report.suspects.id if report.essay(id).unit == unit)
    shared = {e.author for e in report.essays if e.unit == unit} | {d.author for d in report.documents}
    foreign = {e.unit for e in report.essays} - {unit, ""} | {e.author for e in report.essays if e.unit != unit} - shared - {""}
    foreign = {name for name in foreign if name not in unit and not any(name in e.text + e.title for e in report.essays)}
    pages = [("overview", {}), ("tiers", {}), ("suspects", {}), ("suspects", {"view": "成组"}), ("suspects", {"essay": own}),
             ("essay", {}), ("review", {}), ("export", {})]  # fmt: skip

    async def look(url: str) -> dict[str, Shown]:
        cookie = await asyncio.to_thread(log_in, url, "钱复核", PASSWORD)
        async with Tab(url, cookie) as tab:
            return {f"{page} {query}": await tab.show(page, {"batch": batch} | query) for page, query in pages}

    with serving(home, free_port(), login=True) as app:
        seen = asyncio.run(look(app.url))
    assert len(foreign) > 20 and all(shown.main and not shown.errors for shown in seen.values())
    assert seen["suspects {}"].holds(report.essay(own).author)
    assert {page: name for page, shown in seen.items() for name in foreign if shown.holds(name)} == {}


@pytest.mark.parametrize("wanted", ["//evil.invalid", "https://evil.invalid", "/\\evil.invalid", "javascript:x", "/login", "/a\nb", ""])
def test_nobody_is_sent_elsewhere_after_logging_in(wanted):
    assert _inside(wanted) == "/" and _inside("/overview?batch=1&essay=a") == "/overview?batch=1&essay=a"


@pytest.mark.flaky(reruns=2)
def test_logging_in_staying_and_logging_out_in_a_browser(chromium, accounts, home, batch, report, unit):  # noqa: F811
    accounts.add(User("钱复核", "reviewer", unit), PASSWORD)
    id = next(id for id in report.suspects.id if report.essay(id).unit == unit)
    port = free_port()
    with serving(home, port, login=True, **{LOGIN: "1"}) as app:
        url = app.url
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        page = context.new_page()
        page.set_default_timeout(WAIT)
        page.goto(f"{url}/suspects?batch={batch}&essay={id}")
        page.get_by_label("用户名").fill("钱复核")
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.locator(".reading .document").first.wait_for()
        assert f"essay={id}" in page.url
        sidebar = page.locator("[data-testid=stSidebar]")
        assert "复核员" in sidebar.inner_text() and "设置" not in sidebar.inner_text()

        page.get_by_label("责任人").fill("周某")
        page.get_by_role("button", name="保存").click()
        page.get_by_text("已保存。").wait_for()
        assert Store(home).review(batch, id).by == "钱复核"
        with page.expect_download() as download:
            page.goto(f"{url}/export?batch={batch}")
            page.get_by_role("button", name="下载 Excel").first.click()
        assert download.value.suggested_filename == "疑似雷同清单.xlsx"

        second = context.new_page()  # another tab, and a refresh, stay logged in
        second.goto(f"{url}/overview?batch={batch}")
        second.get_by_text("这一批怎么样").wait_for()
        second.reload()
        second.get_by_text("这一批怎么样").wait_for()
        sidebar.get_by_role("button", name="退出").click()
        page.get_by_label("用户名").wait_for()
        second.reload()
        second.get_by_label("用户名").wait_for()
        context.close()
    assert [e.detail for e in entries(Store(home), action="导出")] and {e.who for e in entries(Store(home), action="查看")} == {"钱复核"}
