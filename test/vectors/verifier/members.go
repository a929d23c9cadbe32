package main

import (
	"bytes"
	"errors"
	"math/bits"
)

// Member is one member of an epoch; its index is its place.
type Member struct {
	Name       string
	PublicKey  []byte
	GatewayKey []byte
	Weight     uint64
}

func putMembers(w *writer, members []Member) {
	w.u32(uint32(len(members)))
	for _, m := range members {
		w.text(m.Name).prefixed(m.PublicKey).fixed(m.GatewayKey).u64(m.Weight)
	}
}

func takeMembers(r *reader) []Member {
	count := r.u32()
	var members []Member
	for i := uint32(0); i < count && !r.spoilt; i++ {
		members = append(members, Member{r.text(), r.prefixed(), r.fixed(32), r.u64()})
	}
	return members
}

// quorum is floor(2W/3) + 1 (FORMATS.md, section 6), for any W of 64 bits.
func quorum(weight uint64) uint64 {
	high, low := bits.Mul64(weight, 2)
	third, _ := bits.Div64(high, low, 3)
	return third + 1
}

// decides says whether these indices, in this order, are a quorum of the members.
func decides(members []Member, signers []uint32) error {
	var total, signed uint64
	for _, m := range members {
		total += m.Weight
	}
	for i, signer := range signers {
		if i > 0 && signer <= signers[i-1] {
			return errors.New("signers are not strictly ascending")
		}
		if int(signer) >= len(members) {
			return errors.New("a signer is no member")
		}
		signed += members[signer].Weight
	}
	if signed < quorum(total) {
		return errors.New("the signers are below the quorum")
	}
	return nil
}

var handoverTag = []byte("btcfed/handover/v1")

// readHandover reads the members of the epoch to come (FORMATS.md, section 8).
func readHandover(content []byte, chain Digest, epoch uint64) ([]Member, error) {
	if !bytes.HasPrefix(content, handoverTag) {
		return nil, errors.New("not a handover")
	}
	r := &reader{rest: content[len(handoverTag):]}
	ofChain, ofEpoch, members := r.digest(), r.u64(), takeMembers(r)
	switch {
	case !r.whole():
		return nil, errors.New("handover cut short or too long")
	case ofChain != chain:
		return nil, errors.New("handover of another chain")
	case ofEpoch != epoch:
		return nil, errors.New("handover to another epoch")
	case len(members) == 0 || len(members) > 512:
		return nil, errors.New("handover to too few or too many members")
	}
	return members, nil
}
