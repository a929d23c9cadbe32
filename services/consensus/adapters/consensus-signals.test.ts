import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { digestBytes, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import type { EventBus, Signal } from '#libs/events/bus.ts';
import { EvidenceFound, QuorumLost, QuorumReached, ViewChanged } from '#libs/proto/btcfed/event/v1/event.ts';
import { evidenceOf } from '#libs/protocol/evidence.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { blockNamed, said, spoke } from '#test/support/chain/claims.ts';
import { consensusSignals } from './consensus-signals.ts';

function fakeBus() {
  const signals: Signal[] = [];
  const bus: Pick<EventBus, 'publishSignal'> = { publishSignal: (signal) => void signals.push(signal) };
  return { bus, signals };
}

describe('the signals of consensus', () => {
  test('passes a change of view on at once', () => {
    const { bus, signals } = fakeBus();
    const entered = { height: toHeight(5n), view: toView(8n), leader: toMemberIndex(3), leaderName: 'delta' };
    consensusSignals(bus).viewChanged({ ...entered, afterTimeout: false, failed: undefined });
    const [signal] = signals;
    assert.ok(signal);
    const { service, noun, event } = signal;
    assert.deepEqual([service, noun, event], ['consensus', 'view', 'changed']);
    const [said, expected] = [ViewChanged.decode(signal.body), { ...entered, afterTimeout: false }];
    assert.deepEqual(said, { ...expected, failed: undefined });
  });

  for (const isProposed of [true, false, undefined]) {
    test(`TW-2.9.2: says of the view before how it failed, and whether it was proposed in: ${isProposed}`, () => {
      const { bus, signals } = fakeBus();
      consensusSignals(bus).viewChanged({
        ...{ height: toHeight(5n), view: toView(8n), leader: toMemberIndex(3), leaderName: 'delta' },
        afterTimeout: true,
        failed: {
          ...{ height: toHeight(5n), position: { instance: 0n, view: toView(7n) } },
          ...{ leader: toMemberIndex(2), leaderName: 'gamma', cause: 'joined', isProposed },
        },
      });
      assert.deepEqual(ViewChanged.decode(signals[0]?.body ?? new Uint8Array()).failed, {
        ...{ height: 5n, view: 7n, leader: 2, leaderName: 'gamma', cause: 'joined' },
        proposalSeen: isProposed,
      });
    });
  }

  test('TW-2.9.5: passes evidence on at once', () => {
    const { bus, signals } = fakeBus();
    const evidence = evidenceOf(
      said(3, spoke('commit', 8, 'a')),
      said(3, spoke('commit', 8, 'b')),
      toEpoch(0n),
      HOTSTUFF_TABLE,
    );
    assert.ok(evidence);
    const digest = blockNamed('d');
    consensusSignals(bus).evidenceFound({ evidence, digest, content: new Uint8Array() });
    const [signal] = signals;
    assert.ok(signal);
    const { service, noun, event, about } = signal;
    assert.deepEqual([service, noun, event, about], ['consensus', 'evidence', 'found', digest]);
    const { evidenceDigest, ...fields } = EvidenceFound.decode(signal.body);
    assert.deepEqual(fields, { member: 3, kind: 'double-vote', view: 8n });
    assert.deepEqual(Uint8Array.from(evidenceDigest), digestBytes(digest));
  });

  test('TW-2.9.7: tells of a partition and of its end, with who is away', () => {
    const { bus, signals } = fakeBus();
    const reach = {
      ...{ members: 4, reachable: 2, needed: 3, totalWeight: 4n, reachableWeight: 2n, neededWeight: 3n },
      away: ['beta', 'delta'],
    };
    const told = consensusSignals(bus);
    told.quorumLost(reach);
    told.quorumReached({ ...reach, reachable: 3, reachableWeight: 3n, away: ['delta'] });
    const [lost, reached] = signals;
    assert.ok(lost && reached);
    const nameOf = ({ noun, event, about }: Signal) => [noun, event, about];
    assert.deepEqual([lost, reached].map(nameOf), [
      ['quorum', 'lost', '2/3'],
      ['quorum', 'reached', '3/3'],
    ]);
    const wire = { members: 4, reachable: 2, reachableWeight: 2n, neededWeight: 3n, away: ['beta', 'delta'] };
    assert.deepEqual(QuorumLost.decode(lost.body).reach, wire);
    assert.deepEqual(QuorumReached.decode(reached.body).reach, {
      ...{ ...wire, reachable: 3, reachableWeight: 3n },
      away: ['delta'],
    });
  });
});
