"""split.py IN N FIRST SECOND: a pcap in two, the first with N packets."""
import struct
import sys

data = open(sys.argv[1], "rb").read()
at = 24
for _ in range(int(sys.argv[2])):
    at += 16 + struct.unpack("<I", data[at + 8:at + 12])[0]
open(sys.argv[3], "wb").write(data[:at])
open(sys.argv[4], "wb").write(data[:24] + data[at:])
