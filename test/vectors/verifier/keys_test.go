package main

import "testing"

func TestKeys(t *testing.T) {
	file := load[struct {
		Vectors []struct {
			Name   string
			Change struct {
				Chain hexText
				Epoch uint64
				Join  []struct {
					Name string
					Keys []any
				}
			}
			Handover hexText
			Followed bool
		}
		Possession []struct {
			Member    string
			Purpose   uint16
			Scheme    string
			PublicKey hexText `json:"public_key"`
			Signed    hexText
			Proof     hexText
			Holds     bool
		}
		Strange, Refused []struct {
			Name     string
			Handover hexText
		}
	}](t, "member-keys.json")
	for _, vector := range file.Vectors {
		chain, epoch := Digest(vector.Change.Chain), vector.Change.Epoch
		members, err := readHandover(vector.Handover, chain, epoch)
		if vector.Followed != (err == nil) {
			t.Errorf("%s: %v", vector.Name, err)
		}
		for i, m := range members {
			if said := vector.Change.Join[i]; m.Name != said.Name || len(m.Keys) != len(said.Keys) {
				t.Errorf("%s: member %d is %s", vector.Name, i, m.Name)
			}
		}
		for length := range vector.Handover {
			if _, err := readHandover(vector.Handover[:length], chain, epoch); err == nil {
				t.Errorf("%s: cut to %d bytes", vector.Name, length)
			}
		}
	}
	for _, each := range file.Possession {
		key := Key{each.Purpose, each.Scheme, each.PublicKey, each.Proof}
		same(t, each.Member, key.possession(each.Member), each.Signed)
		if err := key.check(each.Member); each.Holds != (err == nil) {
			t.Errorf("%s: %v", each.Member, err)
		}
		if key.check(each.Member+"x") == nil {
			t.Errorf("%s: the key is another member's too", each.Member)
		}
	}
	for _, each := range file.Strange {
		r := &reader{rest: each.Handover[len(keysHandoverTag):]}
		chain, epoch := r.digest(), r.u64()
		members, _, err := takeKeyedMembers(r)
		if err != nil || checkRoster(members, auditNeeds) != nil || r.u32() != 0 || !r.whole() {
			t.Errorf("%s is not read: %v", each.Name, err)
		}
		if _, err := readHandover(each.Handover, chain, epoch); err == nil {
			t.Errorf("%s is followed", each.Name)
		}
	}
	for _, each := range file.Refused {
		// The chain and the epoch of all of them.
		r := &reader{rest: each.Handover[len(keysHandoverTag):]}
		if _, err := readHandover(each.Handover, r.digest(), r.u64()); err == nil {
			t.Errorf("%s is taken", each.Name)
		}
	}
}

func TestGenesisTerms(t *testing.T) {
	file := load[struct {
		Vectors []struct {
			Name            string
			ProtocolVersion uint32
			Genesis         Genesis
		}
	}](t, "genesis-terms.json")
	for _, vector := range file.Vectors {
		// This verifier knows the first version of protocols, and the log.
		isKnown := vector.ProtocolVersion == 1 && vector.Genesis.Application.isLog()
		if err := vector.Genesis.check(); isKnown != (err == nil) {
			t.Errorf("%s: %v", vector.Name, err)
		}
	}
}

func TestKeyProofs(t *testing.T) {
	file := load[struct {
		Proofs []struct {
			Name, Member, Scheme string
			Purpose              uint16
			PublicKey            hexText `json:"public_key"`
			Signed, Proof        hexText
			Judged, Holds        bool
		}
	}](t, "key-proofs.json")
	for _, each := range file.Proofs {
		key := Key{each.Purpose, each.Scheme, each.PublicKey, each.Proof}
		same(t, each.Name, key.possession(each.Member), each.Signed)
		if isSound(each.PublicKey, each.Proof) != each.Judged {
			t.Errorf("%s: judged by its form", each.Name)
		}
		if err := key.check(each.Member); each.Holds != (err == nil) {
			t.Errorf("%s: %v", each.Name, err)
		}
	}
}
