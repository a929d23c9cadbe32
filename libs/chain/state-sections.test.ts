import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { buildBlock, judgeBlock } from './block-rules.ts';
import { decodeFrontier, EMPTY_FRONTIER, encodeFrontier } from './frontier.ts';
import { genesisBlock } from './genesis-block.ts';
import { toEpoch, toMemberIndex, toView } from './ids.ts';
import { onceInChain } from './repeats.ts';
import { stateRootOf } from './section-roots.ts';
import {
  decodeSections,
  encodeSections,
  frontierStateRoot,
  orderFault,
  sectionRoot,
} from './state-sections.ts';
import { transactionOf } from './transaction.ts';

interface Vector {
  readonly transactionsRoot: string;
  readonly sections: readonly { readonly tag: number; readonly content: string; readonly root: string }[];
  readonly stateRoot: string;
}

const VECTORS: readonly Vector[] = JSON.parse(
  readFileSync(new URL('../../test/vectors/state-sections.json', import.meta.url), 'utf8'),
).vectors;
const bytes = (hex: string): Uint8Array => fromHex(hex) ?? assert.fail();
const ROOT = new Uint8Array(32).fill(5);
const ONE = { tag: 2, content: Uint8Array.of(1) };
const TWO = { tag: 0x102, content: Uint8Array.of(1, 2) };

describe('the state root', () => {
  test('F-23: is that of the vectors, and that of the transactions alone where there is no other section', () => {
    for (const { transactionsRoot, sections, stateRoot } of VECTORS) {
      const roots = sections.map(({ tag, content }) => sectionRoot({ tag, content: bytes(content) }));
      assert.deepEqual(
        roots.map(({ root }) => toHex(root)),
        sections.map(({ root }) => root),
      );
      assert.equal(stateRootOf(bytes(transactionsRoot), roots), stateRoot);
    }
    assert.equal(stateRootOf(ROOT), toHex(ROOT));
  });

  test('F-23: is another when a section is left out, added, changed, or has another tag', () => {
    const states = [
      [],
      [ONE],
      [TWO],
      [ONE, TWO],
      [{ ...ONE, tag: 3 }],
      [{ ...ONE, content: Uint8Array.of(2) }],
    ];
    const roots = states.map((sections) => stateRootOf(ROOT, sections.map(sectionRoot)));
    assert.equal(new Set(roots).size, states.length);
  });

  test('F-23: of a block judged is that of its votes: a block that hides them is not valid', () => {
    const parent = genesisBlock({ genesisTimeMs: 0n });
    const plan = {
      ...{ parent, frontier: EMPTY_FRONTIER, view: toView(1n), epoch: toEpoch(0n) },
      ...{ proposer: toMemberIndex(0), nowMs: 0n, transactions: [transactionOf(Uint8Array.of(1))] },
    };
    const limits = { transactionsMax: 9, bytesMax: 9, transactionBytesMax: 9 };
    const context = { ...plan, limits, repeats: onceInChain(() => false), follows: () => undefined };
    const others = [sectionRoot(ONE)];
    const [plain, voted] = [buildBlock(plan), buildBlock({ ...plan, others })];
    assert.deepEqual(judgeBlock(plain.block, { ...context, others }), {
      ok: false,
      fault: 'wrong state root',
    });
    assert.deepEqual(judgeBlock(voted.block, context), { ok: false, fault: 'wrong state root' });
    assert.deepEqual(judgeBlock(voted.block, { ...context, others }), { ok: true, frontier: voted.frontier });
    assert.equal(frontierStateRoot(voted.frontier), voted.block.header.stateRoot);
  });
});

describe('sections', () => {
  test('come back as they were, in a file and in a frontier', () => {
    for (const sections of [[], [ONE], [ONE, TWO]])
      assert.deepEqual(decodeSections(encodeSections(sections)), sections);
    const frontier = { size: 1n, peaks: [ROOT], others: [ONE, TWO].map(sectionRoot) };
    assert.deepEqual(decodeFrontier(encodeFrontier(frontier)), frontier);
  });

  test('that are cut short are none', () => {
    const whole = encodeSections([ONE, TWO]);
    for (let length = 1; length < whole.length; length++) {
      if (length !== encodeSections([ONE]).length)
        assert.equal(decodeSections(whole.subarray(0, length)), undefined);
    }
    const frontier = encodeFrontier({ size: 1n, peaks: [ROOT], others: [sectionRoot(ONE)] });
    for (let length = 1; length < 34; length++)
      assert.equal(decodeFrontier(frontier.subarray(0, frontier.length - length)), undefined);
  });

  test('stand in the order of their tags, each once, above that of the transactions', () => {
    assert.equal(orderFault([]), undefined);
    assert.equal(orderFault([ONE, TWO]), undefined);
    for (const wrong of [[TWO, ONE], [ONE, ONE], [{ tag: 1 }], [{ tag: 0 }], [{ tag: 0x10000 }]])
      assert.equal(orderFault(wrong), 'sections out of order');
  });
});
