import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Block, blocksOf } from './blocks.ts';
import { Hosts } from './hosts.ts';
import { RUNBOOKS, runbookBlocks } from './runbooks.ts';
import { Typist } from './typist.ts';

const ROOT = new URL('../../..', import.meta.url).pathname;
const BOOK = join(ROOT, 'deploy/book');

/** The files of tests that type chapters: one of `npm test`, and one for those that take minutes. */
export type RunBy = 'test/e2e/operator/book.test.ts' | 'test/long/book.ts';

export interface Chapter {
  readonly page: string;
  /** Pages that are typed before it, on the same hosts: it goes on where the last of them ends. */
  readonly after: readonly string[];
  readonly runBy: RunBy;
}

const FIRST = 'deploy-a-node.md';

/** Every page of the book. */
export const CHAPTERS: readonly Chapter[] = [
  { page: 'README.md', after: [FIRST], runBy: 'test/e2e/operator/book.test.ts' },
  { page: RUNBOOKS, after: [FIRST, 'monitor.md'], runBy: 'test/long/book.ts' },
  { page: 'rotate.md', after: [FIRST], runBy: 'test/long/book.ts' },
  { page: 'disasters.md', after: [FIRST], runBy: 'test/long/book.ts' },
  { page: 'add-and-replace-a-member.md', after: [FIRST], runBy: 'test/long/book.ts' },
];

export const chaptersRunBy = (file: RunBy): readonly Chapter[] =>
  CHAPTERS.filter(({ runBy }) => runBy === file);

export const pages = (): readonly string[] => readdirSync(BOOK).sort();

export const pageText = (page: string): string =>
  readFileSync(page === RUNBOOKS ? join(ROOT, page) : join(BOOK, page), 'utf8');

/** All blocks that the test of a chapter types, in order. */
export function typedBlocks({ page, after }: Chapter): readonly Block[] {
  const all = [...after, page].flatMap((each) =>
    each === RUNBOOKS ? runbookBlocks(pageText(each)) : blocksOf(each, pageText(each)),
  );
  return all.filter(({ unrun }) => unrun === undefined);
}

/** Types a chapter, with the pages before it. `report` is told of each block before it is typed. */
export async function runChapter(chapter: Chapter, report: (text: string) => void): Promise<void> {
  await using hosts = await Hosts.make();
  await using typist = new Typist(hosts);
  for (const block of typedBlocks(chapter)) {
    report(`${block.page}:${block.line}`);
    await typist.type(block);
  }
}
