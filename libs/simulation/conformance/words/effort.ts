/**
 * How much of each course is run, by all rows of a protocol together where they share it (`../shares.ts`). Nothing is left out by less of it
 * but runs.
 */
export interface Effort {
  /** Seeds with all faults and all lies. */
  readonly seeds: number;
  /** Seeds of which exactly f members are gone for good. */
  readonly livenessSeeds: number;
  /** How many of the sizes 4, 7 and 10 come to a standstill. */
  readonly standstillSizes: number;
  /** Seeds of members that change, of switches, and of members that were away, each. */
  readonly wholeSeeds: number;
  /** Seeds that are looked for a named liar, for each lie. */
  readonly evidenceSeeds: number;
  /** Seeds of members with weights. */
  readonly weightSeeds: number;
  /** Seeds whose every step is taken twice. */
  readonly pureSeeds: number;
  /** Seeds whose every message is read in spoilt forms too, and in how many. */
  readonly spoiltSeeds: number;
  readonly spoiltEach: number;
  /** Views of a Twins scenario of four members; each of so many scenarios is run. */
  readonly twinsViews: number;
  readonly twinsEvery: number;
  /** Scenarios of seven members, drawn. */
  readonly twinsSample: number;
  /** Blocks on whose way a member crashes; each of so many crash points is tried. */
  readonly crashBlocks: number;
  readonly crashEvery: number;
  /** One of so many schedules that hide or split what is prepared and decided is run. */
  readonly locksEvery: number;
  /** Whether the keys are searched through all that closes within minutes, or within seconds. */
  readonly searchesWholeKeys: boolean;
  /** Whether all runs of real processes are made, or those alone that are short. */
  readonly runsAllProcesses: boolean;
  /** Whether all rows share the parts of the courses that may be shared, and all protocols what is drawn. */
  readonly sharesParts: boolean;
  /** Whether every mutant is tried, or those alone that some case notices by itself. */
  readonly triesAllMutants: boolean;
}

/** For each change of the code: all protocols together in two minutes. */
export const QUICK: Effort = {
  seeds: 20,
  livenessSeeds: 6,
  standstillSizes: 1,
  wholeSeeds: 1,
  evidenceSeeds: 8,
  weightSeeds: 8,
  pureSeeds: 2,
  spoiltSeeds: 3,
  spoiltEach: 2,
  twinsViews: 2,
  twinsEvery: 2,
  twinsSample: 4,
  crashBlocks: 1,
  crashEvery: 7,
  locksEvery: 97,
  runsAllProcesses: false,
  searchesWholeKeys: false,
  sharesParts: true,
  triesAllMutants: false,
};

/** For a protocol that is to be believed. */
export const WHOLE: Effort = {
  seeds: 10_000,
  livenessSeeds: 400,
  standstillSizes: 3,
  wholeSeeds: 30,
  evidenceSeeds: 40,
  weightSeeds: 400,
  pureSeeds: 40,
  spoiltSeeds: 60,
  spoiltEach: 8,
  twinsViews: 3,
  twinsEvery: 1,
  twinsSample: 250,
  crashBlocks: 3,
  crashEvery: 1,
  locksEvery: 1,
  runsAllProcesses: true,
  searchesWholeKeys: true,
  sharesParts: false,
  triesAllMutants: true,
};
