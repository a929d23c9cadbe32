import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import { CHECKPOINT_MS, IdleCheckpoint, LARGE_LOG_MS, LARGE_LOG_PAGES } from './idle-checkpoint.ts';

/** A store that counts its checkpoints, in a time that a test moves. */
function storeIn(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const store = { pages: 10, checkpoints: 0, logPages: () => store.pages, checkpointWhenIdle: () => {} };
  store.checkpointWhenIdle = () => {
    store.checkpoints += 1;
  };
  return { store, checkpoint: new IdleCheckpoint(store), pass: (ms: number) => context.mock.timers.tick(ms) };
}

describe('the log of the database', () => {
  test('is folded in once for all blocks of a second', (context) => {
    const { store, checkpoint, pass } = storeIn(context);
    for (let block = 0; block < 4; block++) {
      checkpoint.soon();
      pass(CHECKPOINT_MS / 5);
    }
    assert.equal(store.checkpoints, 0);
    pass(CHECKPOINT_MS / 5);
    assert.equal(store.checkpoints, 1);
    pass(10 * CHECKPOINT_MS);
    assert.equal(store.checkpoints, 1, 'nothing was written since');
    checkpoint.soon();
    pass(CHECKPOINT_MS);
    assert.equal(store.checkpoints, 2);
  });

  test('is folded in sooner once it is large, also where a later moment was planned', (context) => {
    const { store, checkpoint, pass } = storeIn(context);
    checkpoint.soon();
    store.pages = LARGE_LOG_PAGES;
    checkpoint.soon();
    pass(LARGE_LOG_MS - 1);
    // Those that follow do not put it off.
    checkpoint.soon();
    assert.equal(store.checkpoints, 0);
    pass(1);
    assert.equal(store.checkpoints, 1);
    pass(CHECKPOINT_MS);
    assert.equal(store.checkpoints, 1, 'the later moment is gone');
  });

  test('stays as it is after the end of the member', (context) => {
    const { store, checkpoint, pass } = storeIn(context);
    checkpoint.soon();
    checkpoint.stop();
    pass(CHECKPOINT_MS);
    assert.equal(store.checkpoints, 0);
  });

  test('of a store that fails ends nothing: the member is halted, and answers', (context) => {
    const { store, checkpoint, pass } = storeIn(context);
    store.checkpointWhenIdle = () => {
      throw new ChainError('damaged', { code: 'CHAIN_STORE_CORRUPT', path: 'chain.db' });
    };
    checkpoint.soon();
    pass(CHECKPOINT_MS);
    store.logPages = () => {
      throw new ChainError('damaged', { code: 'CHAIN_STORE_CORRUPT', path: 'chain.db' });
    };
    checkpoint.soon();
    store.logPages = () => {
      throw new TypeError('a fault of ours');
    };
    assert.throws(() => checkpoint.soon(), TypeError);
  });
});
