import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readTracked, trackedFiles } from './citations/tracked-files.ts';
import { commentsIn } from './language/comments.ts';
import { paragraphsIn } from './language/paragraphs.ts';
import type { Passage } from './language/passage.ts';
import { riddlesIn } from './language/riddles.ts';

const files = trackedFiles() ?? [];
const noGit = files.length === 0 && 'this is no checkout of git';

/** Records of their day, which stay as they were, and the page that is made of the program's own texts. */
const AS_THEY_ARE = /^(?:CHANGELOG|DECISIONS|deploy\/monitoring\/METRICS)\.md$|^test\/requirements\//;

const sources = files.filter((file) => file.endsWith('.ts') && !file.startsWith('libs/proto/'));
const pages = files.filter((file) => file.endsWith('.md') && !AS_THEY_ARE.test(file));

const CURE = 'name the thing, and let it be the subject: "Requests that wait …", not "What waits …"';

function problems(text: string, file: string, passagesIn: (text: string) => readonly Passage[]) {
  return passagesIn(text)
    .flatMap(riddlesIn)
    .map(({ line, text: riddle }) => `${file}:${line}: "${riddle}": ${CURE}`);
}

describe('F-53: no sentence has a relative clause that names nothing for its subject', {
  skip: noGit,
}, () => {
  test('in a comment', () => {
    assert.ok(sources.length > 2000);
    assert.deepEqual(
      sources.flatMap((file) => problems(readTracked(file), file, commentsIn)),
      [],
    );
  });

  test('in a page', () => {
    assert.ok(pages.length > 40);
    assert.deepEqual(
      pages.flatMap((file) => problems(readTracked(file), file, paragraphsIn)),
      [],
    );
  });
});

test('a riddle is shown with its place and the cure', () => {
  assert.deepEqual(problems('a;\n/** Fine. What waits\n * is told. */\n', 'libs/a.ts', commentsIn), [
    `libs/a.ts:2: "What waits is told.": ${CURE}`,
  ]);
  assert.deepEqual(problems('# A\n\nWho waits is told.\n', 'README.md', paragraphsIn), [
    `README.md:3: "Who waits is told.": ${CURE}`,
  ]);
});
