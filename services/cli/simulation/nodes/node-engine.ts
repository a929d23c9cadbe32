import type { BlockLimits } from '#libs/chain/block-rules.ts';
import { type MemberIndex, toEpoch } from '#libs/chain/ids.ts';
import { Engine } from '#libs/engine/engine.ts';
import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import type { ClockPort, EngineMonitor } from '#libs/engine/ports/engine-ports.ts';
import type { Mempool } from '#libs/engine/transactions/mempool.ts';
import type { Membership } from '#libs/membership/membership.ts';
import { rootCertificate } from '#libs/protocol/certificate.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { RefusalCause } from '#libs/protocol/module.ts';
import type { PeerGuard } from '#libs/replica/peer-guard.ts';
import { DiskFullError } from '#libs/simulation/disk/disk.ts';
import { timerPort } from '#libs/simulation/member/ports.ts';
import type { NodeChain } from './node-chain.ts';
import { filesOf } from './node-files.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';
import type { NodePeers } from './node-peers.ts';
import { nodeSigner } from './node-signer.ts';
import { NodeSnapshots } from './node-snapshots.ts';
import { nodeVerifier } from './node-verifier.ts';

/** Room for votes, which name all who join, and for evidence. */
export const NODE_LIMITS: BlockLimits = { transactionsMax: 8, bytesMax: 65_536, transactionBytesMax: 16_384 };

export interface EngineParts {
  readonly owner: NodeOwner;
  readonly seat: EpochSeat;
  readonly membership: Membership;
  readonly restored: SafetyRecord | undefined;
  readonly book: MembershipBook;
  readonly chain: NodeChain;
  readonly mempool: Mempool;
  readonly peers: NodePeers;
  readonly guard: PeerGuard;
  ended(): void;
  /** Whether this process took part before, in an earlier epoch, and who is told once it does. */
  readonly hasJoined: boolean;
  joined(): void;
  onMuted(member: MemberIndex): void;
  refused(from: MemberIndex, cause: RefusalCause): void;
  /** Blocks became final. */
  final(): void;
}

/** The engine of production in one epoch of one node. */
export function nodeEngine(parts: EngineParts): Engine {
  const { owner, seat, membership, book, chain, mempool, peers, guard, onMuted } = parts;
  const { epoch } = seat;
  const { setting } = seat;
  const verifier = nodeVerifier({ seat, epoch, guard, onMuted });
  const tip = chain.tip();
  const { root } = membership;
  const snapshotBlocks = setting.plan.whole?.snapshotBlocks ?? 0;
  return new Engine({
    module: setting.subject.module,
    context: {
      me: seat.me,
      set: epoch.set,
      scope: epoch.scope,
      root,
      timing: setting.timing,
      leader: setting.leader,
      restored: parts.restored,
      tip: tip.digest === root.digest ? rootCertificate('commit', root) : tip.certificate,
    },
    book,
    limits: NODE_LIMITS,
    chain,
    mempool,
    peers,
    clock: nodeClock(owner),
    evidence: filesOf(owner.disk),
    ended: parts.ended,
    timers: timerPort(seat),
    signer: nodeSigner({ owner, seat, chain, book }),
    verifier,
    verifierOf: (facts) => {
      const other = setting.federation.epochOf({ ...facts, chain: membership.chain });
      return nodeVerifier({ seat, epoch: other, guard, onMuted });
    },
    hasJoined: parts.hasJoined,
    joined: parts.joined,
    snapshots: new NodeSnapshots(owner),
    snapshotBlocks: snapshotBlocks === 0 ? undefined : snapshotBlocks,
    votes: verifier,
    monitor: monitorOf(parts),
  });
}

/** The clock of a node may run fast or slow, and be off. */
export function nodeClock(owner: NodeOwner): ClockPort {
  return {
    nowMs: () => Number(owner.wallClockMs()),
    after: (delayMs, fire) => {
      let isCancelled = false;
      owner.later(owner.clockMs(delayMs), () => {
        if (!isCancelled) fire();
      });
      return () => {
        isCancelled = true;
      };
    },
  };
}

function monitorOf({ owner, seat, book, membership, refused, final }: EngineParts): EngineMonitor {
  const { setting } = seat;
  const { instance } = seat.endpoint;
  const founding = toEpoch(0n);
  return {
    viewEntered: (view, leader, afterTimeout) => {
      owner.note(`view ${view} leader ${leader}${afterTimeout ? ' after timeout' : ''}`);
      seat.observe((observer) => observer.entered(instance, view));
    },
    refused: (from, cause) => refused(from, cause),
    signatureRefused: (kind, view, reason) => owner.note(`signature refused: ${kind} ${view} ${reason}`),
    final: (blocks) => {
      const last = blocks.at(-1)?.header;
      owner.note(`final ${last?.height} of epoch ${last?.epoch ?? founding}`);
      final();
    },
    snapshotTaken: (height) => owner.note(`snapshot of ${height} taken`),
    transactionWaits: () => {},
    transactionsFinal: () => {},
    evidenceFound: ({ evidence }) => {
      // Evidence outlives its epoch, and names a member of that one.
      const facts = book.epoch(evidence.epoch);
      const of = facts && setting.federation.epochOf({ ...facts, chain: membership.chain });
      if (of === undefined || !owner.isHonest) return;
      setting.observerOf(of).accused(instance, evidence.first.member);
    },
    evidenceConfirmed: () => {},
    evidenceUnconfirmed: () => {},
    noticed: () => {},
    blockLost: () => {},
    halted: (reason) => {
      const isFull = owner.disk.isFull;
      owner.halted(isFull ? new DiskFullError(reason) : new Error(reason));
    },
  };
}
