package main

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// makeFolder makes a log as others would, and prints its key.
func makeFolder(path, origin string, sizes []string) error {
	secret, vkey, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return err
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		return err
	}
	var own rebuilt
	var bundle bytes.Buffer
	size := int64(0)
	for _, text := range sizes {
		to, err := strconv.ParseInt(text, 10, 64)
		if err != nil || to < size {
			return fmt.Errorf("%q: not larger", text)
		}
		from := size
		for ; size < to; size++ {
			if err := addEntry(path, size, &own, &bundle); err != nil {
				return err
			}
		}
		if err := writeTiles(path, from, size, own, &bundle); err != nil {
			return err
		}
		if err := writeCheckpoint(path, origin, size, own, signer); err != nil {
			return err
		}
	}
	fmt.Println(vkey)
	return nil
}

func write(path, name string, data []byte) error {
	name = filepath.Join(path, name)
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o666)
}

func addEntry(path string, at int64, own *rebuilt, bundle *bytes.Buffer) error {
	entry := []byte(fmt.Sprintf("entry %d", at))
	more, err := tlog.StoredHashes(at, entry, *own)
	if err != nil {
		return err
	}
	*own = append(*own, more...)
	binary.Write(bundle, binary.BigEndian, uint16(len(entry)))
	bundle.Write(entry)
	if (at+1)%(1<<height) != 0 {
		return nil
	}
	full := tlog.Tile{H: height, L: -1, N: at >> height, W: 1 << height}
	err = write(path, tilePath(full), bundle.Bytes())
	bundle.Reset()
	return err
}

func writeTiles(path string, from, to int64, own rebuilt, bundle *bytes.Buffer) error {
	if w := to % (1 << height); w != 0 && to != from {
		part := tlog.Tile{H: height, L: -1, N: to >> height, W: int(w)}
		if err := write(path, tilePath(part), bundle.Bytes()); err != nil {
			return err
		}
	}
	for _, t := range tlog.NewTiles(height, from, to) {
		data, err := tlog.ReadTileData(t, own)
		if err != nil {
			return err
		}
		if err := write(path, tilePath(t), data); err != nil {
			return err
		}
	}
	return nil
}

func writeCheckpoint(path, origin string, size int64, own rebuilt, signer note.Signer) error {
	root := tlog.Hash(sha256.Sum256(nil))
	if size > 0 {
		var err error
		if root, err = tlog.TreeHash(size, own); err != nil {
			return err
		}
	}
	signed, err := note.Sign(&note.Note{Text: fmt.Sprintf("%s\n%d\n%s\n", origin, size, root)}, signer)
	if err != nil {
		return err
	}
	if err := write(path, fmt.Sprintf("checkpoint.%d", size), signed); err != nil {
		return err
	}
	return write(path, "checkpoint", signed)
}
