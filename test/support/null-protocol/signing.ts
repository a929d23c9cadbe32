import type { Digest } from '#libs/chain/ids.ts';
import { keySignatureOf } from '#libs/protocol/signed.ts';
import { count } from './deciding.ts';
import { LEADER, positionOf, refOf, statementOf } from './message.ts';
import { leads, type NullEffect, type NullState, openingOf } from './state.ts';
import { done, type Heard, type NullTransition, say } from './transition.ts';

/** A vote in the record may have been lost on its way: the signer gives it again. */
export function askAgain({ record }: NullState): readonly NullEffect[] {
  const { voted: digest, height } = record;
  if (digest === undefined) return [];
  return [{ kind: 'sign', record, statement: statementOf('vote', { height, digest }), grounds: {} }];
}

/** Asks, in the leader, for the block of this height, once there is something to decide. */
export function build(state: NullState): NullTransition {
  const { work, isBuilding, record, tip } = state;
  const isDue = work && leads(state) && !isBuilding && record.proposed === undefined;
  if (!isDue || tip === undefined) return done(state);
  const { height } = record;
  const draft = {
    mode: 'full',
    timestampMs: undefined,
    proposer: LEADER,
    height,
    parent: tip.digest,
  } as const;
  return done({ ...state, isBuilding: true }, [{ kind: 'build', position: positionOf(height), draft }]);
}

export function propose(state: NullState, { block }: Heard<'built'>): NullTransition {
  if (!state.isBuilding || block.header.parent !== state.tip?.digest) return done(state);
  const record = { ...state.record, proposed: block.digest };
  const statement = statementOf('proposal', refOf(block));
  const grounds = { header: block.header, ...openingOf(state) };
  return done({ ...state, isBuilding: false, record, draft: block }, [
    { kind: 'sign', record, statement, grounds },
  ]);
}

/** One vote for a height, whatever is proposed. */
export function vote(state: NullState, digest: Digest): NullTransition {
  const { proposal, context } = state;
  const { voted = digest } = state.record;
  if (proposal === undefined || context.me === undefined || voted !== digest) return done(state);
  const { header } = proposal.block;
  const record = { ...state.record, voted: digest };
  const statement = statementOf('vote', { height: header.height, digest });
  const grounds = { header, proposalSignature: keySignatureOf(proposal), ...openingOf(state) };
  return done({ ...state, record }, [{ kind: 'sign', record, statement, grounds }]);
}

/** An own statement came back signed: send it, and count it. */
export function announce(
  state: NullState,
  { statement: { kind, instance, block }, signature }: Heard<'signed'>,
): NullTransition {
  const { record, draft, context } = state;
  const { me: member } = context;
  if (instance !== record.height || block === undefined || member === undefined) return done(state);
  if (kind === 'vote') {
    const own = { kind, block, member, signature } as const;
    return say(count(state, own), own);
  }
  if (draft === undefined) return done(state);
  const proposal = { kind: 'proposal', block: draft, member, signature } as const;
  const { draft: _, ...rest } = state;
  return say(vote({ ...rest, proposal }, draft.digest), proposal);
}
