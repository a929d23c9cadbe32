import { roundFollows } from '../rounds/header-rule.ts';
import { roundsModule } from '../rounds/rounds.ts';
import { DBFT_TABLE } from './vote-table.ts';

/** dBFT 3.0: locked rounds of three steps, led by the height minus the view (README.md). A refused block ends its view at once. */
export const dbft = roundsModule(DBFT_TABLE, roundFollows, { leavesUponRefusal: true });
