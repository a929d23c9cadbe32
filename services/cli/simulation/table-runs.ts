import { type Extent, extentWords } from '#libs/custody-model/bounded/ask-places.ts';
import type { SearchProgress } from '#libs/custody-model/bounded/bounded-search.ts';
import { ruleCases } from '#libs/custody-model/bounded/rule-cases.ts';
import { searchTable, type TableResult } from '#libs/custody-model/bounded/table-search.ts';
import { type WalkResult, walkMany } from '#libs/custody-model/bounded/walk-campaign.ts';
import type { Terminal } from '#services/launcher/words/terminal.ts';
import { type RuleRow, ruleCaseRow } from './rule-rows.ts';
import type { SearchedTable, SignerModelRequest } from './signer-model-request.ts';

const MINUTE_MS = 60_000;
/** How often a long search says how far it is. */
const SAYS_EVERY_MS = 10_000;

/** The results of the searches of the tables of rounds. */
export interface TableRuns {
  readonly tables: readonly TableRow[];
  readonly walks: readonly WalkRow[];
  readonly rules: readonly RuleRow[];
  readonly states: number;
  readonly isGood: boolean;
}

interface TableRow extends Omit<TableResult, 'broken'>, Extent {
  readonly protocol: string;
  /** The extent that is shown: all states, or all states of so many signatures. */
  readonly bound: string;
  readonly broken: string | null;
  readonly seconds: number;
}

interface WalkRow extends Omit<WalkResult, 'broken'>, Extent {
  readonly protocol: string;
  readonly from: number;
  readonly broken: string | null;
  readonly seconds: number;
}

/** Searches every table within each extent, or walks there; and takes every rule out of it. */
export function runTables(request: SignerModelRequest, terminal: Terminal): TableRuns {
  const { tables, extents, walks } = request;
  const each = tables.flatMap((table) => extents.map((extent) => ({ table, ...extent })));
  const searched = walks > 0 ? [] : each.map((plan) => searchOf(plan, request, terminal));
  const walked = walks > 0 ? each.map((plan) => walkOf(plan, request, terminal)) : [];
  const cases = request.breaksRules ? tables.flatMap((table) => ruleCases(table)) : [];
  const found = cases.map((each) => ({ each, found: each.run() }));
  const rules = found.map(({ each, found: of }) => ruleCaseRow(each, of));
  for (const { caught, protocol, mutant, by } of rules) {
    terminal.note(`${caught ? 'as meant' : 'WRONG'} ${protocol}, ${mutant}: ${by ?? 'nothing breaks'}`);
  }
  const states = [...searched, ...found.map(({ found: of }) => of)].reduce((sum, of) => sum + of.states, 0);
  const isGood =
    [...searched, ...walked].every(({ broken }) => broken === null) && rules.every(({ caught }) => caught);
  return { tables: searched, walks: walked, rules, states, isGood };
}

type Planned = Extent & { readonly table: SearchedTable };

function searchOf(plan: Planned, { minutes, bytesMax }: SignerModelRequest, terminal: Terminal): TableRow {
  const { protocol } = plan.table;
  const startMs = performance.now();
  const name = `${protocol}, ${extentWords(plan)}`;
  const say = saying(terminal);
  const { broken, ...result } = searchTable({
    ...plan,
    nowMs: () => performance.now(),
    ceiling: { bytesMax, untilMs: startMs + minutes * MINUTE_MS },
    onProgress: (progress) => say(() => `${name}: ${progressLine(progress, performance.now() - startMs)}`),
  });
  const bound = boundOf(result);
  const seconds = secondsSince(startMs);
  terminal.note(
    `${broken === undefined ? 'as meant' : 'WRONG'} ${name}: ${broken ?? 'nothing breaks'}, ${bound}, ${seconds} s`,
  );
  if (result.end === 'memory' || result.end === 'minutes') {
    terminal.note(
      `not closed: add walks, btcfed sim --signer-model --protocol ${protocol} --views ${plan.views} --heights ${plan.heights} --walks 10000000`,
    );
  }
  const { views, heights } = plan;
  return { protocol, views, heights, bound, broken: broken ?? null, seconds, ...result };
}

/** States are visited in the order of their signatures: those of fewer than the ones in work were all seen. */
function boundOf({
  end,
  states,
  signatures,
  frontier,
}: Pick<TableResult, 'end' | 'states' | 'signatures' | 'frontier'>): string {
  if (end === 'closed') return `closed: all ${states} states`;
  return `${end}: all states of up to ${signatures} signatures, ${states} in all, ${frontier} of them not gone on from`;
}

function progressLine({ states, frontier, signatures, bytes }: SearchProgress, forMs: number): string {
  const rate = Math.round(((states - frontier) / forMs) * 1000);
  return `${states} states, ${frontier} in front, ${signatures} signatures, ${rate} a second, ${(bytes / 2 ** 30).toFixed(2)} GiB`;
}

function walkOf(
  plan: Planned,
  { walks: count, from, minutes }: SignerModelRequest,
  terminal: Terminal,
): WalkRow {
  const { protocol } = plan.table;
  const startMs = performance.now();
  const name = `${protocol}, ${extentWords(plan)}`;
  const say = saying(terminal);
  const { broken, ...result } = walkMany({
    ...plan,
    ...{ from, count, untilMs: startMs + minutes * MINUTE_MS },
    nowMs: () => performance.now(),
    onProgress: (walks) =>
      say(
        () =>
          `${name}: ${walks} walks, ${Math.round((walks / (performance.now() - startMs)) * 1000)} a second`,
      ),
  });
  const seconds = secondsSince(startMs);
  terminal.note(
    `${broken === undefined ? 'as meant' : 'WRONG'} ${name}: ${result.walks} walks from ${from}, ${broken ?? 'nothing breaks'}, ${seconds} s; go on with --from ${result.next}`,
  );
  const { views, heights } = plan;
  return { protocol, views, heights, from, broken: broken ?? null, seconds, ...result };
}

/** Says a line now and then. */
function saying(terminal: Terminal): (line: () => string) => void {
  let saidMs = performance.now();
  return (line) => {
    if (performance.now() - saidMs < SAYS_EVERY_MS) return;
    saidMs = performance.now();
    terminal.note(line());
  };
}

function secondsSince(startMs: number): number {
  return Math.round((performance.now() - startMs) / 100) / 10;
}
