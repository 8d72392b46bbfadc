package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const height = 8 // of tiles

// folder reads the tiles of a log, each once.
type folder struct {
	path string
	seen map[tlog.Tile][]byte
}

func (f *folder) Height() int                             { return height }
func (f *folder) SaveTiles(tiles []tlog.Tile, _ [][]byte) {}

func (f *folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, t := range tiles {
		if f.seen[t] == nil {
			data, err := os.ReadFile(filepath.Join(f.path, tilePath(t)))
			if err != nil {
				return nil, err
			}
			f.seen[t] = data
		}
		all = append(all, f.seen[t])
	}
	return all, nil
}

// tilePath is x/mod's own, whose names have the height in them, and "data" for entries.
func tilePath(t tlog.Tile) string {
	return strings.Replace(strings.Replace(t.Path(), "tile/8/", "tile/", 1), "/data/", "/entries/", 1)
}

// entries reads the bundle that begins with entry 256 * n of a log of size entries.
func (f *folder) entries(n, size int64) ([][]byte, error) {
	width := size - n<<height
	if width > 1<<height {
		width = 1 << height
	}
	name := tilePath(tlog.Tile{H: height, L: -1, N: n, W: int(width)})
	data, err := os.ReadFile(filepath.Join(f.path, name))
	if err != nil {
		return nil, err
	}
	var all [][]byte
	for len(data) >= 2 {
		end := 2 + int(binary.BigEndian.Uint16(data))
		if end > len(data) {
			break
		}
		all, data = append(all, data[2:end]), data[end:]
	}
	if len(data) > 0 || int64(len(all)) != width {
		return nil, fmt.Errorf("%s: not %d entries", name, width)
	}
	return all, nil
}

// rebuilt is a tree made of entries alone.
type rebuilt []tlog.Hash

func (r rebuilt) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var all []tlog.Hash
	for _, i := range indexes {
		all = append(all, r[i])
	}
	return all, nil
}

func checkFolder(path, vkey string, cosigners []string) error {
	ks, err := parseKeys(vkey, cosigners)
	if err != nil {
		return err
	}
	f := &folder{path, map[tlog.Tile][]byte{}}
	tree, older, err := f.checkpoints(ks)
	if err != nil {
		return err
	}
	fmt.Printf("ok checkpoint of %d entries, and %d older ones\n", tree.N, len(older))
	if err := f.checkTiles(tree); err != nil {
		return err
	}
	if err := f.checkEntries(tree); err != nil {
		return err
	}
	return f.checkProofs(tree, older)
}

// checkpoints gives the newest one, which all must have signed, and the older ones by size.
func (f *folder) checkpoints(ks keys) (newest tlog.Tree, older []tlog.Tree, err error) {
	names, err := filepath.Glob(filepath.Join(f.path, "checkpoint*"))
	if err != nil {
		return newest, nil, err
	}
	sort.Strings(names)
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return newest, nil, err
		}
		tree, err := ks.open(data)
		if err != nil {
			return newest, nil, fmt.Errorf("%s: %v", filepath.Base(name), err)
		}
		if filepath.Base(name) == "checkpoint" {
			newest = tree
		} else {
			older = append(older, tree)
		}
	}
	if len(names) == 0 || filepath.Base(names[0]) != "checkpoint" {
		return newest, nil, fmt.Errorf("no checkpoint")
	}
	sort.Slice(older, func(i, j int) bool { return older[i].N < older[j].N })
	return newest, older, nil
}

// checkTiles asks for a hash of every tile, which x/mod then checks against the root.
func (f *folder) checkTiles(tree tlog.Tree) error {
	r := tlog.TileHashReader(tree, f)
	tiles := 0
	for _, t := range tlog.NewTiles(height, 0, tree.N) {
		if t.W < 1<<height && !isLast(t, tree.N) {
			continue
		}
		index := tlog.StoredHashIndex(t.L*height, t.N<<height)
		if _, err := r.ReadHashes([]int64{index}); err != nil {
			return err
		}
		tiles++
	}
	fmt.Printf("ok %d tiles are of the tree\n", tiles)
	return nil
}

func isLast(t tlog.Tile, size int64) bool {
	n := size >> (t.L * height)
	return t.N == n>>height && int64(t.W) == n&(1<<height-1)
}

// checkEntries compares every entry with its leaf in the tiles, and the root with that of a tree made of
// the entries alone.
func (f *folder) checkEntries(tree tlog.Tree) error {
	r := tlog.TileHashReader(tree, f)
	var own rebuilt
	for n := int64(0); n<<height < tree.N; n++ {
		entries, err := f.entries(n, tree.N)
		if err != nil {
			return err
		}
		var indexes []int64
		for i := range entries {
			indexes = append(indexes, tlog.StoredHashIndex(0, n<<height+int64(i)))
		}
		leaves, err := r.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i, e := range entries {
			at := n<<height + int64(i)
			if leaves[i] != tlog.RecordHash(e) {
				return fmt.Errorf("entry %d is not its leaf", at)
			}
			more, err := tlog.StoredHashes(at, e, own)
			if err != nil {
				return err
			}
			own = append(own, more...)
		}
	}
	if tree.N > 0 {
		root, err := tlog.TreeHash(tree.N, own)
		if err != nil || root != tree.Hash {
			return fmt.Errorf("the entries make another root (%v)", err)
		}
	}
	fmt.Printf("ok %d entries make the root\n", tree.N)
	return nil
}

// checkProofs proves and checks some entries, those at edges among them, and each older checkpoint.
func (f *folder) checkProofs(tree tlog.Tree, older []tlog.Tree) error {
	r := tlog.TileHashReader(tree, f)
	some := 0
	for i := int64(0); i < tree.N; i = next(i, tree.N) {
		p, err := tlog.ProveRecord(tree.N, i, r)
		if err != nil {
			return err
		}
		leaf, err := r.ReadHashes([]int64{tlog.StoredHashIndex(0, i)})
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(p, tree.N, tree.Hash, i, leaf[0]); err != nil {
			return fmt.Errorf("entry %d: %v", i, err)
		}
		some++
	}
	fmt.Printf("ok %d inclusion proofs\n", some)
	for _, o := range older {
		if o.N == 0 {
			continue
		}
		if o.N > tree.N {
			return fmt.Errorf("an older checkpoint of %d entries, now %d", o.N, tree.N)
		}
		p, err := tlog.ProveTree(tree.N, o.N, r)
		if err != nil {
			return err
		}
		if err := tlog.CheckTree(p, tree.N, tree.Hash, o.N, o.Hash); err != nil {
			return fmt.Errorf("the checkpoint of %d entries is not its beginning: %v", o.N, err)
		}
	}
	fmt.Printf("ok %d consistency proofs\n", len(older))
	return nil
}

// next skips from one entry to another, not past the last two.
func next(i, size int64) int64 {
	step := size/61 + 1
	if i >= size-2 || i+step >= size-2 {
		step = 1
		if i < size-2 {
			step = size - 2 - i
		}
	}
	return i + step
}
