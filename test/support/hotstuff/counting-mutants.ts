import { toMemberIndex } from '#libs/chain/ids.ts';
import { hotStuff } from '#libs/protocol/hotstuff/hotstuff.ts';
import type { Vote } from '#libs/protocol/hotstuff/message.ts';
import type { HotStuffState } from '#libs/protocol/hotstuff/state.ts';
import type { HotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { votesToAllSubject } from '#libs/simulation/hotstuff/votes-to-all.ts';

type HotStuffModule = HotStuffSubject['module'];

/** A fault in the counting of votes at every member, and the liar that shows it soonest; undefined: none is needed. */
export interface CountingMutant {
  readonly subject: HotStuffSubject;
  readonly actor?: string;
}

function counting(change: Partial<HotStuffModule>): HotStuffSubject {
  return { ...votesToAllSubject, module: { ...hotStuff, ...change } };
}

/** Hears another vote than the one that came. */
function hearing(change: (vote: Vote, state: HotStuffState) => Vote): HotStuffModule['step'] {
  return (state, input) =>
    input.kind === 'message' && input.message.kind === 'vote'
      ? hotStuff.step(state, { ...input, message: change(input.message, state) })
      : hotStuff.step(state, input);
}

/** Each takes one rule of RULES.md C.8 out. */
export const COUNTING_MUTANTS: Readonly<Record<string, CountingMutant>> = {
  'a vote counts twice': {
    subject: counting({
      step: (state, input) => {
        const first = hotStuff.step(state, input);
        if (input.kind !== 'message' || input.message.kind !== 'vote') return first;
        const next = (input.message.member + 1) % state.context.set.members.length;
        const message = { ...input.message, member: toMemberIndex(next) };
        const second = hotStuff.step(first.state, { ...input, message });
        return { state: second.state, effects: [...first.effects, ...second.effects] };
      },
    }),
  },
  'a vote counts for another block': {
    actor: 'equivocator',
    subject: counting({
      step: hearing((vote, { proposal }) => {
        if (proposal === undefined) return vote;
        const { digest, header } = proposal.block;
        return { ...vote, digest, height: header.height };
      }),
    }),
  },
  'votes count for any height of a block': {
    actor: 'double-voter',
    subject: counting({
      step: hearing((vote, { proposal }) =>
        proposal?.block.digest === vote.digest ? { ...vote, height: proposal.block.header.height } : vote,
      ),
    }),
  },
  'a vote of the view before counts in this one': {
    subject: counting({
      admit: (state, from, message) =>
        message.kind === 'vote' && message.view + 1n === state.view
          ? { ok: true }
          : hotStuff.admit(state, from, message),
      step: hearing((vote, { view }) => (vote.view + 1n === view ? { ...vote, view } : vote)),
    }),
  },
  'votes that nobody verified count': {
    actor: 'garbler',
    subject: counting({
      claims: (message) => (message.kind === 'vote' ? [] : hotStuff.claims(message)),
    }),
  },
};
