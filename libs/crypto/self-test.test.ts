import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { knownAnswer } from './known-answer.ts';
import { schemeNames } from './parameter-sets.ts';
import { schemeByName } from './scheme.ts';
import { testSigning, testVerifying } from './self-test.ts';
import type { SignatureScheme } from './signature-scheme.ts';

const sound = schemeByName('slh-dsa-sha2-128f', { backend: 'native' });

const { signature: ofNist, context: contextOfVector } = knownAnswer('slh-dsa-sha2-128f');
const knownTail = ofNist.at(-1) ?? 0;

describe('self-test', () => {
  // A set that signs slowly does it once in a row of all twelve: test/long/signature-schemes.ts.
  for (const name of schemeNames()) {
    test(`SIG-01 passes for ${name}`, async () => {
      const scheme = schemeByName(name, { backend: 'native' });
      await testVerifying(scheme);
      if (name === 'slh-dsa-sha2-256s' || name.endsWith('f')) await testSigning(scheme, 'hedged');
    });
  }

  const broken: readonly (readonly [string, Partial<SignatureScheme>, RegExp])[] = [
    ['refuses everything', { verify: async () => false }, /refuses a signature that NIST published/],
    ['accepts everything', { verify: async () => true }, /accepts a signature with byte 0 changed/],
    [
      'does not look at the end',
      {
        verify: (key, message, signature, context) => {
          const repaired = Uint8Array.from(signature);
          repaired[repaired.length - 1] = knownTail;
          return sound.verify(key, message, repaired, context);
        },
      },
      /accepts a signature with byte 17087 changed/,
    ],
    [
      'knows no context',
      { verify: (key, message, signature) => sound.verify(key, message, signature, contextOfVector) },
      /accepts a signature of another context/,
    ],
    ['signs something else', { sign: (key) => sound.sign(key, Uint8Array.of(1)) }, /nobody can verify/],
  ];

  test("SIG-02 notices a deterministic implementation that is not NIST's", async () => {
    const message = /other signatures than NIST published/;
    await assert.rejects(testSigning(sound, 'deterministic'), { message, name: 'CryptoError' });
  });

  for (const [what, fault, reason] of broken) {
    test(`SIG-11 notices an implementation that ${what}`, async () => {
      const scheme = { ...sound, ...fault };
      const tested = testVerifying(scheme).then(() => testSigning(scheme, 'hedged'));
      await assert.rejects(tested, { message: reason, name: 'CryptoError' });
    });
  }
});
