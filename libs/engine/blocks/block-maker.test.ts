import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ApplicationRules, LOG_RULES } from '#libs/chain/application-rules.ts';
import type { BlockDraft } from '#libs/chain/block-draft.ts';
import { HEADER_EXTENSIONS } from '#libs/chain/header-extensions.ts';
import { toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { type Transaction, transactionOf } from '#libs/chain/transaction.ts';
import { bookOf } from '#test/support/chain/membership.ts';
import { LoneChain } from '#test/support/engine/lone-chain.ts';
import { Mempool } from '../transactions/mempool.ts';
import { mempoolLimits } from '../transactions/mempool-limits.ts';
import { BlockMaker } from './block-maker.ts';

const LIMITS = { transactionsMax: 3, bytesMax: 100, transactionBytesMax: 40 };
const NOW_MS = 5_000;
const PROPOSER = toMemberIndex(2);

const textOf = ({ bytes }: Transaction): string => Buffer.from(bytes).toString();
const named = (...texts: readonly string[]): readonly Transaction[] =>
  texts.map((text) => transactionOf(Buffer.from(text)));

/** The block that a member makes of a draft while these transactions wait, and all drafts that its application was told. */
function made(
  change: Partial<BlockDraft>,
  waiting: readonly string[],
  rules: Partial<ApplicationRules> = {},
) {
  const chain = new LoneChain();
  const mempool = new Mempool(mempoolLimits(LIMITS, 4), () => false);
  for (const transaction of named(...waiting)) mempool.add(transaction, 'client', 0);
  const told: BlockDraft[] = [];
  const application: ApplicationRules = {
    ...LOG_RULES,
    ...rules,
    fill: (draft, offered) => {
      told.push(draft);
      return (rules.fill ?? LOG_RULES.fill)(draft, offered);
    },
  };
  const maker = new BlockMaker({
    ...{ chain, mempool, application, limits: LIMITS, clock: { nowMs: () => NOW_MS } },
    ...{ book: bookOf(chain, chain.genesis.digest, 4), epoch: toEpoch(0n) },
  });
  const draft: BlockDraft = {
    ...{ mode: 'full', timestampMs: undefined, proposer: PROPOSER },
    ...{ height: toHeight(1n), parent: chain.genesis.digest },
    ...change,
  };
  const block = maker.make(draft, toView(7n));
  assert.ok(block !== undefined && 'frontier' in block);
  return { header: block.block.header, texts: block.block.transactions.map(textOf), told, draft };
}

describe('a block that is made of a draft', () => {
  test('holds what waits, and has the time of the member where the protocol decides none', () => {
    const { header, texts } = made({}, ['a', 'b']);
    assert.deepEqual(texts, ['a', 'b']);
    assert.deepEqual([header.timestampMs, header.proposer, header.view], [BigInt(NOW_MS), PROPOSER, 7n]);
    assert.deepEqual(header.extensions, []);
  });

  test('holds none of what waits where it is empty, and has the time, proposer and word of the protocol', () => {
    const extension = Uint8Array.of(1, 2);
    const { header, texts } = made({ mode: 'empty', timestampMs: 77n, extension }, ['a', 'b']);
    assert.deepEqual(texts, []);
    assert.deepEqual([header.timestampMs, header.transactionCount], [77n, 0]);
    assert.deepEqual(header.extensions, [{ tag: HEADER_EXTENSIONS.protocol, content: extension }]);
  });

  test('is told to the application with its time, before it is filled', () => {
    for (const mode of ['full', 'empty'] as const) {
      const { told, draft } = made({ mode }, ['a']);
      assert.deepEqual(told, [{ ...draft, timestampMs: BigInt(NOW_MS) }]);
    }
    assert.equal(made({ timestampMs: 77n }, []).told[0]?.timestampMs, 77n);
  });

  test('is of no height but that above its parent', () => {
    assert.throws(() => made({ height: toHeight(2n) }, []), /draft of height 2 names a parent of height 0/);
  });
});

describe('an application that fills a block', () => {
  test('chooses, orders, and adds its own', () => {
    const fill: ApplicationRules['fill'] = ({ mode }, waiting) =>
      mode === 'empty' ? named('reward') : [...waiting].reverse().slice(0, 1);
    assert.deepEqual(made({}, ['a', 'b'], { fill }).texts, ['b']);
    assert.deepEqual(made({ mode: 'empty' }, ['a', 'b'], { fill }).texts, ['reward']);
  });

  test('breaks no limit: what is too much, too large, empty or there twice is left out', () => {
    const of = (...texts: readonly string[]) => made({}, [], { fill: () => named(...texts) }).texts;
    assert.deepEqual(of('a', 'b', 'c', 'd'), ['a', 'b', 'c']);
    assert.deepEqual(of('x'.repeat(41), '', 'a', 'a', 'b'), ['a', 'b']);
    const [x, y, z] = ['x', 'y', 'z'].map((letter) => letter.repeat(40));
    assert.deepEqual(of(`${x}`, `${y}`, `${z}`, 'a'), [x, y, 'a']);
  });

  test('keeps out no transaction that members make themselves', () => {
    const fill = () => [];
    assert.deepEqual(made({}, ['btcfed/evidence/v1 …', 'a'], { fill }).texts, ['btcfed/evidence/v1 …']);
  });
});
