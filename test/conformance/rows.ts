import type { ConformanceRow } from '#libs/simulation/conformance/row.ts';
import { hostedHotStuff } from '#libs/simulation/hotstuff/nodes/hosted-hotstuff.ts';
import { hotStuffRow } from './hotstuff-row.ts';
import { HOTSTUFF_MUTANTS } from './mutants.ts';

/** Every row that `npm run conform` knows. */
export const ROWS: readonly ConformanceRow[] = [hotStuffRow(hostedHotStuff(), HOTSTUFF_MUTANTS)];
