// Command verifier verifies chains of a federation offline. It was written from proto/FORMATS.md alone, with Go's
// standard library and the SLH-DSA of github.com/cloudflare/circl.
//
// Usage: verifier FILE...
//
// Each FILE is a chain as FORMATS.md, section 14, describes it. For each it prints one line, "verified …" or
// "refused …". Exit code: 0 when all are verified, 1 when one is refused, 2 when one cannot be read.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: verifier FILE...")
		os.Exit(2)
	}
	code := 0
	for _, name := range os.Args[1:] {
		text, err := os.ReadFile(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		chain, err := readChain(text)
		if err == nil {
			err = chain.verify()
		}
		if err != nil {
			code = 1
			fmt.Printf("refused %s: %v\n", name, err)
			continue
		}
		fmt.Printf("verified %s: %d blocks, %d changes of the members, %d transactions, %d evidence\n",
			name, len(chain.Blocks), len(chain.Handovers), len(chain.Transactions), len(chain.Evidence))
	}
	os.Exit(code)
}

func readChain(text []byte) (*Chain, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	chain := new(Chain)
	return chain, decoder.Decode(chain)
}
