import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ApplicationRules, LOG_RULES } from '#libs/chain/application-rules.ts';
import { type Block, sealBlock } from '#libs/chain/block.ts';
import { buildBlock } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { type Digest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { RootPlace } from '#libs/chain/root-place.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { genesisCertificate } from '#libs/protocol/certificate.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { bookOf } from '#test/support/chain/membership.ts';
import { LoneChain } from '#test/support/engine/lone-chain.ts';
import type { Vouching } from '../ports/vouching.ts';
import { Mempool } from '../transactions/mempool.ts';
import { mempoolLimits } from '../transactions/mempool-limits.ts';
import { BlockKeeper } from './block-keeper.ts';

const [ME, PEER] = [toMemberIndex(0), toMemberIndex(1)];
const LIMITS = { transactionsMax: 10, bytesMax: 1_000, transactionBytesMax: 100 };

/**
 * A keeper that waits for a block it knows by its certificate. The test decides whether the signatures in the block
 * count as true.
 */
function keeper(application: ApplicationRules = LOG_RULES) {
  const chain = new LoneChain();
  const { genesis } = chain;
  const { block } = buildBlock({
    parent: genesis,
    frontier: EMPTY_FRONTIER,
    ...{ view: toView(1n), proposer: PEER, epoch: toEpoch(0n), nowMs: 1n },
    transactions: [transactionOf(Buffer.from('apple'))],
  });
  const clock = { nowMs: () => 0, after: () => () => {} };
  const asked: ((vouching: Vouching) => void)[] = [];
  const mempool = new Mempool(mempoolLimits(LIMITS, 4), () => false);
  const kept = new BlockKeeper(chain, mempool, { connected: () => [PEER], send: () => {} }, clock, {
    ...{ me: ME, epoch: toEpoch(0n), limits: LIMITS, book: bookOf(chain, genesis.digest, 4) },
    onInvalid: () => {},
    onLost: () => {},
    application,
    follows: hotStuffFollows,
    onOrdered: () => {},
    onMissing: () => {},
    vouch: (_, done) => void asked.push(done),
  });
  const certificate = {
    ...genesisCertificate(HOTSTUFF_TABLE, 'prepare', block.digest),
    height: block.header.height,
  };
  const fetched: (Digest | undefined)[] = [];
  kept.fetch(certificate, PEER, (_ok, _height, found) => fetched.push(found?.digest));
  const check = (each: Block): boolean[] => {
    const answers: boolean[] = [];
    kept.check(each, PEER, (ok) => answers.push(ok));
    return answers;
  };
  return {
    kept,
    chain,
    block,
    asked,
    fetched,
    check,
    isHeld: () => chain.frontierOf(block.digest) !== undefined,
  };
}

describe('a block whose evidence and votes are being verified', () => {
  test('F-01: is verified once, however often it is sent meanwhile', () => {
    const { kept, block, asked, fetched } = keeper();
    for (let sent = 0; sent < 100; sent++) assert.equal(kept.receive(block, PEER), undefined);
    assert.equal(asked.length, 1);
    asked[0]?.('true');
    assert.deepEqual(fetched, [block.digest]);
  });

  test('F-01: is as one that has not come where there was no room to verify it, and may come again', () => {
    const { kept, block, asked, fetched, check, isHeld } = keeper();
    const answers = check(block);
    asked[0]?.('unjudged');
    assert.deepEqual([answers, isHeld()], [[], false]);
    kept.receive(block, PEER);
    assert.equal(asked.length, 2);
    asked[1]?.('true');
    assert.deepEqual([fetched, isHeld()], [[block.digest], true]);
  });

  test('is invalid where one of them is false, and held where all are true and the block keeps the rules', () => {
    const { block, asked, check, isHeld } = keeper();
    const answers = check(block);
    asked[0]?.('false');
    assert.deepEqual([answers, isHeld()], [[false], false]);
    const other = check(sealBlock({ ...block.header, transactionCount: 2 }, block.transactions));
    asked[1]?.('true');
    assert.deepEqual([other, isHeld()], [[false], false]);
    const last = check(block);
    asked[2]?.('true');
    assert.deepEqual([last, isHeld()], [[true], true]);
  });
});

describe('a block upon one that is held and undecided', () => {
  /** A block upon a held one, made by the rules; and the answers to both, before and after the lower one is final. */
  function answers(root: RootPlace) {
    const { kept, chain, block, asked, check } = keeper({ ...LOG_RULES, root });
    const from = chain.frontierOf(chain.genesis.digest) ?? assert.fail();
    const by = { proposer: PEER, epoch: toEpoch(0n), nowMs: 2n, root };
    const first = buildBlock({
      ...{ ...by, parent: chain.genesis, frontier: from, view: toView(1n) },
      transactions: block.transactions,
    });
    const second = buildBlock({
      ...{ ...by, parent: first.block, frontier: first.frontier, view: toView(2n) },
      transactions: [],
    });
    const vouch = (): void => {
      for (const done of asked.splice(0)) done('true');
    };
    const lower = check(first.block);
    vouch();
    const upper = check(second.block);
    vouch();
    const before = [...upper];
    const decided = {
      ...genesisCertificate(HOTSTUFF_TABLE, 'commit', first.block.digest),
      height: toHeight(1n),
    };
    kept.commit(decided);
    vouch();
    return { lower, before, after: upper };
  }

  test('is judged at once where the root stands in its own header', () => {
    assert.deepEqual(answers('same-block'), { lower: [true], before: [true], after: [true] });
  });

  test('is judged once that is final where the root comes a block later, and not refused before', () => {
    assert.deepEqual(answers('next-block'), { lower: [true], before: [], after: [true] });
  });
});
