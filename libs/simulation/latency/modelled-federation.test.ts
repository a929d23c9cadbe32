import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { HOTSTUFF, PBFT } from '#libs/protocols/hosted-protocols.ts';
import type { DecisionCost } from './decision-cost.ts';
import { latencyRow } from './latency-rows.ts';
import type { LatencySetting } from './latency-setting.ts';
import { ModelledFederation } from './modelled-federation.ts';
import { undisturbed } from './view-timing.ts';
import type { WorkCosts } from './work-costs.ts';

const NOTHING: WorkCosts = {
  ...{ signMs: 0, verifyMs: 0, claimUs: 0, stepUs: 0, callUs: 0, blockUs: 0 },
  ...{ encodeUs: 0, encodeByteNs: 0, decodeUs: 0, decodeByteNs: 0 },
  ...{ hopUs: 0, hopByteNs: 0, lineUs: 0, lineByteNs: 0 },
  ...{ recordMs: 0, recordCpuMs: 0, commitMs: 0, commitCpuMs: 0, messageFactor: 1, byteFactor: 1 },
};

/** Four members, 25 ms from each other, over lines without a bound. */
const SETTING: LatencySetting = {
  protocol: HOTSTUFF,
  parameters: {},
  timing: { viewTimeoutMs: 4_000, viewTimeoutMsMax: 60_000 },
  members: 4,
  cores: 4,
  hosts: 'own',
  rates: { bitsPerSecond: Number.POSITIVE_INFINITY, latencyMs: 25, jitterMs: 0 },
  costs: NOTHING,
  signatureBytes: 100,
  transactionBytes: 100,
  sizes: { bytesOf: () => 1_000, messageBytesMax: 10_000 },
  leaveTimers: ['view'],
  seed: 1,
};

function settingOf(costs: Partial<WorkCosts>, more: Partial<LatencySetting> = {}): LatencySetting {
  return { ...SETTING, ...more, costs: { ...NOTHING, ...costs } };
}

/** The second decision: the members met in the first. */
function decision(setting: LatencySetting, failures = 0): DecisionCost {
  const federation = new ModelledFederation(setting);
  federation.decide(0);
  const cost = federation.decide(failures);
  assert.ok('latenciesMs' in cost, JSON.stringify(cost));
  return cost;
}

const ascending = ({ latenciesMs }: DecisionCost): readonly number[] => latenciesMs.toSorted((a, b) => a - b);

/** How long the transaction was on its way to the leader: it had it first, or heard of it. */
function wayOf(cost: DecisionCost, ifFirstMs: number): number {
  return (ascending(cost)[0] ?? 0) - ifFirstMs;
}

describe('a decision of four members, computed by hand', () => {
  test('takes four signatures and seven ways of messages, and one more where the leader has to hear of it', () => {
    // 10 for the proposal; then three times: 25 to the others, 10 for their votes, 25 back. The others hear of the end 25 later.
    const ways = new Set<number>();
    for (let seed = 1; seed <= 12; seed++) {
      const cost = decision(settingOf({ signMs: 10 }, { seed }));
      const way = wayOf(cost, 190);
      ways.add(way);
      assert.deepEqual(
        ascending(cost),
        [190, 215, 215, 215].map((ms) => ms + way),
      );
    }
    assert.deepEqual([...ways].toSorted(), [0, 25]);
  });

  test('says 24 messages, and makes thirteen signatures', () => {
    const cost = decision(settingOf({ signMs: 10 }));
    // A transaction to three, a proposal to three, three times three votes and three certificates, three reports to the next leader.
    assert.deepEqual([cost.messages, cost.cpuMs.reduce((sum, ms) => sum + ms, 0)], [24, 130]);
    assert.equal(
      cost.sentBytes.reduce((sum, bytes) => sum + bytes, 0),
      24_000,
    );
    assert.equal(Math.max(...cost.cpuMs), cost.cpuMs[cost.leader]);
  });

  test('waits for each durable record on its way: of consensus and of the signer', () => {
    const without = decision(settingOf({ signMs: 10 }));
    const with1 = decision(settingOf({ signMs: 10, recordMs: 1, commitMs: 5 }));
    // Eight for four signatures at least, and the block.
    assert.ok(Math.min(...with1.latenciesMs) >= Math.min(...without.latenciesMs) + 13);
  });

  test('verifies each signature once in consensus and once in the signer', () => {
    const { cpuMs } = decision(settingOf({ verifyMs: 1 }));
    const all = cpuMs.reduce((sum, ms) => sum + ms, 0);
    // After signing 13; proposals 3 and 3; of certificates a member misses two of three, or three of three: 3 phases, 4 members, twice.
    assert.ok(all >= 13 + 6 + 2 * 3 * 4 * 2 && all <= 13 + 6 + 2 * 3 * 4 * 3, `${all}`);
  });
});

describe('lines, cores and hosts', () => {
  test('of a leader carry one certificate after the other', () => {
    const rates = { ...SETTING.rates, bitsPerSecond: 8e5 };
    const cost = decision(settingOf({}, { rates }));
    // The slowest hears each of four messages as the third: 30 ms where one takes 10.
    assert.ok(Math.max(...cost.latenciesMs) >= 7 * 25 + 4 * 30);
  });

  test('are never faster for more bytes of a signature', () => {
    const size = fc.integer({ min: 1, max: 40_000 });
    fc.assert(
      fc.property(size, size, (one, other) => {
        const lasts = [Math.min(one, other), Math.max(one, other)].map((bytes) => {
          const sizes = { bytesOf: () => 300 + bytes, messageBytesMax: 1e6 };
          const rates = { ...SETTING.rates, bitsPerSecond: 1e7 };
          return Math.max(...decision(settingOf({ signMs: 3 }, { sizes, rates })).latenciesMs);
        });
        assert.ok((lasts[0] ?? 0) <= (lasts[1] ?? 0) + 1e-9, `${lasts}`);
      }),
      { numRuns: 20 },
    );
  });

  test('of one host for all are shared: the same work takes longer', () => {
    const costs = { signMs: 10, verifyMs: 1 };
    const own = decision(settingOf(costs, { cores: 2 }));
    const shared = decision(settingOf(costs, { cores: 2, hosts: 'shared' }));
    const sum = (cost: DecisionCost): number => cost.cpuMs.reduce((all, ms) => all + ms, 0);
    // A vote or two more may come before a quorum is full.
    assert.ok(Math.abs(sum(own) - sum(shared)) < 10);
    assert.ok(Math.max(...shared.latenciesMs) > Math.max(...own.latenciesMs));
    assert.ok(Math.max(...shared.latenciesMs) >= sum(shared) / 2);
  });

  test('with more cores verify a certificate sooner', () => {
    const of = (cores: number) => Math.max(...decision(settingOf({ verifyMs: 10 }, { cores })).latenciesMs);
    assert.ok(of(4) < of(1));
  });
});

describe('a failed view', () => {
  test('adds its timeout, which is told apart', () => {
    const quiet = decision(settingOf({ signMs: 10 }));
    for (const [failures, timeoutMs] of [
      [1, 4_000],
      [3, 4_000 + 6_000 + 9_000],
    ] as const) {
      const cost = decision(settingOf({ signMs: 10 }), failures);
      assert.equal(cost.timeoutMs, timeoutMs);
      const rest = Math.max(...cost.latenciesMs) - timeoutMs;
      assert.ok(rest > Math.max(...quiet.latenciesMs) && rest < 1_000, `${rest}`);
    }
  });

  test('adds the timeouts of the leaders that were to speak also where each height has views and leaders of its own', () => {
    const setting = settingOf({ signMs: 10 }, { protocol: PBFT, leaveTimers: ['round'] });
    const quiet = decision(setting);
    for (const [failures, timeoutMs] of [
      [1, 4_000],
      [2, 4_000 + 8_000],
    ] as const) {
      const cost = decision(setting, failures);
      assert.equal(cost.timeoutMs, timeoutMs);
      const rest = Math.max(...cost.latenciesMs) - timeoutMs;
      assert.ok(rest > Math.max(...quiet.latenciesMs) && rest < 1_000, `${rest}`);
    }
  });

  test('changes nothing of the decisions after it', () => {
    const federation = new ModelledFederation(settingOf({ signMs: 10 }));
    for (const failures of [0, 3, 1, 0]) federation.decide(failures);
    const cost = federation.decide(0);
    assert.ok('latenciesMs' in cost && cost.timeoutMs === 0 && Math.max(...cost.latenciesMs) <= 240);
  });
});

describe('a decision that never comes', () => {
  test('is told with the messages that are too large to send', () => {
    const sizes = { bytesOf: () => 20_000, messageBytesMax: 10_000 };
    const row = latencyRow(settingOf({}, { sizes }), 0, 1);
    assert.ok('undecided' in row);
    assert.ok(row.undecided.unsaid > 0);
    assert.equal(row.undecided.largestUnsaidBytes, 20_000);
  });

  test('is told with the views that were tried, where each is shorter than a decision', () => {
    const timing = { viewTimeoutMs: 100, viewTimeoutMsMax: 100 };
    const row = latencyRow(settingOf({ signMs: 10 }, { timing }), 0, 1);
    assert.ok('undecided' in row);
    assert.ok(row.undecided.views > 3);
  });
});

describe('rows', () => {
  test('are the same for the same seed, and others for another', () => {
    const rates = { ...SETTING.rates, jitterMs: 5 };
    const row = (seed: number) =>
      JSON.stringify(latencyRow(settingOf({ signMs: 10 }, { rates, seed }), 1, 4));
    assert.equal(row(1), row(1));
    assert.notEqual(row(1), row(2));
  });

  test('keep the timing of the protocol where a decision has room in it, and widen it where it has none', () => {
    const wide = undisturbed(settingOf({ signMs: 10 }), 2).timing;
    assert.deepEqual(wide, SETTING.timing);
    const { row, timing } = undisturbed(settingOf({ signMs: 5_000 }), 2);
    assert.ok(!('undecided' in row) && timing.viewTimeoutMs === Math.ceil(3 * row.p99Ms));
    assert.ok(timing.viewTimeoutMsMax >= 4 * timing.viewTimeoutMs);
  });
});
