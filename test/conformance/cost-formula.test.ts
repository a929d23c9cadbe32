import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SCHEME_SIZES } from '#libs/crypto/parameter-sets.ts';
import { CARRIED_BYTES_MAX } from '#libs/engine/references/reference-limits.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import {
  byteFaults,
  COSTS,
  costFaults,
  pathFaults,
  SHORTEST_SIGNATURE_BYTES,
} from '#libs/simulation/conformance/courses/cost-course.ts';
import { formula } from '#libs/simulation/conformance/courses/cost-formula.ts';
import {
  crossingFaults,
  crossingsOf,
  LARGE_BYTES,
} from '#libs/simulation/conformance/courses/large-blocks.ts';
import { signaturesInRow } from '#libs/simulation/conformance/courses/signatures-in-row.ts';
import { QUICK } from '#libs/simulation/conformance/words/effort.ts';
import { judgedProtocol } from '#libs/simulation/conformance/words/judged-protocol.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { hostedNull } from '#test/support/null-protocol/subject.ts';

/** Two votes to all, as three of the four planned protocols have two or three. */
const { commit: _, ...twoVotes } = HOTSTUFF_TABLE.kinds;
const TWO_VOTES = { ...HOTSTUFF_TABLE, kinds: twoVotes };

describe('the formula of C20', () => {
  test('says of three votes over the leader what was counted by hand', () => {
    const told = [4, 7, 21, 64].map((members) => {
      const { messages, signed } = formula(HOTSTUFF_TABLE, 'leader', members);
      return [messages, signed];
    });
    assert.deepEqual(told, [
      [21, 13],
      [42, 22],
      [140, 64],
      [441, 193],
    ]);
  });

  test('says of two votes to all what was counted by hand', () => {
    const told = [4, 7, 21, 64].map((members) => {
      const { messages, signed } = formula(TWO_VOTES, 'all', members);
      return [messages, signed];
    });
    assert.deepEqual(told, [
      [27, 9],
      [90, 15],
      [860, 43],
      [8_127, 129],
    ]);
  });

  test('says of a proposal that refers to a certificate what is verified of it, and nothing that it carries more', () => {
    const { messages, verified, carried } = formula(HOTSTUFF_TABLE, 'all', 4);
    assert.deepEqual([messages, carried], [39, 39]);
    assert.ok(
      Math.abs(verified - (27 + 3 * (7 / 9))) < 1e-9,
      'a third of the two or three voters that are others',
    );
    const { proposal = assert.fail(), ...votes } = HOTSTUFF_TABLE.kinds;
    const alone = {
      ...HOTSTUFF_TABLE,
      kinds: { proposal: { ...proposal, grounds: 'none' }, ...votes },
    } as const;
    const bare = formula(alone, 'all', 4);
    assert.deepEqual([bare.carried, bare.verified], [39, 27]);
  });

  test('is not met by one vote in ten that is sent twice, and is by one in thirty', () => {
    const expected = formula(HOTSTUFF_TABLE, 'leader', 4);
    const sent = (share: number) => ({ ...expected, messages: expected.messages * (1 + share) });
    assert.deepEqual(costFaults(sent(1 / 30), expected), []);
    assert.match(costFaults(sent(1 / 10), expected)[0] ?? '', /^messages: 23\.1 for each decision/);
    assert.equal(costFaults(sent(-1 / 10), expected).length, 1);
  });
});

describe('the bytes of C20', () => {
  test('may be a twentieth more than those of the shortest signatures that there are', () => {
    const shortest = Math.min(...Object.values(SCHEME_SIZES).map(({ signature }) => signature));
    assert.equal(SHORTEST_SIGNATURE_BYTES, shortest);
    const most = (39 * shortest) / 20;
    assert.deepEqual(byteFaults({ carried: 39, beside: most }), []);
    assert.deepEqual(byteFaults({ carried: 39, beside: most + 1 }), [
      'bytes: 15320 beside the 306384 of signatures',
    ]);
  });
});

describe('a large transaction in C20', () => {
  test('is larger than a proposal carries, and comes to each member once', () => {
    assert.ok(LARGE_BYTES > CARRIED_BYTES_MAX);
    assert.deepEqual(crossingFaults(crossingsOf(hostedHotStuff(), 4)), []);
  });

  test('comes twice where proposals carry it, which is a fault', () => {
    const carrying = crossingsOf(hostedHotStuff(), 4, (ports) => ({
      ...ports,
      carriedBytesMax: LARGE_BYTES,
    }));
    assert.deepEqual(crossingFaults(carrying), [
      'crossings: a large transaction comes 2.01 times to each member, and once is enough',
    ]);
  });

  test('is a fault where it is not decided, or counted less often than it must come', () => {
    assert.deepEqual([1.09, 0.91].flatMap(crossingFaults), []);
    for (const crossings of [undefined, 1.11, 0.89]) assert.equal(crossingFaults(crossings).length, 1);
  });
});

describe('the signatures in a row of C20', () => {
  test('are those of the protocol, and one more where a member signs before it passes a proposal on', () => {
    assert.deepEqual([signaturesInRow(hostedHotStuff(), 4), signaturesInRow(hostedNull(), 4)], [4, 2]);
  });

  test('are as many as the shape says, or V2 would wait for more of them than there are', () => {
    assert.deepEqual(pathFaults({ criticalSignatures: 4 }, 4), []);
    assert.deepEqual(pathFaults({ criticalSignatures: 4 }, 3.6), []);
    assert.deepEqual(pathFaults({ criticalSignatures: 40 }, 4), [
      'path: 4.0 signatures one after another, and the shape says 40',
    ]);
    const subject = hostedHotStuff();
    const patient = { ...subject, shape: { ...subject.shape, criticalSignatures: 5 } };
    const candidate = judgedProtocol({
      ...{ subject: patient, parameters: {}, votePath: 'leader', others: [] },
      ...{ vectors: [], mutants: [], processes: [] },
    });
    assert.deepEqual(
      COSTS.open(candidate, QUICK)
        .run(0)
        .failures.map(({ text }) => text),
      ['path: 4.0 signatures one after another, and the shape says 5'],
    );
  });
});
