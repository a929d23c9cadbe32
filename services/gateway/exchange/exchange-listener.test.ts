import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { FakeStream } from '#test/support/gateway/fake-stream.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import { ExchangeListener } from './exchange-listener.ts';
import { ExchangeTrace } from './exchange-trace.ts';
import type { ExchangeCodec, ExchangeNetwork } from './ports.ts';
import { EXCHANGE_TIMEOUT_MS, REQUEST_BURST, UPDATE_BURST } from './rules/exchange-limits.ts';
import type { DecodedMessage, ExchangeBody } from './rules/message.ts';
import { PeerList } from './rules/peer-list.ts';
import { encodeVarintFrame } from './rules/varint-frame.ts';

const PEER = '11'.repeat(32);
const MESSAGE = encodeVarintFrame(Buffer.from('said'));
const request: ExchangeBody = { kind: 'request', listId: '', since: 0n };

/** A listener that hears `body` in every message, and its reactions. */
function listenerOf(context: TestContext, body: ExchangeBody = request) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const faults: string[] = [];
  const complaints: string[] = [];
  const answers: ExchangeBody[] = [];
  const state = { heard: 0 };
  const network: Partial<ExchangeNetwork> = {
    members: () => undefined,
    isPeer: () => true,
    fault: (_, text) => faults.push(text),
    complain: (_, cause) => complaints.push(cause),
  };
  const codec: ExchangeCodec = {
    encode: (message) => {
      answers.push(message.body);
      return Buffer.from('answer');
    },
    decode: (): DecodedMessage => ({ kind: 'message', message: { correlationId: '00'.repeat(16), body } }),
  };
  const listener = new ExchangeListener({
    codec,
    network: network as ExchangeNetwork,
    list: new PeerList(),
    listId: 'ours',
    trace: new ExchangeTrace(memoryLogger()),
    intervalMs: () => 30_000,
    nowMs: () => 0,
    onRecords: () => {
      state.heard += 1;
      return true;
    },
  });
  const connection = {
    peer: PEER,
    peerId: 'peer',
    address: '/ip4/8.8.8.8/tcp/1',
  } as unknown as PeerConnection;
  const open = () => {
    const stream = new FakeStream();
    return { stream, over: listener.accept(connection, stream) };
  };
  return { open, faults, complaints, answers, state, connection };
}

describe('a stream of peer exchange', () => {
  test('P2P-77 on which a message drips is cut after its time, however often a byte comes', async (context) => {
    const { open, faults, answers } = listenerOf(context);
    const { stream, over } = open();
    const frame = encodeVarintFrame(new Uint8Array(100));
    for (const byte of frame.subarray(0, 99)) {
      stream.receive(Uint8Array.of(byte));
      context.mock.timers.tick(EXCHANGE_TIMEOUT_MS / 100);
    }
    assert.equal(stream.resetReason, undefined);
    context.mock.timers.tick(EXCHANGE_TIMEOUT_MS / 50);
    await over;
    assert.deepEqual(
      [stream.resetReason, faults, answers],
      ['no message in time', ['no peer exchange message in time'], []],
    );
  });

  test('P2P-77 that never ends gets its one answer, and what follows is not looked at', async (context) => {
    const { open, faults, answers } = listenerOf(context);
    const { stream, over } = open();
    stream.receive(MESSAGE);
    await over;
    for (let count = 0; count < 1_000; count++) stream.receive(MESSAGE);
    assert.deepEqual([answers.length, stream.isEnded, faults], [1, true, []]);
  });

  test('P2P-77 more than a peer may open are refused in one word, and complained of once each', async (context) => {
    const { open, answers, complaints, faults } = listenerOf(context);
    for (let count = 0; count < REQUEST_BURST + 100; count++) {
      const { stream, over } = open();
      stream.receive(MESSAGE);
      await over;
    }
    const refused = answers.filter((answer) => answer.kind === 'error');
    assert.deepEqual([answers.length - refused.length, refused.length], [REQUEST_BURST, 100]);
    assert.deepEqual([new Set(complaints).size, faults], [1, []]);
  });

  test('P2P-77 P2P-78 updates above the rate are not heard at all', async (context) => {
    const { open, state } = listenerOf(context, { kind: 'update', records: [] });
    for (let count = 0; count < UPDATE_BURST + 100; count++) {
      const { stream, over } = open();
      stream.receive(MESSAGE);
      await over;
    }
    assert.equal(state.heard, UPDATE_BURST);
  });

  test('P2P-75 a peer that announces somebody else, or answers what nobody asked, is at fault', async (context) => {
    const record = { key: '22'.repeat(32), addresses: [], sequence: 1n, signature: new Uint8Array(64) };
    for (const body of [
      { kind: 'announcement', records: [{ record, seenAgoMs: 0 }] },
      { kind: 'response', listId: '', revision: 1n, hasMore: false, records: [] },
    ] as const) {
      const { open, faults, state } = listenerOf(context, body);
      const { stream, over } = open();
      stream.receive(MESSAGE);
      await over;
      assert.deepEqual([faults.length, state.heard], [1, 0]);
      context.mock.timers.reset();
    }
  });
});
