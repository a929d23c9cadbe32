import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Block } from '#libs/chain/block.ts';
import { type Height, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { genesisRoot, type QuorumCertificate } from '#libs/protocol/certificate.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { branchUpon, certificateFor, GENESIS } from '#test/support/chain/chain-fixture.ts';
import { setOf } from '#test/support/hotstuff/hotstuff-harness.ts';
import type { BlockRange } from '../ports/block-range.ts';
import type { HistoryPort } from '../ports/history-ports.ts';
import type { BlocksRequest, PeerMessageBody } from '../ports/peer-message.ts';
import { HistoryCheck } from './history-check.ts';
import { CHECK_BLOCKS_MAX, CHECK_BYTES_MAX, CHECK_PASS_MS, CHECK_START_MS } from './history-limits.ts';
import { HistoryRefetch } from './history-refetch.ts';

const BLOCKS = branchUpon(GENESIS, 3, 1).map(({ block }) => block);
const blockAt = (height: bigint): Block => BLOCKS[Number(height) - 1]!;
const peers = [1, 2, 3].map(toMemberIndex);

/** Time that passes only when a test says so. */
class Clock {
  #nowMs = 0;
  #due: { readonly atMs: number; readonly fire: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  after(delayMs: number, fire: () => void): () => void {
    const entry = { atMs: this.#nowMs + delayMs, fire };
    this.#due.push(entry);
    return () => {
      this.#due = this.#due.filter((each) => each !== entry);
    };
  }

  pass(forMs: number): void {
    const endMs = this.#nowMs + forMs;
    for (;;) {
      const next = this.#due.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (next === undefined) break;
      this.#due = this.#due.filter((each) => each !== next);
      this.#nowMs = next.atMs;
      next.fire();
    }
    this.#nowMs = endMs;
  }
}

/** A history with damage that the test marks, and the blocks that were put back. */
class History implements HistoryPort {
  readonly marked = new Set<Height>();
  readonly restored: { readonly block: Block; readonly certificate: QuorumCertificate | undefined }[] = [];
  readonly checked: Height[] = [];
  tip = 0n;
  bytes = 1;
  #listener: (height: Height, reason: string) => void = () => {};

  mark(height: bigint): void {
    this.marked.add(toHeight(height));
    this.#listener(toHeight(height), 'flipped');
  }

  damaged() {
    return [...this.marked].sort((a, b) => Number(a - b));
  }

  onDamaged(listener: (height: Height, reason: string) => void) {
    this.#listener = listener;
    return () => {
      this.#listener = () => {};
    };
  }

  restore(block: Block, certificate: QuorumCertificate | undefined): boolean {
    this.restored.push({ block, certificate });
    return this.marked.delete(block.header.height);
  }

  check(height: Height): number {
    this.checked.push(height);
    return this.bytes;
  }

  checkable() {
    return this.tip === 0n ? undefined : { from: toHeight(1n), to: toHeight(this.tip) };
  }
}

function bench({ isBusy = (): boolean => false, isTrue = true, isJudged = true } = {}) {
  const clock = new Clock();
  const history = new History();
  const asked: { readonly to: number; readonly request: BlocksRequest }[] = [];
  const lies: string[] = [];
  const filled: bigint[] = [];
  let id = 0n;
  const refetch = new HistoryRefetch({
    history,
    clock,
    me: toMemberIndex(0),
    peers: {
      send: (to, body: PeerMessageBody) => {
        if (to !== 'all' && body.kind === 'blocks-request') asked.push({ to, request: body });
      },
      connected: () => [toMemberIndex(0), ...peers],
    },
    newId: () => ++id,
    decidersOf: () => ({
      set: setOf(4),
      root: genesisRoot(GENESIS.block.digest),
      table: HOTSTUFF_TABLE,
      verifier: {
        trust: () => {},
        verify: (_, done) => (isJudged ? done(isTrue) : done(false, 'overloaded')),
      },
    }),
    isBusy,
    onLie: (peer, fault) => void lies.push(`${peer} ${fault}`),
    onFilled: (blocks) => filled.push(...blocks.map(({ header }) => header.height)),
    onBroken: (error) => assert.fail(String(error)),
  });
  refetch.start();
  const answer = (range: BlockRange | undefined, from = asked.at(-1)!.to) =>
    refetch.receive(
      { kind: 'blocks-response', requestId: asked.at(-1)!.request.requestId, range },
      toMemberIndex(from),
    );
  return { clock, history, asked, lies, filled, refetch, answer };
}

const rangeOf = (height: bigint): BlockRange => ({
  blocks: [blockAt(height)],
  certificate: certificateFor(blockAt(height)),
  descendants: [],
});

describe('HistoryRefetch', () => {
  test('F-06: asks one member after the other for a damaged block, and puts back what is proved', () => {
    const { clock, history, asked, filled, answer } = bench();
    clock.pass(10_000);
    assert.equal(asked.length, 0, 'nothing is damaged');
    history.mark(2n);
    assert.equal(asked.length, 0, 'not within the read that found it');
    clock.pass(0);
    assert.deepEqual(
      asked.map(({ to, request }) => [to, request.from, request.to]),
      [[1, 2n, 2n]],
    );
    answer(undefined);
    clock.pass(60_000);
    assert.equal(asked[1]?.to, 2, 'the next one, when the first has none');
    assert.deepEqual(filled, []);
    answer(rangeOf(2n));
    assert.deepEqual(history.restored, [{ block: blockAt(2n), certificate: certificateFor(blockAt(2n)) }]);
    assert.deepEqual(filled, [2n], 'all who waited for the block hear of it');
    clock.pass(600_000);
    assert.equal(asked.length, asked.findLastIndex(({ request }) => request.from === 2n) + 1);
    assert.deepEqual(history.damaged(), []);
  });

  test('F-06: takes no certificate of its own from an answer that is proved by a block above', () => {
    const { clock, history, answer } = bench();
    history.mark(2n);
    clock.pass(0);
    answer({
      blocks: [blockAt(2n)],
      certificate: certificateFor(blockAt(3n)),
      descendants: [blockAt(3n).header],
    });
    assert.deepEqual(history.restored, [{ block: blockAt(2n), certificate: undefined }]);
  });

  test('F-06: believes no block of another height, without its transactions or with a false certificate', () => {
    const bodiless = { ...blockAt(2n), transactions: [] };
    for (const [range, isTrue] of [
      [rangeOf(3n), true],
      [{ ...rangeOf(2n), blocks: [bodiless] }, true],
      [rangeOf(2n), false],
    ] as const) {
      const { clock, history, lies, answer } = bench({ isTrue });
      history.mark(2n);
      clock.pass(0);
      answer(range);
      assert.equal(lies.length, 1);
      assert.deepEqual(history.restored, []);
    }
  });

  test('F-06: blames nobody for a certificate that there was no room to verify', () => {
    const { clock, history, lies, asked, answer } = bench({ isJudged: false });
    history.mark(2n);
    clock.pass(0);
    answer(rangeOf(2n));
    assert.deepEqual([lies, history.restored], [[], []]);
    clock.pass(10_000);
    assert.ok(asked.length > 1, 'it is asked for again');
  });

  test('F-06: looks at no answer that it did not ask for, and asks for nothing while it is busy', () => {
    let busy = true;
    const { clock, history, asked, answer } = bench({ isBusy: () => busy });
    history.mark(2n);
    clock.pass(10_000);
    assert.equal(asked.length, 0);
    busy = false;
    clock.pass(10_000);
    assert.ok(asked.length > 0);
    answer(rangeOf(2n), 0);
    assert.deepEqual(history.restored, []);
  });

  test('F-06: asks whoever gave a block for the next one first: the silent cost their pauses once', () => {
    const { clock, history, asked, answer } = bench();
    history.mark(1n);
    history.mark(2n);
    clock.pass(1_000);
    assert.deepEqual([asked.at(-1)?.to, asked.length], [2, 2], 'the first one said nothing');
    answer(rangeOf(1n));
    clock.pass(0);
    assert.deepEqual([asked.at(-1)?.to, asked.at(-1)?.request.from], [2, 2n]);
  });

  test('F-06: asks less and less often while nobody has it, of everybody', () => {
    const { clock, history, asked } = bench();
    history.mark(2n);
    clock.pass(3_600_000);
    assert.ok(asked.length > 30 && asked.length < 100, `${asked.length}`);
    assert.deepEqual([...new Set(asked.map(({ to }) => to))], [1, 2, 3]);
  });
});

describe('HistoryCheck', () => {
  function checking(tip: bigint, bytes = 1, isBusy = (): boolean => false) {
    const clock = new Clock();
    const history = new History();
    Object.assign(history, { tip, bytes });
    const check = new HistoryCheck({ history, clock, isBusy });
    check.start();
    return { clock, history, check };
  }

  test('F-06: reads every final block in one pass, a few in each second, and then rests', () => {
    const { clock, history } = checking(100n);
    clock.pass(CHECK_START_MS);
    assert.equal(history.checked.length, CHECK_BLOCKS_MAX);
    clock.pass(CHECK_PASS_MS / 2);
    assert.equal(history.checked.length, 100);
    assert.equal(new Set(history.checked).size, 100);
    clock.pass(CHECK_PASS_MS);
    assert.equal(history.checked.length, 200);
  });

  test('F-06: reads no more bytes in a second than it may, but one block at least', () => {
    const { clock, history } = checking(100n, CHECK_BYTES_MAX);
    clock.pass(CHECK_START_MS);
    assert.equal(history.checked.length, 1);
    clock.pass(10_000);
    assert.equal(history.checked.length, 11);
  });

  test('F-06: leaves the disk alone while the member catches up, and after it was stopped', () => {
    let busy = true;
    const { clock, history, check } = checking(100n, 1, () => busy);
    clock.pass(2 * CHECK_START_MS);
    assert.equal(history.checked.length, 0);
    busy = false;
    clock.pass(1_000);
    check.stop();
    const { length } = history.checked;
    assert.ok(length > 0);
    clock.pass(10_000);
    assert.equal(history.checked.length, length);
  });
});
