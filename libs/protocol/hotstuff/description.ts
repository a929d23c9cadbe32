import type { ProtocolDescription } from '../hosting/description.ts';
import { roundRobin } from '../leader/round-robin.ts';
import { unsafeProposal } from './conduct.ts';
import { hotStuff } from './hotstuff.ts';
import { EARLY_VIEWS_MAX } from './limits.ts';
import type { HotStuffMessage } from './message.ts';
import type { SafetyRecord } from './record.ts';
import type { HotStuffState } from './state.ts';
import { hotStuffSteps } from './steps.ts';
import { hotStuffRecords } from './stored-record.ts';

export type HotStuffDescription = ProtocolDescription<HotStuffState, HotStuffMessage, SafetyRecord>;

/** Basic HotStuff, as those who host any protocol take it. */
export const HOTSTUFF_DESCRIPTION: HotStuffDescription = {
  module: hotStuff,
  leaders: roundRobin,
  earlyViewsMax: EARLY_VIEWS_MAX,
  shape: {
    // Report, proposal, and for each of three phases votes and their certificate.
    criticalMessages: 8,
    // The proposal, and the votes of three phases.
    criticalSignatures: 4,
    steps: ['new-view', 'prepare', 'pre-commit', 'commit', 'decide', 'timeout'],
    timers: { repeat: ['resend'], leave: ['view'] },
  },
  record: hotStuffRecords,
  steps: hotStuffSteps,
  noticed: unsafeProposal,
};
