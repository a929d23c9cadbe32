import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toMemberIndex } from '#libs/chain/ids.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import { MUTATING_TWIN } from '../plan/plan.ts';
import { FAULTS, planWithout } from '../plan/plan-without.ts';
import { simulate } from '../run/simulate.ts';
import type { WireCodec } from '../subject/wire-codec.ts';
import { hotStuffSubject } from './subject.ts';

const LIAR = toMemberIndex(1);

/** A codec that reads nothing: enough to see that bytes are sent and refused by their size or their form. */
const DEAF_CODEC: WireCodec<HotStuffMessage> = {
  bytesMax: 100,
  encode: () => new Uint8Array(10).fill(1),
  carried: (message) => ({ ok: true, message }),
  carriedBlock: (block) => block,
  decode: ({ length }) => ({ ok: false, cause: length > 100 ? 'oversized' : 'malformed' }),
};

/** One liar in a good network. */
function run(actor: string, codec?: WireCodec<HotStuffMessage>) {
  const subject = codec === undefined ? hotStuffSubject : { ...hotStuffSubject, codec };
  return simulate(subject, {
    seed: 3,
    members: 4,
    byzantine: [{ member: LIAR, actor }],
    keepsTrace: true,
    adjust: (plan) => ({ ...planWithout(plan, FAULTS), gstMs: 1_500 }),
  });
}

/** How an actor shows: refusals of one of these causes, or evidence against it. */
const SHOWS: readonly [actor: string, causes: readonly RefusalCause[]][] = [
  ['timeout-mixer', []],
  [MUTATING_TWIN, ['bad-signature', 'wrong-sender', 'invalid', 'far-future', 'equivocation']],
  ['glutton', ['far-future', 'equivocation']],
  ['fork-helper', []],
  ['sync-liar', []],
  ['clock-liar', []],
];

describe('a Byzantine member', () => {
  for (const [actor, causes] of SHOWS) {
    test(`that is a ${actor} breaks nothing, and no honest member is accused or muted`, () => {
      const { violations, height, sightings } = run(actor);
      assert.deepEqual(violations, []);
      assert.ok(height >= 5);
      assert.ok(sightings.accused.every(({ member }) => member === LIAR));
      const refusals = causes.filter((cause) => sightings.refusals.has(`${LIAR} ${cause}`));
      assert.ok(causes.length === 0 || refusals.length > 0, JSON.stringify([...sightings.refusals]));
    });
  }

  test('that speaks in bytes is read by the codec, and refused by form and by size', () => {
    const { violations, sightings } = run('byte-garbler', DEAF_CODEC);
    assert.deepEqual(violations, []);
    for (const cause of ['malformed', 'oversized']) {
      assert.ok((sightings.refusals.get(`${LIAR} ${cause}`) ?? 0) > 0, cause);
    }
  });

  test('that dates its blocks at the end of time does not move the dates of others', () => {
    const { trace } = run('clock-liar');
    assert.ok(trace.some((line) => line.includes(`from ${LIAR}: proposal`)));
  });

  test('that contradicts itself is found out, also by votes that no leader counts', () => {
    const { sightings } = run('double-voter');
    assert.ok(sightings.accused.some(({ member, kind }) => member === LIAR && kind === 'double-vote'));
  });

  test('that sends false signatures is muted by whoever hears them', () => {
    const { sightings, violations } = run('garbler');
    assert.deepEqual(violations, []);
    assert.deepEqual([...sightings.muted], [LIAR]);
  });
});

test('an answer with another body or another name is not believed, and the block is asked of others', () => {
  const digest = toDigest('a'.repeat(64));
  const { violations, trace } = simulate(hotStuffSubject, {
    seed: 8,
    members: 4,
    byzantine: [{ member: LIAR, actor: 'sync-liar' }],
    keepsTrace: true,
    adjust: (plan) => ({
      ...planWithout(plan, FAULTS),
      gstMs: 2_000,
      lossRate: 0.3,
      crashes: [{ instance: 2, atMs: 200, effects: 1, isAfter: true, downMs: 900 }],
    }),
  });
  assert.deepEqual(violations, []);
  assert.ok(!trace.some((line) => line.includes(digest)));
});
