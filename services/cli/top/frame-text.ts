import { columnLines } from '#libs/tables/column-lines.ts';
import type { MemberHealth, MemberRow } from './member-row.ts';

export interface FrameShape {
  /** Of the terminal; undefined: lines as long as they are. */
  readonly columns: number | undefined;
  /** Lines; undefined: as many as there are. */
  readonly lines: number | undefined;
  readonly isColored: boolean;
}

const TITLES = ['NAME', 'MODE', 'HEIGHT', 'VIEW', 'LEADER', 'PEERS', 'MEMPOOL', 'COMMIT', 'VOTES', ''];
const COLORS: Readonly<Record<MemberHealth, number>> = { good: 32, 'on the way': 33, bad: 31 };
/** Title, the line of the columns, that of the quorum, and one that says how many rows there is no room for. */
const LINES_BESIDE_ROWS = 4;

/** One frame: a line a member, and who can decide. @param title - The first line. */
export function frameText(title: string, rows: readonly MemberRow[], shape: FrameShape): string {
  const room = shape.lines === undefined ? rows.length : Math.max(1, shape.lines - LINES_BESIDE_ROWS);
  const shown = rows.slice(0, room);
  const [titles = '', ...lines] = columnLines([TITLES, ...shown.map(cellsOf)]).map((line) =>
    fitted(line, shape),
  );
  const hidden = rows.length - shown.length;
  return [
    fitted(title, shape),
    titles,
    ...lines.map((line, at) => colored(line, shown[at]?.health ?? 'bad', shape)),
    ...(hidden === 0 ? [] : [fitted(`… and ${hidden} more: there is no room for them`, shape)]),
    fitted(`quorum  ${quorumLine(rows)}`, shape),
  ].join('\n');
}

/** The member that reaches the fewest speaks: a federation is as well as it is seen by its worst place. */
export function quorumLine(rows: readonly MemberRow[]): string {
  const told = rows.flatMap(({ name, told: facts }) =>
    facts?.quorum === undefined ? [] : [{ name, ...facts }],
  );
  const [worst] = told.toSorted((a, b) => (a.reachable ?? 0) - (b.reachable ?? 0));
  if (worst === undefined) return 'unknown: no member tells';
  return `${worst.reachesQuorum ? '' : 'LOST: '}${worst.quorum}, as ${plain(worst.name)} sees it`;
}

/** The sentence comes last, where it says more than the word: on a narrow terminal it is cut, and no column. */
function cellsOf({ name, state, mode, told }: MemberRow): readonly string[] {
  const more = mode === state ? '' : plain(mode);
  if (told === undefined) return [plain(name), state, '-', '-', '-', '-', '-', '-', '-', more];
  const { height, view, leader, peers, mempool, lastCommitMs, votes } = told;
  return [
    ...[plain(name), state, `${height}`, `${view}`, plain(leader), `${peers}`, `${mempool}`],
    lastCommitMs === 0 ? '-' : `${lastCommitMs} ms`,
    votes === undefined
      ? '-'
      : votes.map(({ step, held, needed }) => `${plain(step)} ${held}/${needed}`).join(' '),
    more,
  ];
}

/** A text of a member cannot move the cursor. */
function plain(text: string): string {
  return text.replace(/[^\x20-\x7e…]/g, '?');
}

function fitted(line: string, { columns }: FrameShape): string {
  return columns === undefined ? line.trimEnd() : line.trimEnd().slice(0, columns);
}

function colored(line: string, health: MemberHealth, { isColored }: FrameShape): string {
  return isColored ? `\u001b[${COLORS[health]}m${line}\u001b[0m` : line;
}
