package main

import (
	"bytes"
	"errors"
	"math/bits"
	"regexp"
)

// Member is one member of an epoch; its index is its place.
type Member struct {
	Name       string
	PublicKey  []byte
	GatewayKey []byte
	Weight     uint64
	// Its further keys.
	Keys []Key
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
		members = append(members, Member{r.text(), r.prefixed(), r.fixed(32), r.u64(), nil})
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

var (
	handoverTag      = []byte("btcfed/handover/v1")
	termsHandoverTag = []byte("btcfed/handover/v2")
	keysHandoverTag  = []byte("btcfed/handover/v3")
)

// isHandover says whether a transaction is a handover, of any version.
func isHandover(content []byte) bool {
	for _, tag := range [][]byte{handoverTag, termsHandoverTag, keysHandoverTag} {
		if bytes.HasPrefix(content, tag) {
			return true
		}
	}
	return false
}

// readHandover reads the members of the epoch to come (FORMATS.md, section 8).
func readHandover(content []byte, chain Digest, epoch uint64) ([]Member, error) {
	if !isHandover(content) {
		return nil, errors.New("not a handover")
	}
	r := &reader{rest: content[len(handoverTag):]}
	ofChain, ofEpoch := r.digest(), r.u64()
	members, err := takeNext(r, content[:len(handoverTag)])
	if err != nil {
		return nil, err
	}
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

// takeNext reads the members, and judges their further keys and the terms, in the version of the tag.
func takeNext(r *reader, tag []byte) ([]Member, error) {
	if bytes.Equal(tag, handoverTag) {
		return takeMembers(r), nil
	}
	if bytes.Equal(tag, termsHandoverTag) {
		members := takeMembers(r)
		return members, checkTerms(r)
	}
	members, needs, err := takeKeyedMembers(r)
	if err != nil {
		return nil, err
	}
	switch r.u32() {
	case 0:
	case 1:
		if err := checkTerms(r); err != nil {
			return nil, err
		}
	default:
		return nil, errors.New("neither terms nor none")
	}
	return members, checkRoster(members, needs)
}

const (
	protocolSection   = 1
	parametersSection = 2
	protocolKnown     = "hotstuff"
)

var version = regexp.MustCompile(`^(0|[1-9][0-9]{0,4})(\.(0|[1-9][0-9]{0,4})){2}$`)
var parameterName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,63}$`)

// checkTerms reads the new terms of an epoch (FORMATS.md, section 8). Finality does not depend on the numbers of the
// protocol; on another protocol, or on a section without a rule, it may.
func checkTerms(r *reader) error {
	needs, count := r.text(), r.u32()
	if !version.MatchString(needs) || count == 0 || count > 16 {
		return errors.New("handover without terms, or with too many")
	}
	last, size := uint16(0), 0
	for i := uint32(0); i < count && !r.spoilt; i++ {
		tag := r.u16()
		content := r.prefixed()
		size += 6 + len(content)
		if tag <= last || size > 8192 {
			return errors.New("sections out of order or too long")
		}
		last = tag
		if err := checkSection(tag, &reader{rest: content}); err != nil {
			return err
		}
	}
	return nil
}

func checkSection(tag uint16, r *reader) error {
	switch tag {
	case protocolSection:
		if id, of := r.text(), r.u32(); id != protocolKnown || of != 1 || !r.whole() {
			return errors.New("handover to a protocol that this verifier does not know")
		}
	case parametersSection:
		count, last := r.u32(), ""
		for i := uint32(0); i < count && !r.spoilt; i++ {
			name, value := r.text(), r.u64()
			if name <= last || !parameterName.MatchString(name) || value >= 1<<53 {
				return errors.New("parameters out of order or out of range")
			}
			last = name
		}
		if count > 64 || !r.whole() {
			return errors.New("parameters cut short or too long")
		}
	default:
		return errors.New("handover with a section that this verifier does not know")
	}
	return nil
}
