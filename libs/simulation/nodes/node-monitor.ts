import type { MemberIndex } from '#libs/chain/ids.ts';
import type { MembershipBook } from '#libs/engine/membership/membership-book.ts';
import type { EngineMonitor } from '#libs/engine/ports/engine-ports.ts';
import type { FinalPort } from '#libs/engine/ports/final-channel.ts';
import { DiskFullError } from '../disk/disk.ts';
import type { EpochSeat, NodeOwner } from './node-owner.ts';

interface MonitorParts {
  readonly owner: NodeOwner;
  readonly book: MembershipBook;
  /** The seat in the epoch that the node is in. */
  readonly seat: () => EpochSeat;
  /** The node at a place in the circle of this one. */
  readonly nodeAt: (place: MemberIndex) => MemberIndex;
}

/** Notes the blocks that a node makes final in the trace. */
export function nodeFinal(owner: NodeOwner): FinalPort {
  return {
    ordered: (blocks) => {
      const last = blocks.at(-1)?.header;
      owner.note(`final ${last?.height} of epoch ${last?.epoch ?? 0n}`);
    },
    executed: () => {},
  };
}

/** Notes the reports of a node in the trace, and passes them to the checkers. */
export function nodeMonitor({ owner, book, seat, nodeAt }: MonitorParts): EngineMonitor {
  const { setting, endpoint } = owner;
  const { instance } = endpoint;
  return {
    entered: (position, leader, cause) => {
      owner.note(`view ${position.view} leader ${leader}${cause === 'leave' ? ' after timeout' : ''}`);
      seat().observe((observer) => observer.entered(instance, position, leader));
    },
    viewFailed: () => {},
    refused: (from, cause) => {
      const node = nodeAt(from);
      owner.note(`refused ${cause} of ${node}`);
      owner.observe((observer) => observer.turnedAway(instance, node, cause));
    },
    signatureRefused: (kind, view, reason) => owner.note(`signature refused: ${kind} ${view} ${reason}`),
    snapshotTaken: (height) => owner.note(`snapshot of ${height} taken`),
    transactionWaits: () => {},
    transactionsFinal: () => {},
    evidenceFound: ({ evidence }) => {
      // Evidence outlives its epoch, and names a member of that one.
      const facts = book.epoch(evidence.epoch);
      const of = facts && setting.federation.epochOf({ ...facts, chain: book.current.chain });
      if (of === undefined || !owner.isHonest) return;
      setting.observerOf(of).accused(instance, evidence.first.member);
    },
    evidenceConfirmed: () => {},
    evidenceUnconfirmed: () => {},
    noticed: () => {},
    blockLost: () => {},
    checkFailed: (error) => owner.note(`check failed: ${error}`),
    halted: (reason) => {
      const isFull = owner.disk.isFull;
      owner.halted(isFull ? new DiskFullError(reason) : new Error(reason));
    },
  };
}
