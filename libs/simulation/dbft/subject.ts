import { DBFT_DESCRIPTION } from '#libs/protocol/dbft/description.ts';
import { DBFT_TABLE } from '#libs/protocol/dbft/vote-table.ts';
import { roundsActors } from '../rounds/actors.ts';
import { roundsSubject } from '../rounds/rounds-subject.ts';

/** dBFT as the simulation sees it. */
export const dbftSubject = roundsSubject(DBFT_DESCRIPTION, roundsActors(DBFT_TABLE));
