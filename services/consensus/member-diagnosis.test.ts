import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import type { BlockHeader } from '#libs/chain/block.ts';
import { sealBlock } from '#libs/chain/block.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { type MemberIndex, toHeight, toMemberIndex } from '#libs/chain/ids.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import type { ViewListener } from './adapters/view-reports.ts';
import { MemberDiagnosis, type MemberDiagnosisParts } from './member-diagnosis.ts';

const NAMES = ['gamma', 'beta', 'alpha', 'delta'];
const TIME_MS = 1_800_000_000_000;

let nowMs = 0;
beforeEach(() => {
  nowMs = 0;
});

/** The member "alpha" of four, number 2, which is well; `change` makes it otherwise. */
function diagnosed(change: Partial<MemberDiagnosisParts> = {}) {
  const member = memoryMember();
  const final = new FinalChannel();
  const listeners: ViewListener[] = [];
  let decidedIn = 0n;
  const diagnosis = new MemberDiagnosis({
    name: 'alpha',
    status: () => member.status,
    names: () => NAMES,
    haltCause: () => 'store',
    signerFault: () => undefined,
    gateway: { isAttached: true, silence: () => new Map() },
    chain: {
      finalHeight: () => 4n,
      decidedIn: () => decidedIn,
      gap: () => undefined,
      damaged: () => [],
      unreadable: () => '',
      liars: () => [],
    },
    peerFaults: () => [],
    events: undefined,
    final,
    onView: (listener) => void listeners.push(listener),
    nowMs: () => nowMs,
    timeMs: () => TIME_MS,
    ...change,
  });
  const codes = () => diagnosis.findings().map(({ code }) => code);
  const decide = (block: Partial<BlockHeader>, inView = block.view ?? 0n) => {
    decidedIn = inView;
    const { header } = genesisBlock({ genesisTimeMs: 0n });
    final.ordered([sealBlock({ ...header, ...block }, [])]);
  };
  return { member, diagnosis, codes, decide, listeners };
}

describe('the diagnosis of a member that runs', () => {
  test('finds nothing wrong with one that is well, votes or waits', () => {
    assert.deepEqual(diagnosed().codes(), []);
  });

  test('reads halt, guest, quorum and catching up from its status', () => {
    const { member, codes } = diagnosed();
    const well = member.status;
    member.status = { ...well, mode: 'halted', haltReason: 'a bad page' };
    assert.deepEqual(codes(), ['store-damaged']);
    member.status = { ...well, member: undefined };
    assert.deepEqual(codes(), ['not-a-member']);
    const quorum = { ...well.quorum, reachable: 2, reachableWeight: 2n, away: ['beta', 'delta'] };
    member.status = { ...well, mode: 'catching-up', targetHeight: toHeight(90n), quorum };
    assert.deepEqual(codes(), ['quorum-lost', 'catching-up']);
    nowMs += 60_000;
    assert.deepEqual(codes(), ['quorum-lost', 'catch-up-stuck']);
    member.status = { ...member.status, snapshot: { chunks: 1, chunksTotal: 9 } };
    assert.deepEqual(codes(), ['quorum-lost', 'catching-up']);
  });

  test('F-40 says that it was drained, from when on, and no more once it takes transactions again', () => {
    const { member, diagnosis, codes } = diagnosed();
    member.status = { ...member.status, isDraining: true };
    assert.deepEqual(codes(), ['drained']);
    nowMs += 7_000;
    assert.deepEqual(diagnosis.findings()[0]?.evidence[0], 'drained for 7 s');
    member.status = { ...member.status, isDraining: false };
    assert.deepEqual(codes(), []);
    nowMs += 7_000;
    member.status = { ...member.status, isDraining: true };
    assert.deepEqual(diagnosis.findings()[0]?.evidence[0], 'drained for 0 s', 'the first time is over');
  });

  test('names members that are connected and were not heard for two rounds of heartbeats', () => {
    let silentMs = 120_000;
    const silence = () =>
      new Map<MemberIndex, number>([
        [toMemberIndex(1), silentMs],
        [toMemberIndex(7), 1e9],
      ]);
    const { member, diagnosis, codes } = diagnosed({ gateway: { isAttached: true, silence } });
    assert.deepEqual(codes(), [], 'a guest without a name is no member that is mute');
    silentMs += 1;
    const [mute] = diagnosis.findings();
    assert.deepEqual([mute?.code, mute?.members], ['members-mute', ['beta']]);
    member.status = { ...member.status, member: undefined };
    assert.deepEqual(codes(), ['not-a-member'], 'nobody tells a guest');
  });

  test('names those whose votes are missing when transactions wait, and no more once a block is decided', () => {
    const { member, diagnosis, codes, decide } = diagnosed();
    member.status = { ...member.status, mempoolTransactions: 3 };
    diagnosis.look();
    nowMs += 34_001;
    const [stalled] = diagnosis.findings();
    assert.deepEqual([stalled?.code, stalled?.members], ['decisions-stalled', ['gamma', 'delta']]);
    assert.match(stalled?.evidence.join() ?? '', /prepare: votes of beta, alpha/);
    decide({});
    assert.deepEqual(codes(), []);
  });

  test('counts views that failed by their leaders, and not those that were entered otherwise', () => {
    const { diagnosis, codes, listeners } = diagnosed();
    const entered = (failed: object | undefined) => {
      for (const listener of listeners) listener({ failed } as Parameters<ViewListener>[0]);
    };
    for (let view = 0; view < 11; view++) entered(undefined);
    assert.deepEqual(codes(), []);
    for (let view = 0; view < 11; view++) entered({ leaderName: 'delta', isProposed: undefined });
    const [failing] = diagnosis.findings();
    assert.deepEqual([failing?.code, failing?.members], ['views-time-out', ['delta']]);
    assert.match(failing?.evidence.join() ?? '', /delta led 11 of them, 11 without a proposal/);
  });

  test('compares clocks by blocks that were decided in their own view alone', () => {
    const { diagnosis, codes, decide } = diagnosed();
    const ahead = { proposer: toMemberIndex(3), timestampMs: BigInt(TIME_MS + 90_000) };
    decide({ ...ahead, view: 7n as BlockHeader['view'] }, 8n);
    assert.deepEqual(codes(), []);
    decide({ ...ahead, view: 8n as BlockHeader['view'] });
    const [apart] = diagnosis.findings();
    assert.deepEqual([apart?.code, apart?.members], ['clock-apart', ['delta']]);
  });

  test('tells of facts that wait once the event server was away for a while', () => {
    let isConnected = false;
    const events = { isConnected: () => isConnected, blocksWaiting: () => 6n };
    const { codes } = diagnosed({ events });
    assert.deepEqual(codes(), []);
    nowMs += 10_000;
    assert.deepEqual(codes(), ['facts-wait']);
    isConnected = true;
    assert.deepEqual(codes(), []);
  });

  test('has the word of each other witness', () => {
    const chain = {
      finalHeight: () => 4n,
      decidedIn: () => 0n,
      gap: () => ({ from: toHeight(1n), to: toHeight(3n) }),
      damaged: () => [2n],
      unreadable: () => 'a bad page',
      liars: () => ['beta'],
    };
    const { codes } = diagnosed({
      chain,
      signerFault: () => ({ kind: 'silent', reason: 'nobody listens' }),
      gateway: { isAttached: false, silence: () => new Map() },
      peerFaults: () => [{ peer: 'delta', topic: 'TIMEOUT_SPAM', count: 1 }],
    });
    assert.deepEqual(codes(), [
      'signer-silent',
      'gateway-silent',
      'member-contradicted-itself',
      'peer-misbehaves',
      'history-damaged',
      'store-unreadable',
      'history-missing',
    ]);
  });
});
