import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DiagnosisCode } from '#libs/diagnosis/codes.ts';
import type { Finding } from '#libs/diagnosis/finding.ts';
import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';
import { HEALTHY_FACTS } from '#test/support/consensus/healthy-facts.ts';
import { diagnose } from './diagnose.ts';
import type { DiagnosisFacts } from './facts.ts';
import { OWN_CODES } from './own-codes.ts';

type Change = Partial<DiagnosisFacts>;

const { quorum, view } = HEALTHY_FACTS;
const reachOf = (...away: readonly string[]): DiagnosisFacts['quorum'] => ({
  ...quorum,
  away,
  reachable: 4 - away.length,
  reachableWeight: BigInt(4 - away.length),
});
const haltBy = (cause: HaltCause): Change => ({ halt: { cause, reason: `because of ${cause}` } });
const STUCK = { finalHeight: 5n, targetHeight: 900n, remainingMs: undefined, stillMs: 60_000 };
const VOTES = { step: 'prepare', voters: ['m0', 'm1'], missing: ['m2', 'm3'], isDecided: false };

interface Fault {
  readonly code: DiagnosisCode;
  readonly change: Change;
  /** Words that the evidence must have. */
  readonly evidence: RegExp;
  readonly members: readonly string[];
}

/** One fault of each state that a member can tell, with the members that it names. */
const FAULTS: readonly Fault[] = [
  ...Object.entries({
    store: 'store-damaged',
    record: 'record-lost',
    fork: 'chain-forked',
    divergence: 'chain-diverged',
    'foreign-use': 'key-used-elsewhere',
    liars: 'too-many-liars',
    quarantine: 'signer-quarantined',
    retirement: 'signer-retired',
    mismatch: 'signer-mismatched',
    takeover: 'signer-taken-over',
    application: 'application-failed',
    height: 'halted-at-height',
    other: 'halted',
  } as const satisfies Record<HaltCause, DiagnosisCode>).map(([cause, code]) => ({
    code,
    change: haltBy(cause as HaltCause),
    evidence: new RegExp(`because of ${cause}`),
    members: ['m0'],
  })),
  {
    code: 'drained',
    change: { drainedMs: 7_200_000 },
    evidence: /^drained for 2 h 0 transactions wait here to become final$/,
    members: ['m0'],
  },
  ...(['locked', 'silent', 'outdated'] as const).map((kind) => ({
    code: `signer-${kind}` as const,
    change: { signer: { kind, reason: `it is ${kind}` } },
    evidence: new RegExp(`it is ${kind}`),
    members: ['m0'],
  })),
  {
    code: 'gateway-silent',
    change: { isGatewayAttached: false },
    evidence: /no attachment/,
    members: ['m0'],
  },
  {
    code: 'quorum-lost',
    change: { quorum: reachOf('m2', 'm3'), quorumLostMs: 7_000 },
    evidence: /2 of 4 members reachable, 3 needed; away: m2, m3 for 7 s/,
    members: ['m2', 'm3'],
  },
  {
    code: 'members-away',
    change: { quorum: reachOf('m3') },
    evidence: /away: m3 one more loss stops the federation/,
    members: ['m3'],
  },
  {
    code: 'members-mute',
    change: { mute: [{ member: 'm1', silentMs: 180_000 }] },
    evidence: /m1 was not heard for 3 min/,
    members: ['m1'],
  },
  {
    code: 'not-a-member',
    change: { isGuest: true },
    evidence: /no member in epoch 2/,
    members: ['m0'],
  },
  {
    code: 'catching-up',
    change: { catchUp: { ...STUCK, stillMs: 59_999, remainingMs: 3_000 } },
    evidence: /at height 5 of 900 about 3 s left/,
    members: ['m0'],
  },
  {
    code: 'catch-up-stuck',
    change: { catchUp: STUCK },
    evidence: /no block came for 60 s/,
    members: ['m0'],
  },
  {
    code: 'decisions-stalled',
    change: {
      view: { ...view, isProposed: true, waitingTransactions: 4, waitingMs: 60_000, steps: [VOTES] },
    },
    evidence: /4 transactions wait.* led by m1, has a proposal prepare: votes of m0, m1 weight 3 decides/,
    members: ['m2', 'm3'],
  },
  {
    code: 'views-time-out',
    change: { failedViews: [{ leader: 'm2', failed: 11, unproposed: 9 }] },
    evidence: /11 views failed .* m2 led 11 of them, 9 without a proposal/,
    members: ['m2'],
  },
  {
    code: 'member-contradicted-itself',
    change: { liars: ['m3'] },
    evidence: /against m3$/,
    members: ['m3'],
  },
  {
    code: 'audit-log-contradicted',
    change: { auditComplaints: [{ member: 'm1', complaint: 'the log is forked' }] },
    evidence: /m1: the log is forked/,
    members: ['m1'],
  },
  {
    code: 'peer-misbehaves',
    change: { peerFaults: [{ peer: 'm2', topic: 'FORGED_QC', count: 3 }] },
    evidence: /m2: FORGED_QC, 3 times/,
    members: ['m2'],
  },
  {
    code: 'history-damaged',
    change: { damagedHeights: [3n, 4n, 5n, 6n, 7n, 8n, 9n, 10n, 11n] },
    evidence: /heights 3, 4, 5, 6, 7, 8, 9, 10 and 1 more/,
    members: ['m0'],
  },
  {
    code: 'store-unreadable',
    change: { unreadable: 'malformed page' },
    evidence: /malformed page/,
    members: ['m0'],
  },
  {
    code: 'history-missing',
    change: { missingHistory: { from: 1n, to: 80n, remainingMs: undefined } },
    evidence: /heights 1 to 80/,
    members: ['m0'],
  },
  {
    code: 'facts-wait',
    change: { events: { isConnected: false, awayMs: 10_000, blocksWaiting: 6n } },
    evidence: /not connected for 10 s facts of 6 blocks/,
    members: ['m0'],
  },
  {
    code: 'clock-apart',
    change: { clocks: [{ member: 'm1', aheadMs: 86_400_000 }] },
    evidence: /a block of m1 is 24 h ahead of the clock of this host/,
    members: ['m1'],
  },
];

function found(...changes: readonly Change[]): readonly Finding[] {
  return diagnose(Object.assign({}, HEALTHY_FACTS, ...changes));
}

const codesOf = (findings: readonly Finding[]) => findings.map(({ code }) => code);

describe('the diagnosis of a member', () => {
  test('has a fault here for each code that a member tells of itself, and for no other', () => {
    assert.deepEqual(FAULTS.map(({ code }) => code).toSorted(), OWN_CODES.toSorted());
  });

  test('finds nothing wrong with one that is well', () => {
    assert.deepEqual(found(), []);
  });

  for (const { code, change, evidence, members } of FAULTS) {
    test(`names ${code}, with evidence and members, and nothing else`, () => {
      const [only, ...more] = found(change);
      assert.deepEqual([only?.code, codesOf(more)], [code, []]);
      assert.match(only?.evidence.join(' ') ?? '', evidence);
      assert.deepEqual(only?.members, members);
      assert.match(only?.summary ?? '', /^[A-Zm].*\.$/);
      assert.ok(only !== undefined && only.next.words.length > 0);
    });
  }

  test('names both of any two faults that one member can have at once', () => {
    const pairs = FAULTS.flatMap((one, at) => FAULTS.slice(at + 1).map((other) => [one, other] as const));
    const possible = pairs.filter(
      ([one, other]) => !Object.keys(one.change).some((key) => Object.hasOwn(other.change, key)),
    );
    assert.ok(possible.length > 400, String(possible.length));
    for (const [one, other] of possible) {
      const codes = codesOf(found(one.change, other.change));
      assert.deepEqual(codes.toSorted(), [one.code, other.code].toSorted());
    }
  });

  test('blames no other member for its own gateway, and says that the others cannot be seen', () => {
    const change = { isGatewayAttached: false, quorum: reachOf('m1', 'm2', 'm3') };
    const [gateway, lost] = found(change);
    assert.deepEqual([gateway?.code, lost?.code, lost?.members], ['gateway-silent', 'quorum-lost', []]);
    assert.match(lost?.evidence.join() ?? '', /cannot be seen from here/);
  });

  test('blames the leader where it sees no proposal, and nobody where another one counts the votes', () => {
    const stalled = { ...view, waitingTransactions: 1, waitingMs: 60_000, steps: [VOTES] };
    assert.deepEqual(found({ view: stalled })[0]?.members, ['m1']);
    const [uncounted] = found({ view: { ...stalled, isProposed: true, isCounted: false } });
    assert.deepEqual(uncounted?.members, []);
    assert.match(uncounted?.evidence.join() ?? '', /votes go to m1 alone: ask there too/);
  });

  test('calls no wait a stall that slow keys explain', () => {
    const waiting = { ...view, viewTimeoutMs: 10_000, waitingTransactions: 1 };
    assert.deepEqual(found({ view: { ...waiting, waitingMs: 70_000 } }), []);
    assert.deepEqual(codesOf(found({ view: { ...waiting, waitingMs: 70_001 } })), ['decisions-stalled']);
  });

  test('tells views that fail in a row from those of a single crash, and blames nobody for what all have alike', () => {
    const failing = (failed: number) =>
      ['m0', 'm1', 'm2', 'm3'].map((leader) => ({ leader, failed, unproposed: 0 }));
    assert.deepEqual(found({ failedViews: [{ leader: 'm2', failed: 10, unproposed: 10 }] }), []);
    assert.deepEqual(found({ failedViews: failing(3) })[0]?.members, []);
  });

  test('blames its own clock when those of most members differ from it to one side', () => {
    const apart = (...ahead: readonly number[]) =>
      found({ clocks: ahead.map((aheadMs, at) => ({ member: `m${at + 1}`, aheadMs })) })[0]?.members;
    assert.deepEqual(apart(-90_000, -90_000), ['m0']);
    assert.deepEqual(apart(90_000, -90_000), ['m1', 'm2']);
    assert.deepEqual(
      found({ clocks: [{ member: 'm0', aheadMs: 90_000 }] }),
      [],
      'its own blocks say nothing',
    );
  });

  test('says so when the liar is this member itself', () => {
    assert.match(found({ liars: ['m0'] })[0]?.evidence.join() ?? '', /this member itself/);
  });

  test('lets an event server connect first', () => {
    assert.deepEqual(found({ events: { isConnected: false, awayMs: 9_999, blocksWaiting: 0n } }), []);
    assert.deepEqual(found({ events: { isConnected: true, awayMs: 0, blocksWaiting: 9n } }), []);
  });
});
