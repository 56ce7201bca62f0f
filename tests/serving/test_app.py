"""What the server answers: what `predict --json` prints, or a refusal in words."""

from __future__ import annotations

import json

import pytest
from PIL import Image
from starlette.testclient import TestClient

from qtl_core.common.errors import UserError
from qtl_core.inference.requests import named_model
from qtl_core.serving.app import make_app
from qtl_core.serving.limits import Limits
from qtl_core.serving.served_run import ServedNumbers, ServedPictures
from tests.helpers.other_pictures import as_png
from tests.helpers.shell import shell
from tests.serving.conftest import SMALL

TOGETHER = 1e-6  # how far a picture's shares may be from those alone: a batch adds up in another order
NO_PICTURE = b"no picture at all"


@pytest.fixture
def printed(capsys, tmp_path, photos):
    """What the shell prints for each picture, by name."""
    for name, content in photos.items():
        (tmp_path / name).write_bytes(content)
    done = shell(capsys, "predict", "--run", "bundled", "--json", *(tmp_path / name for name in photos))
    return {name: json.loads(line) for name, line in zip(photos, done.stdout.splitlines(), strict=True)}


def same(answer, printed) -> bool:
    """Whether an answer is what the shell prints, but for where the file lies and for rounding."""
    numbers = {"probabilities", "distance"}
    rest = all(answer[key] == value for key, value in printed.items() if key not in numbers | {"file"})
    return (
        rest
        and answer.keys() == printed.keys()
        and answer["probabilities"] == pytest.approx(printed["probabilities"], abs=TOGETHER)
        and answer["distance"] == pytest.approx(printed["distance"], abs=TOGETHER)
    )


def test_a_body_is_a_picture_and_gets_what_predict_prints(client, photos, printed):
    assert photos
    for name, content in photos.items():
        reply = client.post("/predict", params={"name": name}, content=content)
        assert reply.status_code == 200 and reply.json()["file"] == name
        assert same(reply.json(), printed[name])


def test_the_files_of_a_form_get_a_list_in_their_order(client, photos, printed):
    files = [("picture", (name, content)) for name, content in photos.items()]
    reply = client.post("/predict", files=[*files, ("other", ("words.txt", NO_PICTURE))])
    *answers, words = reply.json()
    assert reply.status_code == 200 and [each["file"] for each in answers] == list(photos)
    assert all(same(each, printed[each["file"]]) for each in answers)
    assert words["file"] == "words.txt" and "It is not a picture" in words["error"]


def test_a_body_that_is_no_picture_is_no_success(client):
    reply = client.post("/predict", content=NO_PICTURE)
    said = reply.json()
    assert reply.status_code == 422 and said["file"] == "picture" and "It is not a picture" in said["error"]
    assert said["do"] and "why" in said


def test_pictures_of_which_none_can_be_answered_are_no_success(client):
    reply = client.post("/predict", files=[("picture", (f"{at}.txt", NO_PICTURE)) for at in range(2)])
    said = reply.json()
    assert reply.status_code == 422 and said["error"].startswith("None of the 2 pictures")
    assert [each["file"] for each in said["answers"]] == ["0.txt", "1.txt"]
    assert all("It is not a picture" in each["error"] for each in said["answers"])


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ({}, 400, "There is no picture"),
        ({"files": {"picture": (None, "red")}}, 400, "There is no picture"),
        ({"content": bytes(SMALL.request_bytes + 1)}, 413, "too large"),
        ({"content": iter([bytes(600_000)] * 2)}, 413, "too large"),
        ({"files": [("picture", (str(at), b"x")) for at in range(SMALL.pictures + 1)]}, 413, "too many files"),
        ({"content": b"--", "headers": {"content-type": "multipart/form-data; boundary=x"}}, 400, "picture"),
        ({"json": {"rows": [[1, 2]]}}, 415, "reads pictures"),
        ({"content": b"nothing", "headers": {"content-type": "multipart/form-data"}}, 400, "cannot be read"),
    ],
)
def test_what_cannot_be_asked_is_refused_in_words(client, sent, status, words):
    reply = client.post("/predict", **sent)
    assert reply.status_code == status and set(reply.json()) == {"error", "why", "do"}
    assert words in reply.json()["error"]


def test_pixels_of_a_request_are_bounded_before_anything_is_decoded(served, monkeypatch):
    monkeypatch.setattr(served, "limits", Limits(megapixels=1))
    large = as_png(Image.new("RGB", (1001, 500)))
    with TestClient(make_app(served, "name")) as client:
        assert client.post("/predict", content=large).status_code == 200
        reply = client.post("/predict", files=[("picture", ("large.png", large))] * 2)
    assert reply.status_code == 413 and "too many pixels" in reply.json()["error"]


def test_what_browsers_escape_in_a_name_is_shown_as_it_is(client):
    body = b'--x\r\nContent-Disposition: form-data; name="p"; filename="a%22b%20.png"\r\n\r\nx\r\n--x--'
    reply = client.post("/predict", content=body, headers={"content-type": "multipart/form-data; boundary=x"})
    assert reply.json()["answers"][0]["file"] == 'a"b%20.png'


def test_an_address_that_is_none_and_a_method_that_is_none_are_said(client):
    assert client.get("/nowhere").json()["error"] == "There is nothing at this address."
    assert client.head("/health").status_code == 200
    assert client.get("/predict").status_code == 405 and "GET" in client.get("/predict").json()["error"]


def test_health_counts_and_names(client, photos):
    client.post("/predict", files=[("picture", (name, content)) for name, content in photos.items()])
    said = client.get("/health").json()
    assert (said["run"], said["name"], said["asks_for"]) == ("bundled", "Ants & <bees>", "pictures")
    assert said["classes"] == ["ants", "bees"] and said["answered"] == len(photos) and said["waiting"] == 0


def test_openapi_says_what_comes_back(client):
    said = client.get("/openapi.json").json()
    assert set(said["paths"]) == {"/predict", "/health"}
    assert {"200", "413", "503"} <= set(said["paths"]["/predict"]["post"]["responses"])
    fields = said["components"]["schemas"]["PictureAnswer"]["properties"]
    answer = client.post("/predict", content=NO_PICTURE).json() | client.get("/health").json()
    assert "label" in fields and answer["error"]


def test_the_pages_need_nothing_from_elsewhere_and_run_no_names(client):
    for address in ("/", "/docs"):
        page = client.get(address)
        assert page.status_code == 200 and "http://" not in page.text.replace("http://testserver/", "")
        assert "https://" not in page.text and "default-src 'none'" in page.headers["content-security-policy"]
    assert "Ants &amp; &lt;bees&gt;" in client.get("/").text


def test_other_sites_may_ask_only_where_that_was_said(served, client):
    asked = {"origin": "https://example.org"}
    assert "access-control-allow-origin" not in client.get("/health", headers=asked).headers
    with TestClient(make_app(served, "name", ["https://example.org"])) as open_client:
        allowed = open_client.get("/health", headers=asked).headers
        assert allowed["access-control-allow-origin"] == "https://example.org"
        other = open_client.get("/health", headers={"origin": "https://example.com"}).headers
        assert "access-control-allow-origin" not in other


def test_a_fault_of_ours_shows_nothing_of_it_and_is_logged(served, monkeypatch, caplog):
    def fail(_):
        raise ZeroDivisionError("/home/somebody/secret")

    monkeypatch.setattr(served, "answer", fail)
    with TestClient(make_app(served, "name"), raise_server_exceptions=False) as client:
        reply = client.post("/predict", content=b"x")
        assert reply.status_code == 500 and "secret" not in reply.text and "fault of ours" in reply.json()["why"]
    assert "ZeroDivisionError" in caplog.text


def test_what_the_run_cannot_answer_is_said(served, monkeypatch):
    def refuse(_):
        raise UserError("This run gives no answer.", "Its numbers are not finite.", "Train another.")

    monkeypatch.setattr(served, "answer", refuse)
    with TestClient(make_app(served, "name")) as client:
        reply = client.post("/predict", content=b"x")
    assert reply.status_code == 422 and reply.json()["do"] == "Train another."


def test_a_server_without_room_says_when_to_ask_again(served, monkeypatch):
    monkeypatch.setattr(served, "limits", Limits(held_bytes=1_000))
    with TestClient(make_app(served, "name")) as client:
        reply = client.post("/predict", content=bytes(1_001))
    assert reply.status_code == 503 and int(reply.headers["retry-after"]) > 0 and "busy" in reply.json()["error"]


def test_weights_that_are_not_there_are_refused_before_anything_is_served():
    with pytest.raises(UserError):
        ServedPictures(named_model("bundled"), SMALL, "nowhere.pth")


@pytest.fixture
def numbers(capsys):
    """A server of a run that learnt points, and the run."""
    quick = ("--qubits", 2, "--depth", 1, "--epochs", 1, "--lr", 0.05, "--json")
    done = shell(capsys, "train", "--data", "moons", "--points", 60, *quick)
    run = json.loads(done.stdout.splitlines()[-1])["run"]
    with TestClient(make_app(ServedNumbers(named_model(run), Limits(rows=300)), "moons")) as client:
        yield client, run


def test_rows_get_what_predict_prints(capsys, numbers, tmp_path):
    client, run = numbers
    table = tmp_path / "rows.csv"
    table.write_text("x,y\n0.5,-1.2\n1,\n")
    printed = [json.loads(line) for line in shell(capsys, "predict", "--run", run, "--json", table).stdout.splitlines()]
    for each in printed:
        each["row"] = each["row"].removeprefix(f"{table} ")
    as_csv = client.post("/predict", content=table.read_bytes(), headers={"content-type": "text/csv"}).json()
    columns = client.get("/").text.partition("as in a CSV file: ")[2].partition("<")[0].split(", ")
    by_name = client.post("/predict", json={"rows": [dict(zip(columns, [0.5, -1.2], strict=True)), [1, None]]}).json()
    assert [{**each, "row": ""} for each in as_csv] == [{**each, "row": ""} for each in printed]
    assert [{**each, "row": ""} for each in by_name] == [{**each, "row": ""} for each in printed]


def test_as_many_rows_as_are_allowed_are_answered_whatever_a_client_calls_them(numbers):
    rows = {"rows": [[n / 300, 0.5] for n in range(300)]}
    reply = numbers[0].post(
        "/predict", content=json.dumps(rows), headers={"content-type": "application/x-www-form-urlencoded"}
    )
    assert reply.status_code == 200 and len(reply.json()) == 300 and reply.json()[299]["values"]["x"] == 299 / 300


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"content": b"\xff\xd8", "headers": {"content-type": "image/jpeg"}}, 415),
        ({"json": {"rows": [[1, 2]] * 301}}, 413),
        ({"json": {"rows": []}}, 400),
        ({"json": {"rows": "many"}}, 400),
        ({"content": b'{"rows": [[1, 2]', "headers": {"content-type": "application/json"}}, 400),
        ({"content": b"[" * 100_000, "headers": {"content-type": "application/json"}}, 400),
    ],
)
def test_rows_that_are_none_are_refused_in_words(numbers, sent, status):
    reply = numbers[0].post("/predict", **sent)
    assert (reply.status_code, set(reply.json())) == (status, {"error", "why", "do"})


CSV = {"headers": {"content-type": "text/csv"}}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"json": {"rows": [[1, 2, 3]]}}, "not 2 numbers: x, y"),
        ({"json": {"rows": [{"a": 1, "y": 2}, [None, 1]]}}, "no column x here, only a, y"),
        ({"content": b"x,y\n1,\n,2\n", **CSV}, "number is missing"),
    ],
)
def test_rows_of_which_none_can_be_answered_are_no_success(numbers, sent, words):
    reply = numbers[0].post("/predict", **sent)
    said = reply.json()
    assert (reply.status_code, set(said)) == (422, {"error", "why", "do", "answers"})
    assert words in said["why"] and words in said["answers"][0]["error"]


def test_a_row_that_cannot_be_answered_stands_among_the_others(numbers):
    reply = numbers[0].post("/predict", json={"rows": [[1], {"Y": 2, "x": 1, "z": "?"}, {"a": 1}]})
    assert reply.status_code == 200
    assert ["label" in each for each in reply.json()] == [False, True, False]
    assert reply.json()[1]["values"] == {"x": 1, "y": 2}


def test_a_table_with_other_columns_is_refused_with_what_it_has(numbers):
    reply = numbers[0].post("/predict", content=b"length,width\n1,2\n", **CSV)
    assert reply.status_code == 422 and set(reply.json()) == {"error", "why", "do"}
    assert reply.json()["error"] == "There are no columns x, y here, only length, width."
