package main

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// U64 is a 64-bit integer in the JSON of Protobuf: decimal text, or a number.
type U64 uint64

func (u *U64) UnmarshalJSON(text []byte) error {
	value, err := strconv.ParseUint(strings.Trim(string(text), `"`), 10, 64)
	*u = U64(value)
	return err
}

// phase is the phase of a certificate, as statements write it.
type phase string

var phases = map[string]phase{"PHASE_PREPARE": "prepare", "PHASE_PRE_COMMIT": "pre-commit", "PHASE_COMMIT": "commit"}

func (p *phase) UnmarshalJSON(text []byte) error {
	var name string
	if err := json.Unmarshal(text, &name); err != nil {
		return err
	}
	known, ok := phases[name]
	if !ok {
		return fmt.Errorf("no phase: %s", name)
	}
	*p = known
	return nil
}
