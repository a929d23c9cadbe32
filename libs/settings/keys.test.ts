import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { base58 } from './base58.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { IdentityKey, peerIdOf } from './keys.ts';

const PEER_IDS = [
  ['FgDvT95IAPVReQrat0gd6qsgtTQlD6yXN0N8PjKjTGk=', '12D3KooWBJFxvDx3UFEXK3rTkqXsPo9yFPMf9HVbH255C6Ssqhpc'],
  ['X2PG6QtAkKPkPPCoACzyHR0P515hECeyu1C/Vpwgnj4=', '12D3KooWGEj9Ga8eNFHHk4fKh9p5ya4GpFdk2RUsdpmnCgdzgw6V'],
  ['VmJ/dOnSTd7ayf9QUEOIBLxM0nndM2/Lw2CHW9EWRGU=', '12D3KooWFdaLqZtdb1vTY8mAf2UCL2sHVKrUbi3oxtrswX6bRyTa'],
  ['lKWKZlFVKnJP/FxjbXGPX55Fg9qab1Lu1e8eLLvbjaI=', '12D3KooWKpcuujrgg2nnSsodSgBfRXtre1LdoizHMqXWzDp1gXLd'],
  ['BkbE7b7yOzHN8rupUPUgj6KX8Ql8uuMFa9mvempDM2A=', '12D3KooWAEsCmScMrGKSVGsr674JTFEsBE1h8KUZKKoztAcK7Wxf'],
  ['j/CC2n2snRK+VHS2ZYZ5hHVnXOnz8RxkKAkR/6/o9bU=', '12D3KooWKWFBKxpX4aXvHioy57vn32DocGrvzED8P4rRV2KSq2qa'],
] as const;

/** RFC 8032, 7.1, TEST 1. */
const SEED = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
const PUBLIC = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';

describe('peerIdOf', () => {
  for (const [publicKey, peerId] of PEER_IDS) {
    test(`is ${peerId} for ${publicKey}`, () => {
      assert.equal(peerIdOf(Buffer.from(publicKey, 'base64')), peerId);
    });
  }
});

describe('IdentityKey', () => {
  test('derives the public key of RFC 8032', () => {
    const key = IdentityKey.fromSeed(SEED);
    assert.equal(Buffer.from(key.publicKey).toString('hex'), PUBLIC);
    assert.equal(key.halvesAgree, true);
  });

  test('P2P-52 generates 64 raw bytes, another key each time, that survive the text form', () => {
    const key = IdentityKey.generate();
    assert.equal(key.secretBytes().length, 64);
    assert.equal(key.halvesAgree, true);
    assert.equal(key.equals(IdentityKey.generate()), false);
    assert.equal(key.equals(IdentityKey.fromBase64(key.secretBase64())), true);
  });

  test('takes the identity from the last half when the halves disagree', () => {
    const bytes = Buffer.alloc(64, 7);
    const key = IdentityKey.fromBytes(bytes);
    assert.equal(key.halvesAgree, false);
    assert.equal(key.peerId, peerIdOf(bytes.subarray(32)));
  });

  test('P2P-66 hides the secret from every way of printing it', () => {
    const key = IdentityKey.generate();
    const printed = [JSON.stringify({ key }), `${key}`, inspect({ key }, { showHidden: true, depth: 9 })];
    for (const text of printed) {
      assert.ok(!text.includes(key.secretBase64()), text);
      assert.match(text, /\[private key\]/);
    }
  });

  test('P2P-66 comes from the random source of the operating system, and from none that can be foretold', (t) => {
    t.mock.method(Math, 'random', () => 0.5);
    t.mock.timers.enable({ apis: ['Date'], now: 0 });
    const keys = Array.from({ length: 100 }, () => IdentityKey.generate().secretBase64());
    assert.equal(new Set(keys).size, keys.length);
  });

  test('gives away copies only', () => {
    const key = IdentityKey.fromSeed(SEED);
    key.secretBytes().fill(0);
    key.publicKey.fill(0);
    assert.equal(key.halvesAgree, true);
  });

  for (const [text, message] of [
    ['AAAA', /^private key must be 64 bytes, got 3$/],
    ['', /^private key must be 64 bytes, got 0$/],
    ['A*AA', /^private key must be valid base64: character 2 is none of base64$/],
    ['AAA', /^private key must be valid base64: a part is missing: .* has 3$/],
  ] as const) {
    test(`refuses «${text}» as a private key`, () => {
      assert.throws(() => IdentityKey.fromBase64(text), { message, detail: { code: 'KEY_INVALID' } });
    });
  }
});

describe('decodeBase64', () => {
  test('reads what encodeBase64 wrote, also over line breaks', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const broken = encodeBase64(bytes).replaceAll(/(.{3})/g, '$1\r\n');
        assert.deepEqual(decodeBase64(broken), { bytes });
      }),
    );
  });

  test('does not check unused bits, as Go does not', () => {
    assert.deepEqual(decodeBase64('/x=='), decodeBase64('/w=='));
  });

  for (const text of ['-_==', 'AA=A', 'A===', ' AAAA', 'AA']) {
    test(`refuses «${text}»`, () => {
      assert.ok('problem' in decodeBase64(text));
    });
  }
});

test('base58 writes a leading 1 for each zero byte', () => {
  assert.equal(base58(new Uint8Array()), '');
  assert.equal(base58(Uint8Array.of(0, 0)), '11');
  assert.equal(base58(Uint8Array.of(0, 0, 1)), '112');
  assert.equal(base58(Buffer.from('Hello World!')), '2NEpo7TZRRrLZSi2U');
});
