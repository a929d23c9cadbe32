import type { Course } from '../words/course.ts';

/** C17: a protocol whose rules nobody tried to do without has not shown that anything would notice. */
const MUTANTS_MIN = 40;

/** C17: every rule that is taken out is noticed. */
export const MUTANTS_NOTICED: Course = {
  name: 'mutants',
  judges: ['C17'],
  open: ({ mutants }, { triesAllMutants }) => {
    const tried = mutants.filter(({ isQuick }) => isQuick || triesAllMutants);
    const failure = { case: 'C17', kind: 'other' } as const;
    return {
      parts: tried.length + 1,
      run: (part) => {
        const mutant = tried[part];
        if (mutant === undefined) {
          const text = `${mutants.length} mutants, and a protocol has at least ${MUTANTS_MIN}`;
          const isEnough = mutants.length >= MUTANTS_MIN;
          return { runs: 1, failures: isEnough ? [] : [{ ...failure, name: 'all', text }] };
        }
        const isCaught = mutant.caught() !== undefined;
        const strays = mutant.strays?.() ?? [];
        const texts = isCaught ? strays : ['nothing noticed it', ...strays];
        const failures = texts.map((text) => ({ ...failure, name: mutant.name, text }));
        return { runs: 1, failures, mutants: { tried: 1, caught: isCaught ? 1 : 0 } };
      },
    };
  },
};
