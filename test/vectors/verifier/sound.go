package main

import (
	"crypto/ed25519"
	"math/big"
	"slices"
)

var (
	fieldPrime = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	groupOrder = decimal("7237005577332262213973186563042994240857116359379907606001950938285454250989")
	orderEight = decimal("2707385501144840649318225287225658788936804267575313519463743609750303402022")
	// The y of all points whose eightfold is the identity.
	smallOrder = []*big.Int{
		big.NewInt(0), big.NewInt(1), new(big.Int).Sub(fieldPrime, big.NewInt(1)),
		orderEight, new(big.Int).Sub(fieldPrime, orderEight),
	}
)

func decimal(text string) *big.Int {
	number, _ := new(big.Int).SetString(text, 10)
	return number
}

// isSound tells whether libraries of Ed25519 agree on a signature by this key (FORMATS.md, section 8).
func isSound(publicKey, signature []byte) bool {
	if len(publicKey) != ed25519.PublicKeySize || len(signature) != ed25519.SignatureSize {
		return false
	}
	return isSoundPoint(publicKey) && isSoundPoint(signature[:32]) && littleEndian(signature[32:]).Cmp(groupOrder) < 0
}

// isSoundPoint takes canonical encodings of points that are not of small order; the highest bit is the sign of x.
func isSoundPoint(encoded []byte) bool {
	y := littleEndian(encoded)
	y.SetBit(y, 255, 0)
	isSmall := slices.ContainsFunc(smallOrder, func(each *big.Int) bool { return each.Cmp(y) == 0 })
	return y.Cmp(fieldPrime) < 0 && !isSmall
}

func littleEndian(bytes []byte) *big.Int {
	reversed := slices.Clone(bytes)
	slices.Reverse(reversed)
	return new(big.Int).SetBytes(reversed)
}
