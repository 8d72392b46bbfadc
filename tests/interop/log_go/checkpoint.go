package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// strict has one spelling of each value; x/mod reads several.
var strict = base64.StdEncoding.Strict()

func parseHash(text string) (h tlog.Hash, err error) {
	data, err := strict.DecodeString(text)
	if err != nil || len(data) != len(h) || strict.EncodeToString(data) != text {
		return h, fmt.Errorf("%q is no hash", text)
	}
	copy(h[:], data)
	return h, nil
}

// keys are those whose lines must be on a checkpoint, the log's first.
type keys []note.Verifier

func parseKeys(log string, cosigners []string) (keys, error) {
	v, err := note.NewVerifier(log)
	if err != nil {
		return nil, fmt.Errorf("the log's key: %v", err)
	}
	ks := keys{v}
	for _, text := range cosigners {
		c, err := newCosigner(text)
		if err != nil {
			return nil, fmt.Errorf("a cosigner's key: %v", err)
		}
		ks = append(ks, c)
	}
	return ks, nil
}

// cosigner verifies lines of C2SP tlog-cosignature v1.
type cosigner struct {
	name string
	id   uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) (*cosigner, error) {
	part := strings.SplitN(vkey, "+", 3)
	if len(part) != 3 {
		return nil, fmt.Errorf("%q is no NAME+ID+KEY", vkey)
	}
	key, err := strict.DecodeString(part[2])
	if err != nil || len(key) != 33 || key[0] != 0x04 {
		return nil, fmt.Errorf("%q is no key of type 4", vkey)
	}
	sum := sha256.Sum256(append([]byte(part[0]+"\n"), key...))
	id := binary.BigEndian.Uint32(sum[:])
	if fmt.Sprintf("%08x", id) != part[1] {
		return nil, fmt.Errorf("%q: the id is not the key's", vkey)
	}
	return &cosigner{part[0], id, key[1:]}, nil
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.id }

func (c *cosigner) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	time := binary.BigEndian.Uint64(sig)
	head := fmt.Sprintf("cosignature/v1\ntime %d\n", time)
	return time != 0 && ed25519.Verify(c.key, append([]byte(head), text...), sig[8:])
}

// open checks all signatures of a checkpoint and reads it.
func (ks keys) open(bytes []byte) (tlog.Tree, error) {
	n, err := note.Open(bytes, note.VerifierList(ks...))
	if err != nil {
		return tlog.Tree{}, err
	}
	for _, sig := range append(n.Sigs, n.UnverifiedSigs...) {
		if _, err := strict.DecodeString(sig.Base64); err != nil {
			return tlog.Tree{}, fmt.Errorf("the signature of %s: %v", sig.Name, err)
		}
	}
	for _, k := range ks {
		if !signedBy(n, k) {
			return tlog.Tree{}, fmt.Errorf("%s did not sign it", k.Name())
		}
	}
	return parseCheckpoint(n.Text, ks[0].Name())
}

func signedBy(n *note.Note, k note.Verifier) bool {
	for _, s := range n.Sigs {
		if s.Name == k.Name() && s.Hash == k.KeyHash() {
			return true
		}
	}
	return false
}

func parseCheckpoint(text, origin string) (tlog.Tree, error) {
	line := strings.Split(text, "\n")
	if len(line) < 4 || line[0] != origin {
		return tlog.Tree{}, fmt.Errorf("not a checkpoint of %s", origin)
	}
	size, err := strconv.ParseInt(line[1], 10, 64)
	if err != nil || size < 0 || strconv.FormatInt(size, 10) != line[1] {
		return tlog.Tree{}, fmt.Errorf("%q is no size", line[1])
	}
	root, err := parseHash(line[2])
	if err != nil {
		return tlog.Tree{}, err
	}
	empty := tlog.Hash(sha256.Sum256(nil))
	if size == 0 && !bytes.Equal(root[:], empty[:]) {
		return tlog.Tree{}, fmt.Errorf("no entries, and a root")
	}
	return tlog.Tree{N: size, Hash: root}, nil
}
