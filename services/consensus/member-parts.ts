import type { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import type { NodePorts } from '#libs/engine/node-ports.ts';
import type { AutomaticVotes } from '#libs/engine/ports/engine-ports.ts';
import type { FinalChannel } from '#libs/engine/ports/final-channel.ts';
import type { HaltHeight } from '#libs/engine/ports/halt-height.ts';
import type { OperatorHand } from '#libs/engine/ports/operator-hand.ts';
import type { StepTrace } from '#libs/engine/trace/step-trace.ts';
import type { Logger } from '#libs/log/logger.ts';
import type { AuditWatch } from './adapters/audit-watch.ts';
import type { LoadedChain } from './adapters/load-chain.ts';
import type { MemberMonitor } from './adapters/member-monitor.ts';
import type { PeerLink } from './adapters/peer-link.ts';
import type { SignerGate } from './adapters/signer-gate.ts';
import type { Intake } from './core/intake.ts';

/** The parts that a member is made of, as the composition makes them. */
export interface MemberParts {
  readonly chain: LoadedChain;
  readonly gateway: PeerLink;
  readonly signer: Pick<SignerGate, 'sign'>;
  /** The same signer, asked about certificates; left out: this member verifies all of them itself. */
  readonly prover?: Pick<SignerGate, 'prove'>;
  /** Why it signs nothing at the moment; empty when it signs. */
  readonly signerFault: () => string;
  readonly verifier: BatchVerifier;
  readonly monitor: MemberMonitor;
  /** Tells of final blocks. */
  readonly final: FinalChannel;
  /** Blocks behind from which on a snapshot is taken; undefined: never. */
  readonly snapshotBlocks: number | undefined;
  /** The height behind which its operator has it stop. */
  readonly haltHeight: HaltHeight;
  /** Whether it takes transactions from clients; left out: it does. */
  readonly intake?: Intake;
  /** Its operator's hand on the engine. */
  readonly hand?: OperatorHand;
  readonly trace?: StepTrace;
  /** The audit logs of all signers; left out: this member says and hears nothing of them. */
  readonly audit?: Pick<AuditWatch, 'own' | 'heard' | 'seen'>;
  /** Signs the votes that this node casts by itself; left out: it casts none. */
  readonly automaticVotes?: AutomaticVotes;
  /** Told each message of this epoch before it is handled; may be left out. */
  readonly heard?: NonNullable<NodePorts['heard']>;
  readonly log: Logger;
  /** Gateway keys of guests that the chain does not name. */
  readonly guests: readonly Uint8Array[];
}
