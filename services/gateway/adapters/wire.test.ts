import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  AttachRequest,
  ConnectionState,
  TrafficClass as WireClass,
} from '#libs/proto/btcfed/gateway/v1/gateway_service.ts';
import { TRAFFIC_CLASSES } from '../core/traffic-class.ts';
import { chainFromWire, configurationFromWire, eventToWire, frameFromWire, peerViewToWire } from './wire.ts';

const KEY = new Uint8Array(32).fill(5);
const HEX = '05'.repeat(32);
const HELLO = { chainTag: new Uint8Array(8).fill(1), memberPublicKeys: [KEY], memberNames: [] };

describe('wire', () => {
  test('reads the chain of a hello and keeps no view of the message', () => {
    const message = AttachRequest.encode({
      body: { $case: 'hello', value: { ...HELLO, memberNames: ['bob'] } },
    }).finish();
    const chain = chainFromWire(AttachRequest.decode(message));
    message.fill(0);
    assert.deepEqual([[...chain.tag], [...chain.members]], [[1, 1, 1, 1, 1, 1, 1, 1], [HEX]]);
    assert.deepEqual(chain.names, new Map([[HEX, 'bob']]));
  });

  test('F-44: a hello without names, and one with a member without a name, are good', () => {
    for (const memberNames of [[], ['']]) {
      const { names } = chainFromWire({ body: { $case: 'hello', value: { ...HELLO, memberNames } } });
      assert.deepEqual(names, new Map());
    }
  });

  test('F-44: names that are not one for each key, or too long for a label, are refused with the field', () => {
    for (const memberNames of [['a', 'b'], ['x'.repeat(33)], ['\u00e9'.repeat(17)]]) {
      const read = () => chainFromWire({ body: { $case: 'hello', value: { ...HELLO, memberNames } } });
      assert.throws(read, { message: /member_names/, detail: { code: 'GATEWAY_HELLO_INVALID' } });
    }
  });

  test('never throws anything but a refusal, whatever bytes a caller sends as a hello', () => {
    const hello = fc.record({
      chainTag: fc.uint8Array({ maxLength: 9 }),
      memberPublicKeys: fc.array(fc.uint8Array({ minLength: 31, maxLength: 33 }), { maxLength: 3 }),
      memberNames: fc.constant([]),
    });
    fc.assert(
      fc.property(hello, (value) => {
        const isGood =
          value.chainTag.length === 8 && value.memberPublicKeys.every((key) => key.length === 32);
        const read = () => chainFromWire({ body: { $case: 'hello', value } });
        if (isGood) assert.equal(read().tag.length, 8);
        else assert.throws(read, { detail: { code: 'GATEWAY_HELLO_INVALID' } });
      }),
    );
  });

  test('reads a frame to send, and nothing of an unknown class or kind', () => {
    const sent = { to: [KEY], trafficClass: WireClass.SYNC, payload: Uint8Array.of(1) } as const;
    const value = { ...sent, traceparent: '00-its-own-01' };
    assert.deepEqual(frameFromWire({ body: { $case: 'send', value } }), {
      to: [HEX],
      trafficClass: 'sync',
      payload: Uint8Array.of(1),
      traceparent: '00-its-own-01',
    });
    for (const trafficClass of [WireClass.UNSPECIFIED, 4, -1] as WireClass[]) {
      assert.equal(frameFromWire({ body: { $case: 'send', value: { ...value, trafficClass } } }), undefined);
    }
    assert.equal(frameFromWire({ body: undefined }), undefined);
  });

  test('tells every class and both kinds of event', () => {
    const told = TRAFFIC_CLASSES.map((trafficClass) =>
      eventToWire({ kind: 'frame', delivery: { peer: HEX, trafficClass, payload: KEY } }),
    );
    assert.deepEqual(
      told.map(({ body }) => body?.$case === 'received' && body.value.trafficClass),
      [WireClass.CONSENSUS, WireClass.SYNC, WireClass.TRANSACTION],
    );
    const { body } = eventToWire({ kind: 'peer', key: HEX, connected: true });
    assert.ok(
      body?.$case === 'peer' && body.value.connected && Buffer.from(KEY).equals(body.value.publicKey),
    );
  });

  test('shows a peer as operators see it', () => {
    const view = { key: HEX, peerId: 'p', addresses: ['/a'], failures: 2, lastError: 'x', roundTripUs: 7 };
    const standing = { silentMs: 61_000, isDelinquent: true, unsentFrames: 9, unsentSinceHeard: 4 };
    const traffic = { member: 'bob', receivedBytes: 1, sentBytes: 2, queuedBytes: 3 };
    const peer = peerViewToWire({ ...view, ...standing, ...traffic, state: 'failed' });
    assert.deepEqual(
      [peer.silentMs, peer.delinquent, peer.unsentFrames, peer.unsentFramesSinceHeard],
      [61_000n, true, 9n, 4n],
    );
    assert.deepEqual(
      [peer.state, peer.failures, peer.lastError, peer.roundTripUs, peer.addresses],
      [ConnectionState.FAILED, 2, 'x', 7n, ['/a']],
    );
  });

  test('leaves out peers whose key is no Ed25519 key', () => {
    const configuration = configurationFromWire({
      generation: 1n,
      networkAddresses: ['/x'],
      connectionTimeoutMs: 10_000n,
      exchangeIntervalMs: 1n,
      delinquentTimeoutMs: 61_000n,
      logging: undefined,
      peers: [
        { publicKey: KEY, addresses: ['/a'], lastSeenS: 0n, learned: false },
        { publicKey: KEY, addresses: ['/c'], lastSeenS: 1n, learned: true },
        { publicKey: new Uint8Array(16), addresses: ['/b'], lastSeenS: 0n, learned: false },
      ],
      rejectedPeers: [],
    });
    assert.deepEqual(configuration, {
      listenAddresses: ['/x'],
      connectionTimeoutMs: 10_000,
      exchangeIntervalMs: 1,
      delinquentTimeoutMs: 61_000,
      peers: [
        { publicKey: KEY, addresses: ['/a'], learned: false },
        { publicKey: KEY, addresses: ['/c'], learned: true },
      ],
    });
  });
});
