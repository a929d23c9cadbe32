package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/cloudflare/circl/sign/slhdsa"
)

func load[T any](t *testing.T, name string) T {
	t.Helper()
	text, err := os.ReadFile("../" + name)
	if err != nil {
		t.Fatal(err)
	}
	var vectors T
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	return vectors
}

func same(t *testing.T, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Errorf("%s: got %x, want %x", what, got, want)
	}
}

func TestEncoder(t *testing.T) {
	file := load[struct {
		Vectors []struct {
			Name   string
			Fields []struct {
				Kind  string
				Value any
			}
			Hex, Sha256 hexText
		}
	}](t, "encoder.json")
	for _, vector := range file.Vectors {
		w := new(writer)
		for _, field := range vector.Fields {
			text, _ := field.Value.(string)
			switch field.Kind {
			case "u32":
				w.u32(uint32(field.Value.(float64)))
			case "u64":
				w.u64(number(text))
			case "text":
				w.text(text)
			case "fixed":
				w.fixed(unhex(text))
			case "prefixed":
				w.prefixed(unhex(text))
			default:
				t.Fatal(field.Kind)
			}
		}
		digest := w.digest()
		same(t, vector.Name, w.bytes, vector.Hex)
		same(t, vector.Name, digest[:], vector.Sha256)
	}
}

func TestMerkle(t *testing.T) {
	file := load[struct {
		EmptyRoot     hexText
		Leaves, Roots []hexText
		Paths         []struct {
			Index, Size uint64
			Path        []hexText
		}
	}](t, "merkle.json")
	var leaves []Digest
	empty := merkleRoot(nil)
	same(t, "empty", empty[:], file.EmptyRoot)
	for i, leaf := range file.Leaves {
		leaves = append(leaves, leafHash(leaf))
		root := merkleRoot(leaves)
		same(t, "root", root[:], file.Roots[i])
	}
	for _, each := range file.Paths {
		p := path{U64(each.Index), U64(each.Size), nil}
		for _, sibling := range each.Path {
			p.Hashes = append(p.Hashes, sibling)
		}
		leaf, root := leafHash(file.Leaves[each.Index]), Digest(file.Roots[each.Size-1])
		if !p.leads(leaf, root) {
			t.Errorf("the path of leaf %d of %d does not lead to the root", each.Index, each.Size)
		}
		p.Hashes = append(p.Hashes, make([]byte, 32))
		if p.leads(leaf, root) {
			t.Error("a path that is too long is taken")
		}
	}
}

func TestGenesis(t *testing.T) {
	for _, name := range []string{"genesis.json", "genesis-sections.json", "genesis-terms.json"} {
		checkGenesis(t, name)
	}
}

func TestGenesisOfLaterVersion(t *testing.T) {
	var genesis Genesis
	err := json.Unmarshal([]byte(`{"needs":"9.0.0","version":1,"vrf":{}}`), &genesis)
	if err == nil || !strings.Contains(err.Error(), "9.0.0") || !strings.Contains(err.Error(), "vrf") {
		t.Errorf("an unknown section: %v", err)
	}
}

func checkGenesis(t *testing.T, name string) {
	file := load[struct {
		Vectors []struct {
			Name          string
			Genesis       Genesis
			Bytes, Digest hexText
			Tag           hexText
		}
	}](t, name)
	for _, vector := range file.Vectors {
		digest := vector.Genesis.digest()
		same(t, vector.Name, vector.Genesis.bytes(), vector.Bytes)
		same(t, vector.Name, digest[:], vector.Digest)
		same(t, vector.Name, digest[:8], vector.Tag)
	}
}

func TestBlockHeader(t *testing.T) {
	file := load[struct {
		Vectors []struct {
			Header struct {
				Height, Epoch, View            U64
				Proposer                       uint32
				TimestampMs                    U64
				Parent, PayloadRoot, StateRoot hexText
				TransactionCount               uint32
			}
			Bytes, Digest hexText
		}
	}](t, "block-header.json")
	for _, vector := range file.Vectors {
		h := vector.Header
		header := Header{h.Height, h.Epoch, h.View, h.Proposer, h.TimestampMs, h.Parent, h.PayloadRoot, h.StateRoot, h.TransactionCount, nil}
		digest := header.digest()
		same(t, "header", header.bytes(), vector.Bytes)
		same(t, "header", digest[:], vector.Digest)
	}
}

func TestHeaderExtensions(t *testing.T) {
	type said struct {
		Name       string
		Extensions []struct {
			Tag     uint32
			Content hexText
		}
	}
	read := func(s said) (extensions []extension) {
		for _, each := range s.Extensions {
			extensions = append(extensions, extension{each.Tag, each.Content})
		}
		return extensions
	}
	file := load[struct {
		Vectors []struct {
			said
			Header struct {
				Height, Epoch, View            U64
				Proposer                       uint32
				TimestampMs                    U64
				Parent, PayloadRoot, StateRoot hexText
				TransactionCount               uint32
			}
			Bytes, Digest hexText
		}
		Refused []said
	}](t, "header-extensions.json")
	for _, vector := range file.Vectors {
		h := vector.Header
		header := Header{h.Height, h.Epoch, h.View, h.Proposer, h.TimestampMs, h.Parent, h.PayloadRoot, h.StateRoot, h.TransactionCount, read(vector.said)}
		digest := header.digest()
		same(t, vector.Name, header.bytes(), vector.Bytes)
		same(t, vector.Name, digest[:], vector.Digest)
		if err := header.check(); err != nil {
			t.Errorf("%s: refused: %v", vector.Name, err)
		}
	}
	for _, each := range file.Refused {
		if checkExtensions(read(each)) == nil {
			t.Errorf("%s is taken", each.Name)
		}
	}
}

func TestStateTree(t *testing.T) {
	type place struct {
		Index, Size uint64
		Path        []hexText
	}
	file := load[struct {
		Blocks []struct {
			Transactions           []hexText
			PayloadRoot, StateRoot hexText
			Leaves                 int
		}
		Proofs []struct {
			Block          int
			Transaction    hexText
			Payload, State place
		}
	}](t, "state-tree.json")
	var leaves []Digest
	for _, block := range file.Blocks {
		header := Header{PayloadRoot: block.PayloadRoot, StateRoot: block.StateRoot, TransactionCount: uint32(len(block.Transactions))}
		var err error
		if leaves, err = header.checkRoots(plain(block.Transactions), leaves, nil); err != nil || len(leaves) != block.Leaves {
			t.Error(err, len(leaves))
		}
	}
	for _, proof := range file.Proofs {
		block := file.Blocks[proof.Block]
		payload := path{U64(proof.Payload.Index), U64(proof.Payload.Size), plain(proof.Payload.Path)}
		state := path{U64(proof.State.Index), U64(proof.State.Size), plain(proof.State.Path)}
		if !payload.leads(leafHash(proof.Transaction), Digest(block.PayloadRoot)) || !state.leads(stateLeaf(proof.Transaction), Digest(block.StateRoot)) {
			t.Errorf("transaction %x is not under its roots", proof.Transaction)
		}
	}
}

func TestStateSections(t *testing.T) {
	file := load[struct {
		Vectors []struct {
			TransactionsRoot, StateRoot hexText
			Sections                    []struct {
				Tag           uint32
				Content, Root hexText
			}
		}
	}](t, "state-sections.json")
	for _, vector := range file.Vectors {
		var sections []section
		for _, each := range vector.Sections {
			if leafHash(each.Content) != Digest(each.Root) {
				t.Errorf("section %d has another root", each.Tag)
			}
			sections = append(sections, section{each.Tag, each.Root})
		}
		if len(sections) > 0 {
			sections = append([]section{{1, vector.TransactionsRoot}}, sections...)
		}
		root, err := transactionsRoot(vector.StateRoot, sections)
		if err != nil || root != Digest(vector.TransactionsRoot) {
			t.Error(err)
		}
		for i := 1; i < len(sections); i++ {
			short := append(append([]section{}, sections[:i]...), sections[i+1:]...)
			if _, err := transactionsRoot(vector.StateRoot, short); err == nil {
				t.Error("a section can be left out")
			}
		}
	}
}

func TestSignedBytes(t *testing.T) {
	file := load[struct {
		Vectors []struct {
			Scope struct {
				Chain    hexText
				Protocol string
				Epoch    U64
			}
			Statement struct {
				Kind                   string
				View, Height, HighView U64
				Digest, HighDigest     hexText
			}
			Bytes hexText
		}
	}](t, "signing-bytes.json")
	for _, vector := range file.Vectors {
		scope := Scope{Chain: Digest(vector.Scope.Chain), Protocol: vector.Scope.Protocol, Epoch: uint64(vector.Scope.Epoch)}
		s := vector.Statement
		said := Statement{s.Kind, uint64(s.View), uint64(s.Height), Digest{}}
		if s.Kind == "timeout" {
			said.Number, s.Digest = uint64(s.HighView), s.HighDigest
		}
		said.Digest = Digest(s.Digest)
		same(t, s.Kind, scope.signedBytes(said), vector.Bytes)
	}
}

func TestSlhDsa(t *testing.T) {
	file := load[struct {
		Signing []struct {
			Scheme                              string
			SecretKey, Message, SignatureDigest hexText
			Context                             hexText
		}
	}](t, "slh-dsa.json")
	for _, vector := range file.Signing {
		scheme, err := slhdsa.IDByName(vector.Scheme)
		if err != nil {
			t.Fatal(err)
		}
		secret := slhdsa.PrivateKey{ID: scheme}
		if err := secret.UnmarshalBinary(vector.SecretKey); err != nil {
			t.Fatal(err)
		}
		signature, err := slhdsa.SignDeterministic(&secret, slhdsa.NewMessage(vector.Message), vector.Context)
		if err != nil {
			t.Fatal(err)
		}
		digest := sha256.Sum256(signature)
		same(t, vector.Scheme, digest[:], vector.SignatureDigest)
		key := vector.SecretKey[len(vector.SecretKey)/2:]
		if !verifySignature(scheme, key, vector.Message, signature) {
			t.Errorf("%s: the signature does not hold", vector.Scheme)
		}
	}
}

func TestQuorum(t *testing.T) {
	file := load[struct {
		Weights []struct {
			Weight, Quorum U64
		}
		Certificates []struct {
			Name    string
			Weights []uint64
			Signers []uint32
			Decides bool
		}
	}](t, "quorum.json")
	for _, vector := range file.Weights {
		if got := quorum(uint64(vector.Weight)); got != uint64(vector.Quorum) {
			t.Errorf("the quorum of %d is %d, got %d", vector.Weight, vector.Quorum, got)
		}
	}
	for _, vector := range file.Certificates {
		members := make([]Member, len(vector.Weights))
		for i, weight := range vector.Weights {
			members[i].Weight = weight
		}
		if err := decides(members, vector.Signers); (err == nil) != vector.Decides {
			t.Errorf("%s: %v", vector.Name, err)
		}
	}
}

func TestEvidence(t *testing.T) {
	file := load[struct {
		Evidence []struct {
			Name, Kind      string
			Content, Digest hexText
		}
		Refused []struct {
			Name    string
			Content hexText
		}
	}](t, "evidence.json")
	for _, vector := range file.Evidence {
		evidence, err := readEvidence(vector.Content)
		if err != nil {
			t.Errorf("%s: %v", vector.Name, err)
			continue
		}
		digest := evidence.digest()
		same(t, vector.Name, digest[:], vector.Digest)
		if evidence.kind() != vector.Kind {
			t.Errorf("%s: %s", vector.Name, evidence.kind())
		}
	}
	for _, vector := range file.Refused {
		if _, err := readEvidence(vector.Content); err == nil {
			t.Errorf("taken: %s", vector.Name)
		}
	}
}

func TestAuditHead(t *testing.T) {
	file := load[struct {
		Chain, PublicKey, AuditKey hexText
		Heads                      []struct {
			Sequence               U64
			Hash, Bytes, Signature hexText
		}
	}](t, "audit-head.json")
	for _, head := range file.Heads {
		w := new(writer).text("btcfed/audit-head/v1").fixed(file.Chain).prefixed(file.PublicKey)
		w.u64(uint64(head.Sequence)).fixed(head.Hash)
		same(t, "head", w.bytes, head.Bytes)
		if !ed25519.Verify(ed25519.PublicKey(file.AuditKey), w.bytes, head.Signature) {
			t.Error("the signature of a head does not hold")
		}
	}
}

func TestFactIDs(t *testing.T) {
	file := load[struct {
		Facts []struct {
			Member, Fact    string
			BlockDigest, ID hexText
			Index           uint32
		}
	}](t, "fact-ids.json")
	for _, fact := range file.Facts {
		id := new(writer).text("btcfed/event/v1").text(fact.Member).text(fact.Fact).fixed(fact.BlockDigest).u32(fact.Index).digest()
		same(t, fact.Fact, id[:], fact.ID)
	}
}

func TestHandover(t *testing.T) {
	file := load[struct {
		Vectors []struct {
			Name   string
			Change struct {
				Chain hexText
				Epoch uint64
				Join  []any
			}
			Handover hexText
		}
	}](t, "membership.json")
	for _, vector := range file.Vectors {
		members, err := readHandover(vector.Handover, Digest(vector.Change.Chain), vector.Change.Epoch)
		if err != nil || len(members) != len(vector.Change.Join) {
			t.Errorf("%s: %v", vector.Name, err)
		}
	}
}

func TestTerms(t *testing.T) {
	file := load[struct {
		Vectors []struct {
			Name   string
			Change struct {
				Chain hexText
				Epoch uint64
				Join  []any
			}
			Handover hexText
			Followed bool
		}
	}](t, "terms.json")
	for _, vector := range file.Vectors {
		chain, epoch := Digest(vector.Change.Chain), vector.Change.Epoch
		members, err := readHandover(vector.Handover, chain, epoch)
		if vector.Followed != (err == nil) || (err == nil && len(members) != len(vector.Change.Join)) {
			t.Errorf("%s: %v", vector.Name, err)
		}
		for length := range vector.Handover {
			if _, err := readHandover(vector.Handover[:length], chain, epoch); err == nil {
				t.Errorf("%s: cut to %d bytes", vector.Name, length)
			}
		}
	}
}

func number(text string) uint64 {
	value, err := strconv.ParseUint(strings.TrimSpace(text), 10, 64)
	if err != nil {
		panic(err)
	}
	return value
}

func unhex(text string) []byte {
	value, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return value
}

func plain(values []hexText) [][]byte {
	all := make([][]byte, len(values))
	for i, value := range values {
		all[i] = value
	}
	return all
}
