import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { toDigest, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { prng } from '#libs/random/prng.ts';
import { drawPlan } from '../plan/draw-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { Schedule } from '../time/schedule.ts';
import { type Endpoint, type Envelope, FIRST_EPOCH, Network } from './network.ts';

const CALM: Plan = {
  ...drawPlan(prng(1), { members: 3, actors: [] }),
  gstMs: 100,
  lossRate: 0,
  duplicateRate: 0,
  bandwidth: 0,
  partitions: [],
  splits: [],
  broken: [],
};
const FREIGHT = { bytes: () => 1_000, step: () => ({ instance: 2n, view: toView(1n), phase: 'prepare' }) };
const ENVELOPE = { kind: 'block-request', digest: toDigest('a'.repeat(64)) } as const;

interface Sending {
  readonly members?: readonly number[];
  readonly atMs?: number;
  readonly envelope?: Envelope<string>;
}

/** Sends once from the first of these members to all; when each instance hears it. */
function timesHeard(change: Partial<Plan>, { members = [0, 1, 2], atMs = 0, envelope = ENVELOPE }: Sending) {
  const schedule = new Schedule(prng(1));
  const network = new Network<string>(schedule, prng(2), { ...CALM, ...change }, FREIGHT);
  const times: number[][] = members.map(() => []);
  const endpoints = members.map(
    (member, instance): Endpoint<string> => ({
      instance,
      member: toMemberIndex(member),
      receive: () => times[instance]?.push(schedule.nowMs),
    }),
  );
  for (const endpoint of endpoints) network.attach(endpoint);
  const [first] = endpoints;
  assert.ok(first !== undefined);
  schedule.after(atMs, () => network.send(first, 'all', envelope));
  while (!schedule.isEmpty) schedule.step();
  return times;
}

/** How often each instance hears what the first one sends. */
function heard(change: Partial<Plan>, sending: Sending = {}): readonly number[] {
  return timesHeard(change, sending).map((times) => times.length);
}

/** When two members hear what a third sends over a link of this bandwidth. */
function arrivals(bandwidth: number): readonly number[] {
  const delay = { minMs: 0, maxMs: 0, tailRate: 0, tailMs: 0 };
  return timesHeard({ bandwidth, delay, gstMs: 9_000 }, {}).flat();
}

describe('the network', () => {
  test('brings a message for all to every instance of every other member', () => {
    assert.deepEqual(heard({}), [0, 1, 1]);
    assert.deepEqual(heard({}, { members: [0, 1, 2, 1] }), [0, 1, 1, 1]);
  });

  test('does not carry between the two instances of a twin', () => {
    assert.deepEqual(heard({}, { members: [0, 1, 2, 0] }), [0, 1, 1, 0]);
  });

  test('loses, and doubles, as the plan says', () => {
    assert.deepEqual(heard({ lossRate: 1 }), [0, 0, 0]);
    assert.deepEqual(heard({ duplicateRate: 1 }), [0, 2, 2]);
  });

  test('is cut between the groups of a partition, in one direction only if so planned', () => {
    const cut = { fromMs: 0, untilMs: 50, groups: [1, 1, 0], isOneWay: false };
    assert.deepEqual(heard({ partitions: [cut] }), [0, 1, 0]);
    assert.deepEqual(heard({ partitions: [{ ...cut, groups: [0, 0, 1] }] }), [0, 1, 0]);
    assert.deepEqual(heard({ partitions: [{ ...cut, isOneWay: true }] }), [0, 1, 0]);
    assert.deepEqual(heard({ partitions: [{ ...cut, groups: [0, 0, 1], isOneWay: true }] }), [0, 1, 1]);
    assert.deepEqual(heard({ partitions: [cut] }, { atMs: 60 }), [0, 1, 1]);
  });

  test('splits one step of one view, and the others by the split of the whole view', () => {
    const message = { kind: 'protocol', message: 'm', epoch: FIRST_EPOCH } as const;
    const split = { instance: 2, view: 1, groups: [0, 0, 1] };
    assert.deepEqual(heard({ splits: [{ ...split, phase: 'prepare' }] }, { envelope: message }), [0, 1, 0]);
    assert.deepEqual(heard({ splits: [{ ...split, phase: undefined }] }, { envelope: message }), [0, 1, 0]);
    assert.deepEqual(heard({ splits: [{ ...split, phase: 'commit' }] }, { envelope: message }), [0, 1, 1]);
    assert.deepEqual(
      heard({ splits: [{ ...split, view: 2, phase: 'prepare' }] }, { envelope: message }),
      [0, 1, 1],
    );
    const another = { ...split, instance: 3, phase: undefined };
    assert.deepEqual(
      heard({ splits: [another] }, { envelope: message }),
      [0, 1, 1],
      'the view of another height',
    );
  });

  test('brings nothing of positions behind the end of a scenario', () => {
    const envelope = { kind: 'protocol', message: 'm', epoch: FIRST_EPOCH } as const;
    const ends = (instance: number, view: number) => heard({ last: { instance, view } }, { envelope });
    assert.deepEqual(
      [ends(2, 1), ends(3, 0)],
      [
        [0, 1, 1],
        [0, 1, 1],
      ],
    );
    assert.deepEqual(
      [ends(2, 0), ends(1, 9)],
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    );
  });

  test('sends one message after the other, in a time that grows with their size, and drops what waits too long', () => {
    assert.deepEqual(arrivals(1), [1_000, 2_000]);
    assert.deepEqual(arrivals(0.5), [2_000]);
    assert.deepEqual(arrivals(0), [0, 0]);
  });

  test('never carries anything from a mute member or to a deaf one, also after the faults', () => {
    const broken = (member: number, how: 'mute' | 'deaf') => ({
      broken: [{ member: toMemberIndex(member), how, fromMs: 0 }],
    });
    assert.deepEqual(heard(broken(0, 'mute'), { atMs: 200 }), [0, 0, 0]);
    assert.deepEqual(heard(broken(2, 'deaf'), { atMs: 200 }), [0, 1, 0]);
  });

  test('is good once the faults ended', () => {
    const cut = { fromMs: 0, untilMs: 1_000, groups: [0, 1, 1], isOneWay: false };
    assert.deepEqual(heard({ lossRate: 1, partitions: [cut] }, { atMs: 100 }), [0, 1, 1]);
  });
});
