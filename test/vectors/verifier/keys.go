package main

import (
	"crypto/ed25519"
	"errors"
	"fmt"
)

// Key is a key of a member for one purpose, beside those for consensus and gateway (FORMATS.md, section 8).
type Key struct {
	Purpose   uint16
	Scheme    string
	PublicKey []byte
	Proof     []byte
}

const (
	consensusPurpose = 1
	gatewayPurpose   = 2
	auditPurpose     = 5
	keySchemeKnown   = "ed25519"
	// The version that came with audit keys, the only purpose that this verifier has a rule for.
	auditNeeds     = "0.2.0"
	furtherKeysMax = 16
	keyBytesMax    = 512
)

func putKey(w *writer, k Key) {
	w.u16(k.Purpose).text(k.Scheme).prefixed(k.PublicKey).prefixed(k.Proof)
}

// possession is what the key signs to prove that the member has it.
func (k Key) possession(member string) []byte {
	w := new(writer).text("btcfed/key-possession/v1").text(member)
	return w.u16(k.Purpose).text(k.Scheme).prefixed(k.PublicKey).bytes
}

// check refuses a key whose purpose or scheme this verifier does not know, and one that its member did not prove.
func (k Key) check(member string) error {
	switch {
	case k.Purpose != auditPurpose:
		return fmt.Errorf("member %s has a key of purpose %d, which this verifier does not know", member, k.Purpose)
	case k.Scheme != keySchemeKnown || len(k.PublicKey) != ed25519.PublicKeySize:
		return fmt.Errorf("member %s has an audit key of another scheme or size", member)
	case !isSound(k.PublicKey, k.Proof):
		return fmt.Errorf("member %s has an audit key or a proof that libraries judge differently", member)
	case !ed25519.Verify(k.PublicKey, k.possession(member), k.Proof):
		return fmt.Errorf("member %s did not prove its audit key", member)
	}
	return nil
}

// checkKeys judges the further keys of all members.
func checkKeys(members []Member) error {
	seen := map[string]bool{}
	for _, m := range members {
		seen[string(m.GatewayKey)] = true
	}
	for _, m := range members {
		for _, key := range m.Keys {
			if err := key.check(m.Name); err != nil {
				return err
			}
			if seen[string(key.PublicKey)] {
				return fmt.Errorf("the audit key of %s has another purpose or member too", m.Name)
			}
			seen[string(key.PublicKey)] = true
		}
	}
	return nil
}

// checkRoster judges a roster of version 2: its keys, which are audit keys then, and the version that it says they need.
func checkRoster(members []Member, needs string) error {
	if err := checkKeys(members); err != nil {
		return err
	}
	if needs != auditNeeds {
		return fmt.Errorf("audit keys that are said to need version %s, and need %s", needs, auditNeeds)
	}
	return nil
}

// takeKeyedMembers reads a roster of version 2 (FORMATS.md, section 8), with the version that it says it needs.
func takeKeyedMembers(r *reader) ([]Member, string, error) {
	needs, count := r.text(), r.u32()
	if !version.MatchString(needs) || count > 512 {
		return nil, "", errors.New("members without a version, or too many")
	}
	var members []Member
	further := 0
	for i := uint32(0); i < count && !r.spoilt; i++ {
		m := Member{Name: r.text(), Weight: r.u64()}
		keys, err := takeKeys(r)
		if err != nil {
			return nil, "", err
		}
		m.PublicKey, m.GatewayKey, m.Keys = keys[0].PublicKey, keys[1].PublicKey, keys[2:]
		further += len(m.Keys)
		members = append(members, m)
	}
	if further == 0 {
		return nil, "", errors.New("members without further keys")
	}
	return members, needs, nil
}

// takeKeys reads all keys of a member: that of consensus, that of the gateway, and the further ones.
func takeKeys(r *reader) ([]Key, error) {
	count, size := r.u32(), 0
	if count < 2 || count > 2+furtherKeysMax {
		return nil, errors.New("a member with too few keys, or too many")
	}
	var keys []Key
	for i := uint32(0); i < count; i++ {
		key := Key{r.u16(), r.text(), r.prefixed(), r.prefixed()}
		if i > 0 && key.Purpose <= keys[i-1].Purpose {
			return nil, errors.New("the purposes of keys do not ascend")
		}
		if len(key.Scheme) > 32 {
			return nil, errors.New("a scheme that is too long")
		}
		if i >= 2 {
			size += 14 + len(key.Scheme) + len(key.PublicKey) + len(key.Proof)
		}
		keys = append(keys, key)
	}
	consensus, gateway := keys[0], keys[1]
	switch {
	case r.spoilt || size > keyBytesMax:
		return nil, errors.New("keys cut short or too long")
	case consensus.Purpose != consensusPurpose || consensus.Scheme != "" || len(consensus.Proof) > 0:
		return nil, errors.New("a consensus key in another form")
	case gateway.Purpose != gatewayPurpose || gateway.Scheme != keySchemeKnown || len(gateway.Proof) > 0:
		return nil, errors.New("a gateway key in another form")
	case len(consensus.PublicKey) > 64 || len(gateway.PublicKey) != ed25519.PublicKeySize:
		return nil, errors.New("a consensus or gateway key of another size")
	}
	return keys, nil
}
