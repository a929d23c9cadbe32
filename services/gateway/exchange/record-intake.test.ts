import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import type { ExchangeNetwork, RecordCryptography } from './ports.ts';
import { RecordIntake } from './record-intake.ts';
import { RECORDS_MAX, RECORDS_PER_MESSAGE_MAX, RECORDS_PER_SOURCE_MAX } from './rules/exchange-limits.ts';
import { PeerList } from './rules/peer-list.ts';
import type { PeerRecord, ToldRecord } from './rules/record.ts';

const SELF = keyOf(0xffff_ffff);

function keyOf(number: number): string {
  return number.toString(16).padStart(64, '0');
}

function told(number: number, change: Partial<PeerRecord> = {}): ToldRecord {
  const signature = new Uint8Array(64);
  const record = {
    key: keyOf(number),
    addresses: ['/ip4/8.8.8.8/tcp/9'],
    sequence: 1n,
    signature,
    ...change,
  };
  return { record, seenAgoMs: 0 };
}

function teller(number: number, address = '/ip4/8.8.4.4/tcp/9'): PeerConnection {
  return { peer: keyOf(number), peerId: `peer ${number}`, address } as unknown as PeerConnection;
}

describe('entries that a peer tells of', () => {
  let list: PeerList;
  let intake: RecordIntake;
  let state: { verified: number; complaints: number; ownNewer: bigint[]; members: Set<string> | undefined };

  beforeEach(() => {
    list = new PeerList();
    state = { verified: 0, complaints: 0, ownNewer: [], members: undefined };
    const network: Partial<ExchangeNetwork> = {
      self: SELF,
      members: () => state.members,
      complain: () => {
        state.complaints += 1;
      },
    };
    const cryptography: Partial<RecordCryptography> = {
      verify: (_, __, signature) => {
        state.verified += 1;
        return signature[0] === 0;
      },
    };
    intake = new RecordIntake({
      list,
      network: network as ExchangeNetwork,
      cryptography: cryptography as RecordCryptography,
      nowMs: () => 1_000,
      log: memoryLogger(),
      onOwnNewer: (sequence) => state.ownNewer.push(sequence),
    });
  });

  test('P2P-77 a million from one liar fill its share of the list, and cost no signature beyond it', () => {
    const liar = teller(1);
    for (let at = 0; at < 1_000_000; at += RECORDS_PER_MESSAGE_MAX) {
      const page = Array.from({ length: RECORDS_PER_MESSAGE_MAX }, (_, index) => told(100 + at + index));
      assert.equal(intake.take(page, liar).fault, undefined);
    }
    assert.deepEqual([list.size, state.verified], [RECORDS_PER_SOURCE_MAX, RECORDS_PER_SOURCE_MAX]);
    assert.ok(state.complaints > 0);
    const honest = intake.take([told(7)], teller(2));
    assert.deepEqual(honest, { news: [keyOf(7)], fault: undefined });
  });

  test('P2P-41 P2P-77 many liars together fill the list and no more, and members are taken in all the same', () => {
    for (let liar = 1; liar <= 6; liar++) {
      for (const half of [0, 1]) {
        const from = liar * 1_000_000 + half * RECORDS_PER_MESSAGE_MAX;
        const page = Array.from({ length: RECORDS_PER_MESSAGE_MAX }, (_, index) => told(from + index));
        intake.take(page, teller(liar));
      }
    }
    assert.equal(list.size, RECORDS_MAX);
    state.members = new Set([keyOf(7)]);
    assert.deepEqual(intake.take([told(7)], teller(1)).news, [keyOf(7)]);
  });

  test('P2P-77 more of them in one message than may be are a fault, and none is looked at', () => {
    const page = Array.from({ length: RECORDS_PER_MESSAGE_MAX + 1 }, (_, index) => told(index + 100));
    assert.deepEqual(intake.take(page, teller(1)), { news: [], fault: 'too many entries' });
    assert.deepEqual([list.size, state.verified], [0, 0]);
  });

  test('P2P-74 P2P-85 replays of what is known, or was, change nothing and cost no signature', () => {
    const old = told(5, { addresses: ['/ip4/8.8.8.8/tcp/1'] });
    const newer = told(5, { addresses: ['/ip4/8.8.8.8/tcp/2'], sequence: 2n });
    intake.take([old, newer], teller(5));
    const { verified } = state;
    const before = list.get(keyOf(5));
    for (let round = 0; round < 100; round++) {
      assert.deepEqual(intake.take([old, newer], teller(1)), { news: [], fault: undefined });
    }
    assert.equal(state.verified, verified);
    assert.deepEqual(
      [list.get(keyOf(5))?.record, list.get(keyOf(5))?.source],
      [newer.record, before?.source],
    );
  });

  test('P2P-75 of private ranges are left out when they come from the internet, and taken from the own network', () => {
    const inside = [
      '/ip4/10.1.2.3/tcp/9',
      '/ip4/192.168.1.1/tcp/9',
      '/ip6/fd00::1/tcp/9',
      '/ip4/127.0.0.1/tcp/9',
    ];
    const page = inside.map((address, index) => told(10 + index, { addresses: [address] }));
    assert.deepEqual(intake.take(page, teller(1)), { news: [], fault: undefined });
    assert.deepEqual([list.size, state.verified], [0, 0]);
    const neighbour = teller(2, '/ip4/10.9.9.9/tcp/9');
    assert.deepEqual(intake.take(page, neighbour).news, [10, 11, 12].map(keyOf));
    const mixed = told(20, { addresses: ['/ip4/10.1.2.3/tcp/9', '/ip4/9.9.9.9/tcp/9'] });
    intake.take([mixed], teller(1));
    assert.deepEqual(list.get(keyOf(20))?.usable, ['/ip4/9.9.9.9/tcp/9']);
  });

  test('P2P-75 a false signature ends the message, and what stood behind it is not looked at', () => {
    const forged = told(6, { signature: new Uint8Array(64).fill(1) });
    assert.deepEqual(intake.take([told(5), forged, told(7)], teller(1)), {
      news: [keyOf(5)],
      fault: 'entry with a false signature',
    });
    assert.equal(list.get(keyOf(7)), undefined);
  });

  test('P2P-75 about ourselves never come into the list, and count only when we signed them', () => {
    const forged = told(0xffff_ffff, { sequence: 9n, signature: new Uint8Array(64).fill(1) });
    const ours = told(0xffff_ffff, { sequence: 5n });
    assert.deepEqual(intake.take([forged, ours], teller(1)), { news: [], fault: undefined });
    assert.deepEqual([list.size, state.ownNewer], [0, [5n]]);
  });
});
