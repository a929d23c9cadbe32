package main

import (
	"errors"
	"fmt"
)

// extension is the word of one layer of the chain in a header (FORMATS.md, section 4).
type extension struct {
	Tag     uint32 `json:"tag"`
	Content []byte `json:"content"`
}

// The layers that may say something: 1 application, 2 protocol, 3 participation.
const lastExtension = 3

const extensionsMax = 1024

// checkExtensions refuses a list that no header may have: no bytes may be hashed that mean what this program does not know.
func checkExtensions(extensions []extension) error {
	before, size := uint32(0), 0
	for _, each := range extensions {
		switch {
		case each.Tag == 0 || each.Tag > lastExtension:
			return fmt.Errorf("unknown header extension %d", each.Tag)
		case each.Tag <= before:
			return errors.New("header extensions are not strictly ascending")
		case len(each.Content) == 0:
			return errors.New("an empty header extension")
		}
		before = each.Tag
		size += 6 + len(each.Content)
	}
	if size > extensionsMax {
		return errors.New("header extensions are too long")
	}
	return nil
}

func putExtensions(w *writer, extensions []extension) {
	w.u32(uint32(len(extensions)))
	for _, each := range extensions {
		w.fixed([]byte{byte(each.Tag >> 8), byte(each.Tag)}).prefixed(each.Content)
	}
}
