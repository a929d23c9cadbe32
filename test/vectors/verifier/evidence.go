package main

import (
	"bytes"
	"cmp"
	"errors"
	"strings"
)

var evidenceTag = []byte("btcfed/evidence/v1")

// Evidence is two statements of one member that contradict each other (FORMATS.md, section 11).
type Evidence struct {
	Chain      Digest
	Epoch      uint64
	Member     uint32
	Said       [2]Statement
	Signatures [2][]byte
}

func readEvidence(content []byte) (*Evidence, error) {
	if !bytes.HasPrefix(content, evidenceTag) {
		return nil, errors.New("not evidence")
	}
	r := &reader{rest: content[len(evidenceTag):]}
	e := &Evidence{Chain: r.digest(), Epoch: r.u64(), Member: r.u32()}
	for i := range e.Said {
		e.Said[i] = Statement{r.text(), r.u64(), r.u64(), r.digest()}
		e.Signatures[i] = r.prefixed()
	}
	if !r.whole() {
		return nil, errors.New("evidence cut short or too long")
	}
	if e.kind() == "" {
		return nil, errors.New("the statements do not contradict each other")
	}
	if compare(e.Said[0], e.Said[1]) >= 0 {
		return nil, errors.New("the statements are out of order")
	}
	return e, nil
}

var kindOfSlot = map[string]string{
	"proposal": "double-proposal", "prepare": "double-vote", "pre-commit": "double-vote", "commit": "double-vote",
	"timeout": "contradicting-timeouts",
}

// kind is how the two contradict each other; empty when they do not.
func (e *Evidence) kind() string {
	a, b := e.Said[0], e.Said[1]
	if kindOfSlot[a.Kind] == "" || kindOfSlot[b.Kind] == "" {
		return ""
	}
	if a.Kind == b.Kind && a.View == b.View {
		if a == b {
			return ""
		}
		return kindOfSlot[a.Kind]
	}
	if understates(a, b) || understates(b, a) {
		return "understated-timeout"
	}
	return ""
}

func understates(timeout, earlier Statement) bool {
	if timeout.Kind != "timeout" {
		return false
	}
	switch earlier.Kind {
	case "pre-commit":
		return timeout.Number < earlier.View && earlier.View <= timeout.View
	case "timeout":
		return earlier.View < timeout.View && earlier.Number > timeout.Number
	}
	return false
}

func compare(a, b Statement) int {
	return cmp.Or(
		cmp.Compare(a.View, b.View), strings.Compare(a.Kind, b.Kind), cmp.Compare(a.Number, b.Number),
		bytes.Compare(a.Digest[:], b.Digest[:]),
	)
}

// digest names evidence, without its signatures.
func (e *Evidence) digest() Digest {
	w := new(writer).text("btcfed/evidence-digest/v1").fixed(e.Chain[:]).u64(e.Epoch).u32(e.Member)
	for _, said := range e.Said {
		w.text(said.Kind).u64(said.View).u64(said.Number).fixed(said.Digest[:])
	}
	return w.digest()
}

// check verifies both signatures with the members of the epoch.
func (e *Evidence) check(scope *Scope) error {
	if e.Chain != scope.Chain || e.Epoch != scope.Epoch {
		return errors.New("evidence of another chain or epoch")
	}
	for i, said := range e.Said {
		if !scope.holds(e.Member, said, e.Signatures[i]) {
			return errors.New("the signature under the " + said.Kind + " does not hold")
		}
	}
	return nil
}
