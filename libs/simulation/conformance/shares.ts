import { assert } from '#libs/assert/assert.ts';
import type { ConformanceRow } from './row.ts';
import type { Course, OpenCourse } from './words/course.ts';
import type { Effort } from './words/effort.ts';

/** A course that is open for a row. */
export interface RowCourse {
  readonly row: ConformanceRow;
  readonly open: OpenCourse;
}

/**
 * The parts of a course that a row runs, beside the others that run it too. Each shared part runs in some row, and every row runs
 * one part at least: a row without any has shown nothing.
 */
export function partsOfRow(
  { isShared, isDrawn, looksAt }: Course,
  mine: RowCourse,
  { effort, all }: { readonly effort: Effort; readonly all: readonly RowCourse[] },
): readonly number[] {
  const beside = all.filter(({ row }) => row.protocol === mine.row.protocol);
  if (effort.sharesParts && isShared === true) return dealtTo(mine, all);
  if (isDrawn === true) {
    const protocols = effort.sharesParts ? protocolsOf(all) : [mine.row.protocol];
    return blockOf(mine, { protocols, beside });
  }
  if (looksAt === undefined) return [...Array(mine.open.parts).keys()];
  const seen = looksAt(mine.row.candidate);
  return dealtTo(
    mine,
    beside.filter(({ row }) => looksAt(row.candidate) === seen),
  );
}

/**
 * All things that some row tries are numbered. Each goes to one of the protocols that try it, in turn, and there to one of their rows, in
 * turn: so none is left out and none is run twice, however many parts the rows have.
 */
function dealtTo(mine: RowCourse, all: readonly RowCourse[]): readonly number[] {
  const tried = all.map((each) => ({ each, names: new Set(namesOf(each)) }));
  const numbers = new Map(
    [...new Set(tried.flatMap(({ names }) => [...names]))].map((name, at) => [name, at]),
  );
  const names = namesOf(mine);
  const taken = [...names.keys()].filter((part) => {
    const name = names[part] ?? '';
    const able = tried.filter((other) => other.names.has(name)).map(({ each }) => each);
    return ownerOf(able, numbers.get(name) ?? 0) === mine;
  });
  return taken.length > 0 ? taken : [(all.indexOf(mine) + 1) % names.length];
}

function ownerOf(able: readonly RowCourse[], number: number): RowCourse | undefined {
  const protocols = protocolsOf(able);
  const rows = able.filter(({ row }) => row.protocol === protocols[number % protocols.length]);
  return rows[Math.floor(number / protocols.length) % rows.length];
}

function namesOf({ open }: RowCourse): readonly string[] {
  return Array.from({ length: open.parts }, (_, part) => open.triedBy?.(part) ?? `${part}`);
}

/** Parts that follow each other: the first row begins with the seeds that a row alone begins with. */
function blockOf(
  { row, open: { parts } }: RowCourse,
  { protocols, beside }: { readonly protocols: readonly string[]; readonly beside: readonly RowCourse[] },
): readonly number[] {
  const of = partOf(parts, protocols.indexOf(row.protocol), protocols.length);
  const at = beside.findIndex((each) => each.row === row);
  const { from, length } = partOf(of.length, at, beside.length);
  return Array.from({ length }, (_, part) => of.from + from + part);
}

function partOf(all: number, at: number, of: number): { readonly from: number; readonly length: number } {
  assert(all > 0 && at >= 0, 'a course has parts, and a row is among those that run it');
  const from = Math.floor((all * at) / of);
  return { from, length: Math.max(1, Math.floor((all * (at + 1)) / of) - from) };
}

function protocolsOf(all: readonly RowCourse[]): readonly string[] {
  return [...new Set(all.map(({ row }) => row.protocol))];
}
