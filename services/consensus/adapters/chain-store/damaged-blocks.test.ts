import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Height, toDigest, toHeight } from '#libs/chain/ids.ts';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import { DamagedBlocks } from './damaged-blocks.ts';
import { DAMAGED_HEIGHTS_MAX } from './limits.ts';

const fails = (): undefined => {
  throw new Error('a page is torn');
};

describe('the damaged blocks of a member', () => {
  test('F-06: a read that fails is told of once, and is not tried again until the block is put back', () => {
    const damaged = new DamagedBlocks();
    const told: string[] = [];
    const stop = damaged.onFound((height, reason) => told.push(`${height} ${reason}`));
    damaged.onRestored((height, left) => told.push(`${height} back, ${left} left`));
    assert.equal(damaged.read(toHeight(7n), fails), undefined);
    assert.equal(damaged.read(toHeight(3n), fails), undefined);
    assert.equal(
      damaged.read(toHeight(7n), () => assert.fail('it is known to be damaged')),
      undefined,
    );
    assert.deepEqual(damaged.heights(), [3n, 7n]);
    damaged.restored(toHeight(7n));
    assert.equal(
      damaged.read(toHeight(7n), () => 'sound'),
      'sound',
    );
    assert.deepEqual(told, ['7 a page is torn', '3 a page is torn', '7 back, 1 left']);
    stop();
    damaged.found(toHeight(9n), 'no error object');
    assert.equal(told.length, 3);
  });

  test('F-06: an error of the chain itself is no damage, and reaches the caller', () => {
    const damaged = new DamagedBlocks();
    const missing = new ChainError('not held', {
      code: 'CHAIN_BLOCK_MISSING',
      digest: toDigest('ab'.repeat(32)),
    });
    const work = (): undefined => {
      throw missing;
    };
    assert.throws(() => damaged.read(toHeight(1n), work), missing);
    assert.deepEqual(damaged.heights(), []);
  });

  test('F-06: a disk that lost more than the limit forgets the oldest finding, which the next read makes again', () => {
    const damaged = new DamagedBlocks();
    const heights = Array.from(
      { length: DAMAGED_HEIGHTS_MAX + 1 },
      (_, at): Height => toHeight(BigInt(at + 1)),
    );
    for (const height of heights) damaged.read(height, fails);
    assert.equal(damaged.heights().length, DAMAGED_HEIGHTS_MAX);
    assert.equal(damaged.heights().includes(toHeight(1n)), false);
    damaged.read(toHeight(1n), fails);
    assert.equal(damaged.heights().includes(toHeight(1n)), true);
  });
});
