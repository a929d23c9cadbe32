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
	Version             uint32 `json:"version"`
	ChainID             string `json:"chain_id"`
	Protocol            string `json:"protocol"`
	Scheme              string `json:"scheme"`
	GenesisTimeMs       uint64 `json:"genesis_time_ms"`
	AllowDominantMember bool   `json:"allow_dominant_member"`
	Parameters          struct {
		// 0 where the protocol has none.
		ViewTimeoutMs        uint32 `json:"view_timeout_ms"`
		ViewTimeoutMsMax     uint32 `json:"view_timeout_ms_max"`
		BlockBytesMax        uint32 `json:"block_bytes_max"`
		BlockTransactionsMax uint32 `json:"block_transactions_max"`
		TransactionBytesMax  uint32 `json:"transaction_bytes_max"`
	} `json:"parameters"`
	// The numbers of the protocol that are not in Parameters.
	ProtocolParameters map[string]uint64 `json:"protocol_parameters"`
	// A hint, which is not hashed.
	Needs      string  `json:"needs"`
	Membership *Policy `json:"membership"`
	Members    []struct {
		Name               string  `json:"name"`
		ConsensusPublicKey hexText `json:"consensus_public_key"`
		GatewayPublicKey   []byte  `json:"gateway_public_key"`
		Weight             uint64  `json:"weight"`
	} `json:"members"`
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
	if names := slices.Sorted(maps.Keys(g.ProtocolParameters)); len(names) > 0 {
		w.text("btcfed/protocol-parameters/v1").u32(uint32(len(names)))
		for _, name := range names {
			w.text(name).u64(g.ProtocolParameters[name])
		}
	}
	return w.bytes
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
		members[i] = Member{m.Name, m.ConsensusPublicKey, m.GatewayPublicKey, m.Weight}
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
