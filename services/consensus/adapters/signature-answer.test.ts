import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { signatureAnswer } from './signature-answer.ts';

const signature = Uint8Array.of(7);

describe('the reply of the signer', () => {
  test("is a signature by the member's own key where it names none", () => {
    assert.deepEqual(signatureAnswer({ signature }), { kind: 'signed', signature });
    assert.deepEqual(signatureAnswer({ signature, key: undefined }), { kind: 'signed', signature });
  });

  test('is one by the certified key that it names', () => {
    const key = new Uint8Array(32).fill(0xab);
    assert.deepEqual(signatureAnswer({ signature, key }), {
      kind: 'signed',
      signature,
      key: 'ab'.repeat(32),
    });
  });

  for (const length of [0, 31, 33]) {
    test(`is no signature when the key is named by ${length} bytes`, () => {
      const answer = signatureAnswer({ signature, key: new Uint8Array(length) });
      assert.match(answer.kind === 'refused' ? answer.reason : '', new RegExp(`by ${length} bytes`));
    });
  }
});
