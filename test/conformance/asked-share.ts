// The options of the judge, read. All functions are for use within `runScript`.
import { nameOfRow } from '#libs/simulation/conformance/row.ts';
import { type CaseId, caseNamed } from '#libs/simulation/conformance/words/case-id.ts';
import { refuse, wholeNumber } from '#test/support/runner/script.ts';
import { effortOf } from './conform-task.ts';
import { ROWS } from './rows.ts';

/** Names of the rows of a protocol. */
export function namesOf(protocol: string): readonly string[] {
  const rows = ROWS.filter((row) => protocol === 'all' || row.protocol === protocol);
  if (rows.length > 0) return rows.map(nameOfRow);
  const known = new Set(ROWS.map((row) => row.protocol));
  return refuse(`unknown protocol "${protocol}"; known: ${[...known].join(', ')}, or all`);
}

export function casesOf(text: string | undefined): readonly CaseId[] | undefined {
  return text
    ?.split(',')
    .map(
      (each) =>
        caseNamed(each) ?? refuse(`--case takes names from C1 to C21, joined by commas, not "${text}"`),
    );
}

/** Refuses fewer seeds than the kit has: they would pass for it. */
export function seedsOf(text: string | undefined, isQuick: boolean): number | undefined {
  if (text === undefined) return undefined;
  const seeds = wholeNumber('seeds', text);
  const { seeds: least } = effortOf({ isQuick });
  if (seeds >= least) return seeds;
  return refuse(
    `--seeds takes ${least} at least, the seeds of the kit ${isQuick ? 'with' : 'without'} --quick, not ${seeds}`,
  );
}

export interface Shard {
  readonly index: number;
  readonly of: number;
}

export function shardOf(text: string): Shard {
  const [, index = 0, of = 0] = (/^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []).map(Number);
  if (index >= 1 && index <= of) return { index, of };
  return refuse(`--shard takes the number of a part and of all parts, like 1/4, not "${text}"`);
}
