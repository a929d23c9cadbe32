import type { BlockLimits } from '#libs/chain/block-rules.ts';
import type { Epoch, Height, MemberIndex } from '#libs/chain/ids.ts';
import type { Membership } from '#libs/membership/membership.ts';
import type { HostedProtocol, HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { PublicState } from '#libs/protocol/module.ts';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import type { ProtocolTiming } from '#libs/protocol/protocol-timing.ts';
import type { SigningScope } from '#libs/protocol/vote/statement.ts';
import type { PeerGuard } from '#libs/replica/peer-guard.ts';
import type { Application } from './application/application.ts';
import type { EpochFacts } from './membership/membership-book.ts';
import type { VoteVerifier } from './membership/membership-desk.ts';
import type { AutomaticVotes, ClaimVerifier } from './ports/engine-ports.ts';
import type { FinalPort } from './ports/final-channel.ts';
import type { PeerMessageBody } from './ports/peer-message.ts';
import type { CatchUpStatus } from './sync/catch-up.ts';
import type { SeatPorts, WorldPorts } from './world-ports.ts';

/** The settings of the genesis, the same for all members. */
export interface NodeRules {
  readonly chain: SigningScope['chain'];
  /** The protocol of an epoch. Its terms are of a genesis that was read, or were judged before they were adopted. */
  readonly protocolOf: (terms: ProtocolTerms) => HostedProtocol;
  readonly limits: BlockLimits;
  /** The bounds of the waits of an epoch. */
  readonly timingOf: (terms: ProtocolTerms) => ProtocolTiming;
  /** Members of the genesis: shares of the mempool are measured by them. */
  readonly founders: number;
}

/** The members and guests that a node meets in an epoch. */
export interface Circle {
  readonly epoch: Epoch;
  /** Raw Ed25519 keys: of the members by their index, and behind them those of guests. */
  readonly keys: readonly Uint8Array[];
  readonly me: MemberIndex | undefined;
}

/** The accounts of the members of an epoch: they count each member's false and useless messages. */
export interface Accounts {
  readonly guard: PeerGuard;
  /** Called for a member that sent too many false signatures. */
  onMuted(member: MemberIndex): void;
}

/** The ports of a node that hold for one epoch. */
export interface EpochPorts extends SeatPorts {
  /**
   * Verifies signatures of members of any epoch that has begun, on the account of the member of this epoch that sent
   * them.
   */
  readonly verifierOf: (facts: EpochFacts) => ClaimVerifier & VoteVerifier;
}

/** The world of one node over all its epochs. */
export interface NodePorts extends WorldPorts {
  /** Name of the node in the memberships. It may be in none of them. */
  readonly name: string;
  readonly rules: NodeRules;
  /** The safety record as it was before the node started. */
  readonly record: HostedRecord | undefined;
  /** Executes the blocks that the node orders. */
  readonly application: Application;
  /** Gateway keys of guests that its operator named. */
  readonly guests: readonly Uint8Array[];
  /** Called when the members, or the guests, of the node have changed. */
  readonly meet: (circle: Circle) => void;
  /** Told of final blocks: the one channel for all who act on them. */
  readonly final: FinalPort;
  /** Others were heard to be within one view since the node started: it signs from now on. */
  readonly joined: (epoch: Epoch) => void;
  /** Called when no message of this member is to be read for `MUTE_MS`. */
  readonly muted: (member: MemberIndex, reason: string) => void;
  /** Told each message of this epoch before it is handled; may be left out. */
  readonly heard?: ((from: MemberIndex, body: PeerMessageBody) => void) | undefined;
  /** Signs the votes that this node casts by itself, where the terms ask for any; left out: it casts none. */
  readonly automaticVotes?: AutomaticVotes | undefined;
  /** An epoch begins. */
  readonly enterEpoch: (membership: Membership, accounts: Accounts) => EpochPorts;
}

/** The status that a node reports. */
export interface NodeStatus {
  readonly protocol: PublicState;
  /** The height that is being decided. */
  readonly height: Height;
  readonly catchUp: CatchUpStatus;
  /** Time that a view after a commit may take, as measured here, milliseconds. */
  readonly viewTimeoutMs: number;
  /**
   * Time from first sight to finality of the newest transaction that became final here, in milliseconds; 0 before
   * any.
   */
  readonly lastCommitMs: number;
  /** How many transactions wait for a block. */
  readonly waiting: number;
}
