import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryMetrics } from '#libs/metrics/memory-metrics.ts';
import { measuredStore } from './measured-store.ts';
import { workMetrics } from './work-metrics.ts';

test('F-44: consensus shows its verifications, their waits, its dropped frames and how far events are behind', async () => {
  const metrics = new MemoryMetrics();
  const work = workMetrics(metrics);
  let lag = { blocks: 3n, waitMs: 1_500 };
  work.verificationWaited(20);
  work.follow({
    verifications: () => ({ verified: 7, cached: 5, refused: 2 }),
    droppedFrames: () => 4,
    outbox: { lag: () => lag },
  });
  await metrics.scrape();
  const value = (name: string, labels = {}) => metrics.value(`btcfed_consensus_${name}`, labels);
  assert.deepEqual(
    ['verified', 'cached', 'refused'].map((result) => value('verifications_total', { result })),
    [7, 5, 2],
  );
  assert.deepEqual(metrics.observations('btcfed_consensus_verification_wait_seconds'), [0.02]);
  assert.equal(value('dropped_frames_total'), 4);
  assert.deepEqual([value('unpublished_blocks'), value('event_lag_seconds')], [3, 1.5]);
  lag = { blocks: 0n, waitMs: 0 };
  await metrics.scrape();
  assert.deepEqual([value('unpublished_blocks'), value('event_lag_seconds')], [0, 0]);
});

test('F-44: a member without events is behind with none', async () => {
  const metrics = new MemoryMetrics();
  const counts = { verified: 0, cached: 0, refused: 0 };
  workMetrics(metrics).follow({ verifications: () => counts, droppedFrames: () => 0, outbox: undefined });
  await metrics.scrape();
  assert.ok(metrics.has('btcfed_consensus_unpublished_blocks'));
  assert.equal(metrics.value('btcfed_consensus_event_lag_seconds'), 0);
});

/** A store as the chain store is: its methods need it as it is, because of what it keeps to itself. */
class FakeStore {
  #saved = 0;

  get saved(): number {
    return this.#saved;
  }

  flush(record: number): boolean {
    if (record < 0) throw new RangeError('the disk is full');
    const isNew = record !== this.#saved;
    this.#saved = record;
    return isNew;
  }

  putBlock(): void {}

  commit(...blocks: readonly string[]): readonly string[] {
    return blocks;
  }
}

test('F-44: the durable writes of a store are timed by what they write, those that fail too, and neither others nor calls with nothing to write', () => {
  const metrics = new MemoryMetrics();
  const inner = new FakeStore();
  // As in the service: around a store that keeps its own receiver.
  const bound = new Proxy(inner, {
    get: (target, name) => {
      const found: unknown = Reflect.get(target, name, target);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
  const store = measuredStore(bound, workMetrics(metrics).synced);
  assert.equal(store.flush(7), true);
  assert.throws(() => store.flush(-1), RangeError);
  for (let block = 0; block < 3; block++) store.putBlock();
  assert.deepEqual([store.commit('block'), store.saved], [['block'], 7]);
  // Nothing waited for the disk.
  assert.deepEqual([store.flush(7), store.commit()], [false, []]);
  const times = (what: string) => metrics.observations('btcfed_consensus_storage_sync_seconds', { what });
  assert.deepEqual([times('record').length, times('blocks').length], [2, 1]);
  assert.ok([...times('record'), ...times('blocks')].every((seconds) => seconds >= 0));
});
