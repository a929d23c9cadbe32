package main

import (
	"bytes"
	"errors"
)

// Handover is an answer of GetHandover.
type Handover struct {
	BlockHeader       *Header      `json:"blockHeader"`
	Handover          []byte       `json:"handover"`
	PayloadProof      *path        `json:"payloadProof"`
	CommitCertificate *Certificate `json:"commitCertificate"`
}

// Block is an answer of GetBlock.
type Block struct {
	Block struct {
		Header       *Header  `json:"header"`
		Transactions [][]byte `json:"transactions"`
	} `json:"block"`
	BlockDigest       []byte       `json:"blockDigest"`
	CommitCertificate *Certificate `json:"commitCertificate"`
	Descendants       []*Header    `json:"descendants"`
	StateSections     []section    `json:"stateSections"`
	// The two say nothing that the rest does not: they are compared.
	CertificateKept bool `json:"certificateKept"`
	CertifiedHeight U64  `json:"certifiedHeight"`
}

// Transaction is an answer of GetTransaction.
type Transaction struct {
	State        string `json:"state"`
	Transaction  []byte `json:"transaction"`
	Height       U64    `json:"height"`
	Index        uint32 `json:"index"`
	PayloadProof *path  `json:"payloadProof"`
	StateProof   *path  `json:"stateProof"`
	// Sections of the state after its block.
	StateSections []section `json:"stateSections"`
}

// FoundEvidence is an element of an answer of ListEvidence.
type FoundEvidence struct {
	Digest  []byte `json:"digest"`
	Kind    string `json:"kind"`
	Member  uint32 `json:"member"`
	Epoch   U64    `json:"epoch"`
	View    U64    `json:"view"`
	Content []byte `json:"content"`
	Height  *U64   `json:"height"`
	FoundMs U64    `json:"foundMs"`
}

func (h *Handover) verify(scope *Scope) ([]Member, error) {
	if err := h.BlockHeader.check(); err != nil {
		return nil, err
	}
	members, err := readHandover(h.Handover, scope.Chain, scope.Epoch+1)
	if err != nil {
		return nil, err
	}
	p := h.PayloadProof
	isFirst := p != nil && p.Index == 0 && uint64(p.Size) == uint64(h.BlockHeader.TransactionCount)
	if !isFirst || !p.leads(leafHash(h.Handover), Digest(h.BlockHeader.PayloadRoot)) {
		return nil, errors.New("it is not the first transaction of its block")
	}
	return members, scope.makesFinal(h.BlockHeader, h.CommitCertificate, nil)
}

// verifyTransaction checks both paths against a header that is final already (FORMATS.md, section 9).
func (c *Chain) verifyTransaction(t *Transaction) error {
	if t.State != "TRANSACTION_STATE_FINAL" {
		return errors.New("it is not said to be final")
	}
	if uint64(t.Height) >= uint64(len(c.Blocks)) {
		return errors.New("its block is missing")
	}
	header := c.Blocks[t.Height].Block.Header
	payload, state := t.PayloadProof, t.StateProof
	root, err := transactionsRoot(header.StateRoot, t.StateSections)
	if err != nil {
		return err
	}
	switch {
	case payload == nil || state == nil:
		return errors.New("a path is missing")
	case uint64(payload.Size) != uint64(header.TransactionCount) || uint64(payload.Index) != uint64(t.Index):
		return errors.New("another place in the block")
	case !payload.leads(leafHash(t.Transaction), Digest(header.PayloadRoot)):
		return errors.New("it is not under the payload root")
	case !state.leads(stateLeaf(t.Transaction), root):
		return errors.New("it is not under the state root")
	case state.Size-state.Index != payload.Size-payload.Index:
		return errors.New("the paths name two places")
	}
	return nil
}

func (f *FoundEvidence) verify(scopes []*Scope) error {
	e, err := readEvidence(f.Content)
	if err != nil {
		return err
	}
	digest := e.digest()
	if !bytes.Equal(f.Digest, digest[:]) || f.Member != e.Member || uint64(f.Epoch) != e.Epoch {
		return errors.New("it is said to be of something else")
	}
	if e.Epoch >= uint64(len(scopes)) {
		return errors.New("nobody handed over to its epoch")
	}
	return e.check(scopes[e.Epoch])
}
