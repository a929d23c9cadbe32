import type { ApplicationRules } from '#libs/chain/application-rules.ts';
import type { BlockLimits } from '#libs/chain/block-rules.ts';
import type { HostedProtocol, HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { ProtocolContext } from '#libs/protocol/module.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import type { EpochFacts } from './membership/membership-book.ts';
import type { VoteVerifier } from './membership/membership-desk.ts';
import type { ChainGrowth } from './ports/chain-growth.ts';
import type { ClaimVerifier } from './ports/engine-ports.ts';
import type { SignaturePool } from './references/signature-pool.ts';
import type { ApplicationChecks } from './transactions/application-checks.ts';
import type { Mempool } from './transactions/mempool.ts';
import type { SeatPorts, WorldPorts } from './world-ports.ts';

/** The parts that the consensus of one member in one epoch is made of. */
export interface EngineOptions extends WorldPorts, SeatPorts {
  /** Of the current epoch of the book. */
  readonly protocol: HostedProtocol;
  /** The protocol of any epoch that has begun. */
  readonly protocolOf: (terms: ProtocolTerms) => HostedProtocol;
  readonly context: ProtocolContext<HostedRecord>;
  readonly limits: BlockLimits;
  readonly mempool: Mempool;
  /** The rules of the application that runs on the chain. */
  readonly application: ApplicationRules;
  readonly checks: ApplicationChecks;
  readonly verifier: ClaimVerifier;
  /** The verified signatures of the epoch. */
  readonly signatures: SignaturePool;
  /** Verifies signatures of members of another epoch. */
  readonly verifierOf: (epoch: EpochFacts) => ClaimVerifier;
  readonly votes: VoteVerifier;
  /** Told of blocks that are decided, of a leap to a snapshot, and of blocks that fill the gap below one. */
  readonly growth: ChainGrowth;
  /** `hasJoined`: this process took part already, in an earlier epoch. `joined` is called once it takes part. */
  readonly hasJoined: boolean;
  readonly joined: () => void;
  /** The last block of the epoch is final: this engine has done its work. */
  readonly ended: () => void;
}
