import type { MemberIndex } from '#libs/chain/ids.ts';
import { AppendOnlyLog } from '#libs/engine/application/append-only-log.ts';
import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import type { Circle, NodePorts } from '#libs/engine/node-ports.ts';
import { memberFactsOf } from '../federation/federation.ts';
import type { CirclePlaces } from './circle-places.ts';
import { NextRootLog } from './next-root-log.ts';
import type { NodeChain } from './node-chain.ts';
import { nodeClock } from './node-clock.ts';
import { filesOf } from './node-files.ts';
import { noteClaim } from './node-hearing.ts';
import type { NodeKind } from './node-kind.ts';
import { nodeFinal, nodeMonitor } from './node-monitor.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';
import type { NodePeers } from './node-peers.ts';
import { nodeRules } from './node-rules.ts';
import type { NodeSnapshots } from './node-snapshots.ts';
import type { Seats } from './seats.ts';

/** The parts of a whole node that stand between it and its world. */
export interface WholeNodeParts {
  readonly owner: NodeOwner;
  readonly protocols: NodeKind['protocols'];
  readonly book: MembershipBook;
  readonly chain: NodeChain;
  readonly snapshots: NodeSnapshots;
  readonly circle: CirclePlaces;
  readonly peers: NodePeers;
  readonly seats: Seats;
  meet(circle: Circle): void;
  mute(member: MemberIndex): void;
}

/** The world of a whole node. */
export function wholeNodePorts(parts: WholeNodeParts): NodePorts {
  const { owner, protocols, book, chain, snapshots, circle, peers, seats } = parts;
  const { setting, disk, endpoint } = owner;
  const { plan, schedule } = setting;
  const snapshotBlocks = plan.whole?.snapshotBlocks ?? 0;
  const seat = (): EpochSeat => seats.current;
  return {
    name: memberFactsOf(endpoint.member).name,
    rules: nodeRules(setting, protocols, seat),
    ...{ book, record: disk.record, chain, snapshots, peers },
    application: setting.judge.root === 'next-block' ? new NextRootLog(chain) : new AppendOnlyLog(chain),
    snapshotBlocks: snapshotBlocks === 0 ? undefined : snapshotBlocks,
    // Half of the members name every transaction, the others as in production only what is more than a signature.
    carriedBytesMax: endpoint.member % 2 === 0 ? 0 : undefined,
    evidence: filesOf(disk),
    guests: circle.named,
    meet: (met) => parts.meet(met),
    clock: nodeClock(owner),
    steadyMs: () => schedule.nowMs,
    final: nodeFinal(owner),
    monitor: nodeMonitor({ owner, book, seat, nodeAt: (place) => circle.nodeAt(place) }),
    joined: () => owner.note('takes part in views'),
    muted: (member) => parts.mute(member),
    heard: (from, body) => noteClaim(seat(), from, body),
    enterEpoch: (membership, accounts) => seats.enter(membership, accounts),
  };
}
