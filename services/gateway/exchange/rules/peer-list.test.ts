import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RECORDS_MAX, RECORDS_PER_SOURCE_MAX, STALE_MS } from './exchange-limits.ts';
import { type Offer, PeerList } from './peer-list.ts';

const offer = (key: string, change: Partial<Offer> & { sequence?: bigint } = {}): Offer => ({
  record: {
    key,
    addresses: ['/ip4/1.1.1.1/tcp/1'],
    sequence: change.sequence ?? 1n,
    signature: new Uint8Array(64),
  },
  usable: ['/ip4/1.1.1.1/tcp/1'],
  source: 'teller',
  seenAgoMs: 0,
  isMember: false,
  nowMs: 0,
  ...change,
});
const keysOf = (records: readonly { record: { key: string } }[]): string[] =>
  records.map(({ record }) => record.key);

describe('peer list', () => {
  test('P2P-74 knows what is news: another peer, or a higher sequence', () => {
    const list = new PeerList();
    list.put(offer('a', { sequence: 5n }));
    const isNews = (key: string, sequence: bigint): boolean => list.isNews(offer(key, { sequence }).record);
    assert.deepEqual(
      [isNews('a', 5n), isNews('a', 4n), isNews('a', 6n), isNews('b', 1n)],
      [false, false, true, true],
    );
  });

  test('P2P-80 gives what changed since a revision, and the whole list to who saw nothing', () => {
    const list = new PeerList();
    for (const key of ['a', 'b', 'c']) list.put(offer(key));
    const first = list.page(0n, 0);
    assert.deepEqual([keysOf(first.records), first.hasMore], [['a', 'b', 'c'], false]);
    assert.deepEqual(list.page(first.revision, 0), { records: [], revision: first.revision, hasMore: false });
    list.put(offer('a', { sequence: 2n }));
    assert.deepEqual(keysOf(list.page(first.revision, 0).records), ['a']);
  });

  test('P2P-80 P2P-41 gives a list of thousands in pages that miss nothing and repeat nothing', () => {
    const list = new PeerList();
    const keys = Array.from({ length: 2_500 }, (_, index) => `k${index}`);
    for (const key of keys) list.put(offer(key));
    const seen: string[] = [];
    let page = list.page(0n, 0);
    for (seen.push(...keysOf(page.records)); page.hasMore; seen.push(...keysOf(page.records)))
      page = list.page(page.revision, 0);
    assert.deepEqual(seen, keys);
  });

  test('P2P-77 lets one source fill its share alone, and members in whatever it holds', () => {
    const list = new PeerList();
    for (let index = 0; index < RECORDS_PER_SOURCE_MAX; index++) list.put(offer(`k${index}`));
    assert.deepEqual([list.hasRoomFor('teller', false), list.hasRoomFor('other', false)], [false, true]);
    assert.equal(list.hasRoomFor('teller', true), true);
    for (let index = 0; list.size < RECORDS_MAX; index++)
      list.put(offer(`m${index}`, { source: `s${index % 9}` }));
    assert.equal(list.hasRoomFor('fresh', false), false);
  });

  test('P2P-79 drops who was not seen for long, and gives its source room again', () => {
    const list = new PeerList();
    list.put(offer('old'));
    list.put(offer('seen'));
    list.seen('seen', STALE_MS);
    assert.deepEqual(list.dropStale(STALE_MS), []);
    assert.deepEqual(list.dropStale(STALE_MS + 1), ['old']);
    assert.deepEqual(keysOf(list.all()), ['seen']);
  });

  test('P2P-85 counts from what others say was ago, so that no clock is compared', () => {
    const list = new PeerList();
    list.put(offer('a', { seenAgoMs: STALE_MS - 10, nowMs: 1_000 }));
    assert.equal(list.page(0n, 1_005).records[0]?.seenAgoMs, STALE_MS - 5);
    assert.deepEqual(list.dropStale(1_011), ['a']);
  });

  test('P2P-85 forgets no contact for an older one that somebody else tells', () => {
    const list = new PeerList();
    list.put(offer('a', { nowMs: 5_000 }));
    list.seen('a', 4_000);
    list.put(offer('a', { sequence: 2n, seenAgoMs: 3_000, nowMs: 5_000 }));
    assert.equal(list.get('a')?.seenAtMs, 5_000);
  });
});
