// No flood of a client that is allowed, or has the key of the honest one, delays an honest vote by more than one signing time (services/signer/README.md R17); needs a quiet machine.
import assert from 'node:assert/strict';
import { after, before, describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { FloodedSigner } from '#test/support/signer/floods/flooded-signer.ts';
import type { HostileClient } from '#test/support/signer/floods/hostile-client.ts';
import { SIGNER_FLOODS, type SignerFlood } from '#test/support/signer/floods/signer-floods.ts';
import { median } from '#test/support/trend.ts';

/** A third of a second for a signature, and less than a millisecond to verify one. */
const SCHEME = 'slh-dsa-sha2-128s';
/** Votes with the flood and without, in turn, so that other work of the machine affects both alike. */
const PAIRS = 5;
/** A second look, longer, where the first says too much: a busy machine does not say it twice. */
const MORE_PAIRS = 9;
/** One signing time more, and the vote's own makes two. */
const RATIO_MAX = 2;
/** Lead of the flood after its first harm, when all its lanes are full. */
const FLOOD_LEAD_MS = 250;

describe('a flood delays no honest vote by more than one signing time (services/signer/README.md R17)', () => {
  let signer: FloodedSigner;
  before(async () => {
    signer = await FloodedSigner.start(SCHEME);
    for (let each = 0; each < 2; each++) await signer.vote();
  });
  after(() => signer[Symbol.asyncDispose]());

  async function measured(flooder: HostileClient, flood: SignerFlood, pairs: number) {
    const [quiet, flooded]: [number[], number[]] = [[], []];
    let harm = 0;
    for (let pair = 0; pair < pairs; pair++) {
      quiet.push(await signer.vote());
      await flooder.begin(flood);
      await sleep(FLOOD_LEAD_MS);
      flooded.push(await signer.vote());
      harm += await flooder.rest();
    }
    return { quiet, flooded, harm, ratio: median(flooded) / median(quiet) };
  }

  async function assertHarmless(context: TestContext, as: 'liar' | 'honest', flood: SignerFlood) {
    await using flooder = signer.flooder(as);
    const first = await measured(flooder, flood, PAIRS);
    const last = first.ratio < RATIO_MAX ? first : await measured(flooder, flood, MORE_PAIRS);
    const { quiet, flooded, harm, ratio } = last;
    const figures = `${harm} pieces of harm; ms quiet ${quiet.map(Math.round)}, flooded ${flooded.map(Math.round)}`;
    context.diagnostic(`${flood}: ratio ${ratio.toFixed(2)}, ${figures}`);
    assert.ok(harm > 0 && ratio < RATIO_MAX, figures);
  }

  for (const name of Object.keys(SIGNER_FLOODS) as SignerFlood[]) {
    test(`of ${name}, by another client that is allowed and hostile`, (context) =>
      assertHarmless(context, 'liar', name));
  }

  test('of what it signed already, by somebody with the key of the honest client', (context) =>
    assertHarmless(context, 'honest', 'duplicates'));
});
