import { readFileSync } from 'node:fs';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { refuse } from '#test/support/runner/script.ts';
import { FLOODS, type FloodPlan } from './floods/flood.ts';
import { type LongTests, longTests } from './long-tests.ts';
import type { Manifest } from './manifests/manifest.ts';
import { LONG } from './manifests/manifests.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Enough samples for a 99th percentile. */
const FINALITY_TRANSACTIONS = 100;

/** Options of the command. Without any, all is run. */
export interface Asked {
  /** The protocol of the chains of all manifests, which are run alone then. */
  readonly protocol?: string | undefined;
  readonly only: string;
  readonly manifest?: string;
  readonly tests: boolean;
  readonly floods: boolean;
  readonly finality: boolean;
  readonly operator: boolean;
}

/** All that is run, in this order. */
export interface Chosen {
  readonly manifests: readonly Manifest[];
  readonly tests: readonly LongTests[];
  /** Timed one by one; 0: none. */
  readonly transactions: number;
  readonly plans: readonly FloodPlan[];
}

/** The words that an operator is told of each fault. */
const OPERATOR = 'test/long/operator.ts';

const NOTHING: Chosen = { manifests: [], tests: [], transactions: 0, plans: [] };

/** The tests that the options choose. For use within `runScript`. */
export function chosenOf(asked: Asked): Chosen {
  const { protocol } = asked;
  const chosen = chosenBy(asked);
  if (protocol === undefined) return chosen;
  if (asked.tests || asked.floods || asked.finality || asked.operator)
    refuse('--protocol is of manifests alone');
  if (!FOUNDING_PROTOCOLS.has(protocol))
    refuse(`--protocol takes one of ${[...FOUNDING_PROTOCOLS.keys()].join(', ')}, not "${protocol}"`);
  const manifests = chosen.manifests.map((manifest) => ({ ...manifest, protocol }));
  if (manifests.length === 0) refuse(`no manifest has "${asked.only}" in its name; --list has all names`);
  return { ...NOTHING, manifests };
}

function chosenBy(asked: Asked): Chosen {
  const { only, manifest, tests, floods, finality, operator } = asked;
  if (operator) return operatorAlone(asked);
  if (manifest !== undefined) return { ...NOTHING, manifests: [alone(manifest, asked)] };
  if (only !== '') return named(only, asked);
  const isAll = !tests && !floods && !finality;
  return {
    manifests: isAll ? LONG : [],
    tests: isAll || tests ? longTests(ROOT) : [],
    transactions: isAll || finality ? FINALITY_TRANSACTIONS : 0,
    plans: isAll || floods ? FLOODS : [],
  };
}

function operatorAlone({ only, manifest, tests, floods, finality }: Asked): Chosen {
  if (only !== '' || manifest !== undefined || tests || floods || finality)
    refuse('--operator goes with no other choice');
  return { ...NOTHING, tests: longTests(ROOT, OPERATOR) };
}

function named(text: string, { tests: onlyTests, floods, finality }: Asked): Chosen {
  if (floods || finality) refuse('--floods and --finality have no names: leave --only out');
  const manifests = onlyTests ? [] : LONG.filter(({ name }) => name.includes(text));
  const tests = longTests(ROOT, text);
  if (manifests.length + tests.length === 0)
    refuse(`nothing has "${text}" in its name; --list has all names`);
  return { ...NOTHING, manifests, tests };
}

/** A manifest that somebody keeps in a file is trusted as a test is. */
function alone(file: string, { only, tests, floods, finality }: Asked): Manifest {
  if (only !== '' || tests || floods || finality) refuse('--manifest goes with no other choice');
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return refuse(`--manifest ${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
