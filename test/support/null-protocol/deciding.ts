import type { MemberIndex } from '#libs/chain/ids.ts';
import type { QuorumCertificate } from '#libs/protocol/certificate.ts';
import { hasQuorum } from '#libs/protocol/validator-set.ts';
import type { NullVote } from './message.ts';
import { certificateOf, type NullState } from './state.ts';
import { done, type Heard, type NullTransition } from './transition.ts';

/** Counts a vote; the votes of a quorum for one block decide it. */
export function count(before: NullState, message: NullVote): NullTransition {
  const state = { ...before, votes: new Map(before.votes).set(message.member, message) };
  const certificate = certificateOf(state, message.block.digest);
  const voters = certificate?.signatures.map(({ member }) => member) ?? [];
  const isDecided = certificate !== undefined && hasQuorum(state.context.set, voters);
  return isDecided ? decide(state, certificate, message.member) : done(state);
}

/** Whether anything else waits is known once the block is stored: `work` follows each commit. */
export function decide(state: NullState, certificate: QuorumCertificate, from: MemberIndex): NullTransition {
  return done({ ...state, work: false }, [{ kind: 'commit', certificate, from }]);
}

/**
 * Shows the newest decision to a member that is behind; that of the root is of the members before. The votes above a quorum
 * come after the decision, of members that are not behind: a member that votes for the height below for the first time is not helped.
 */
export function help(state: NullState, { member: to, reported }: Heard<'behind'>): NullTransition {
  const { tip, context, record, heard } = state;
  const isNext = reported.at.instance + 1n === record.height;
  if (isNext && !heard.has(to)) return done({ ...state, heard: new Set(heard).add(to) });
  if (tip === undefined || tip.header.height <= context.root.height) return done(state);
  const message = { kind: 'decision', certificate: tip.certificate } as const;
  return done(state, [{ kind: 'transmit', to, message }]);
}
