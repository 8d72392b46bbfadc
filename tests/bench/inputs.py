"""The captures of the bench, made by the generator in a folder outside the repository."""
import os
import re
import subprocess

# What each is like, and of what size: --size small, --size full, and what slow tools are given.
KINDS = {
    "http": (["http-bench", "--rate", "1790"], "--bytes", {"small": "50M", "full": "1005M", "slow": "100M"}),
    "http-few": (["http-bench", "--rate", "5"], "--bytes", {"small": "50M", "full": "1005M", "slow": "100M"}),
    "mix": (["mix-bench"], "--packets", {"small": "150K", "full": "4000K", "slow": "300K"}),
}
SAYS = {
    "http": "HTTP, one segment of 57 forged",
    "http-few": "the same, a handful forged: what people seal",
    "mix": "many small flows of many kinds",
}

# The bench that peers were measured on before, whose shape the inputs have: (what, there).
THERE = {
    "http": {"packets": "1,086,504", "mean bytes": "910", "flows": "15,776", "packets a flow": "69", "seconds": "40",
             "forged": "11,060", "% of data segments": "1.765", "flows with a forged packet": "3,439", "mid_same %": "34.2",
             "late %": "27.1", "overlap %": "19.1", "rst %": "11.8", "fin %": "4.7", "race_first %": "3.2",
             "retransmission": "6,171", "repacketised": "1,885", "reordered": "3,076", "keepalive": "453", "reroute": "226"},
    "mix": {"packets": "4,000,000", "mean bytes": "283", "flows a million packets": "some 200,000", "<=66 %": "38.0",
            "<=128 %": "32.4", "<=256 %": "11.4", "<=576 %": "5.3", "<=1300 %": "4.1", "<=1518 %": "7.8", ">1518 %": "0.9",
            "fragment %": "2.6", "VLAN %": "some", "tunnel %": "some", "IPv6 %": "some"},
}


def make(a, args, name):
    """Path of the capture and of its truth; made if it is not there."""
    path = os.path.join(a.scratch, name + ".pcap")
    truth = os.path.join(a.scratch, name + ".tsv")
    if not os.path.exists(path):
        subprocess.run([a.generator, *args, "--out", path + ".part", "--truth", truth], check=True)
        os.rename(path + ".part", path)
    return path, truth


def get(a, kind, size=None):
    args, unit, sizes = KINDS[kind]
    size = size or a.size
    if size == "slow" and a.size == "small":
        size = "small"
    return make(a, [*args, unit, sizes[size]], f"{kind}-{size}")


def command_line(kind, size):
    args, unit, sizes = KINDS[kind]
    return " ".join(["comity-gen", *args, unit, sizes[size]])


def packets_of(path):
    got = subprocess.run(["capinfos", "-c", "-M", path], capture_output=True, text=True, check=False)
    found = re.search(r"packets:\s+(\d+)", got.stdout)
    return int(found.group(1)) if found else 0
