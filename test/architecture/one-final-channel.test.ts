import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sourceFiles } from './import-graph.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

/** Text of the channel of final blocks, and the only files of production in which it may stand. */
const STANDS_IN: Readonly<Record<string, readonly string[]>> = {
  'new FinalChannel(': ['services/consensus/compose-events.ts'],
  'final.ordered(': ['libs/engine/node-growth.ts'],
  'final.executed(': ['libs/engine/node-growth.ts'],
  // The names of the other ways there were: of the store to its listeners, and of the monitor to those of its own.
  '.onFinal(': [],
  ' onFinal(': [],
  ' onFinal:': [],
};

const filesWith = (text: string): readonly string[] =>
  sourceFiles(ROOT).filter((file) => readFileSync(join(ROOT, file), 'utf8').includes(text));

for (const [text, files] of Object.entries(STANDS_IN)) {
  test(`"${text}" stands in ${files.length} files: all who act on final blocks hear of them on one channel`, () => {
    assert.deepEqual(filesWith(text), files);
  });
}
