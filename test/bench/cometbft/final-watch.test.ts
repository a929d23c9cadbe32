import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { sha256 } from '#libs/bytes/sha256.ts';
import { leafHash, merkleRoot } from '#libs/chain/merkle.ts';
import { FinalWatch } from './final-watch.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const hashOf = (text: string): Uint8Array => sha256(Buffer.from(text));

/** A block with these transactions. */
function block(height: bigint, ...transactions: readonly string[]) {
  const hashes = transactions.map(hashOf);
  const dataHash = hex(merkleRoot(hashes.map(leafHash))).toUpperCase();
  return { hashes, head: { height, dataHash, text: `${height} ${dataHash}` } };
}

/** A watch of four nodes, and the names of transactions that are final so far, in their order. */
function watching() {
  const watch = new FinalWatch(4);
  const final: string[] = [];
  const handIn = (name: string, node: number): void => {
    void watch.whenFinal(hex(hashOf(name)), node).then(() => final.push(name));
  };
  const finalNow = async () => {
    await new Promise(setImmediate);
    return final;
  };
  return { watch, handIn, finalNow };
}

describe('the watch of final transactions', () => {
  test('waits for the node to which a transaction was handed, whoever told of its block first', async () => {
    const { watch, handIn, finalNow } = watching();
    handIn('a', 0);
    handIn('b', 2);
    const { head, hashes } = block(5n, 'a', 'b');
    assert.equal(watch.told(0, head), true);
    assert.deepEqual(await finalNow(), []);
    watch.read(5n, hashes);
    assert.deepEqual(await finalNow(), ['a']);
    assert.equal(watch.told(1, head), false);
    assert.deepEqual(await finalNow(), ['a']);
    assert.equal(watch.told(2, head), false);
    assert.deepEqual(await finalNow(), ['a', 'b']);
  });

  test('keeps a block until all nodes have told of it, and it is read', () => {
    const { watch } = watching();
    const { head, hashes } = block(1n);
    for (const node of [0, 1, 2, 3]) watch.told(node, head);
    assert.equal(watch.open, 1);
    watch.read(1n, hashes);
    assert.equal(watch.open, 0);
  });

  test('takes blocks of other heights from each node, as they are behind each other', () => {
    const { watch } = watching();
    watch.told(0, block(1n).head);
    watch.told(0, block(2n).head);
    watch.told(1, block(1n).head);
    assert.equal(watch.open, 2);
  });
});

describe('the watch refuses', () => {
  test('a block that another node has otherwise', () => {
    const { watch } = watching();
    watch.told(0, block(1n, 'a').head);
    assert.throws(() => watch.told(1, block(1n, 'b').head), /different blocks at height 1/);
  });

  test('a node that leaves a block out, or goes back', () => {
    const { watch } = watching();
    watch.told(0, block(1n).head);
    assert.throws(() => watch.told(0, block(3n).head), /node 0 .* tells of block 3 after block 1/);
    assert.throws(() => watch.told(0, block(1n).head), /tells of block 1 after block 1/);
  });

  test('transactions that the head of the block does not name', () => {
    const { watch, handIn } = watching();
    for (const name of ['a', 'b', 'c']) handIn(name, 0);
    watch.told(0, block(1n, 'a', 'b').head);
    for (const others of [['a'], ['b', 'a'], ['a', 'b', 'c']])
      assert.throws(() => watch.read(1n, others.map(hashOf)), /holds other transactions than its head says/);
  });

  test('a transaction that was not handed in, or that is in a block twice', () => {
    const { watch, handIn } = watching();
    handIn('a', 0);
    const first = block(1n, 'a');
    watch.told(0, first.head);
    watch.read(1n, first.hashes);
    const again = block(2n, 'a');
    watch.told(0, again.head);
    assert.throws(() => watch.read(2n, again.hashes), /not handed in, or twice/);
    const strange = block(3n, 'x');
    watch.told(0, strange.head);
    assert.throws(() => watch.read(3n, strange.hashes), /not handed in, or twice/);
  });

  test('a transaction that is in two blocks, or twice in one, before it is final where it was handed in', () => {
    const { watch, handIn } = watching();
    for (const name of ['a', 'b']) handIn(name, 3);
    const [first, second, third] = [block(1n, 'a'), block(2n, 'a'), block(3n, 'b', 'b')];
    watch.told(0, first.head);
    watch.read(1n, first.hashes);
    watch.told(0, second.head);
    assert.throws(() => watch.read(2n, second.hashes), /not handed in, or twice/);
    watch.told(0, third.head);
    assert.throws(() => watch.read(3n, third.hashes), /not handed in, or twice/);
  });

  test('a transaction that is handed in twice, unless the node did not take it', () => {
    const { watch, handIn } = watching();
    handIn('a', 0);
    assert.throws(() => watch.whenFinal(hex(hashOf('a')), 1), /handed in twice/);
    watch.forget(hex(hashOf('a')));
    handIn('a', 1);
  });
});
