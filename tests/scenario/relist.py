"""A liar: changes one file of an unpacked dossier, lists it anew, signs the list, and packs again.

    relist.py FOLDER FILE OLD NEW KEY DOSSIER
"""
import hashlib
import json
import os
import subprocess
import sys
import zipfile

folder, name, old, new, key, dossier = sys.argv[1:]
files = {f: open(os.path.join(folder, f), "rb").read() for f in os.listdir(folder)}
assert old.encode() in files[name], "nothing to change"
files[name] = files[name].replace(old.encode(), new.encode(), 1)
thing = json.loads(files["disclosure.json"])
thing["predicate"]["files"] = [{"name": f, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                               for f, data in sorted(files.items())
                               if not f.startswith("disclosure.") and not f.endswith((".tlog-proof", ".tsr"))]
files = {f: data for f, data in files.items() if f not in ("disclosure.tlog-proof", "disclosure.tsr")}
files["disclosure.json"] = json.dumps(thing).encode()
files["disclosure.json.sig"] = subprocess.run(
    ["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", "statement@comity"], input=files["disclosure.json"],
    capture_output=True, check=True).stdout
with zipfile.ZipFile(dossier, "w") as z:
    for f, data in sorted(files.items()):
        info = zipfile.ZipInfo(f, (1980, 1, 1, 0, 0, 0))
        info.create_version, info.create_system, info.extract_version = 20, 3, 10
        info.external_attr = 0o100644 << 16
        z.writestr(info, data)
