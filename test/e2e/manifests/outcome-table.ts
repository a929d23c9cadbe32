import { columnLines } from '#libs/tables/column-lines.ts';
import type { Outcome } from './manifest.ts';

const COLUMNS: readonly (readonly [string, (outcome: Outcome) => string | number])[] = [
  ['manifest', ({ name }) => name],
  ['members', ({ members }) => members],
  ['scheme', ({ scheme }) => scheme],
  ['seconds', ({ seconds }) => seconds],
  ['done', ({ perturbed }) => perturbed],
  ['transactions', ({ transactions }) => transactions],
  ['height', ({ height }) => String(height)],
  ['reconnect ms', ({ reconnectMsMax }) => String(reconnectMsMax)],
  ['stall ms', ({ stallMsMax }) => stallMsMax],
  ['late', ({ late }) => late.length],
  ['faults', ({ violations }) => violations.length],
];

/** The outcomes of the manifests, as lines of columns. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const head = COLUMNS.map(([title]) => title);
  const rows = outcomes.map((outcome) => COLUMNS.map(([, cell]) => String(cell(outcome))));
  return `\n${columnLines([head, ...rows]).join('\n')}\n`;
}
