package main

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/cloudflare/circl/sign/slhdsa"
)

// Chain is what a stranger was handed (FORMATS.md, section 14).
type Chain struct {
	Genesis      Genesis         `json:"genesis"`
	Handovers    []Handover      `json:"handovers"`
	Blocks       []Block         `json:"blocks"`
	Transactions []Transaction   `json:"transactions"`
	Evidence     []FoundEvidence `json:"evidence"`
}

// verify says why a chain is refused; nil: all of it holds (FORMATS.md, section 15).
func (c *Chain) verify() error {
	scopes, err := c.scopes()
	if err != nil {
		return err
	}
	if err := c.verifyBlocks(scopes); err != nil {
		return err
	}
	for i := range c.Transactions {
		if err := c.verifyTransaction(&c.Transactions[i]); err != nil {
			return fmt.Errorf("transaction %d: %w", i, err)
		}
	}
	for i := range c.Evidence {
		if err := c.Evidence[i].verify(scopes); err != nil {
			return fmt.Errorf("evidence %d: %w", i, err)
		}
	}
	return nil
}

// scopes follows the handovers from the genesis: the members of each epoch.
func (c *Chain) scopes() ([]*Scope, error) {
	scheme, err := slhdsa.IDByName(c.Genesis.Scheme)
	if err != nil {
		return nil, fmt.Errorf("genesis: unknown scheme %s", c.Genesis.Scheme)
	}
	if err := c.Genesis.check(); err != nil {
		return nil, fmt.Errorf("genesis: %w", err)
	}
	scope := &Scope{c.Genesis.digest(), c.Genesis.Protocol, scheme, 0, c.Genesis.members()}
	scopes := []*Scope{scope}
	for i := range c.Handovers {
		members, err := c.Handovers[i].verify(scope)
		if err != nil {
			return nil, fmt.Errorf("handover to epoch %d: %w", i+1, err)
		}
		scope = &Scope{scope.Chain, scope.Protocol, scheme, scope.Epoch + 1, members}
		scopes = append(scopes, scope)
	}
	return scopes, nil
}

func (c *Chain) verifyBlocks(scopes []*Scope) error {
	var leaves []Digest
	for i := range c.Blocks {
		var err error
		if leaves, err = c.verifyBlock(i, scopes, leaves); err != nil {
			return fmt.Errorf("block %d: %w", i, err)
		}
	}
	return nil
}

func (c *Chain) verifyBlock(i int, scopes []*Scope, leaves []Digest) ([]Digest, error) {
	b := &c.Blocks[i]
	header := b.Block.Header
	if err := header.check(); err != nil {
		return nil, err
	}
	digest := header.digest()
	if !bytes.Equal(b.BlockDigest, digest[:]) {
		return nil, errors.New("its digest is said to be another")
	}
	if i == 0 {
		genesis := c.Genesis.block()
		if digest != genesis.digest() || !b.CommitCertificate.isOfGenesis(digest) || len(b.Descendants) > 0 {
			return nil, errors.New("it is not the genesis block")
		}
		return header.checkRoots(b.Block.Transactions, leaves, b.StateSections)
	}
	if err := header.follows(c.Blocks[i-1].Block.Header, c.isLast(i-1)); err != nil {
		return nil, err
	}
	if uint64(header.Epoch) >= uint64(len(scopes)) {
		return nil, errors.New("nobody handed over to its epoch")
	}
	if err := scopes[header.Epoch].makesFinal(header, b.CommitCertificate, b.Descendants); err != nil {
		return nil, err
	}
	if !b.saysWhichProves() {
		return nil, errors.New("it is said to be proved by another height")
	}
	return header.checkRoots(b.Block.Transactions, leaves, b.StateSections)
}

// saysWhichProves compares what is said of the certificate with the proof; older members say nothing.
func (b *Block) saysWhichProves() bool {
	isSaid := b.CertifiedHeight != 0 || b.CertificateKept
	return !isSaid || b.CertifiedHeight == b.CommitCertificate.Height && b.CertificateKept == (len(b.Descendants) == 0)
}

// isLast says whether a block ends its epoch: it begins with a handover.
func (c *Chain) isLast(i int) bool {
	transactions := c.Blocks[i].Block.Transactions
	return len(transactions) > 0 && isHandover(transactions[0])
}
