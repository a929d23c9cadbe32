import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import {
  BUSY_WAIT_MS,
  CIRCUIT_FAILURES_MAX,
  CIRCUIT_TRIAL_MS,
  PATIENCE,
  REFUSED_RETRY_MS,
  STABLE_SESSION_MS,
} from '../core/connection-limits.ts';
import type { PeerNetwork } from '../ports/peer-network.ts';
import { Dialer } from './dialer.ts';

const HEAD_START_MS = 250;
/** The part of the five seconds that a dial itself may take: `peers.connection_timeout` of these tests. */
const SYN_MS_MAX = 2_000;

interface Options {
  readonly addresses?: readonly string[];
  readonly isLower?: boolean;
  /** Whether a dial of this address succeeds; `hang` waits for the abort, `late` for `failLate`. */
  readonly isBusy?: () => boolean;
  readonly outcome?: (address: string) => 'ok' | 'refused' | 'hang' | 'late';
}

/** A dialer on a clock that only moves when told; jitter is off. */
function dialerOf(
  context: TestContext,
  { addresses = ['/a'], isLower = true, outcome = () => 'refused', isBusy = () => false }: Options,
) {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const dials: string[] = [];
  const failures: string[] = [];
  const log = memoryLogger();
  const late = Promise.withResolvers<void>();
  let nowMs = 0;
  const dial: PeerNetwork['dial'] = async ({ address, signal }) => {
    dials.push(`${nowMs} ${address}`);
    if (outcome(address) === 'refused') throw new Error('connection refused');
    if (outcome(address) === 'ok') return dialer.onConnected('outbound');
    if (outcome(address) === 'late') return late.promise;
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  const dialer: Dialer = new Dialer({
    addresses,
    peerId: 'peer',
    isLower,
    headStartMs: HEAD_START_MS,
    network: { dial },
    resolver: { resolve: async (address) => [address], doubt: () => {}, hasAnswered: () => false },
    bookDialMs: () => 0,
    isBusy,
    timeoutMs: () => SYN_MS_MAX,
    random: () => 0,
    nowMs: () => nowMs,
    log,
    onDial: () => {},
    onFailed: (reason) => failures.push(reason),
  });
  const pass = async (ms: number): Promise<void> => {
    for (let step = 0; step < ms; step += 50) {
      nowMs += 50;
      context.mock.timers.tick(50);
      for (let count = 0; count < 20; count++) await Promise.resolve();
    }
  };
  return { dialer, dials, failures, log, pass, failLate: () => late.reject(new Error('late')) };
}

describe('dialer', () => {
  test('P2P-78 lets a busy process be before it dials a peer that others told of, and dials it in the end', async (context) => {
    let isBusy = true;
    const { dialer, dials, pass } = dialerOf(context, { isBusy: () => isBusy, outcome: () => 'ok' });
    dialer.start(PATIENCE);
    await pass(3 * BUSY_WAIT_MS);
    assert.deepEqual(dials, []);
    isBusy = false;
    await pass(BUSY_WAIT_MS);
    assert.equal(dials.length, 1);
    dialer.stop();
  });

  test('P2P-78 has less patience with every wait, and dials however busy it is', async (context) => {
    const { dialer, dials, pass } = dialerOf(context, { isBusy: () => true, outcome: () => 'ok' });
    dialer.start(PATIENCE);
    await pass(10 * BUSY_WAIT_MS);
    assert.equal(dials.length, 1);
    dialer.stop();
  });

  test('P2P-26 dials a peer of peers.yaml at once, however busy the process is', async (context) => {
    const { dialer, dials, pass } = dialerOf(context, { isBusy: () => true });
    dialer.start();
    await pass(50);
    assert.equal(dials.length, 1);
    dialer.stop();
  });

  test('P2P-13 repeats a dial that failed on a busy machine only after the time that it took', async (context) => {
    let isBusy = true;
    const { dialer, dials, pass, failLate } = dialerOf(context, {
      isBusy: () => isBusy,
      outcome: () => (dials.length === 1 ? 'late' : 'refused'),
    });
    dialer.start();
    await pass(5_000);
    failLate();
    await pass(4_800);
    assert.equal(dials.length, 1);
    isBusy = false;
    await pass(300);
    assert.equal(dials.length, 2);
    await pass(2_000);
    assert.ok(dials.length > 3, 'in better times as ever');
    dialer.stop();
  });

  test('P2P-13 tries again after waits that double', async (context) => {
    const { dialer, dials, failures, pass } = dialerOf(context, {});
    dialer.start();
    await pass(3_100);
    assert.deepEqual(dials, ['50 /a', '250 /a', '650 /a', '1450 /a', '2450 /a']);
    assert.deepEqual([dialer.failures, failures[0]], [5, '/a: connection refused']);
    dialer.stop();
  });

  test('P2P-14 stops dialling after many failures in a row, but for seldom trials', async (context) => {
    const { dialer, dials, log, pass } = dialerOf(context, {});
    dialer.start();
    await pass(CIRCUIT_FAILURES_MAX * 1_000 + 1_000);
    assert.equal(dials.length, CIRCUIT_FAILURES_MAX);
    await pass(3 * CIRCUIT_TRIAL_MS);
    assert.equal(dials.length, CIRCUIT_FAILURES_MAX + 3);
    const said = (text: string): number => log.lines.filter(({ message }) => message === text).length;
    assert.equal(said('PeerHandler: Peer marked as permanently failed'), 1);
    assert.equal(said('PeerHandler: *** PERIODIC RETRY TRIGGERED ***'), 3);
    dialer.onConnected('inbound');
    assert.equal(dialer.failures, 0);
    dialer.stop();
  });

  test('P2P-16 dials at once when something changed, also with an open circuit, but not a refused peer', async (context) => {
    const { dialer, dials, pass } = dialerOf(context, {});
    dialer.start();
    await pass(CIRCUIT_FAILURES_MAX * 1_000 + 1_000);
    dialer.hurry();
    await pass(50);
    assert.equal(dials.length, CIRCUIT_FAILURES_MAX + 1);
    dialer.holdOff();
    dialer.hurry();
    await pass(1_000);
    assert.equal(dials.length, CIRCUIT_FAILURES_MAX + 1);
    dialer.stop();
  });

  test('P2P-16 dials often enough, for minutes, to find a peer within 5 s of its return', async (context) => {
    const { dialer, dials, pass } = dialerOf(context, {});
    dialer.start();
    const OUTAGE_MS = 4 * 60_000;
    await pass(OUTAGE_MS);
    const times = [0, ...dials.map((dial) => Number.parseInt(dial, 10)), OUTAGE_MS];
    const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0));
    assert.ok(Math.max(...waits) < 5_000 - SYN_MS_MAX, `${Math.max(...waits)} ms without a dial`);
    dialer.stop();
  });

  test('has failed when a round is abandoned', async (context) => {
    const { dialer, failures, pass } = dialerOf(context, { outcome: () => 'hang' });
    dialer.start();
    await pass(100);
    dialer.abandon();
    await pass(50);
    assert.equal(failures.length, 1);
    dialer.stop();
  });

  test('says a failure aloud once and quietly after', async (context) => {
    const { dialer, log, pass } = dialerOf(context, {});
    dialer.start();
    await pass(2_000);
    const warned = log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message);
    assert.deepEqual(new Set(warned).size, 2);
    assert.ok(warned.length <= 4 && log.lines.length > warned.length);
    dialer.stop();
  });

  test('P2P-06 tries the addresses of a round in order', async (context) => {
    const outcome = (address: string) => (address === '/b' ? 'ok' : 'refused');
    const { dialer, dials, pass } = dialerOf(context, { addresses: ['/a', '/b', '/c'], outcome });
    dialer.start();
    await pass(10_000);
    assert.deepEqual(dials, ['50 /a', '50 /b']);
    assert.equal(dialer.failures, 0);
    dialer.stop();
  });

  test('lets the lower key dial first', async (context) => {
    const { dialer, dials, pass } = dialerOf(context, { isLower: false, outcome: () => 'ok' });
    dialer.start();
    await pass(HEAD_START_MS - 50);
    assert.deepEqual(dials, []);
    await pass(50);
    assert.deepEqual(dials, ['250 /a']);
    dialer.stop();
  });

  test('lets the lower key dial much earlier when it was told of us too', async (context) => {
    const { dialer, dials, pass } = dialerOf(context, { isLower: false, outcome: () => 'ok' });
    dialer.start(PATIENCE);
    await pass(PATIENCE * HEAD_START_MS - 50);
    assert.deepEqual(dials, []);
    await pass(50);
    assert.equal(dials.length, 1);
  });

  test('does not dial a peer that came by itself, until that connection is lost', async (context) => {
    const { dialer, dials, pass } = dialerOf(context, { isLower: false });
    dialer.start();
    dialer.onConnected('inbound');
    await pass(20_000);
    assert.deepEqual(dials, []);
    dialer.onLost();
    await pass(500);
    assert.equal(dials.length, 1);
    dialer.stop();
  });

  test('gives up its own dial for an inbound connection only as the higher key', async (context) => {
    const higher = dialerOf(context, { isLower: false, addresses: ['/a', '/b'], outcome: () => 'hang' });
    higher.dialer.start();
    await higher.pass(300);
    higher.dialer.onConnected('inbound');
    await higher.pass(50);
    assert.equal(higher.dials.length, 1);
    higher.dialer.onLost();
    await higher.pass(1_000);
    assert.equal(higher.dials.length, 2);
    higher.dialer.stop();
  });

  test('tries no further address once the peer came by itself', async (context) => {
    const options: Options = { addresses: ['/a', '/b'], outcome: () => 'late' };
    const { dialer, dials, failLate, pass } = dialerOf(context, options);
    dialer.start();
    await pass(100);
    dialer.onConnected('inbound');
    failLate();
    await pass(5_000);
    assert.deepEqual([dials, dialer.failures], [['50 /a'], 0]);
    dialer.stop();
  });

  test('starts from the shortest wait after frames flowed, and after a session that stood', async (context) => {
    const { dialer, pass } = dialerOf(context, {});
    dialer.start();
    await pass(3_100);
    dialer.onConnected('outbound');
    dialer.onSuccess();
    dialer.onLost();
    assert.equal(dialer.failures, 1);
    await pass(3_100);
    dialer.onConnected('outbound');
    await pass(STABLE_SESSION_MS);
    dialer.onLost();
    assert.equal(dialer.failures, 1);
    dialer.stop();
  });

  test('goes on doubling when connections are lost at once', async (context) => {
    const { dialer, dials, pass } = dialerOf(context, { outcome: () => 'ok' });
    dialer.start();
    for (let count = 0; count < 4; count++) {
      await pass(4_000);
      dialer.onLost();
    }
    assert.equal(dialer.failures, 4);
    await pass(900);
    assert.equal(dials.length, 4);
    dialer.stop();
  });

  test('leaves a refused peer alone for the longest wait', async (context) => {
    const { dialer, dials, pass } = dialerOf(context, { outcome: () => 'ok' });
    dialer.start();
    await pass(100);
    dialer.holdOff();
    dialer.onLost();
    await pass(REFUSED_RETRY_MS - 500);
    assert.equal(dials.length, 1);
    await pass(1_000);
    assert.equal(dials.length, 2);
    dialer.stop();
  });

  test('never dials without an address, and does once it has one', async (context) => {
    const { dialer, dials, pass } = dialerOf(context, { addresses: [] });
    dialer.start();
    await pass(60_000);
    assert.deepEqual(dials, []);
    dialer.readdress(['/new']);
    await pass(100);
    assert.deepEqual(dials, ['60050 /new']);
    dialer.stop();
  });

  test('does nothing any more after it was stopped', async (context) => {
    const { dialer, dials, pass } = dialerOf(context, {});
    dialer.start();
    await pass(100);
    dialer.stop();
    await pass(60_000);
    assert.equal(dials.length, 1);
  });
});
