import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { Transaction } from '#libs/chain/transaction.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { ControlWord } from '#libs/protocol/control.ts';
import type { HeldParts } from '#libs/protocol/held-parts.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { PublicState, RefusalCause } from '#libs/protocol/module.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import { Engine } from './engine.ts';
import { Epochs } from './epochs.ts';
import { heightAt } from './height-at.ts';
import { MembershipBook } from './membership/membership-book.ts';
import { contextIn, reportedIn, takeAlong } from './node-epoch.ts';
import { NodeGrowth } from './node-growth.ts';
import { overheard } from './node-monitor.ts';
import { type NodePool, newPool } from './node-pool.ts';
import type { NodePorts, NodeStatus } from './node-ports.ts';
import { type NodeSeat, nodeSeat } from './node-seat.ts';
import { suspensionOf } from './node-suspension.ts';
import type { MemberFault } from './ports/operator-codes.ts';
import { LATE_REPORTS, type PeerListener, type ReadPeerMessage } from './ports/peer-listener.ts';
import type { Submission } from './ports/submission.ts';

/** The memberships after every block, read from a chain. */
export function readBook(...from: ConstructorParameters<typeof MembershipBook>): MembershipBook {
  return new MembershipBook(...from);
}

/**
 * One node of a federation over all its epochs, as production, the simulator and the tests run it: all that decides, behind
 * ports for disk, network, clock, keys and log.
 */
export class Node implements PeerListener {
  readonly #ports: NodePorts;
  readonly #pool: NodePool;
  readonly #epochs: Epochs;
  readonly #growth: NodeGrowth;
  /** The restored record, until the engine of the first epoch has it. */
  #record: HostedRecord | undefined;
  /** Whether the node signs: others were heard to be within one view since it started. */
  #hasJoined = false;
  /** Of the current epoch. */
  #seat: NodeSeat;

  constructor(ports: NodePorts) {
    const { book, chain, peers, clock, record } = ports;
    this.#ports = ports;
    this.#record = record;
    this.#pool = newPool(ports);
    this.#seat = nodeSeat(ports, book.current);
    this.#growth = new NodeGrowth(ports);
    const engineOf = (membership: Membership, ended: () => void): Engine => this.#engineOf(membership, ended);
    const suspension = suspensionOf(ports, {
      probe: (peer) => this.#epochs.tellWhereabouts(peer, true),
      submit: (vote) => this.submit(vote),
    });
    this.#epochs = new Epochs({ book, chain, peers, clock, engineOf, suspension });
  }

  start(): void {
    this.#growth.start();
    this.#epochs.start();
  }

  /** Stops the node from taking part; its state can still be read. */
  stop(): void {
    this.#epochs.stop();
    this.#growth.stop();
  }

  /** Epoch of its engine. That of the book is one higher for a moment, when the last block of an epoch is final. */
  get epoch(): Epoch {
    return this.#epochs.epoch;
  }

  protocol(): PublicState {
    return this.#epochs.protocol();
  }

  status(): NodeStatus {
    const { viewTimeoutMs, lastCommitMs } = this.#epochs;
    const [protocol, catchUp] = [this.protocol(), this.#epochs.catchUp()];
    const known = { final: this.#ports.chain.tip().header.height, target: catchUp.targetHeight };
    const height = heightAt(protocol.position, known, this.#seat.protocol.votes);
    return { protocol, height, catchUp, viewTimeoutMs, lastCommitMs, waiting: this.#pool.mempool.size };
  }

  /** The transactions that wait for a block. */
  get mempool(): Pick<NodePool['mempool'], 'get' | 'waiting'> {
    return this.#pool.mempool;
  }

  submit(transaction: Transaction, submission?: Submission): void {
    this.#epochs.submit(transaction, submission);
  }

  /** The operator's word to the protocol of the epoch. @returns its fault, when the protocol does not get it; or undefined. */
  control(word: ControlWord): string | undefined {
    return this.#epochs.control(word);
  }

  connected(member: MemberIndex): void {
    this.#epochs.peerConnected(member);
  }

  get held(): HeldParts {
    return { signatures: this.#seat.signatures, transactions: this.#pool.held };
  }

  hears(from: MemberIndex): boolean {
    return this.#seat.accounts.hears(from);
  }

  hearsReport(from: MemberIndex, reported: Position): boolean {
    return this.#seat.accounts.hearsReport(from, reported, this.protocol().position);
  }

  hear(from: MemberIndex, read: ReadPeerMessage, isReportHeard = false): void {
    if (!read.ok) {
      // Another epoch is no fault around a change of the members: others are a block ahead or behind.
      if (read.epoch !== undefined) return this.#epochs.otherEpoch(from, read.epoch);
      if (read.incomplete !== undefined) {
        // It is not heard any more when it was muted meanwhile.
        const hear = (again: ReadPeerMessage) => this.hears(from) && this.hear(from, again, isReportHeard);
        return this.#epochs.receive(from, { ...read.incomplete, hear });
      }
      return this.refused(from, read.cause, read.detail, read.fault);
    }
    const reported = isReportHeard ? undefined : reportedIn(read.body, this.#seat.protocol);
    if (reported !== undefined && !this.hearsReport(from, reported)) {
      return this.refused(from, 'stale', LATE_REPORTS, LATE_REPORTS);
    }
    this.#ports.heard?.(from, read.body);
    this.#epochs.receive(from, read.body);
  }

  refused(from: MemberIndex, cause: RefusalCause, detail?: string, fault?: MemberFault): void {
    this.#ports.monitor.refused(from, cause, detail, fault);
    this.#seat.accounts.refused(from, cause);
  }

  noticed(member: MemberIndex, fault: MemberFault): void {
    this.#ports.monitor.noticed(member, fault);
  }

  #engineOf(membership: Membership, ended: () => void): Engine {
    const { rules, monitor, joined, ...ports } = this.#ports;
    const seat = nodeSeat(this.#ports, membership);
    const { accounts, protocol, signatures } = seat;
    this.#seat = seat;
    const onMuted = (member: MemberIndex): void => accounts.falseSignatures(member);
    const { verifierOf, ...own } = this.#ports.enterEpoch(membership, { guard: accounts.guard, onMuted });
    this.#growth.meet();
    takeAlong(this.#pool.mempool, ports.book, membership);
    const verifier = verifierOf(membership);
    const record = this.#record;
    this.#record = undefined;
    return new Engine({
      ...{ ...ports, ...own, ended },
      context: contextIn(this.#ports, membership, record),
      ...{ ...this.#pool, limits: rules.limits, protocol, signatures, protocolOf: rules.protocolOf },
      ...{ verifier, verifierOf, votes: verifier, growth: this.#growth, hasJoined: this.#hasJoined },
      monitor: overheard(monitor, { refused: (...refusal) => this.refused(...refusal) }),
      joined: () => {
        this.#hasJoined = true;
        joined(membership.epoch);
      },
    });
  }
}
