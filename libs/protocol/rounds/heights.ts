import { toHeight } from '#libs/chain/ids.ts';
import type { FinalBlock } from '../module.ts';
import { kindAfter } from '../vote/kind-after.ts';
import { roundLeader } from './leaders.ts';
import { ASKED_AT_OPENING_MAX } from './limits.ts';
import type { RoundsRecord } from './record.ts';
import { askLeave, askSigned } from './sending.ts';
import { freshHeight, type HeightState, type RoundsTurn } from './state.ts';
import { roundPosition } from './statements.ts';
import { stopRoundTimers } from './timing.ts';

/** A block is final: the height upon it opens. The record of that height, if there is one, goes on where it stopped. */
export function openHeight(turn: RoundsTurn, tip: FinalBlock): void {
  const { state } = turn;
  const isFirst = state.tip === undefined;
  const height = toHeight(tip.header.height + 1n);
  if (!isFirst && height <= state.at.height) return;
  stopRoundTimers(turn);
  const { restored } = state.context;
  const resumed = restored?.height === height ? restored : undefined;
  turn.update({ tip });
  const asked = new Set([...state.at.asked].slice(0, ASKED_AT_OPENING_MAX));
  turn.change({ ...(resumed === undefined ? freshHeight(height) : resumedHeight(resumed)), asked });
  const leader = roundLeader(turn.state, turn.at.view);
  const cause = isFirst ? 'start' : 'decision';
  turn.emit({ kind: 'entered', position: roundPosition(turn.at), leader, cause });
  if (resumed !== undefined) resume(turn);
}

/** A prepared block was held and valid before the restart, and blocks are never forgotten while their height is open. */
function resumedHeight(record: RoundsRecord): HeightState {
  const { height, view, signed, left, entered, prepared, decided } = record;
  const fresh = freshHeight(height);
  const standing = prepared === undefined ? fresh.standing : new Map([[prepared.digest, 'valid' as const]]);
  return { ...fresh, view, signed, left, entered, prepared, decided, unasked: signed, standing };
}

/**
 * Asks again for the signatures that were recorded before a restart: the signer repeats them. Of a first vote the grounds are gone,
 * so it waits for the proposal to come again; and so does that of a leader, whose block is gone.
 */
function resume(turn: RoundsTurn): void {
  const { decided, left, view } = turn.at;
  if (decided !== undefined) {
    // Decided and recorded, but a crash came before the chain store had it.
    const from = roundLeader(turn.state, decided.view);
    return turn.emit({ kind: 'commit', certificate: decided, from });
  }
  if (left?.view === view) return askLeave(turn);
  repeatVoteOnPrepared(turn);
}

function repeatVoteOnPrepared(turn: RoundsTurn): void {
  const { prepared, signed, unasked } = turn.at;
  const { table } = turn.state.context;
  const repeated = signed.find(({ kind }) => kind === kindAfter(table, table.prepared));
  if (repeated === undefined || prepared === undefined) return;
  turn.change({ unasked: unasked.filter((each) => each !== repeated) });
  askSigned(turn, repeated, { certificate: prepared });
}
