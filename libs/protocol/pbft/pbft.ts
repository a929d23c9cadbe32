import { roundFollows } from '../rounds/header-rule.ts';
import { roundsModule } from '../rounds/rounds.ts';
import { PBFT_TABLE } from './vote-table.ts';

/** PBFT with one block in flight (Castro and Liskov, OSDI 1999): locked rounds of two steps, led after the last proposer (README.md). */
export const pbft = roundsModule(PBFT_TABLE, roundFollows);
