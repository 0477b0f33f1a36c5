"""Names of files made from names of scenarios: such as every system takes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Final

LONGEST: Final = 120
"""Bytes of a name in UTF-8; file systems take 255, and endings and prefixes are added."""
_RESERVED: Final = re.compile(
    r"(?i)(con|prn|aux|nul|conin\$|conout\$|com[0-9\u00b9\u00b2\u00b3]|lpt[0-9\u00b9\u00b2\u00b3])"
    r" *(\.|$)"
)
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f\ud800-\udfff]')


def file_name(text: str) -> str:
    r"""Return a text as the name of a file or folder on any system; ordinary ones stay as they are.

    Windows keeps some names for devices (``CON``, ``nul.txt``), and takes no dot or space at the
    end and none of ``<>:"/\|?*``; a name that is too long is cut and made unique by a hash.
    """
    name = _FORBIDDEN.sub("_", text)
    if name[-1:] in (".", " "):
        name = name[:-1] + "_"
    device = _RESERVED.match(name)
    if device:
        name = f"{name[: device.end(1)]}_{name[device.end(1) :]}"
    if len(name.encode()) > LONGEST:
        digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        name = name.encode()[: LONGEST - 9].decode(errors="ignore") + "-" + digest
    return name or "_"


def file_names(texts: Iterable[str]) -> dict[str, str]:
    """Return a name for each text, no two of which are one file even where case is ignored.

    Only letters, digits, ``_`` and ``-`` are used. The first of several that would meet keeps its
    name; later ones are numbered from 2.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for text in texts:
        if text in found:
            continue
        base = file_name(re.sub(r"[^\w-]+", "_", text))
        name, number = base, 1
        while name.casefold() in taken:
            number += 1
            name = f"{base}-{number}"
        taken.add(name.casefold())
        found[text] = name
    return found
