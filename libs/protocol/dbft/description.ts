import type { ProtocolDescription } from '../hosting/description.ts';
import { roundRobin } from '../leader/round-robin.ts';
import { EARLY_HEIGHT_VIEWS_MAX } from '../rounds/limits.ts';
import type { RoundsMessage } from '../rounds/message.ts';
import type { RoundsRecord } from '../rounds/record.ts';
import type { RoundsState } from '../rounds/state.ts';
import { roundsSteps } from '../rounds/steps.ts';
import { roundsRecords } from '../rounds/stored-record.ts';
import { dbft } from './dbft.ts';
import { DBFT_TABLE } from './vote-table.ts';

/** dBFT, as those who host any protocol take it. */
export const DBFT_DESCRIPTION: ProtocolDescription<RoundsState, RoundsMessage, RoundsRecord> = {
  module: dbft,
  // Asked before a height is open alone: the table has the leaders of all heights (minusView).
  leaders: roundRobin,
  earlyViewsMax: EARLY_HEIGHT_VIEWS_MAX,
  shape: {
    // The proposal, and the votes of three steps, of all to all.
    criticalMessages: 4,
    criticalSignatures: 4,
    steps: ['proposal', 'prepare-response', 'pre-commit', 'commit', 'leave', 'recovery'],
    timers: { repeat: ['resend'], leave: ['round'] },
  },
  record: roundsRecords(DBFT_TABLE),
  steps: roundsSteps,
  // A proposal that no report demands is refused, so a step shows no odd conduct that its refusal does not.
  noticed: () => undefined,
};
