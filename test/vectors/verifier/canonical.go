package main

import (
	"crypto/sha256"
	"encoding/binary"
)

// Digest is the output of SHA-256.
type Digest [32]byte

// writer builds canonical encodings (FORMATS.md, section 1).
type writer struct{ bytes []byte }

func (w *writer) u16(value uint16) *writer {
	w.bytes = binary.BigEndian.AppendUint16(w.bytes, value)
	return w
}

func (w *writer) u32(value uint32) *writer {
	w.bytes = binary.BigEndian.AppendUint32(w.bytes, value)
	return w
}

func (w *writer) u64(value uint64) *writer {
	w.bytes = binary.BigEndian.AppendUint64(w.bytes, value)
	return w
}

func (w *writer) fixed(bytes []byte) *writer {
	w.bytes = append(w.bytes, bytes...)
	return w
}

func (w *writer) prefixed(bytes []byte) *writer {
	return w.u32(uint32(len(bytes))).fixed(bytes)
}

func (w *writer) text(text string) *writer {
	return w.prefixed([]byte(text))
}

func (w *writer) digest() Digest {
	return sha256.Sum256(w.bytes)
}

// reader reads canonical encodings; after the first read beyond the end it is spoilt.
type reader struct {
	rest   []byte
	spoilt bool
}

func (r *reader) fixed(size uint32) []byte {
	if r.spoilt || uint64(size) > uint64(len(r.rest)) {
		r.spoilt = true
		return make([]byte, min(size, 32))
	}
	taken := r.rest[:size]
	r.rest = r.rest[size:]
	return taken
}

func (r *reader) u16() uint16 {
	return binary.BigEndian.Uint16(r.fixed(2))
}

func (r *reader) u32() uint32 {
	return binary.BigEndian.Uint32(r.fixed(4))
}

func (r *reader) u64() uint64 {
	return binary.BigEndian.Uint64(r.fixed(8))
}

func (r *reader) digest() Digest {
	return Digest(r.fixed(32))
}

func (r *reader) prefixed() []byte {
	return r.fixed(r.u32())
}

func (r *reader) text() string {
	return string(r.prefixed())
}

// whole says whether every read found its bytes and none is left over.
func (r *reader) whole() bool {
	return !r.spoilt && len(r.rest) == 0
}
