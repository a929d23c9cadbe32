import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toHeight, toView } from '#libs/chain/ids.ts';
import {
  blockStatement,
  timeoutCertificateOf,
  timeoutStatement,
} from '#libs/protocol/hotstuff/statements.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { CONTEXT, CustodyWorld, VIRGIN } from '#test/support/signer/custody-world.ts';
import { FactBook } from './fact-book.ts';
import { learnableCertificate, learnableLeave, learnableProposal } from './learn-grounds.ts';
import { FACTS_MAX } from './limits.ts';

const OTHER = toDigest('e'.repeat(64));

describe('a key of HotStuff refuses', () => {
  test('everything while it is of no member', () => {
    const world = new CustodyWorld(VIRGIN, { ...CONTEXT, me: undefined });
    assert.equal(world.outcome(world.timeout(1)), 'NOT_MEMBER');
  });

  test('a vote that gives the block another height than its header does', () => {
    const world = new CustodyWorld();
    const block = blockOn(GENESIS, 1);
    const height = toHeight(7n);
    world.custodian.facts.proposed({ ...about(block), height });
    const request = world.about('prepare', block);
    const statement = { ...request.statement, block: { height, digest: block.digest } };
    assert.equal(world.outcome({ ...request, statement }), 'BAD_BLOCK');
  });

  test('to report another block for the view that the epoch starts from', () => {
    const world = new CustodyWorld();
    const wrong = timeoutStatement(toView(1n), { view: toView(0n), digest: OTHER });
    assert.equal(world.outcome(world.request(wrong)), 'CERT_UNKNOWN');
  });

  test('to report a true certificate that is older than one that it acted on', () => {
    const world = new CustodyWorld();
    const older = blockOn(GENESIS, 1);
    world.certified('prepare', older);
    const newer = world.voteThrough(2, GENESIS, 'pre-commit');
    assert.equal(world.outcome(world.timeout(3, older)), 'UNSAFE_REPORT');
    assert.equal(world.outcome(world.timeout(3, newer)), 'sign');
  });
});

describe('what is verified for a key of HotStuff', () => {
  test('is nothing of a wrong shape, and nothing that came unsigned', () => {
    const { custodian } = new CustodyWorld();
    const { view, height, digest } = about(blockOn(GENESIS, 1));
    const bare = {
      kind: 'prepare',
      instance: 0n,
      view,
      height: toHeight(height),
      digest,
      signatures: [],
    } as const;
    assert.equal(learnableCertificate(custodian, bare), undefined);
    assert.equal(learnableLeave(custodian, timeoutCertificateOf(view, [], bare)), undefined);
    const signature = new Uint8Array([1]);
    const learnable = learnableProposal(
      custodian,
      { instance: 0n, view },
      { height: toHeight(height), digest },
      { signature },
    );
    assert.deepEqual(learnable?.claims, [
      {
        member: 1,
        signature,
        statement: blockStatement('proposal', view, { height: toHeight(height), digest }),
      },
    ]);
  });

  test('is remembered within a bound, the newest first', () => {
    const book = new FactBook();
    const fact = (at: bigint) => ({
      kind: 'prepare',
      instance: 0n,
      view: toView(at),
      height: 1n,
      digest: OTHER,
    });
    for (let view = 1n; view <= BigInt(FACTS_MAX) + 1n; view++) book.certified(fact(view));
    assert.equal(book.size, FACTS_MAX);
    assert.deepEqual([book.isCertified(fact(1n)), book.isCertified(fact(2n))], [false, true]);
  });
});

function about({ header, digest }: ReturnType<typeof blockOn>) {
  return { kind: 'proposal', instance: 0n, view: header.view, height: header.height, digest };
}
