import type { HeaderRule } from '#libs/chain/header-rules.ts';
import type { Input, ProtocolModule, PublicState } from '#libs/protocol/module.ts';
import { viewTally } from '#libs/protocol/view-tally.ts';
import { admitNull } from './admission.ts';
import { count, decide, help } from './deciding.ts';
import { claimsIn, LEADER, type NullMessage, ownClaimOf, positionOf } from './message.ts';
import { announce, askAgain, build, propose, vote } from './signing.ts';
import { initialState, type NullEffect, type NullRecord, type NullState, opened } from './state.ts';
import { done, type Heard, type NullTransition, repeated } from './transition.ts';
import { NULL_TABLE } from './vote-table.ts';

/**
 * The least that decides: member 0 proposes, all vote, and the votes of a quorum for one block make it final. No view is ever
 * given up, so it stands still without its leader. It never decides two blocks of one height, because a key gives one vote for
 * each. For tests: it shows what the code around protocols asks of one, and what is HotStuff's alone.
 */
export const nullProtocol: ProtocolModule<NullState, NullMessage, NullRecord> = {
  id: NULL_TABLE.protocol,
  votes: NULL_TABLE,
  follows: followsNull,
  controls: [],
  init: (context): NullTransition => ({ state: initialState(context), effects: [] }),
  step,
  admit: admitNull,
  claims: claimsIn,
  ownClaim: ownClaimOf,
  // Its wire knows whole blocks alone.
  proposed: () => undefined,
  reported: () => undefined,
  decision: (certificate) => ({ kind: 'decision', certificate }),
  votePath: () => 'leader',
  snapshot: publicState,
};

function step(state: NullState, input: Input<NullMessage>): NullTransition {
  switch (input.kind) {
    case 'final':
      return open(state, input);
    case 'work':
      return build({ ...state, work: input.pending });
    case 'built':
      return propose(state, input);
    case 'signed':
      return announce(state, input);
    case 'message':
      return take(state, input);
    case 'checked':
      return input.ok && input.digest === state.proposal?.block.digest
        ? vote(state, input.digest)
        : done(state);
    case 'timer':
      return repeated(state);
    case 'peer':
      return done(
        state,
        state.said.map((message) => ({ kind: 'transmit', to: input.member, message })),
      );
    case 'behind':
      return help(state, input);
    case 'start':
    case 'control':
      return done(state);
  }
}

/** A block is final, however it was decided: the height above it is open. */
function open(before: NullState, { header, digest, certificate }: Heard<'final'>): NullTransition {
  if (before.tip !== undefined && header.height <= before.tip.header.height) return done(before);
  const after = opened(before, { header, digest, certificate });
  const cause = before.tip === undefined ? 'start' : 'decision';
  const entered: NullEffect = {
    kind: 'entered',
    position: positionOf(after.record.height),
    leader: LEADER,
    cause,
  };
  const { state, effects } = build(after);
  return done(state, [{ kind: 'cancel-timer', name: 'resend' }, entered, ...askAgain(state), ...effects]);
}

function take(state: NullState, { message, from }: Heard<'message'>): NullTransition {
  switch (message.kind) {
    case 'proposal':
      return done({ ...state, proposal: message }, [{ kind: 'check', block: message.block, from }]);
    case 'vote':
      return count(state, message);
    case 'decision':
      return decide(state, message.certificate, from);
  }
}

function followsNull(...[, { view, proposer, extensions }]: Parameters<HeaderRule>): string | undefined {
  const isOurs = view === 0n && proposer === LEADER && extensions.length === 0;
  return isOurs ? undefined : 'view above 0, another leader than the first member, or an extension';
}

function publicState({ context, record, votes, proposal }: NullState): PublicState {
  const phase = votes.size === 0 ? 'proposal' : 'vote';
  return {
    position: positionOf(record.height),
    leader: LEADER,
    votePath: 'leader',
    phase,
    certified: [],
    timedOutViews: 0n,
    tally: () =>
      viewTally(context, {
        isProposed: proposal !== undefined,
        votesOf: () => [...votes.values()].map(({ member, block }) => ({ member, ...block })),
        certificates: [],
        leaving: [],
      }),
  };
}
