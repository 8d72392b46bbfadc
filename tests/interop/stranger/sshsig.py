"""SSHSIG files (OpenSSH PROTOCOL.sshsig) in the one spelling a dossier allows; ssh-keygen checks the signature.

Only the shape and the fingerprint are looked at here. No cryptography of our own: `ssh-keygen -Y verify`
says whether the signature holds, `-Y find-principals` whom the allowed signers call the key's owner.
"""

import base64
import hashlib
import os
import subprocess
import tempfile

from cbor import Refused

NAMESPACE = b"statement@comity"
BEGIN, END = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----"
WIDTH = 70
KEY_TYPES = (b"ssh-ed25519", b"sk-ssh-ed25519@openssh.com")


class _Fields:
    """SSH wire format: strings with a 32-bit length before them."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if count > len(self.data) - self.at:
            raise Refused("a signature cut short")
        self.at += count
        return self.data[self.at - count:self.at]

    def string(self):
        return self.take(int.from_bytes(self.take(4), "big"))

    def done(self):
        if self.at != len(self.data):
            raise Refused("bytes behind the last field of a signature")


def armour(blob):
    text = base64.b64encode(blob).decode("ascii")
    lines = [text[at:at + WIDTH] for at in range(0, len(text), WIDTH)]
    return "\n".join([BEGIN] + lines + [END, ""]).encode("ascii")


def _dearmour(data):
    try:
        lines = data.decode("ascii").split("\n")
        blob = base64.b64decode("".join(lines[1:-2]), validate=True)
    except ValueError:
        raise Refused("a signature file that is not armoured base64") from None
    if armour(blob) != data:
        raise Refused("a signature file in another than the canonical spelling")
    return blob


def fingerprint(data):
    """Fingerprint, as ssh-keygen -l prints it, of the key in a signature file. Refuses other spellings."""
    blob = _Fields(_dearmour(data))
    if blob.take(6) != b"SSHSIG" or blob.take(4) != b"\0\0\0\1":
        raise Refused("not an SSH signature of version 1")
    key, namespace, reserved = blob.string(), blob.string(), blob.string()
    hash_name, signature = blob.string(), blob.string()
    blob.done()
    if namespace != NAMESPACE or reserved or hash_name not in (b"sha256", b"sha512"):
        raise Refused("a signature for another purpose")
    _check_key(_Fields(key), _Fields(signature))
    return "SHA256:" + base64.b64encode(hashlib.sha256(key).digest()).decode("ascii").rstrip("=")


# Ed25519 (RFC 8032): the field, the order of the group, and y of the points of small order: 0, 1, -1, and the
# roots of D y^4 + 2 y^2 = 1, which are the points whose double has y = 0.
P = 2 ** 255 - 19
ORDER = 2 ** 252 + 27742317777372353535851937790883648493
SMALL_ORDER = {0, 1, P - 1,
    0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826,
    0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd83d3d706a17c7}


def _check_key(key, signature):
    kind, point = key.string(), None
    if kind in KEY_TYPES:
        point = key.string()
    if point is None or len(point) != 32:
        raise Refused("a key of a type that is not taken")
    y = int.from_bytes(point, "little") & (2 ** 255 - 1)
    if y >= P or y in SMALL_ORDER:
        raise Refused("a key under which one signature fits many statements")
    hardware = kind.startswith(b"sk-")
    if hardware:
        key.string()			# the application
    key.done()
    if signature.string() != kind:
        raise Refused("a signature of another type than its key")
    made = signature.string()
    if len(made) != 64 or int.from_bytes(made[32:], "little") >= ORDER:
        raise Refused("a signature that is not in its one form")
    if hardware:
        signature.take(5)		# flags, counter
    signature.done()


def _keygen(arguments, stdin=b""):
    done = subprocess.run(["ssh-keygen", "-Y"] + arguments, input=stdin, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def fingerprint_of_key(line):
    """Of a key as a .pub file has it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(base64.b64decode(line.split()[1])).digest()).decode("ascii").rstrip("=")


def check_bytes(name, data, signature):
    """Refuses a signature that is not one over these bytes, whoever made it."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "signature")
        with open(path, "wb") as file:
            file.write(signature)
        if _keygen(["check-novalidate", "-n", NAMESPACE.decode("ascii"), "-s", path], data) is None:
            raise Refused("%s: the signature is not one over this file" % name)


def check(name, data, signature, signers, made):
    """Principal of the signer, or None if the key was not among the allowed signers at `made` (RFC 3339).

    Refuses a bad signature.
    """
    check_bytes(name, data, signature)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "signature")
        with open(path, "wb") as file:
            file.write(signature)
        namespace = NAMESPACE.decode("ascii")
        seconds = max("".join(c for c in made if c.isdigit()), "19700101000001")   # it takes second 0 for no time
        when = "-Overify-time=" + seconds + "Z"
        found = _keygen(["find-principals", "-s", path, "-f", signers, when])
        if not found:
            return None
        principal = found.decode("utf-8", "replace").split("\n")[0]
        verify = ["verify", "-f", signers, "-I", principal, "-n", namespace, "-s", path, when]
        return principal if _keygen(verify, data) is not None else None
