import type { Epoch, MemberIndex } from '#libs/chain/ids.ts';
import type { LackingBlock } from '#libs/chain/named-transactions.ts';
import type { HeldParts } from '#libs/protocol/held-parts.ts';
import type { Fault, RefusalCause } from '#libs/protocol/module.ts';
import type { WantedSignatures } from '#libs/protocol/named-signatures.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { MemberFault } from './operator-codes.ts';
import type { PeerMessageBody } from './peer-message.ts';

/** Why a report is refused that nobody asked for, as a person reads it. */
export const LATE_REPORTS = 'too many reports of views that are over';

/** A message of a peer as the codec read it in the epoch of its receiver, or why it was refused. */
export type ReadPeerMessage =
  | { readonly ok: true; readonly body: PeerMessageBody }
  /** `detail` is for the log: it names the field and holds no data of the sender. */
  | {
      readonly ok: false;
      readonly cause: RefusalCause;
      readonly detail: string;
      readonly fault?: Fault | undefined;
      /** Epoch of the sender, when that is the fault. */
      readonly epoch?: Epoch;
      /** It names signatures or transactions that the reader lacks: nothing else is wrong. */
      readonly incomplete?: IncompleteMessage;
    };

/** A message that can be read once its reader holds more. */
export interface IncompleteMessage {
  readonly kind: 'incomplete';
  readonly missing: readonly WantedSignatures[];
  /** The block in it of which transactions are lacked; undefined when none are. */
  readonly lacking: LackingBlock | undefined;
  /**
   * The message with stand-ins for all that is lacked, where transactions are: for checks that look at no signature and no transaction,
   * and for nothing else. It is not kept.
   */
  readonly draft?: PeerMessageBody | undefined;
  /** Bytes that it keeps in memory. */
  readonly sizeBytes: number;
  /** Reads it once more, with these in place of those that its reader held. */
  again(held: Partial<HeldParts>): ReadPeerMessage;
}

/** The same, and who hears it as it is read once it is complete. */
export interface HearableLater extends IncompleteMessage {
  hear(read: ReadPeerMessage): void;
}

/** The side of a node that hears its peers: in production through its gateway, in the simulator through links. */
export interface PeerListener {
  /** The verified signatures of the epoch and the waiting transactions, by which messages are read that name them. */
  readonly held: HeldParts;
  /** Whether messages of this peer are read at all: asked before a byte of them is looked at. */
  hears(from: MemberIndex): boolean;
  /** Whether a report of this position is wanted of this peer: asked once for each report. */
  hearsReport(from: MemberIndex, reported: Position): boolean;
  /** @param isReportHeard - The message is a report that `hearsReport` allowed before it was read. */
  hear(from: MemberIndex, read: ReadPeerMessage, isReportHeard?: boolean): void;
  /** A message that was not read, or could not be handled. */
  refused(from: MemberIndex, cause: RefusalCause, detail?: string, fault?: MemberFault): void;
  /** An observation for the operator, although no message was refused for it. */
  noticed(member: MemberIndex, fault: MemberFault): void;
  /** The peer is connected. */
  connected(member: MemberIndex): void;
}
