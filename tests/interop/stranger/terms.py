"""The terms of a disclosure and the charter that they name (docs/formats.md 2.4, 2.8, 2.9; section 4, step 11). Signatures,
members and digests are checked; the rules are not asked again: that takes their language (docs/charters.md)."""

import hashlib
import re

import receipt
import sshsig
from cbor import Refused
from statement import PREFIX, TYPE, digest, fingerprint, list_of, members, one_of, parse, text, time

CHARTER, SIGS = "charter.json", "charter.json.sigs"
short = lambda value: text(value) and len(value.encode("utf-8")) <= 256
tlp = one_of(("clear", "green", "amber", "amber+strict", "red"))
pap = one_of(("clear", "green", "amber", "red"))
who = members({"member": short, "role": short})
up_to = lambda of: list_of(of, 0, 256)
plain = members({"use": one_of(("own", "free"))}, {"tlp": tlp, "pap": pap})
governed = members({"use": one_of(("charter",)), "tlp": tlp, "pap": pap, "charter": digest,
    "action": one_of(("release", "publish")), "purpose": short, "from": who, "to": who, "phase": short, "approved": short,
    "exhibits": up_to(members({"type": short, "tlp": tlp, "pap": pap})), "rules": up_to(short), "obliges": up_to(short),
    "withheld": up_to(members({"content": short, "by": short})), "consent": up_to(digest)})
ROLES = ("victim", "government", "private", "academic", "panel")
KEY = r"(?:ssh-ed25519|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/]+={0,2}"
MEMBER = re.compile(r'- "([^",*?!#\\]{1,64})", (%s), (%s)(?:, (age1[0-9a-z]{58}|ssh-ed25519 [A-Za-z0-9+/]+={0,2}))?' % (
    "|".join(ROLES), KEY))


ORDER = ("use", "tlp", "pap", "charter", "action", "purpose", "from", "to", "phase", "approved", "exhibits", "rules", "obliges",
    "withheld", "consent")
PARTS = {"from": ("member", "role"), "to": ("member", "role"), "exhibits": ("type", "tlp", "pap"), "withheld": ("content", "by")}


def in_order(value):
    """The same with members in the order of 2.4, as facts have them."""
    def part(name, one):
        if isinstance(one, list):
            return [part(name, item) for item in one]
        return {key: one[key] for key in PARTS[name]} if isinstance(one, dict) else one
    return {name: part(name, value[name]) for name in ORDER if name in value}


def is_terms(value):
    return plain(value) or governed(value)


def armours(data):
    """The signatures of the file, by fingerprint."""
    found = {}
    for part in re.findall(rb"-----BEGIN SSH SIGNATURE-----\n.*?-----END SSH SIGNATURE-----\n", data, re.S):
        key = sshsig.fingerprint(part)
        if found and key <= max(found):
            raise Refused("%s: signatures do not ascend" % SIGS)
        found[key] = part
    if b"".join(found.values()) != data:
        raise Refused("%s: something that is no signature" % SIGS)
    return found


def list_members(charter):
    """(name, role, key as in a .pub file) of each line of `## Members`."""
    section = re.search(r"^## Members\n(.*?)(?=^## |\Z)", charter, re.S | re.M)
    if section is None:
        raise Refused("%s: no members" % CHARTER)
    found = []
    for line in filter(None, section[1].split("\n")):
        match = MEMBER.fullmatch(line)
        if match is None:
            raise Refused("%s: a line that is no member: %s" % (CHARTER, line))
        found.append(match.groups()[:3])
    return found


def read_charter(data):
    thing = parse(data)
    if set(thing) != {"_type", "subject", "predicateType", "predicate"} or thing["_type"] != TYPE or (
            thing["predicateType"] != PREFIX + "charter/v1"):
        raise Refused("%s: not a charter" % CHARTER)
    said = thing["predicate"]
    if not {"nonce", "made", "by", "text"} <= set(said) <= {"nonce", "made", "by", "text", "supersedes", "after"}:
        raise Refused("%s: other members than a charter has" % CHARTER)
    if not list_of(fingerprint, 1, 128)(said["by"]) or sorted(set(said["by"])) != said["by"] or not time(said["made"]):
        raise Refused("%s: by, or made" % CHARTER)
    there = hashlib.sha256(said["text"].encode("utf-8")).hexdigest()
    if thing["subject"] != [{"name": there, "digest": {"comity-text": there}}]:
        raise Refused("%s: the subject is another text" % CHARTER)
    return said


def check_signatures(said, data, sigs):
    found = armours(sigs)
    if sorted(found) != said["by"]:
        raise Refused("%s: not signed by all who have to sign, and nobody else" % CHARTER)
    for key, armour in found.items():
        sshsig.check_bytes(CHARTER, data, armour)


def check(dossier):
    """What the terms say holds, as far as it can be seen without the rules."""
    disclosure = dossier.disclosure
    terms = disclosure.predicate.get("terms", {"use": "free"})
    if not is_terms(terms):
        raise Refused("disclosure.json: the member terms")
    consents = dossier.numbered("consent")
    if terms["use"] != "charter":
        if CHARTER in dossier.files or consents:
            raise Refused("a charter or a consent, and the disclosure is not under it")
        dossier.say("terms: %s" % {"own": "for its owner's own use", "free": "no charter governed this"}[terms["use"]])
        return consents
    data, sigs = dossier.file(CHARTER), dossier.file(SIGS)
    if hashlib.sha256(data).hexdigest() != terms["charter"]:
        raise Refused("%s is another one than the disclosure names" % CHARTER)
    said = read_charter(data)
    check_signatures(said, data, sigs)
    people = {sshsig.fingerprint_of_key(key): (name, role) for name, role, key in list_members(said["text"])}
    sender = people.get(disclosure["by"])
    if sender != (terms["from"]["member"], terms["from"]["role"]):
        raise Refused("terms: from somebody that the key is not")
    to = (terms["to"]["member"], terms["to"]["role"])
    if to != ("", "public") and to not in people.values():
        raise Refused("terms: to somebody who is no member")
    case = disclosure.predicate.get("case")
    if case is None or ("supersedes" not in said and case != terms["charter"]):
        raise Refused("disclosure.json: another case than its charter's")
    if len(terms["exhibits"]) != len(dossier.seals):
        raise Refused("terms: exhibits are not those of the dossier")
    if [one.digest for one in consents] != terms["consent"] or any(
            people.get(one["by"], ("", ""))[1] != "victim" for one in consents):
        raise Refused("terms: consents that are not the victim's, or others than are named")
    own = "charter" + receipt.ENDING
    if own in dossier.files:
        entry = receipt.entry(data, armours(sigs)[disclosure["by"]], disclosure["by"])
        receipt.Receipts(dossier.trust).check("charter", dossier.file(own), entry)
    if "charter" + receipt.STAMP in dossier.files:
        dossier.file("charter" + receipt.STAMP)
    dossier.say("terms: charter with %d signatures; its rules are not asked again by this verifier" % len(said["by"]))
    return consents
