package main

import "crypto/sha256"

func leafHash(data []byte) Digest {
	return sha256.Sum256(append([]byte{0}, data...))
}

func nodeHash(left, right Digest) Digest {
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}

func merkleRoot(leaves []Digest) Digest {
	switch len(leaves) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	}
	k := 1
	for 2*k < len(leaves) {
		k *= 2
	}
	return nodeHash(merkleRoot(leaves[:k]), merkleRoot(leaves[k:]))
}

// path is where a leaf stands under a root, and the way to it.
type path struct {
	Index  U64      `json:"leafIndex"`
	Size   U64      `json:"treeSize"`
	Hashes [][]byte `json:"path"`
}

// leads follows FORMATS.md, section 2.
func (p *path) leads(leaf, root Digest) bool {
	if p == nil || p.Index >= p.Size {
		return false
	}
	hash, rest := leaf, p.Hashes
	for position, last := p.Index, p.Size-1; last > 0; position, last = position/2, last/2 {
		if position == last && position%2 == 0 {
			continue
		}
		if len(rest) == 0 || len(rest[0]) != 32 {
			return false
		}
		sibling := Digest(rest[0])
		rest = rest[1:]
		if position%2 == 1 {
			hash = nodeHash(sibling, hash)
		} else {
			hash = nodeHash(hash, sibling)
		}
	}
	return len(rest) == 0 && hash == root
}
