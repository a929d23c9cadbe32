import type { Digest, MemberIndex } from '#libs/chain/ids.ts';
import type { Node } from '#libs/engine/node.ts';
import type { NodePorts } from '#libs/engine/node-ports.ts';
import { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import { HaltHeight } from '#libs/engine/ports/halt-height.ts';
import { OperatorHand } from '#libs/engine/ports/operator-hand.ts';
import type { TransactionSource } from '#libs/engine/ports/pooled-transaction.ts';
import { type MemoryLogger, memoryLogger } from '#libs/log/memory-logger.ts';
import type { ConsensusStep } from '#libs/protocol/hosting/consensus-step.ts';
import type { NodeChain } from '#libs/simulation/nodes/node-chain.ts';
import type { NodeFiles } from '#libs/simulation/nodes/node-files.ts';
import type { WholeNode } from '#libs/simulation/nodes/whole-node.ts';
import { MemberMonitor } from '#services/consensus/adapters/member-monitor.ts';

interface HeardTransaction {
  readonly hash: Digest;
  readonly source: TransactionSource;
  readonly traceId: string | undefined;
}

export interface MemberWorld {
  /** Its node, once it runs. */
  life(): WholeNode;
  readonly files: NodeFiles;
  nowMs(): number;
}

/** A member of a `Federation`, with all that it told. */
export class FederationMember {
  readonly index: MemberIndex;
  /** Tells of its final blocks. */
  readonly final = new FinalChannel();
  readonly evidence: NodeFiles;
  /** Whether it has no room for more evidence. */
  isFull = false;
  /** Where its operator has it stop: nowhere, until a test says so. */
  readonly haltHeight = new HaltHeight();
  /** Its operator's hand. */
  readonly hand = new OperatorHand();
  /** The lines that its operator reads. */
  readonly log: MemoryLogger = memoryLogger();
  /** The steps that it reported, while the federation is traced. */
  readonly steps: ConsensusStep[] = [];
  readonly monitor: KeepingMonitor;
  readonly #life: () => WholeNode;

  constructor(index: MemberIndex, { life, files, nowMs }: MemberWorld) {
    this.index = index;
    this.evidence = files;
    this.monitor = new KeepingMonitor(this.log, (member) => `m${member}`, nowMs);
    this.#life = life;
  }

  get node(): Node {
    return this.#life().node;
  }

  get chain(): NodeChain {
    return this.#life().chain;
  }

  /** Its refusals, each with its cause, and the reason of a halt. */
  get refused(): string[] {
    return this.monitor.refusals;
  }

  /** Transactions that were new to it. */
  get heard(): readonly HeardTransaction[] {
    return this.monitor.heard;
  }

  fit(ports: NodePorts): NodePorts {
    const { evidence, monitor, final, haltHeight, hand } = this;
    return {
      ...ports,
      monitor,
      ...{ final, haltHeight, hand },
      evidence: {
        has: (digest) => evidence.has(digest),
        put: (proved) => (this.isFull && !evidence.has(proved.digest) ? 'full' : evidence.put(proved)),
        pending: (countMax) => evidence.pending(countMax),
      },
    };
  }
}

/** The monitor of production, which keeps the reports that tests ask for. */
class KeepingMonitor extends MemberMonitor {
  readonly refusals: string[] = [];
  readonly heard: HeardTransaction[] = [];

  override refused(...refusal: Parameters<MemberMonitor['refused']>): void {
    const [, cause, detail] = refusal;
    this.refusals.push(`${cause} ${detail ?? ''}`);
    super.refused(...refusal);
  }

  override signatureRefused(...refusal: Parameters<MemberMonitor['signatureRefused']>): void {
    this.refusals.push(refusal[2]);
    super.signatureRefused(...refusal);
  }

  override transactionWaits(...[hash, source, traceId]: Parameters<MemberMonitor['transactionWaits']>): void {
    this.heard.push({ hash, source, traceId });
  }

  override halted(...halt: Parameters<MemberMonitor['halted']>): void {
    this.refusals.push(`halted: ${halt[0]}`);
    super.halted(...halt);
  }
}
