import type { BlockLimits } from '#libs/chain/block-rules.ts';
import type { HotStuffMessage } from '#libs/protocol/hotstuff/message.ts';
import type { SafetyRecord } from '#libs/protocol/hotstuff/record.ts';
import type { HotStuffState } from '#libs/protocol/hotstuff/state.ts';
import type { ProtocolContext, ProtocolModule } from '#libs/protocol/module.ts';
import type { SignerPort, TimerPort } from '#libs/replica/ports.ts';
import type { Application } from './application/application.ts';
import type { EpochFacts, MembershipBook } from './membership/membership-book.ts';
import type { VoteVerifier } from './membership/membership-desk.ts';
import type { ChainGrowth } from './ports/chain-growth.ts';
import type {
  AuditPort,
  ChainPort,
  ClaimVerifier,
  ClockPort,
  EngineMonitor,
  PeerPort,
} from './ports/engine-ports.ts';
import type { EvidenceStore } from './ports/evidence-ports.ts';
import type { HistoryPort } from './ports/history-ports.ts';
import type { SnapshotPort } from './ports/snapshot-ports.ts';
import type { StepTrace } from './trace/consensus-step.ts';
import type { Mempool } from './transactions/mempool.ts';

/** The parts that the consensus of one member in one epoch is made of. */
export interface EngineOptions {
  readonly context: ProtocolContext<SafetyRecord>;
  /** Knows the members that decide after every block; the context is of its current epoch. */
  readonly book: MembershipBook;
  readonly limits: BlockLimits;
  readonly chain: ChainPort;
  readonly snapshots: SnapshotPort;
  /** Left out: nothing that is final is ever damaged. */
  readonly history?: HistoryPort | undefined;
  /**
   * The same chain and snapshots, as they answer the questions of others: others get nothing where the file is
   * damaged. Left out: `chain` and `snapshots` answer them too.
   */
  readonly served?: { readonly chain: ChainPort; readonly snapshots: SnapshotPort } | undefined;
  /** Blocks behind from which on a snapshot is taken; undefined: never. */
  readonly snapshotBlocks: number | undefined;
  readonly mempool: Mempool;
  readonly application: Pick<Application, 'check'>;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  readonly timers: TimerPort;
  readonly signer: SignerPort;
  readonly verifier: ClaimVerifier;
  /** Verifies signatures of members of another epoch. */
  readonly verifierOf: (epoch: EpochFacts) => ClaimVerifier;
  readonly votes: VoteVerifier;
  readonly evidence: EvidenceStore;
  readonly monitor: EngineMonitor;
  /** Told of blocks that are decided, of a leap to a snapshot, and of blocks that fill the gap below one. */
  readonly growth: ChainGrowth;
  /** Left out: nobody says or hears of audit logs. */
  readonly audit?: AuditPort | undefined;
  /** The protocol; HotStuff when left out. */
  readonly module?: ProtocolModule<HotStuffState, HotStuffMessage, SafetyRecord> | undefined;
  /** Told every step of the protocol; may be left out. */
  readonly trace?: StepTrace | undefined;
  /** `hasJoined`: this process took part already, in an earlier epoch. `joined` is called once it takes part. */
  readonly hasJoined: boolean;
  readonly joined: () => void;
  /** The last block of the epoch is final: this engine has done its work. */
  readonly ended: () => void;
}
