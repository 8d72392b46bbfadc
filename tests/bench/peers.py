"""Tools people know, with their exact command lines, and ours beside them.

All but Zeek and Suricata are in Debian 12 (tools/deps.sh bench).  Those two get their rows wherever `command -v` finds
them; their command lines are written down here and have not been run by us since.
"""
import os
import shutil
import subprocess

from measure import Command

HERE = os.path.dirname(os.path.abspath(__file__))
SLOW = "small"  # measured on a smaller file of the same kind


def tcpdump(path):
    return Command("tcpdump -n -r F -w /dev/null", ["tcpdump", "-n", "-r", path, "-w", "/dev/null"], finds="nothing")


def debian(path, scratch):
    flows = os.path.join(scratch, "nf")

    def empty():
        shutil.rmtree(flows, ignore_errors=True)
        os.makedirs(flows)

    return [
        Command("capinfos -c -d -u -i F (no hash)", ["capinfos", "-c", "-d", "-u", "-i", path], finds="nothing"),
        Command("openssl dgst -sha256 F", ["openssl", "dgst", "-sha256", path], finds="nothing", hashes="file"),
        Command("nfpcapd -r F -l DIR", ["nfpcapd", "-r", path, "-l", flows], before=empty, finds="flows"),
        Command("argus -X -r F -w /dev/null", ["argus", "-X", "-r", path, "-w", "/dev/null"], finds="flows", sleeps=True),
        Command("ndpiReader -q -i F", ["ndpiReader", "-q", "-i", path], finds="protocols"),
        Command("tshark -n -q -r F -z conv,tcp", ["tshark", "-n", "-q", "-r", path, "-z", "conv,tcp"], finds="flows", on=SLOW),
        Command("tshark -n -q -r F -z expert", ["tshark", "-n", "-q", "-r", path, "-z", "expert"], finds="suspicion", on=SLOW),
    ]


def elsewhere(path, scratch):
    """Zeek and Suricata, whose packages are not in Debian 12."""
    logs = os.path.join(scratch, "logs")
    rexmit = os.path.join(HERE, "rexmit.zeek")
    rules = os.path.join(HERE, "stream.rules")

    def empty():
        shutil.rmtree(logs, ignore_errors=True)
        os.makedirs(logs)

    return [
        Command("zeek -b -C -r F rexmit.zeek", ["zeek", "-b", "-C", "-r", path, rexmit], cwd=logs, before=empty, finds="conflicts"),
        Command("zeek -C -r F", ["zeek", "-C", "-r", path], cwd=logs, before=empty, finds="nothing", on=SLOW),
        Command("suricata -r F -S stream.rules --runmode single", ["suricata", "-r", path, "-l", logs, "-S", rules, "-k", "none",
                "--runmode", "single"], before=empty, finds="conflicts", on=SLOW),
    ]


def there(commands):
    return [c for c in commands if shutil.which(c.argv[0])]


class Case:
    """A case folder of its own for what needs one."""

    def __init__(self, comity, scratch):
        self.comity, self.folder = comity, os.path.join(scratch, "case")
        self.dossier = os.path.join(self.folder, "x.dossier")

    def fresh(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        subprocess.run([self.comity, "init", "--name", "Bench"], cwd=self.folder, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def knows(comity, command):
    return subprocess.run([comity, "help", command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode == 0


def inspect(comity, path, cores=0):
    return Command("comity inspect --json F" + on(cores), [comity, "inspect", "--json", path], cores=cores, good=(0, 1),
                   finds="forgeries", ours=True)


def on(cores):
    return {0: "", 1: ", one core"}.get(cores, f", {cores} cores")


def ours(comity, path, scratch, *, investigate):
    """On one core, and on all there are."""
    case = Case(comity, scratch)
    rows = []
    count = len(os.sched_getaffinity(0))
    for cores in sorted({1, min(2, count), count}):
        rows.append(inspect(comity, path, cores))
        if knows(comity, "seal"):
            rows.append(Command("comity seal F" + on(cores), [comity, "seal", path], cwd=case.folder, cores=cores,
                                before=case.fresh, finds="nothing", hashes="packets", ours=True))
            rows.append(Command("comity seal --file-digest F" + on(cores), [comity, "seal", "--file-digest", path], cwd=case.folder,
                                cores=cores, before=case.fresh, finds="nothing", hashes="packets", ours=True))
        if investigate:
            rows.append(Command("comity investigate F -o X" + on(cores), [comity, "investigate", path, "-o", case.dossier],
                                cwd=case.folder, cores=cores, before=case.fresh, good=(0, 1), finds="forgeries", hashes="packets",
                                ours=True))
    if investigate:
        rows.append(Command("comity verify X", [comity, "verify", "--signers", ".comity/allowed_signers", case.dossier],
                            cwd=case.folder, good=(0, 5), finds="forgeries", ours=True, reads="dossier"))
    return rows
