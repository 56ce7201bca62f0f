"""Tells what a file is by how it begins, whatever it is called."""

from __future__ import annotations

import io
import re
import zipfile

from qtl_core.state_dicts.refusals import SAVE_STATE_DICT, Refused, shown
from qtl_core.state_dicts.safetensors_files import is_safetensors

ARCHIVE, ROW_OF_PICKLES, SAFETENSORS = "archive", "row of pickles", "safetensors"
OLD_TORCH = bytes.fromhex("6cfc9c46f9206aa85019")  # the number with which torch began its files before 1.6
MANY = 5_000
BEGINNING = 1_024

_DOWNLOAD = "Download the file itself again, and look at its size before you use it."
_TO_TORCH = "Load it in the program it belongs to and save the numbers with torch.save or safetensors."
_UNPACK = "Unpack it, and take the weights file in it."
_WHOLE_MODEL = 'Make a state dict of it, in the program that made it: torch.save(model.state_dict(), "weights.pth")'

# How files begin that people take for weights, what to call them, and what to do.
_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (
        b"version https://git-lfs",
        "the pointer that Git LFS leaves in place of a large file",
        "Run “git lfs pull” in that folder, or download the file itself.",
    ),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file, as Keras and TensorFlow write (.h5)", _TO_TORCH),
    (b"\x93NUMPY", "a NumPy array (.npy)", _TO_TORCH),
    (b"GGUF", "a GGUF file, as language models come in", "Choose the weights of the image network."),
    (b"MATLAB 5.0", "a MATLAB file", _TO_TORCH),
    (b"SQLite format 3", "a SQLite database", "Choose the weights file."),
    (b"\x1f\x8b", "a file packed by gzip", _UNPACK),
    (b"BZh", "a file packed by bzip2", _UNPACK),
    (b"\xfd7zXZ", "a file packed by xz", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "a file packed by zstd", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", _UNPACK),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"\xff\xd8\xff", "a JPEG picture", "Choose the weights file."),
    (b"\x89PNG", "a PNG picture", "Choose the weights file."),
    (b"GIF8", "a GIF picture", "Choose the weights file."),
    (b"%PDF", "a PDF document", "Choose the weights file."),
    (b"\x7fELF", "a program", "Choose the weights file."),
    (b"MZ", "a program", "Choose the weights file."),
)
_ONNX = re.compile(rb"\x08[\x01-\x20](?:[\x12\x1a]|\x3a)", re.DOTALL)  # the field “version”, then a text or a graph


def detect_format(content: bytes) -> str:
    """Returns which of the three kinds of file that are read this is.

    Raises:
        Refused: It is none of them; says what it is and what to do.
    """
    if not content.strip(b"\0 \r\n\t"):
        raise Refused("It is empty." if not content else "It holds nothing but zeros or spaces.", _DOWNLOAD)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(content)
    if OLD_TORCH in content[:32]:
        return ROW_OF_PICKLES
    if is_safetensors(content):
        return SAFETENSORS
    for beginning, what, do in _BEGINNINGS:
        if content.startswith(beginning):
            raise Refused(f"It is {what}.", do)
    _refuse_pickles(content)
    _refuse_text(content)
    if content[257:262] == b"ustar":
        raise Refused("It is a tar archive.", _UNPACK)
    if content[4:8] == b"TFL3":
        raise Refused("It is a TensorFlow Lite model.", _TO_TORCH)
    if _ONNX.match(content):
        raise Refused("It looks like an ONNX or TensorFlow model.", _TO_TORCH)
    raise Refused("It is no file that torch.save or safetensors wrote, or one that is damaged.")


def holds_state_dict(content: bytes) -> bool:
    """Returns whether this is one of the three kinds of file that are read, whatever it is called."""
    try:
        detect_format(content)
    except Refused:
        return False
    return True


def whole_model(where: str = "") -> Refused:
    """Returns the refusal of a network that was pickled whole, with the line that makes a state dict of it."""
    under = f" under “{where}”" if where else ""
    return Refused(
        f"It holds a whole pickled model{under}, not a state dict: a pickle could run code of anybody's, so it is not "
        "opened.",
        _WHOLE_MODEL,
    )


def _archive(content: bytes) -> str:
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except Exception as error:  # arbitrary bytes can make the reader fail in any way
        raise Refused("It is an archive that is damaged or cut short.", _DOWNLOAD) from error
    leaves = {name.rpartition("/")[2] for name in names[:MANY]}
    if "manifest.json" in leaves and "data.pkl" not in leaves:
        raise Refused(
            "It is a whole run as this app takes it along, no head alone; bring it in as a run.",
            "Use “runs import” in a shell, or drop it on the Runs page as .qtl.zip.",
        )
    if "constants.pkl" in leaves:
        raise Refused("It is a TorchScript program: opening it could run code, so it is not opened.", _WHOLE_MODEL)
    if "serialized_exported_program.json" in leaves or "archive_format" in leaves:
        raise Refused("It is a program of torch.export, no state dict.", _WHOLE_MODEL)
    if names and all(name.endswith(".npy") for name in names):
        raise Refused("It is an archive of NumPy arrays (.npz).", _TO_TORCH)
    if {"config.json", "model.weights.h5"} <= leaves:
        raise Refused("It is a Keras model (.keras).", _TO_TORCH)
    if "data.pkl" not in leaves and len(names) <= MANY:
        holding = f"of {len(names):,} files, {shown(names[0])} first" if len(names) > 1 else "of one file or none"
        raise Refused(f"It is a zip archive {holding}, that torch.save did not make.", _UNPACK)
    return ARCHIVE


def _refuse_pickles(content: bytes) -> None:
    if content[:1] == b"\x80" and content[1:2] in (b"\x02", b"\x03", b"\x04", b"\x05"):
        by = "joblib or scikit-learn" if re.search(rb"joblib|sklearn", content[: 64 << 10]) else "pickle.dump"
        raise Refused(
            f"It is a plain pickle, written by {by}, not by torch.save; it could run code and is not opened.",
            SAVE_STATE_DICT,
        )
    if content[:1] == b"x" and content[1:2] in (b"\x01", b"\x5e", b"\x9c", b"\xda"):
        raise Refused("It is a file packed by zlib, as joblib writes.", _TO_TORCH)


def _refuse_text(content: bytes) -> None:
    text = content[:BEGINNING].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype", b"<html", b"<head", b"<?xml", b"<!--")):
        raise Refused("It is a web page, perhaps an error page or a log-in of where it was downloaded from.", _DOWNLOAD)
    try:
        words = content[:BEGINNING].decode("utf-8", "strict")
    except UnicodeDecodeError as error:
        if error.start < min(len(content), BEGINNING) - 4:
            return
        words = content[: error.start].decode("utf-8")
    if not all(sign.isprintable() or sign in "\r\n\t\f\ufeff" for sign in words):
        return
    if text.startswith((b"{", b"[")):
        raise Refused(
            "It is a text in JSON, such as a model's settings or its list of parts.",
            "Choose the file with the numbers, such as model.safetensors.",
        )
    if re.search(r"^\s*(import|from|def|class|#!|@)\b", words, re.MULTILINE):
        raise Refused("It is a Python program or another text, no weights.", _WHOLE_MODEL)
    first = words.strip().partition("\n")[0]
    raise Refused(f"It is a text, beginning “{shown(first)}”.", _DOWNLOAD)
