"""The kind of a file, told by its first bytes (its signature) and never by its name."""

from __future__ import annotations

HEAD = 4096  # bytes that are looked at

# Kinds that are read. A file that begins so and cannot be decoded is damaged; every other one is of another kind.
_READ = (
    (b"\xff\xd8", "JPEG"),
    (b"\x89PNG", "PNG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"II+\0", "TIFF"),
    (b"MM\0+", "TIFF"),
)
_BMP_HEADERS = (12, 16, 40, 52, 56, 64, 108, 124)  # lengths that a BMP's second header may have

_OTHER_PICTURES = (
    (b"8BPS", "a Photoshop document (PSD)"),
    (b"gimp xcf", "a GIMP document (XCF)"),
    (b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (b"\xff\x0a", "a JPEG XL picture"),
    (b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (b"II\xbc\x01", "a JPEG XR picture"),
    (b"\0\0\x01\0", "an icon (ICO)"),
    (b"\0\0\x02\0\0\0\0\0", "a Targa picture (TGA)"),  # a pointer has one picture or more: its fifth byte is no 0
    (b"\0\0\x02\0", "a mouse pointer (CUR)"),
    (b"icns", "an icon of macOS (ICNS)"),
    (b"DDS ", "a texture (DDS)"),
    (b"qoif", "a QOI picture"),
    (b"#?RADIANCE", "a Radiance HDR picture"),
    (b"v/1\x01", "an OpenEXR picture"),
    (b"SIMPLE  =", "a FITS picture"),
    (b"AT&TFORM", "a DjVu document"),
    (b"\x8aMNG", "an MNG animation"),
    (b"\xd7\xcd\xc6\x9a", "a Windows metafile (WMF)"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript drawing (EPS)"),
    (b"BPG\xfb", "a BPG picture"),
    (b"FLIF", "a FLIF picture"),
    (b"FUJIFILMCCD-RAW", "a camera's raw file (RAF)"),
    (b"IIRO", "a camera's raw file (ORF)"),
    (b"IIRS", "a camera's raw file (ORF)"),
    (b"MMOR", "a camera's raw file (ORF)"),
    (b"IIU\0", "a camera's raw file (RW2)"),
    (b"\0MRM", "a camera's raw file (MRW)"),
    (b"FOVb", "a camera's raw file (X3F)"),
)
_NO_PICTURES = (
    (b"%PDF", "a PDF document, not a picture; save its page as PNG"),
    (b"PK\x03\x04", "a zip archive, not a picture; unpack it first"),
    (b"PK\x05\x06", "an empty zip archive, not a picture"),
    (b"Rar!", "a RAR archive, not a picture; unpack it first"),
    (b"7z\xbc\xaf", "a 7z archive, not a picture; unpack it first"),
    (b"\x1f\x8b", "a gzip archive, not a picture; unpack it first"),
    (b"BZh", "a bzip2 archive, not a picture; unpack it first"),
    (b"\xfd7zXZ", "an xz archive, not a picture; unpack it first"),
    (b"\x1aE\xdf\xa3", "a video (Matroska or WebM), not a picture; save one of its frames as JPEG"),
    (b"\0\0\x01\xba", "a video (MPEG), not a picture; save one of its frames as JPEG"),
    (b"FLV\x01", "a video (FLV), not a picture; save one of its frames as JPEG"),
    (b"OggS", "sound or a video (Ogg), not a picture"),
    (b"ID3", "sound (MP3), not a picture"),
    (b"\x93NUMPY", "an array of NumPy, not a picture; save it as PNG"),
    (b"\x89HDF", "an HDF5 file, not a picture; save its pictures as PNG"),
    (b"\0\x05\x16\x07", "a companion file that macOS writes beside a picture, not the picture"),
    (b"\0\x05\x16\0", "a companion file that macOS writes beside a picture, not the picture"),
    (b"version https://git-lfs", "a pointer of Git LFS, not the picture; fetch it with `git lfs pull`"),
    (b"\x7fELF", "a program, not a picture"),
    (b"SQLite format 3", "a database, not a picture"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_UNKNOWN = "It is not a picture of a kind read here (JPEG, PNG, WebP, HEIC, BMP, TIFF, GIF or AVIF)."
_TEXT_TRANSFER = (b"\xef\xbf\xbdPNG", b"\xc2\x89PNG", b"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", b"\xc3\xbf\xc3\x98")


def kind_of(head: bytes) -> str:
    """Returns which of the kinds that are read a file is, by its first bytes, or ""."""
    if head[8:10] == b"CR" and head[:4] == b"II*\0":
        return ""  # a camera's raw file in a TIFF's clothes
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    if (brands := _brands(head)) & {b"avif", b"avis"}:
        return "AVIF"
    if brands & _HEIF_BRANDS:
        return "HEIF"
    return next((kind for mark, kind in _READ if head.startswith(mark)), "")


def what_instead(head: bytes) -> str:
    """Returns a sentence on what a file is and what to do, where `kind_of` knows none."""
    if not head:
        return "The file is empty."
    if found := _container(head) or _in_words(head):
        return found
    if name := next((name for mark, name in _OTHER_PICTURES if head.startswith(mark)), ""):
        return f"It is {name}, which is not read here; save it as JPEG or PNG."
    if name := next((name for mark, name in _NO_PICTURES if head.startswith(mark)), ""):
        return f"It is {name}."
    if not head.strip(b"\0"):
        return "It holds nothing but zeros; copy it again from where it came."
    return _UNKNOWN


def _brands(head: bytes) -> set[bytes]:
    """The brands in an ISO media file's first box, which say what kind of picture or video it is."""
    if head[4:8] != b"ftyp":
        return set()
    box = head[8 : int.from_bytes(head[:4], "big")]
    return {box[start : start + 4] for start in range(0, len(box), 4) if start != 4}  # the second is a version


def _container(head: bytes) -> str:
    brands = _brands(head)
    if b"crx " in brands:
        return "It is a camera's raw file (CR3), which is not read here; save it as JPEG or PNG."
    if brands or head[4:8] in (b"moov", b"mdat") or (head[:4] == b"RIFF" and head[8:12] == b"AVI "):
        return "It is a video, not a picture; save one of its frames as JPEG."
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "It is sound (WAV), not a picture."
    if head[:4] == b"II*\0" or head[6:14] == b"HEAPCCDR":  # what `kind_of` left of the TIFFs
        return "It is a camera's raw file (CR2 or CRW), which is not read here; save it as JPEG or PNG."
    if head[128:132] == b"DICM":
        return "It is a DICOM picture, which is not read here; save it as JPEG or PNG."
    if head[:1] == b"P" and head[1:2] in b"1234567Ff" and head[2:3].isspace():
        return "It is a Netpbm picture (PBM, PGM or PPM), which is not read here; save it as JPEG or PNG."
    return ""


def _in_words(head: bytes) -> str:
    """A sentence on a file of text."""
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if begin.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "It is a web page, not a picture."
    if begin.startswith(b"<svg") or (begin.startswith((b"<?xml", b"<!--", b"<!doctype")) and b"<svg" in begin):
        return "It is a drawing (SVG), which is not read here; save it as PNG."
    if begin.startswith(b"%!ps"):
        return "It is not a picture of a kind read here but PostScript (EPS); save it as PNG."
    if head.startswith(_TEXT_TRANSFER):
        return "It was copied as if it were text, which destroys pictures; copy it again from where it came."
    return ""
