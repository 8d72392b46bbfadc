"""The part `log` of the document: tables and plots of what logs.py measured."""
import plot
import witness
from tables import grid


def the_disk(got):
    d = got["disk"]
    return [f"The disk ({d['kind']}), at the beginning: 4 KiB appended and synced {d['syncs_s']:,.0f} times a second ({1e3 / d['syncs_s']:.2f} ms "
            f"each), 256 MiB written and synced at {d['bytes_s'] / 1e6:,.0f} MB/s.", ""]


def appends(got):
    rows = [[f"{r['batch']:,.0f}", f"{r['entries_s']:,.0f}", f"{r['p50_ms']:.2f}", f"{r['p99_ms']:.2f}", f"{r['cpu_ns']:,.0f}"]
            for r in got["appends"]["rows"]]
    d = got["appends"]
    return [f"Entries that last. The disk by itself, just before: two new files of 38 and 8 KiB synced in {d['sync_ms']:.2f} ms, one of 300 bytes "
            f"replaced in {d['replace_ms']:.2f} ms; an append waits for both:", "", *grid(["entries a batch", "entries/s", "a batch: ms, median", "99 of 100", "ns of processor an entry"], rows)]


def one(got):
    o, kept = got["one"], got["one"]["kept"]
    rows = [[name, f"{o[k]['median']:.1f}", f"{o[k]['most']:.1f}"] for name, k in (
        ("`comity seal` of a file of one line, logged and cosigned", "seal_ms"), ("the same in a case that has no log", "seal_alone_ms"),
        ("difference of the two, run in turn: the logging", "logging_ms"),
        ("`comity log checkpoint` with one new statement", "checkpoint_ms"))]
    rows.append(["in one process, connections kept", f"{kept['p50_ms']:.1f}", f"{kept['p99_ms']:.1f} (99 of 100)"])
    rows += [[f"of that, {name}", f"{kept[k]:.1f}", ""] for name, k in (
        ("the append", "append_ms"), ("three witnesses asked", "gather_ms"), ("their cosignatures kept", "keep_ms"))]
    return [f"One statement, until three witnesses on this machine and disk have cosigned; {got['entries_of_commands']} runs of the commands, "
            f"{got['entries_of_one']} in one process:", "", *grid(["until it is logged and cosigned", "ms, median", "most"], rows)]


def ten(n):
    return f"{n:,.0f}"


def grown(got):
    rows = [[ten(r["entries"]), f"{r['added'] / r['add_s']:,.0f}", f"{r['add_cpu_s'] / r['added'] * 1e9:,.0f}",
             f"{r['bytes'] / r['entries']:.1f}", f"{r['disk_bytes'] / r['entries']:.1f}", f"{r['add_kib'] / 1024:.0f}",
             f"{r['open_ms']:.1f}", f"{r['append_ms']:.1f}", f"{r['prove_us']:.0f}", f"{r['check_us']:.0f}", f"{r['use_kib'] / 1024:.1f}"]
            for r in got["grown"]]
    return grid(["entries", "loading: entries/s", "ns of processor an entry", "bytes an entry", "of the disk", "MiB", "opening: ms",
                 "one entry more: ms", "proof of one: us", "checking it: us", "MiB for these four"], rows)


def memory(got):
    rows = [[ten(r["entries"]), f"{r['growth_m_s']:.2f}", f"{r['make_us']:.1f}", f"{r['cold_us']:.1f}", f"{r['check_us']:.1f}",
             ten(r["bytes"]), f"{r['c_make_us']:.1f}", f"{r['c_cold_us']:.1f}", f"{r['c_check_us']:.1f}", ten(r["c_bytes"])]
            for r in got["memory"]]
    return grid(["entries", "growth: M entries/s", "inclusion: us, tiles kept", "none kept", "checked", "bytes", "consistency: us, tiles kept",
                 "none kept", "checked", "bytes"], rows)


def receipts(got):
    rows = [[ten(r["entries"])] + [ten(r[f"receipt_{n}"]) for n in (0, 1, 3, 10)] for r in got["grown"]]
    return grid(["entries", "receipt with no cosignature: bytes", "1", "3", "10"], rows)


def witnesses(got):
    w = got["witnesses"]
    out = [f"Checkpoints cosigned, {w['seconds']:g} s each, medians of {w['runs']} in turn. 4 KiB were appended and synced {w['syncs_s']:,.0f} "
           "times a second just before.", ""]
    if not w["beside"]:
        out += ["`sigsum-witness` was not there (package sigsum-go of bookworm-backports): not measured beside it.", ""]
    return out + grid(witness.HEAD, [witness.words(r) for r in w["rows"]])


def block(found):
    got = found["log"]
    return [got["machine"], "", *the_disk(got), *appends(got), "![Entries a second and size of a batch](performance/log-append.svg)", "",
            *one(got), "A log in a folder, ten times as long each time; one core:", "", *grown(got),
            "![Cost of opening, appending and proving as a log grows](performance/log-grown.svg)", "", *receipts(got),
            "Tree and proofs alone, in memory; one core, microseconds of processor:", "", *memory(got), *witnesses(got)]


def plots(got):
    rate, waits = got["appends"]["rows"], got["appends"]["sync_ms"] + got["appends"]["replace_ms"]
    grows = [(name, [(r["entries"], r[k] / per) for r in got["grown"]]) for name, k, per in (
        ("open", "open_ms", 1), ("one entry more", "append_ms", 1), ("prove one", "prove_us", 1e3), ("check it", "check_us", 1e3))]
    return {
        "log-append": plot.lines("Entries that last, a second", "entries a batch, which is on disk before the next (powers of ten)",
                                 "entries a second (powers of ten)",
                                 [("measured", [(r["batch"], r["entries_s"]) for r in rate]),
                                  ("if waiting for the disk were all", [(r["batch"], r["batch"] / waits * 1e3) for r in rate])],
                                 log_x=True, log_y=True),
        "log-grown": plot.lines("A log as it grows", "entries of the log (powers of ten)", "milliseconds (powers of ten)", grows,
                                log_x=True, log_y=True),
    }
