import type { ProtocolDescription } from '../hosting/description.ts';
import { roundRobin } from '../leader/round-robin.ts';
import { EARLY_HEIGHT_VIEWS_MAX } from '../rounds/limits.ts';
import type { RoundsMessage } from '../rounds/message.ts';
import type { RoundsRecord } from '../rounds/record.ts';
import type { RoundsState } from '../rounds/state.ts';
import { roundsSteps } from '../rounds/steps.ts';
import { roundsRecords } from '../rounds/stored-record.ts';
import { pbft } from './pbft.ts';
import { PBFT_TABLE } from './vote-table.ts';

export type PbftDescription = ProtocolDescription<RoundsState, RoundsMessage, RoundsRecord>;

/** PBFT, as those who host any protocol take it. */
export const PBFT_DESCRIPTION: PbftDescription = {
  module: pbft,
  // Of the first height of an epoch, where nobody proposed before; the table has those of all others (afterLast).
  leaders: roundRobin,
  earlyViewsMax: EARLY_HEIGHT_VIEWS_MAX,
  shape: {
    // The proposal, and the votes of two steps, of all to all.
    criticalMessages: 3,
    criticalSignatures: 3,
    steps: ['proposal', 'prepare', 'commit', 'leave', 'recovery'],
    timers: { repeat: ['resend'], leave: ['round'] },
  },
  record: roundsRecords(PBFT_TABLE),
  steps: roundsSteps,
  // A proposal that no report demands is refused, so a step shows no odd conduct that its refusal does not.
  noticed: () => undefined,
};
