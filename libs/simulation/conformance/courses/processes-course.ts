import type { CaseFailure, Course } from '../words/course.ts';

/** C18: federations of real processes, whose members are killed, cut off, set wrong and started again. */
export const REAL_PROCESSES: Course = {
  name: 'processes',
  judges: ['C18'],
  open: ({ processes }, { runsAllProcesses }) => {
    const runs = processes.filter(({ isQuick }) => isQuick || runsAllProcesses);
    const failure = (name: string, text: string): CaseFailure => ({ case: 'C18', kind: 'other', name, text });
    return {
      parts: Math.max(1, runs.length),
      run: (part) => {
        const found = runs[part];
        if (found === undefined)
          return { runs: 0, failures: [failure('processes', 'nobody runs it in real processes')] };
        const { name } = found;
        const { violations, leftOut } = found.run();
        return {
          ...{ runs: 1, failures: violations.map((text) => failure(name, text)) },
          gaps: leftOut.map((text) => ({ case: 'C18', name, text })),
        };
      },
    };
  },
};
