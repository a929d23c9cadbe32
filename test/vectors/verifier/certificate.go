package main

import (
	"errors"
	"fmt"

	"github.com/cloudflare/circl/sign/slhdsa"
)

// Scope is what every signature of one epoch is bound to.
type Scope struct {
	Chain    Digest
	Protocol string
	Scheme   slhdsa.ID
	Epoch    uint64
	Members  []Member
}

// Statement is one of FORMATS.md, section 5; a timeout has the reported view and digest as number and digest.
type Statement struct {
	Kind   string
	View   uint64
	Number uint64
	Digest Digest
}

func (s *Scope) signedBytes(said Statement) []byte {
	w := new(writer).text("btcfed/statement/v1").fixed(s.Chain[:]).text(s.Protocol).u64(s.Epoch)
	return w.text(said.Kind).u64(said.View).u64(said.Number).fixed(said.Digest[:]).bytes
}

// holds verifies a signature: SLH-DSA, pure mode, empty context.
func (s *Scope) holds(member uint32, said Statement, signature []byte) bool {
	if int(member) >= len(s.Members) {
		return false
	}
	return verifySignature(s.Scheme, s.Members[member].PublicKey, s.signedBytes(said), signature)
}

func verifySignature(scheme slhdsa.ID, key, message, signature []byte) bool {
	public := slhdsa.PublicKey{ID: scheme}
	if public.UnmarshalBinary(key) != nil {
		return false
	}
	return slhdsa.Verify(&public, slhdsa.NewMessage(message), signature, nil)
}

// Certificate is a quorum certificate as the client API tells it.
type Certificate struct {
	Phase       phase  `json:"phase"`
	View        U64    `json:"view"`
	Height      U64    `json:"height"`
	BlockDigest []byte `json:"blockDigest"`
	Signatures  []struct {
		Member    uint32 `json:"member"`
		Signature []byte `json:"signature"`
	} `json:"signatures"`
}

// descendantsMax bounds the headers from a block to its certificate (FORMATS.md, section 7).
const descendantsMax = 1024

// makesFinal says why a certificate does not make a block final, itself or as an ancestor (FORMATS.md, section 7).
func (s *Scope) makesFinal(header *Header, certificate *Certificate, descendants []*Header) error {
	if len(descendants) > descendantsMax {
		return errors.New("too many descendants")
	}
	last := header
	for _, next := range descendants {
		if err := next.check(); err != nil {
			return err
		}
		if Digest(next.ParentDigest) != last.digest() || next.Height != last.Height+1 || next.Epoch != header.Epoch {
			return errors.New("the descendants are not a chain")
		}
		last = next
	}
	if uint64(header.Epoch) != s.Epoch {
		return errors.New("a block of another epoch")
	}
	if certificate == nil || certificate.Phase != "commit" || len(certificate.BlockDigest) != 32 {
		return errors.New("no commit certificate")
	}
	if Digest(certificate.BlockDigest) != last.digest() || certificate.Height != last.Height {
		return errors.New("a certificate of another block")
	}
	if certificate.View == 0 {
		return errors.New("a certificate of view 0 that is not that of the genesis block")
	}
	return s.checkSignatures(certificate)
}

func (s *Scope) checkSignatures(certificate *Certificate) error {
	signers := make([]uint32, len(certificate.Signatures))
	for i, each := range certificate.Signatures {
		signers[i] = each.Member
	}
	if err := decides(s.Members, signers); err != nil {
		return err
	}
	said := Statement{"commit", uint64(certificate.View), uint64(certificate.Height), Digest(certificate.BlockDigest)}
	for _, each := range certificate.Signatures {
		if !s.holds(each.Member, said, each.Signature) {
			return fmt.Errorf("the signature of member %d does not hold", each.Member)
		}
	}
	return nil
}

// isOfGenesis says whether this is the one certificate without signatures.
func (c *Certificate) isOfGenesis(genesis Digest) bool {
	return c != nil && c.Phase == "commit" && c.View == 0 && c.Height == 0 && len(c.Signatures) == 0 &&
		len(c.BlockDigest) == 32 && Digest(c.BlockDigest) == genesis
}
