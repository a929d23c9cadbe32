import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FloodedSigner } from '#test/support/signer/floods/flooded-signer.ts';
import type { HostileClient } from '#test/support/signer/floods/hostile-client.ts';
import { SIGNER_FLOODS, type SignerFlood } from '#test/support/signer/floods/signer-floods.ts';

/** Votes during each flood. */
const VOTES = 3;

// How long it takes is measured by test/long/signer-flood.ts, on a machine that has nothing else to do.
describe('honest votes are signed while a flood is under way (services/signer/README.md R17)', () => {
  let signer: FloodedSigner;
  before(async () => {
    signer = await FloodedSigner.start('slh-dsa-sha2-128f');
    await signer.vote();
  });
  after(() => signer[Symbol.asyncDispose]());

  async function votesUnder(flooder: HostileClient, flood: SignerFlood) {
    await flooder.begin(flood);
    for (let each = 0; each < VOTES; each++) await signer.vote();
    const harm = await flooder.rest();
    assert.ok(harm > 0, 'the flood did come');
  }

  test('each flood of another client that is allowed and hostile', async (context) => {
    await using flooder = signer.flooder('liar');
    for (const name of Object.keys(SIGNER_FLOODS) as SignerFlood[]) {
      await context.test(name, () => votesUnder(flooder, name));
    }
  });

  test('one of what it signed already, by somebody with the key of the honest client', async () => {
    await using flooder = signer.flooder('honest');
    await votesUnder(flooder, 'duplicates');
  });
});
