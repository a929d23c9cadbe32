package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
)

// Header is a block header as the client API tells it.
type Header struct {
	Height           U64         `json:"height"`
	Epoch            U64         `json:"epoch"`
	View             U64         `json:"view"`
	Proposer         uint32      `json:"proposer"`
	TimestampMs      U64         `json:"timestampMs"`
	ParentDigest     []byte      `json:"parentDigest"`
	PayloadRoot      []byte      `json:"payloadRoot"`
	StateRoot        []byte      `json:"stateRoot"`
	TransactionCount uint32      `json:"transactionCount"`
	Extensions       []extension `json:"extensions"`
}

func (h *Header) bytes() []byte {
	tag := "btcfed/block/v1"
	if len(h.Extensions) > 0 {
		tag = "btcfed/block/v2"
	}
	w := new(writer).text(tag).u64(uint64(h.Height)).u64(uint64(h.Epoch)).u64(uint64(h.View))
	w.u32(h.Proposer).u64(uint64(h.TimestampMs)).fixed(h.ParentDigest).fixed(h.PayloadRoot).fixed(h.StateRoot)
	w.u32(h.TransactionCount)
	if len(h.Extensions) > 0 {
		putExtensions(w, h.Extensions)
	}
	return w.bytes
}

func (h *Header) digest() Digest {
	return (&writer{h.bytes()}).digest()
}

// check refuses digests of another length: nothing may be hashed of which the fields could be shifted.
func (h *Header) check() error {
	if h == nil || len(h.ParentDigest) != 32 || len(h.PayloadRoot) != 32 || len(h.StateRoot) != 32 {
		return errors.New("a header without its digests")
	}
	return checkExtensions(h.Extensions)
}

// follows checks a block against the one before it (FORMATS.md, section 4); last says whether that one ends its epoch.
func (h *Header) follows(before *Header, last bool) error {
	epoch := before.Epoch
	if last {
		epoch++
	}
	parent := before.digest()
	switch {
	case !bytes.Equal(h.ParentDigest, parent[:]):
		return errors.New("its parent is another block")
	case h.Height != before.Height+1:
		return errors.New("its height is not one more")
	case len(h.Extensions) > 0:
		return errors.New("its protocol has no header extension")
	case h.View <= before.View:
		return errors.New("its view is not higher")
	case h.Epoch != epoch:
		return fmt.Errorf("its epoch is %d and not %d", h.Epoch, epoch)
	}
	return nil
}

// stateLeaf is the leaf of the state tree for a transaction.
func stateLeaf(transaction []byte) Digest {
	hash := sha256.Sum256(transaction)
	return leafHash(hash[:])
}

// section is one part of the state and its root (FORMATS.md, section 4).
type section struct {
	Tag  uint32 `json:"tag"`
	Root []byte `json:"root"`
}

// transactionsRoot gives the root over all transactions that a state root stands for.
func transactionsRoot(stateRoot []byte, sections []section) (Digest, error) {
	if len(sections) == 0 {
		return Digest(stateRoot), nil
	}
	w := new(writer).fixed([]byte{2})
	before := uint32(0)
	for _, each := range sections {
		if each.Tag <= before || each.Tag > 0xffff || len(each.Root) != 32 {
			return Digest{}, errors.New("its sections are out of order")
		}
		before = each.Tag
		w.fixed([]byte{byte(each.Tag >> 8), byte(each.Tag)}).fixed(each.Root)
	}
	if len(sections) == 1 || sections[0].Tag != 1 || w.digest() != Digest(stateRoot) {
		return Digest{}, errors.New("its sections are of another state")
	}
	return Digest(sections[0].Root), nil
}

// checkRoots checks both roots of a header against its transactions; leaves are those of all blocks before.
func (h *Header) checkRoots(transactions [][]byte, leaves []Digest, sections []section) ([]Digest, error) {
	if int(h.TransactionCount) != len(transactions) {
		return nil, errors.New("another number of transactions")
	}
	payload := make([]Digest, len(transactions))
	for i, transaction := range transactions {
		payload[i] = leafHash(transaction)
		leaves = append(leaves, stateLeaf(transaction))
	}
	if merkleRoot(payload) != Digest(h.PayloadRoot) {
		return nil, errors.New("the payload root is of other transactions")
	}
	root, err := transactionsRoot(h.StateRoot, sections)
	if err != nil {
		return nil, err
	}
	if merkleRoot(leaves) != root {
		return nil, errors.New("the state root is of another history")
	}
	return leaves, nil
}
