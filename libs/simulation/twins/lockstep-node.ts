import type { Digest, MemberIndex, View } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';

/** A message under way. */
export interface Letter<Message> {
  readonly from: number;
  readonly to: MemberIndex | 'all';
  readonly message: Message;
}

/** The signatures of one instance in its newest view, by kind: the checks of a key need no more. */
export interface SignedInView {
  readonly view: View;
  readonly names: Readonly<Record<string, string>>;
}

/** One instance between two steps. A value: the branches of a search share it. */
export interface LockstepNode<State> {
  readonly member: MemberIndex;
  readonly isTwin: boolean;
  readonly state: State;
  readonly signed: SignedInView;
  /** Digest of each final block, from genesis. */
  readonly chain: readonly Digest[];
  readonly timers: Readonly<Record<string, Position | undefined>>;
}

/** A whole federation between two views of a scenario. A value. */
export interface LockstepState<State, Message> {
  readonly nodes: readonly LockstepNode<State>[];
  /** Messages that were sent already, but of views that are still to come. */
  readonly held: readonly Letter<Message>[];
  /** Certificates that were seen, by phase and view (libs/simulation/README.md S2). */
  readonly certified: ReadonlyMap<string, Digest>;
}

/**
 * The signing record after `statement`; `fault` when an honest key would contradict itself
 * (libs/simulation/README.md L1, L4).
 */
export function signIn(signed: SignedInView, statement: VoteStatement, name: string) {
  const { kind, view } = statement;
  const names = signed.view === view ? signed.names : {};
  const known = names[kind];
  const isBehind = view < signed.view || (kind !== 'timeout' && names['timeout'] !== undefined);
  const fault = (known !== undefined && known !== name) || isBehind;
  return { fault, next: { view, names: { ...names, [kind]: name } } };
}

/** The slot that a certificate fills. */
export function certificateSlot({ kind, view }: QuorumCertificate): string {
  return `${kind} ${view}`;
}
