"""Folders as people type and paste them: meant, or answered with what helps."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qtl_core.common.errors import UserError
from qtl_core.pictures.datasets.versions import freeze
from qtl_core.pictures.sources.catalogue import load_dataset
from qtl_core.pictures.sources.typed_path import last_name, typed_folder
from qtl_core.settings import DataSettings
from tests.helpers.own_sets import noise_set

AROUND = (
    "{}",
    " {} ",
    '"{}"',
    "'{}'",
    "“{}”",
    ' "{}" ',
    "{}\n",
    "{}/",
    "'\"{}\"'",
    "„{}“",
    "<{}>",
    "\u202a{}",
    "\ufeff{}\u200b",
)


@pytest.mark.parametrize("around", AROUND)
def test_quotes_and_blanks_around_a_path_are_not_part_of_it(tmp_path, around):
    folder = tmp_path / "my ants"
    folder.mkdir()
    assert typed_folder(around.format(folder)) == folder
    assert last_name(around.format(folder)) == "my ants"


@pytest.mark.parametrize("host", ["", "localhost"])
def test_the_address_of_a_file_manager_is_read(tmp_path, host):
    folder = tmp_path / "my änts"
    folder.mkdir()
    address = folder.as_uri().replace("file://", f"file://{host}")
    assert typed_folder(address) == folder and last_name(address) == "my änts"


WINDOWS = (
    r"C:\Users\me\photos",
    "c:/Users/me/photos",
    r"\\server\share\photos",
    r"photos\mine",
    "D:\\",
    "E:",
    "file:///C:/Users/me/photos",
    "file://server/share",
)


@pytest.mark.parametrize("path", WINDOWS)
@pytest.mark.parametrize("around", ("{}", '"{}"', " {} "))
def test_a_windows_path_is_told_that_it_leads_nowhere_here(path, around):
    with pytest.raises(UserError) as caught:
        typed_folder(around.format(path))
    assert "is a path of Windows" in caught.value.what and "A path of this server is needed" in caught.value.why


def test_addresses_and_archives(tmp_path):
    for text, said in {
        "https://example.org/ants.zip": "is an address",
        "file://[nas/photos": "is no address of a folder",
        "smb://nas/photos": "is on another computer",
        str(tmp_path / "ants.zip"): "is an archive, not a folder. Unpack it",
        str(tmp_path / "ants.tar.gz"): "is an archive",
        "  ": "No folder is named",
        "~nobody-of-this-name/x": "cannot be found",
    }.items():
        with pytest.raises(UserError, match=said):
            typed_folder(text)


def test_a_folder_that_is_there_is_taken_to_the_letter(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("C:\\photos", '"quoted"', "set.zip", "blank "):
        (tmp_path / name).mkdir()
        assert typed_folder(str(tmp_path / name)) == tmp_path / name
        assert typed_folder(name).resolve() == tmp_path / name


@given(st.text(max_size=30))
def test_any_text_gives_a_path_or_a_sentence(text):
    try:
        typed_folder(text)
    except UserError as error:
        assert str(error)
    assert "/" not in last_name(text) and "\\" not in last_name(text)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/a/b/", "b"),
        (r"C:\a\my ants", "my ants"),
        ("C:\\", ""),
        ("/", ""),
        (".", ""),
        ("..", ""),
        ("", ""),
        ("~", ""),
        ("/a/b/.", "b"),
        ("ants", "ants"),
    ],
)
def test_the_last_name_of_a_path(path, name):
    assert last_name(path) == name


def test_on_an_open_server_no_path_leads_to_the_data_sets_of_others(own_home, monkeypatch):
    made = noise_set()
    version = freeze(made.id).folder
    assert typed_folder(str(version)) == version
    monkeypatch.setenv("QTL_OPEN", "1")
    (own_home / "link").symlink_to(version)
    for path in (version, version / "train", own_home / "own_data", own_home, own_home / "link", own_home / "x/.."):
        with pytest.raises(UserError, match="seen by their links alone"):
            typed_folder(str(path))
    assert typed_folder(str(own_home / "datasets")) == own_home / "datasets"
    assert len(load_dataset(DataSettings(source="dataset", dataset=made.id)).train) == 8
