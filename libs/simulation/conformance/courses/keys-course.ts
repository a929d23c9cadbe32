import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { branchCases } from '../keys/branch-cases.ts';
import { type KeySearchCase, keySearchFault } from '../keys/key-search-case.ts';
import { roundsCases } from '../keys/rounds-cases.ts';
import type { CaseFailure, Course } from '../words/course.ts';

/**
 * C3: all states that hostile hosts can bring the keys of one liar and of honest members to, by the table alone. With all rules no
 * promise breaks; without each rule, and without what the table has a key remember, the promise breaks that it is there for.
 */
export const KEYS_ALONE: Course = {
  name: 'keys',
  judges: ['C3'],
  looksAt: ({ table }) => table,
  open: ({ table }, { searchesWholeKeys }) => {
    const cases = casesOf(table, searchesWholeKeys);
    return {
      parts: cases.length,
      run: (part) => {
        const found = cases[part];
        const text = found && keySearchFault(found);
        return { runs: 1, failures: text === undefined ? [] : [failureOf(found?.name ?? '', text)] };
      },
    };
  },
};

function failureOf(name: string, text: string): CaseFailure {
  return { case: 'C3', kind: /^[^:]*: fork/.test(text) ? 'fork' : 'other', name, text };
}

function casesOf(table: VoteTable, isWhole: boolean): readonly KeySearchCase[] {
  return table.instances === 'one' ? branchCases(table, isWhole) : roundsCases(table, isWhole);
}
