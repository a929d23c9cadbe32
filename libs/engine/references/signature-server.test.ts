import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MemberIndex, toDigest, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { WantedSignatures } from '#libs/protocol/named-signatures.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { PeerMessageBody } from '../ports/peer-message.ts';
import {
  SIGNATURES_ANSWER_BYTES_MAX,
  SIGNATURES_SERVED_BYTES_EACH_MIN,
  SIGNATURES_SERVED_BYTES_MAX,
  SIGNATURES_SERVED_PER_SECOND_MAX,
} from './reference-limits.ts';
import { SignaturePool } from './signature-pool.ts';
import { SignatureServer } from './signature-server.ts';

const ASKER = toMemberIndex(9);
const members = (...places: number[]) => places.map(toMemberIndex);

function voteOf(view: number): VoteStatement {
  const block = { height: toHeight(9n), digest: toDigest('a'.repeat(64)) };
  return { kind: 'prepare', instance: 0n, view: toView(BigInt(view)), block, reports: [] };
}

/** A server that holds signatures of this size of members 0 to 3 in view 7; member 9 asks unless another is named. */
function serving(signatureBytes: number) {
  const pool = new SignaturePool();
  const signature = new Uint8Array(signatureBytes);
  pool.keep(members(0, 1, 2, 3).map((member) => ({ member, statement: voteOf(7), signature })));
  const sent: PeerMessageBody[] = [];
  let nowMs = 0;
  const clock = { nowMs: () => nowMs, after: () => () => {} };
  const server = new SignatureServer(pool, { send: (_to, body) => sent.push(body) }, clock);
  const ask = (...wanted: WantedSignatures[]) => askAs(ASKER, ...wanted);
  const askAs = (asker: MemberIndex, ...wanted: WantedSignatures[]) =>
    server.answer({ kind: 'signatures-request', wanted }, asker);
  const given = () => {
    const [body = assert.fail()] = sent.splice(0);
    assert.ok(body.kind === 'signatures-response');
    return body.given.map(({ statement, signatures }) => [
      Number(statement.view),
      signatures.map(({ member }) => member),
    ]);
  };
  return { ask, askAs, given, sent, pass: (ms: number) => (nowMs += ms) };
}

describe('signatures that members ask for', () => {
  test('are given as far as they are held, in the order of the request', () => {
    const { ask, given } = serving(100);
    ask({ statement: voteOf(8), members: members(1) }, { statement: voteOf(7), members: members(1, 3, 5) });
    assert.deepEqual(given(), [[7, [1, 3]]]);
    ask({ statement: voteOf(8), members: members(1) });
    assert.deepEqual(given(), [], 'an answer that says that there is nothing');
  });

  test('go into one answer up to its bound, the first ones, and never more than it', () => {
    const { ask, given } = serving(SIGNATURES_ANSWER_BYTES_MAX / 2);
    ask({ statement: voteOf(7), members: members(0, 1, 2, 3) });
    assert.deepEqual(given(), [[7, [0, 1]]]);
    const large = serving(SIGNATURES_ANSWER_BYTES_MAX / 2 + 1);
    large.ask({ statement: voteOf(7), members: members(2, 3) });
    assert.deepEqual(large.given(), [[7, [2]]]);
  });

  test('are given so often in a second and no more, to each', () => {
    const { ask, sent, pass } = serving(100);
    const one = { statement: voteOf(7), members: members(1) };
    for (let time = 0; time < SIGNATURES_SERVED_PER_SECOND_MAX; time++) assert.equal(ask(one), true);
    assert.equal(ask(one), false);
    assert.equal(sent.length, SIGNATURES_SERVED_PER_SECOND_MAX);
    pass(1_000);
    assert.equal(ask(one), true);
  });

  for (const liars of [1, 21, 170]) {
    test(`A.44: are within one bound of bytes for all, and ${liars} that ask without end take the answers of nobody`, () => {
      const { askAs, sent, pass } = serving(SIGNATURES_ANSWER_BYTES_MAX);
      const askers = (first: number, count: number) =>
        Array.from({ length: count }, (_, at) => toMemberIndex(first + at));
      const ask = (asker: MemberIndex) => askAs(asker, { statement: voteOf(7), members: members(1) });
      for (let second = 0; second < 3; second++) {
        pass(1_000);
        for (let time = 0; time <= SIGNATURES_SERVED_PER_SECOND_MAX; time++) askers(10, liars).forEach(ask);
        const taken = sent.splice(0).length * SIGNATURES_ANSWER_BYTES_MAX;
        const bound = SIGNATURES_SERVED_BYTES_MAX + liars * SIGNATURES_SERVED_BYTES_EACH_MIN;
        assert.ok(taken <= bound, `${taken} bytes`);
        assert.ok(askers(200, 42).every(ask), 'an answer for each of the others');
        sent.splice(0);
      }
    });
  }

  test('A.44: however much a few took, as much again is left for another', () => {
    const { askAs, pass } = serving(SIGNATURES_ANSWER_BYTES_MAX);
    pass(1_000);
    const answersOf = (asker: number) =>
      Array.from({ length: SIGNATURES_SERVED_PER_SECOND_MAX }, () =>
        askAs(toMemberIndex(asker), { statement: voteOf(7), members: members(1) }),
      ).filter(Boolean).length;
    assert.deepEqual([1, 2, 3, 4].map(answersOf), [32, 16, 8, 4]);
  });

  test('A.44: are looked up by the text of a statement, which is made once for all its members', () => {
    const { ask, given } = serving(100);
    let reads = 0;
    const statement = {
      ...voteOf(7),
      get reports() {
        reads += 1;
        return [];
      },
    };
    ask({ statement, members: members(...Array.from({ length: 64 }, (_, place) => place)) });
    assert.deepEqual(given(), [[7, [0, 1, 2, 3]]]);
    assert.equal(reads, 1);
  });
});
