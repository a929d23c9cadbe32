import type { ConformanceRow } from '#libs/simulation/conformance/row.ts';
import { hotStuffSubject } from '#libs/simulation/hotstuff/subject.ts';
import { dbftRow } from './dbft-row.ts';
import { hotStuffRow } from './hotstuff-row.ts';
import { HOTSTUFF_MUTANTS } from './mutants.ts';
import { pbftRow } from './pbft-row.ts';

/** Every row that `npm run conform` knows. */
export const ROWS: readonly ConformanceRow[] = [
  hotStuffRow('plain', hotStuffSubject, { mutants: HOTSTUFF_MUTANTS }),
  hotStuffRow('lock-step'),
  hotStuffRow('votes-to-all'),
  pbftRow(),
  dbftRow(),
];
