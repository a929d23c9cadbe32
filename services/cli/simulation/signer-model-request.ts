import { ROUNDS_TABLES } from '#libs/custody/tables/rounds.ts';
import { ASKS_MAX } from '#libs/custody-model/bounded/ask-mask.ts';
import { askPlan, type Extent, extentWords } from '#libs/custody-model/bounded/ask-places.ts';
import { fitsFlags } from '#libs/custody-model/bounded/flags.ts';
import type { TableSearch } from '#libs/custody-model/bounded/table-search.ts';
import { unusable } from '#services/launcher/words/errors.ts';
import type { SimArguments } from './sim-arguments.ts';

/** The extents of every run: one height in two and in three views, and two heights in two views. */
const USUAL: readonly Extent[] = [
  { views: 2, heights: 1 },
  { views: 3, heights: 1 },
  { views: 2, heights: 2 },
];
/** Where one of the two numbers of an extent is left out. */
const VIEWS = 3;
const HEIGHTS = 1;
/** The most that the search of a table may take, where nothing is said: an hour, and memory that a large machine has to spare. */
const MINUTES = 60;
const GIB = 16;

/** A table of votes, as the search takes it. */
export type SearchedTable = TableSearch['table'];

export interface SignerModelRequest {
  /** The tables to search. */
  readonly tables: readonly SearchedTable[];
  readonly extents: readonly Extent[];
  /** Whether the cases of the tables that are in use are run too. */
  readonly isWhole: boolean;
  /** Whether rules are taken out of the tables of rounds. */
  readonly breaksRules: boolean;
  readonly walks: number;
  readonly from: number;
  readonly minutes: number;
  readonly bytesMax: number;
  readonly json: boolean;
}

/** Options that say something to the model alone. */
const MODEL_OPTIONS = [
  ['heights', '--heights'],
  ['walks', '--walks'],
  ['minutes', '--minutes'],
  ['heapGib', '--heap-gib'],
] as const;

/** @throws CliError when an option of the model is given to another command. */
export function refuseModelOptions(args: SimArguments): void {
  const astray = MODEL_OPTIONS.find(([name]) => args[name] !== undefined);
  if (astray !== undefined) throw unusable(`${astray[1]} is an option of --signer-model`);
}

/** The work that `--signer-model` asks for. @throws CliError with one clear sentence. */
export function signerModelRequest(args: SimArguments): SignerModelRequest {
  const { protocol, views, heights, walks = 0, from, minutes = MINUTES, heapGib = GIB, json = false } = args;
  const tables = tablesOf(protocol);
  const isOfExtent = views !== undefined || heights !== undefined || walks > 0;
  const extent = { views: views ?? VIEWS, heights: heights ?? HEIGHTS };
  if (isOfExtent && extent.views < 2) throw unusable('--views: a search of rounds has two views or more');
  const extents = isOfExtent ? [extent] : USUAL;
  if (walks === 0) for (const table of tables) assertSearchable(table, extents);
  return {
    ...{ tables, extents, walks, from, minutes, json },
    isWhole: !isOfExtent && protocol === undefined,
    breaksRules: !isOfExtent,
    bytesMax: heapGib * 2 ** 30,
  };
}

function tablesOf(protocol: string | undefined): readonly SearchedTable[] {
  if (protocol === undefined) return [...ROUNDS_TABLES.values()];
  const found = ROUNDS_TABLES.get(protocol);
  if (found !== undefined) return [found];
  const known = [...ROUNDS_TABLES.keys()].join(', ');
  throw unusable(
    `--signer-model takes a protocol of rounds (${known}), not "${protocol}"; without --protocol it runs all, and every other case`,
  );
}

/** The whole search keeps a state in few words; walks keep none. */
function assertSearchable(table: SearchedTable, extents: readonly Extent[]): void {
  for (const { views, heights } of extents) {
    if (fitsFlags({ views, heights }) && askPlan(table, { views, heights }).asks.length <= ASKS_MAX) continue;
    throw unusable(
      `${extentWords({ views, heights })} are more than a whole search of ${table.protocol} can hold: use --walks`,
    );
  }
}
