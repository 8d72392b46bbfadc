package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// checkReceipt reads a C2SP tlog-proof: a head of lines, an empty line, the checkpoint.
func checkReceipt(path, entryPath, vkey string, cosigners []string) error {
	ks, err := parseKeys(vkey, cosigners)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	entry, err := os.ReadFile(entryPath)
	if err != nil {
		return err
	}
	at := strings.Index(string(data), "\n\n")
	if at < 0 {
		return fmt.Errorf("no empty line")
	}
	index, proof, err := parseHead(strings.Split(string(data[:at]), "\n"))
	if err != nil {
		return err
	}
	tree, err := ks.open(data[at+2:])
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entry)); err != nil {
		return err
	}
	fmt.Printf("ok entry %d of %d\n", index, tree.N)
	return nil
}

func parseHead(line []string) (index int64, proof tlog.RecordProof, err error) {
	if line[0] != "c2sp.org/tlog-proof@v1" {
		return 0, nil, fmt.Errorf("no tlog-proof")
	}
	line = line[1:]
	if len(line) > 0 && strings.HasPrefix(line[0], "extra ") {
		if _, err := strict.DecodeString(line[0][6:]); err != nil {
			return 0, nil, err
		}
		line = line[1:]
	}
	if len(line) == 0 || !strings.HasPrefix(line[0], "index ") {
		return 0, nil, fmt.Errorf("no index")
	}
	index, err = strconv.ParseInt(line[0][6:], 10, 64)
	if err != nil || index < 0 || strconv.FormatInt(index, 10) != line[0][6:] {
		return 0, nil, fmt.Errorf("%q is no index", line[0])
	}
	for _, text := range line[1:] {
		h, err := parseHash(text)
		if err != nil {
			return 0, nil, err
		}
		proof = append(proof, h)
	}
	return index, proof, nil
}
