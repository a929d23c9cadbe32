import Table from 'cli-table3';

/** No line is drawn: a table can be read by a person, cut by `awk`, and pasted into a letter. */
const NO_LINES = {
  ...{ top: '', 'top-mid': '', 'top-left': '', 'top-right': '' },
  ...{ bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' },
  ...{ left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '' },
  middle: '  ',
};

const UNSTYLED = { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true };

export interface ColumnOptions {
  /** Columns, from 0, whose cells stand at the right, as numbers do. */
  readonly right?: readonly number[];
}

/**
 * A line for each row, its columns as wide as their widest cells, two spaces between. Each row has the same number of cells; no cell
 * has a line break.
 */
export function columnLines(
  rows: readonly (readonly string[])[],
  { right = [] }: ColumnOptions = {},
): readonly string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const colAligns = first.map((_, column) => (right.includes(column) ? 'right' : 'left'));
  const table = new Table({ chars: NO_LINES, style: UNSTYLED, colAligns });
  // A cell that is given as text alone would be measured once more for spans.
  table.push(...rows.map((row) => row.map((content) => ({ content }))));
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
}
