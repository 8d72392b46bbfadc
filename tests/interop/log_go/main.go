// Somebody else's reading of our logs: notes and trees by Go's x/mod/sumdb, and nothing of ours.
//
//	log_go check FOLDER VKEY [COSIGNER...]	every tile, every entry, consistency of all checkpoints
//	log_go receipt FILE ENTRY VKEY [COSIGNER...]	a .tlog-proof, by itself
//	log_go make FOLDER ORIGIN SIZE...	a log made without us, one checkpoint a size
//
// FOLDER is laid out as C2SP tlog-tiles has it; beside `checkpoint` there may be older ones, `checkpoint.SIZE`.
// Prints "ok ..." for what was checked; anything else is said on one line, and ends it with status 1.
package main

import (
	"fmt"
	"os"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "log_go:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	switch {
	case len(args) >= 3 && args[0] == "check":
		return checkFolder(args[1], args[2], args[3:])
	case len(args) >= 4 && args[0] == "receipt":
		return checkReceipt(args[1], args[2], args[3], args[4:])
	case len(args) >= 4 && args[0] == "make":
		return makeFolder(args[1], args[2], args[3:])
	}
	return fmt.Errorf("usage: log_go check|receipt|make ...")
}
