"""The one canonical ZIP of a dossier (docs/formats.md 3): written, and read by writing it again.

All integers in a ZIP are little-endian. `read` takes the entries in order, makes the archive those names
and contents must give, and refuses at the first byte that differs.
"""

import re
import struct
import zlib

from cbor import Refused

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
LOCAL = struct.Struct("<4sHHHHHIIIHH")
CENTRAL = struct.Struct("<4sHHHHHHIIIHHHHHII")
END = struct.Struct("<4sHHHHIIH")
MAX_ENTRIES = 16384
MAX_BYTES = (1 << 32) - 1
DATE = 0x0021			# 1980-01-01


def write(files):
    """The archive of {name: bytes}."""
    body, central = [], []
    at = 0
    for name in sorted(files):
        data, raw = files[name], name.encode("ascii")
        crc, size = zlib.crc32(data), len(data)
        head = LOCAL.pack(b"PK\3\4", 10, 0, 0, 0, DATE, crc, size, size, len(raw), 0) + raw
        central.append(CENTRAL.pack(b"PK\1\2", 0x0314, 10, 0, 0, 0, DATE, crc, size, size, len(raw),
            0, 0, 0, 0, 0x81a40000, at) + raw)
        body += [head, data]
        at += len(head) + size
    directory = b"".join(central)
    count = len(central)
    return b"".join(body) + directory + END.pack(b"PK\5\6", 0, 0, count, count, len(directory), at, 0)


def _entries(data):
    """Names and contents in file order, as far as local headers go; no check but bounds."""
    at, found = 0, []
    while data[at:at + 4] == b"PK\3\4" and len(data) - at >= LOCAL.size:
        head = LOCAL.unpack_from(data, at)
        start = at + LOCAL.size + head[9]
        end = start + head[7]
        if end > len(data):
            raise Refused("an entry that the file's end cuts short, at byte %d" % at)
        raw = data[at + LOCAL.size:start]
        if not NAME.fullmatch(raw.decode("latin-1")):
            raise Refused("a name no entry may have, at byte %d" % at)
        name = raw.decode("ascii")
        if found and name <= found[-1][0]:
            raise Refused("entries not ascending by name, at byte %d" % at)
        found.append((name, data[start:end]))
        if len(found) > MAX_ENTRIES:
            raise Refused("more than %d entries" % MAX_ENTRIES)
        at = end
    return found


def read(data):
    """{name: bytes} of a canonical archive, ascending by name."""
    if len(data) > MAX_BYTES:
        raise Refused("a dossier of more than 2^32-1 bytes")
    files = dict(_entries(data))
    want = write(files)
    if want != data:
        length = min(len(want), len(data))
        at = next((i for i in range(length) if want[i] != data[i]), length)
        raise Refused("not the canonical ZIP from byte %d on" % at)
    return files
