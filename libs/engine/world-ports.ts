import type { AlarmPort, ProverPort, SignerPort } from '#libs/replica/ports.ts';
import type { MembershipBook } from './membership/membership-book.ts';
import type { AuditPort, ChainPort, ClockPort, EngineMonitor, PeerPort } from './ports/engine-ports.ts';
import type { EvidenceStore } from './ports/evidence-ports.ts';
import type { HaltHeight } from './ports/halt-height.ts';
import type { HistoryPort } from './ports/history-ports.ts';
import type { OperatorHand } from './ports/operator-hand.ts';
import type { SnapshotPort } from './ports/snapshot-ports.ts';
import type { StepTrace } from './trace/step-trace.ts';

/** The world of a node that is the same in every epoch: the engine of each has it from the node. */
export interface WorldPorts {
  /** Knows the members that decide after every block. */
  readonly book: MembershipBook;
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
  /** The height behind which the node stops, while its operator asks for that; left out: it never does. */
  readonly haltHeight?: HaltHeight | undefined;
  /** The operator's hand on the engine of the epoch; left out: nobody asks. */
  readonly hand?: OperatorHand | undefined;
  readonly evidence: EvidenceStore;
  readonly peers: PeerPort;
  readonly clock: ClockPort;
  /** Milliseconds of a clock that never goes back, by which waits are measured and members are held to rates. */
  readonly steadyMs: () => number;
  readonly monitor: EngineMonitor;
  /** Bytes of clients' transactions up to which a proposal carries them; left out: as many as a signature has. */
  readonly carriedBytesMax?: number | undefined;
  /** Told every step of the protocol; may be left out. */
  readonly trace?: StepTrace | undefined;
}

/** The world of a member that holds for one epoch. */
export interface SeatPorts {
  readonly signer: SignerPort;
  /** The same signer, asked about the certificates that its votes rest on; left out: this member verifies all of them itself. */
  readonly prover?: ProverPort | undefined;
  readonly timers: AlarmPort;
  /** Left out: nobody says or hears of audit logs. */
  readonly audit?: AuditPort | undefined;
}
