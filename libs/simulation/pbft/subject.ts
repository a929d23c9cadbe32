import { PBFT_DESCRIPTION } from '#libs/protocol/pbft/description.ts';
import { PBFT_TABLE } from '#libs/protocol/pbft/vote-table.ts';
import { roundsActors } from '../rounds/actors.ts';
import { roundsSubject } from '../rounds/rounds-subject.ts';

/** PBFT as the simulation sees it. */
export const pbftSubject = roundsSubject(PBFT_DESCRIPTION, roundsActors(PBFT_TABLE));
