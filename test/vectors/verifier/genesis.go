package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Genesis is genesis.json (FORMATS.md, section 3).
type Genesis struct {
	Version  uint32 `json:"version"`
	ChainID  string `json:"chain_id"`
	Protocol string `json:"protocol"`
	// 0 where it is left out: the first.
	ProtocolVersion uint32 `json:"protocol_version"`
	// Nil where it is left out: the log.
	Application         *Application `json:"application"`
	Scheme              string       `json:"scheme"`
	GenesisTimeMs       uint64       `json:"genesis_time_ms"`
	AllowDominantMember bool         `json:"allow_dominant_member"`
	Parameters          struct {
		// 0 where the protocol has none.
		ViewTimeoutMs        uint32 `json:"view_timeout_ms"`
		ViewTimeoutMsMax     uint32 `json:"view_timeout_ms_max"`
		BlockBytesMax        uint32 `json:"block_bytes_max"`
		BlockTransactionsMax uint32 `json:"block_transactions_max"`
		TransactionBytesMax  uint32 `json:"transaction_bytes_max"`
	} `json:"parameters"`
	// The numbers of the protocol that are not in Parameters.
	ProtocolParameters numbers `json:"protocol_parameters"`
	// A hint, which is not hashed.
	Needs      string  `json:"needs"`
	Membership *Policy `json:"membership"`
	Members    []struct {
		Name               string  `json:"name"`
		ConsensusPublicKey hexText `json:"consensus_public_key"`
		GatewayPublicKey   []byte  `json:"gateway_public_key"`
		Weight             uint64  `json:"weight"`
		Keys               []struct {
			Purpose   string  `json:"purpose"`
			Scheme    string  `json:"scheme"`
			PublicKey hexText `json:"public_key"`
			Proof     hexText `json:"proof"`
		} `json:"keys"`
	} `json:"members"`
}

// Application is the section application of genesis.json.
type Application struct {
	ID         string            `json:"id"`
	Version    uint32            `json:"version"`
	Parameters map[string]uint64 `json:"parameters"`
}

func (a *Application) isLog() bool {
	return a == nil || (a.ID == "log" && a.Version == 1 && len(a.Parameters) == 0)
}

// Policy is the section membership of genesis.json.
type Policy struct {
	MembersMin     uint32 `json:"members_min"`
	MembersMax     uint32 `json:"members_max"`
	Step           uint32 `json:"step"`
	GrowthMax      uint32 `json:"growth_max"`
	EpochBlocksMin uint32 `json:"epoch_blocks_min"`
}

var openPolicy = Policy{MembersMin: 4, MembersMax: 512, Step: 1, GrowthMax: 512, EpochBlocksMin: 1}

// UnmarshalJSON gives keys that are left out the numbers that hold without them.
func (p *Policy) UnmarshalJSON(text []byte) error {
	type plain Policy
	own := plain(openPolicy)
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&own)
	*p = Policy(own)
	return err
}

func (g *Genesis) bytes() []byte {
	w := new(writer).text("btcfed/genesis/v1").u32(g.Version).text(g.ChainID).text(g.Protocol).text(g.Scheme)
	w.u64(g.GenesisTimeMs).u32(0)
	if g.AllowDominantMember {
		w.bytes[len(w.bytes)-1] = 1
	}
	p := g.Parameters
	w.u32(p.ViewTimeoutMs).u32(p.ViewTimeoutMsMax).u32(p.BlockBytesMax).u32(p.BlockTransactionsMax).u32(p.TransactionBytesMax)
	putMembers(w, g.members())
	if m := g.Membership; m != nil && *m != openPolicy {
		w.text("btcfed/membership-policy/v1").u32(m.MembersMin).u32(m.MembersMax).u32(m.Step).u32(m.GrowthMax).u32(m.EpochBlocksMin)
	}
	if len(g.ProtocolParameters) > 0 {
		putNumbers(w.text("btcfed/protocol-parameters/v1"), g.ProtocolParameters)
	}
	g.putTerms(w)
	g.putKeys(w)
	return w.bytes
}

// numbers are those of a protocol by name. A word in the file has the number of its place, and the first word is not hashed.
type numbers map[string]uint64

var words = map[string][]string{"vote_path": {"leader", "all"}, "exclude_on_evidence": {"no", "yes"}}

func (n *numbers) UnmarshalJSON(text []byte) error {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	*n = numbers{}
	for name, value := range all {
		if known, hasWords := words[name]; hasWords {
			var word string
			if err := json.Unmarshal(value, &word); err != nil {
				return err
			}
			place := slices.Index(known, word)
			if place < 0 {
				return fmt.Errorf("%s: unknown word %q", name, word)
			}
			if place > 0 {
				(*n)[name] = uint64(place)
			}
			continue
		}
		var number uint64
		if err := json.Unmarshal(value, &number); err != nil {
			return err
		}
		(*n)[name] = number
	}
	return nil
}

func putNumbers(w *writer, numbers map[string]uint64) {
	w.u32(uint32(len(numbers)))
	for _, name := range slices.Sorted(maps.Keys(numbers)) {
		w.text(name).u64(numbers[name])
	}
}

// putTerms writes the terms that have no place of their own.
func (g *Genesis) putTerms(w *writer) {
	hasVersion := g.ProtocolVersion > 1
	sections := new(writer)
	count := uint32(0)
	if hasVersion {
		count++
		content := new(writer).text(g.Protocol).u32(g.ProtocolVersion)
		sections.u16(1).prefixed(content.bytes)
	}
	if a := g.Application; !a.isLog() {
		count++
		content := new(writer).text(a.ID).u32(a.Version)
		putNumbers(content, a.Parameters)
		sections.u16(4).prefixed(content.bytes)
	}
	if count > 0 {
		w.text("btcfed/genesis-terms/v1").u32(count).fixed(sections.bytes)
	}
}

// putKeys writes the further keys of the members that have some.
func (g *Genesis) putKeys(w *writer) {
	all := new(writer)
	count := uint32(0)
	for i, m := range g.members() {
		if len(m.Keys) == 0 {
			continue
		}
		count++
		all.u32(uint32(i)).u32(uint32(len(m.Keys)))
		for _, key := range m.Keys {
			putKey(all, key)
		}
	}
	if count > 0 {
		w.text("btcfed/member-keys/v1").u32(count).fixed(all.bytes)
	}
}

// check refuses a genesis whose terms this verifier does not know, or whose members did not prove their keys.
func (g *Genesis) check() error {
	if g.ProtocolVersion > 1 || !g.Application.isLog() {
		return errors.New("a version of the protocol, or an application, that this verifier does not know")
	}
	for _, m := range g.Members {
		if len(m.Keys) > 1 {
			return errors.New("a member with two keys of one purpose")
		}
	}
	return checkKeys(g.members())
}

// UnmarshalJSON refuses keys that it does not know: they are sections of a later version, and would be hashed.
func (g *Genesis) UnmarshalJSON(text []byte) error {
	type plain Genesis
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode((*plain)(g)); err != nil {
		return fmt.Errorf("genesis, which needs version %q: %w", g.Needs, err)
	}
	return nil
}

func (g *Genesis) digest() Digest {
	return (&writer{g.bytes()}).digest()
}

func (g *Genesis) members() []Member {
	members := make([]Member, len(g.Members))
	for i, m := range g.Members {
		members[i] = Member{m.Name, m.ConsensusPublicKey, m.GatewayPublicKey, m.Weight, nil}
		for _, key := range m.Keys {
			// Another purpose has no number, and is refused.
			purpose := uint16(0)
			if key.Purpose == "audit" {
				purpose = auditPurpose
			}
			members[i].Keys = append(members[i].Keys, Key{purpose, key.Scheme, key.PublicKey, key.Proof})
		}
	}
	return members
}

// block is the genesis block (FORMATS.md, section 4).
func (g *Genesis) block() Header {
	empty := merkleRoot(nil)
	return Header{
		TimestampMs: U64(g.GenesisTimeMs), ParentDigest: make([]byte, 32),
		PayloadRoot: empty[:], StateRoot: empty[:],
	}
}

// hexText is bytes in lower-case hex.
type hexText []byte

func (h *hexText) UnmarshalText(text []byte) error {
	bytes, err := hex.DecodeString(string(text))
	if err == nil && strings.ToLower(string(text)) != string(text) {
		err = errors.New("hex in capital letters")
	}
	*h = bytes
	return err
}
