import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8Text } from './utf8-text.ts';

test('P2P-34 bytes that are UTF-8 are its text, a byte order mark included', () => {
  for (const text of ['', 'peers: []\n', '\uFEFFpeers: []', 'µ 𝔹\n\n€']) {
    assert.deepEqual(utf8Text(Buffer.from(text)), { text });
  }
});

test('P2P-34 a line with a byte that no character has, or with half a character, is named', () => {
  const broken = [
    [[0xff], 1],
    [[0x61, 0x0a, 0xc3, 0x0a, 0x62], 2],
    [[0x0a, 0x0a, 0xe2, 0x82], 3],
    [[0xc0, 0x80], 1],
  ] as const;
  for (const [bytes, line] of broken) {
    assert.deepEqual(utf8Text(Uint8Array.from(bytes)), { problem: `line ${line} is not UTF-8 text` });
  }
});
