package main

import (
	"bytes"
	"testing"
)

// vote is a transaction of FORMATS.md, section 10.
type vote struct {
	change, signature []byte
	goodUntil         uint64
	member            uint32
}

var voteTag = []byte("btcfed/membership/v2")

func readVote(transaction []byte) (vote, bool) {
	r := &reader{rest: transaction}
	isTagged := bytes.Equal(r.fixed(uint32(len(voteTag))), voteTag)
	read := vote{change: r.prefixed(), goodUntil: r.u64(), member: r.u32()}
	read.signature = r.prefixed()
	return read, isTagged && r.whole()
}

func (v vote) signedBytes(chain Digest, protocol string, epoch uint64) []byte {
	change := (&writer{v.change}).digest()
	w := new(writer).text("btcfed/membership-vote/v2").fixed(chain[:]).text(protocol).u64(epoch)
	return w.fixed(change[:]).u64(v.goodUntil).bytes
}

func TestVotes(t *testing.T) {
	file := load[struct {
		Vectors []struct {
			Name, Protocol string
			Change         struct {
				Chain hexText
				Epoch uint64
				Leave []string
				Join  []any
			}
			Bytes, Digest, Signed, Signature, Transaction hexText
			GoodUntil                                     U64 `json:"good_until"`
			Member                                        uint32
		}
	}](t, "membership.json")
	for _, vector := range file.Vectors {
		r := &reader{rest: vector.Bytes}
		tag, chain, epoch := r.text(), r.digest(), r.u64()
		w := new(writer).text(tag).fixed(chain[:]).u64(epoch).u32(r.u32())
		for range vector.Change.Leave {
			w.text(r.text())
		}
		members := takeMembers(r)
		putMembers(w, members)
		if tag != "btcfed/membership-change/v1" || !r.whole() || len(members) != len(vector.Change.Join) {
			t.Errorf("%s: the change cannot be read", vector.Name)
		}
		digest := w.digest()
		same(t, vector.Name, w.bytes, vector.Bytes)
		same(t, vector.Name, digest[:], vector.Digest)
		read, ok := readVote(vector.Transaction)
		if !ok || read.goodUntil != uint64(vector.GoodUntil) || read.member != vector.Member {
			t.Errorf("%s: the vote cannot be read", vector.Name)
		}
		same(t, vector.Name, read.signature, vector.Signature)
		same(t, vector.Name, read.signedBytes(chain, vector.Protocol, epoch), vector.Signed)
	}
}

func TestVotesOfTheChain(t *testing.T) {
	chain := load[Chain](t, "chain.json")
	scopes, err := chain.scopes()
	if err != nil {
		t.Fatal(err)
	}
	var voters []uint32
	for _, block := range chain.Blocks {
		scope := scopes[block.Block.Header.Epoch]
		for _, transaction := range block.Block.Transactions {
			if !bytes.HasPrefix(transaction, voteTag) {
				continue
			}
			read, ok := readVote(transaction)
			message := read.signedBytes(scope.Chain, scope.Protocol, scope.Epoch)
			if !ok || !verifySignature(scope.Scheme, scope.Members[read.member].PublicKey, message, read.signature) {
				t.Errorf("a vote in block %d does not hold", block.Block.Header.Height)
			}
			voters = append(voters, read.member)
		}
	}
	if err := decides(scopes[0].Members, voters); err != nil {
		t.Error(err)
	}
}
