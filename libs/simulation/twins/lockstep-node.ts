import type { Block } from '#libs/chain/block.ts';
import { type Digest, type MemberIndex, toEpoch } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import { slotOf } from '#libs/protocol/vote/slot.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';

/** A message under way. */
export interface Letter<Message> {
  readonly from: number;
  readonly to: MemberIndex | 'all';
  readonly message: Message;
}

/** The signatures of one instance in its newest position, by the name of their slot: the checks of a key need no more. */
export interface SignedInView {
  readonly at: Position;
  readonly names: Readonly<Record<string, string>>;
  /** Whether the view was given up. */
  readonly isLeft: boolean;
}

/** One instance between two steps. A value: the branches of a search share it. */
export interface LockstepNode<State> {
  readonly member: MemberIndex;
  readonly isTwin: boolean;
  readonly state: State;
  readonly signed: SignedInView;
  /** Digest of each final block, from genesis. */
  readonly chain: readonly Digest[];
  /** Blocks whose parent is not final here, where nothing is judged upon an undecided one. */
  readonly unjudged: readonly Block[];
  readonly timers: Readonly<Record<string, Position | undefined>>;
}

/** A whole federation between two views of a scenario. A value. */
export interface LockstepState<State, Message> {
  readonly nodes: readonly LockstepNode<State>[];
  /** Messages that were sent already, but of views that are still to come. */
  readonly held: readonly Letter<Message>[];
  /** Certificates that were seen, by kind and position (libs/simulation/README.md S2). */
  readonly certified: ReadonlyMap<string, Digest>;
}

/**
 * The signing record after `statement`; `fault` when an honest key would contradict itself
 * (libs/simulation/README.md L1, L4).
 */
export function signIn(signed: SignedInView, statement: VoteStatement, name: string, table: VoteTable) {
  const { kind, instance, view } = statement;
  const order = comparePositions(statement, signed.at);
  const names = order === 0 ? signed.names : {};
  const wasLeft = order === 0 && signed.isLeft;
  const slot = slotOf(toEpoch(0n), statement, table).kind;
  const known = names[slot];
  const isLeave = kindRowOf(table, kind)?.leaves !== undefined;
  const isBehind = order < 0 || (!isLeave && wasLeft);
  const fault = (known !== undefined && known !== name) || isBehind;
  const next = { at: { instance, view }, names: { ...names, [slot]: name }, isLeft: isLeave || wasLeft };
  return { fault, next };
}

/** The slot that a certificate fills. */
export function certificateSlot({ kind, instance, view }: QuorumCertificate): string {
  return `${kind} ${instance}/${view}`;
}
