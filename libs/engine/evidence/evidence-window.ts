import type { Epoch } from '#libs/chain/ids.ts';
import { type Evidence, positionOf } from '#libs/protocol/evidence.ts';
import type { Position } from '#libs/protocol/vote/position.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { EVIDENCE_AHEAD_MAX, EVIDENCE_BACK_MAX } from './evidence-limits.ts';

/** The place of a member, and the protocol that it runs there. */
export interface Standpoint {
  readonly epoch: Epoch;
  readonly at: Position;
  readonly table: Pick<VoteTable, 'instances' | 'firstView'>;
}

/**
 * Whether evidence is of a time that this member still takes evidence of (BYZ-28): views back and ahead where views run
 * across heights, heights back and ahead where each has views of its own. These are counted from the first then, but for those of
 * the height that is being decided, and no height has views without end.
 *
 * Views and heights go on from one epoch to the next. Where an epoch ran a protocol that counts the other of the two,
 * evidence is taken of the epoch before this one alone.
 * @param table - Of the epoch of the evidence.
 */
export function untimeliness(
  evidence: Pick<Evidence, 'epoch' | 'first' | 'second'>,
  table: Pick<VoteTable, 'instances' | 'firstView'>,
  here: Standpoint,
): 'stale' | 'far-future' | undefined {
  const { at, epoch } = here;
  const told = positionOf(evidence);
  const isOne = table.instances === 'one';
  if (isOne !== (here.table.instances === 'one')) {
    if (evidence.epoch > epoch) return 'far-future';
    return evidence.epoch + 1n < epoch ? 'stale' : undefined;
  }
  const ofHeight = isOne ? undefined : distanceFault(told.instance, at.instance);
  if (ofHeight !== undefined) return ofHeight;
  if (told.instance === at.instance) return distanceFault(told.view, at.view);
  return told.view > table.firstView + EVIDENCE_AHEAD_MAX ? 'far-future' : undefined;
}

function distanceFault(told: bigint, here: bigint): 'stale' | 'far-future' | undefined {
  if (told + EVIDENCE_BACK_MAX < here) return 'stale';
  return told > here + EVIDENCE_AHEAD_MAX ? 'far-future' : undefined;
}
