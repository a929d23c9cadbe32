import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { PeerFrames } from '../frames/peer-frames.ts';
import type { PeerConnection } from '../ports/peer-network.ts';
import type { PeerEvents } from './peer-events.ts';
import { PeerSession } from './peer-session.ts';
import { PeerStatus } from './peer-status.ts';
import type { PeerSurroundings } from './peer-surroundings.ts';
import { type PeerState, stateTimeLimitMs } from './rules/peer-state.ts';

const TIMEOUT_MS = 10_000;
const ADDRESSES = ['/a', '/b'];
const OVERDUE = 'peer stays in a state for too long';
/** A wait that outlasts every time limit of a state. */
const FOR_EVER_MS = 10 ** 9;

/**
 * A session on a clock that only moves when told, whose parts forget their own time limits: a dial hangs until it is
 * abandoned, the keep-alive sleeps, a close does not end, and no second dial is booked.
 */
function sessionOf(context: TestContext) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  context.mock.method(globalThis, 'setInterval', () => undefined);
  const log = memoryLogger();
  const dials: string[] = [];
  const booked = { waitMs: 0 };
  const events: PeerEvents = {
    onFrame: () => 'taken',
    onDropped: () => {},
    onReady: () => {},
    onConnected: () => {},
    onDisconnected: () => {},
    onDialFailed: () => {},
  };
  const around: Partial<PeerSurroundings> = {
    self: 'aa',
    chain: () => undefined,
    connectionTimeoutMs: () => TIMEOUT_MS,
    dialHeadStartMs: 0,
    bookDialMs: () => booked.waitMs,
    isBusy: () => false,
    random: () => 0,
    log,
    complain: () => {},
    events,
    resolver: { resolve: async (address) => [address], doubt: () => {}, hasAnswered: () => false },
    network: {
      dial: ({ address, signal }: { address: string; signal: AbortSignal }) => {
        dials.push(address);
        booked.waitMs = FOR_EVER_MS;
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    } as unknown as PeerSurroundings['network'],
  };
  const session = new PeerSession({
    entry: { key: 'bb', addresses: ADDRESSES, isLearned: false },
    peerId: 'peer',
    around: around as PeerSurroundings,
    log,
    frames: new PeerFrames({
      peer: 'bb',
      events,
      log,
      complain: () => {},
      onUnsent: () => {},
      onRoom: () => {},
    }),
    chain: () => undefined,
  });
  const pass = async (ms: number): Promise<void> => {
    context.mock.timers.tick(ms);
    for (let count = 0; count < 100; count++) await Promise.resolve();
  };
  const overdue = (): readonly unknown[] =>
    log.lines.filter(({ message }) => message === OVERDUE).map(({ fields }) => fields['state']);
  return { session, dials, pass, overdue, booked };
}

/** A connection that neither says anything nor closes before it is cut. */
function silentConnection(): PeerConnection {
  const over = Promise.withResolvers<void>();
  const listeners: (() => void)[] = [() => over.resolve()];
  const connection: Partial<PeerConnection> = {
    id: '1',
    peer: 'bb',
    address: '/a',
    direction: 'inbound',
    heardAtMs: -1,
    ping: () => new Promise(() => {}),
    close: () => over.promise,
    abort: () => {
      for (const listener of listeners.splice(0)) listener();
    },
    onClosed: (listener) => listeners.push(listener),
  };
  return connection as PeerConnection;
}

const limitOf = (state: PeerState): number => {
  const limitMs = stateTimeLimitMs(state, { addresses: ADDRESSES.length, connectionTimeoutMs: TIMEOUT_MS });
  assert.ok(limitMs !== undefined);
  return limitMs;
};

describe('the session with a peer leaves every state after its time limit, whatever its parts do', () => {
  test('F-61: P2P-08 connecting ends in failed, and failed in another dial', async (context) => {
    const { session, dials, pass, overdue, booked } = sessionOf(context);
    session.dialer.start();
    await pass(1);
    assert.deepEqual([session.state, dials], ['connecting', ['/a']]);
    await pass(limitOf('connecting') - 1);
    assert.equal(session.state, 'connecting');
    await pass(1);
    assert.deepEqual([session.state, overdue()], ['failed', ['connecting']]);
    await pass(limitOf('failed') - 1);
    assert.deepEqual([session.state, dials.length], ['failed', 1]);
    booked.waitMs = 0;
    await pass(1);
    assert.deepEqual(overdue(), ['connecting', 'failed']);
    await pass(1);
    assert.deepEqual([session.state, dials.length], ['connecting', 2]);
    await session.stop();
  });

  test('F-61: P2P-08 connected without a sign of life is cut, and ends in failed', async (context) => {
    const { session, pass, overdue } = sessionOf(context);
    session.onConnection(silentConnection());
    await pass(limitOf('connected') - 1);
    assert.equal(session.state, 'connected');
    await pass(1);
    assert.deepEqual([session.state, overdue()], ['failed', ['connected']]);
    assert.equal(session.lastError, 'connected for too long');
    await session.stop();
  });

  test('F-61: P2P-08 disconnecting cuts what does not close, and ends in idle', async (context) => {
    const { session, pass, overdue } = sessionOf(context);
    session.onConnection(silentConnection());
    const stopped = session.stop();
    await pass(limitOf('disconnecting') - 1);
    assert.equal(session.state, 'disconnecting');
    await pass(1);
    assert.deepEqual([session.state, overdue()], ['idle', ['disconnecting']]);
    await stopped;
    await pass(FOR_EVER_MS);
    assert.deepEqual(overdue(), ['disconnecting'], 'idle lasts for ever');
  });
});

test('a state that is entered after the end has no time limit', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const overdue: PeerState[] = [];
  const status = new PeerStatus({
    log: memoryLogger(),
    limitMs: () => 1,
    onOverdue: (state) => overdue.push(state),
  });
  status.enter('dial');
  context.mock.timers.tick(1);
  status.stop();
  status.enter('dial-failed');
  context.mock.timers.tick(FOR_EVER_MS);
  assert.deepEqual(overdue, ['connecting']);
});
