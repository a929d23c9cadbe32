import type { MemberIndex } from '#libs/chain/ids.ts';
import type { Admission, Fault, RefusalCause } from '../module.ts';
import { areVotesToAll } from '../vote-path.ts';
import { heldVote, isSameBlock, isWanted } from './collecting.ts';
import type { Vote } from './message.ts';
import { type HotStuffState, leads } from './state.ts';

/** Judges a vote before its signature is looked at: a vote that cannot matter any more costs no verification. */
export function admitVote(state: HotStuffState, from: MemberIndex, vote: Vote): Admission {
  if (vote.member !== from) return refuse('wrong-sender');
  if (vote.view < state.view) return refuse('stale');
  if (areVotesToAll(state.context)) return admitVoteToAll(state, vote);
  // No honest member votes before this member, the leader of that view, has proposed in it.
  if (vote.view > state.view) return refuse('far-future', 'vote before its time');
  return isWanted(state, vote) ? { ok: true } : refuse('duplicate', unproposed(state, vote));
}

/** Honest members may be ahead by any number of views, and a vote for another block may be the fault of the leader. */
function admitVoteToAll(state: HotStuffState, vote: Vote): Admission {
  if (isWanted(state, vote)) return { ok: true };
  if (vote.view > state.view + 1n) return refuse('far-future');
  const held = heldVote(state, vote);
  return refuse(held === undefined || isSameBlock(held, vote) ? 'duplicate' : 'equivocation');
}

/** The fault, if this member leads, of a vote for another block than it proposed. */
function unproposed(state: HotStuffState, { view, height, digest }: Vote): Fault | undefined {
  const { proposed } = state;
  const isOwn = proposed?.view === view && proposed.digest === digest && proposed.height === height;
  return isOwn || !leads(state) ? undefined : 'vote for a block that was not proposed';
}

function refuse(cause: RefusalCause, fault?: Fault): Admission {
  return fault === undefined ? { ok: false, cause } : { ok: false, cause, fault };
}
