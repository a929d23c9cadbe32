package main

import (
	"math/rand/v2"
	"reflect"
	"testing"
)

func TestChain(t *testing.T) {
	chain := load[Chain](t, "chain.json")
	if err := chain.verify(); err != nil {
		t.Fatal(err)
	}
	if len(chain.Blocks[2].Descendants) == 0 || len(chain.Handovers) == 0 || len(chain.Evidence) == 0 {
		t.Error("the chain shows less than it should")
	}
}

// Every byte of an answer is verified or compared: wherever one bit flips, the chain is refused.
func TestEveryField(t *testing.T) {
	random := rand.New(rand.NewPCG(31, 31))
	chain := load[Chain](t, "chain.json")
	var places [][]byte
	collect(reflect.ValueOf(&chain), &places)
	if len(places) < 100 {
		t.Fatalf("only %d places with bytes", len(places))
	}
	for _, bytes := range places {
		at, bit := random.IntN(len(bytes)), byte(1)<<random.IntN(8)
		bytes[at] ^= bit
		if chain.verify() == nil {
			t.Errorf("taken with bit %d of byte %d flipped of %d bytes", bit, at, len(bytes))
		}
		bytes[at] ^= bit
	}
	if err := chain.verify(); err != nil {
		t.Fatal(err)
	}
}

// collect finds every byte string in a value.
func collect(value reflect.Value, places *[][]byte) {
	switch value.Kind() {
	case reflect.Pointer:
		if !value.IsNil() {
			collect(value.Elem(), places)
		}
	case reflect.Struct:
		for i := range value.NumField() {
			collect(value.Field(i), places)
		}
	case reflect.Slice:
		if value.Type().Elem().Kind() == reflect.Uint8 {
			if value.Len() > 0 {
				*places = append(*places, value.Bytes())
			}
			return
		}
		for i := range value.Len() {
			collect(value.Index(i), places)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, change := range map[string]func(*Chain){
		"another phase":                   func(c *Chain) { c.Blocks[1].CommitCertificate.Phase = "pre-commit" },
		"a certificate of another view":   func(c *Chain) { c.Blocks[1].CommitCertificate.View++ },
		"a certificate of another height": func(c *Chain) { c.Blocks[1].CommitCertificate.Height++ },
		"a certificate of view 0":         func(c *Chain) { c.Blocks[1].CommitCertificate.View = 0 },
		"no signatures":                   func(c *Chain) { c.Blocks[1].CommitCertificate.Signatures = nil },
		"one signature less": func(c *Chain) {
			c.Blocks[5].CommitCertificate.Signatures = c.Blocks[5].CommitCertificate.Signatures[1:]
		},
		"a signature twice": func(c *Chain) {
			s := c.Blocks[1].CommitCertificate.Signatures
			s[2] = s[1]
		},
		"signatures in another order": func(c *Chain) {
			s := c.Blocks[1].CommitCertificate.Signatures
			s[0], s[1] = s[1], s[0]
		},
		"a signer of another index":      func(c *Chain) { c.Blocks[1].CommitCertificate.Signatures[2].Member++ },
		"another epoch":                  func(c *Chain) { c.Blocks[5].Block.Header.Epoch = 0 },
		"a proposer in another's name":   func(c *Chain) { c.Blocks[1].Block.Header.Proposer++ },
		"another time":                   func(c *Chain) { c.Blocks[1].Block.Header.TimestampMs++ },
		"no descendant":                  func(c *Chain) { c.Blocks[2].Descendants = nil },
		"a descendant of another height": func(c *Chain) { c.Blocks[2].Descendants[0].Height++ },
		"more descendants than there may be": func(c *Chain) {
			c.Blocks[2].Descendants = append(c.Blocks[2].Descendants, make([]*Header, 1024)...)
		},
		"a certificate of another height than said": func(c *Chain) { c.Blocks[2].CertifiedHeight = 2 },
		"a certificate that is not kept":            func(c *Chain) { c.Blocks[2].CertificateKept = true },
		"a certificate that is kept after all":      func(c *Chain) { c.Blocks[1].CertifiedHeight = 1 },
		"a block left out":                          func(c *Chain) { c.Blocks = append(c.Blocks[:2], c.Blocks[3:]...) },
		"a transaction left out":                    func(c *Chain) { c.Blocks[2].Block.Transactions = c.Blocks[2].Block.Transactions[1:] },
		"no handover":                               func(c *Chain) { c.Handovers = nil },
		"a handover that is not the first":          func(c *Chain) { c.Handovers[0].PayloadProof.Index = 1 },
		"a handover of a smaller tree":              func(c *Chain) { c.Handovers[0].PayloadProof.Size = 1 },
		"another weight":                            func(c *Chain) { c.Genesis.Members[0].Weight++ },
		"another time of the genesis":               func(c *Chain) { c.Genesis.GenesisTimeMs++ },
		"another policy":                            func(c *Chain) { c.Genesis.Membership.Step++ },
		"no policy":                                 func(c *Chain) { c.Genesis.Membership = nil },
		"another chain id":                          func(c *Chain) { c.Genesis.ChainID = "other" },
		"a transaction at another place":            func(c *Chain) { c.Transactions[1].Index++ },
		"a transaction of another height":           func(c *Chain) { c.Transactions[1].Height++ },
		"a path of another tree":                    func(c *Chain) { c.Transactions[1].StateProof.Size++ },
		"evidence against another":                  func(c *Chain) { c.Evidence[0].Member++ },
		"evidence of another epoch":                 func(c *Chain) { c.Evidence[0].Epoch++ },
	} {
		chain := load[Chain](t, "chain.json")
		change(&chain)
		if chain.verify() == nil {
			t.Errorf("taken: %s", name)
		}
	}
}
