import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { blocksOf } from '#test/support/book/blocks.ts';
import { CHAPTERS, pages, pageText, typedBlocks } from '#test/support/book/chapters.ts';
import { RUNBOOKS } from '#test/support/book/runbooks.ts';
import { UNRUN, uncovered } from '#test/support/book/unrun.ts';

const ROOT = new URL('../..', import.meta.url).pathname;

const placeOf = ({ page, line }: { readonly page: string; readonly line: number }) => `${page}:${line}`;

/** The fences that begin commands, found without the reader that the runner uses. */
const fences = [...pages(), RUNBOOKS].flatMap((page) =>
  pageText(page)
    .split('\n')
    .flatMap((text, index) =>
      /^\s*[`~]{3,} *(?:sh|bash|shell|console)\b/.test(text) ? [`${page}:${index + 1}`] : [],
    ),
);
const unrun = pages()
  .flatMap((page) => blocksOf(page, pageText(page)))
  .flatMap((block) => (block.unrun === undefined ? [] : [{ ...block, reason: block.unrun }]));
const typed = new Set(CHAPTERS.flatMap(typedBlocks).map(placeOf));

/** The words of each btcfed command in a text, without options and arguments. */
function verbsIn(text: string, command: RegExp): readonly string[] {
  const whole = text.replaceAll('\\\n', ' ');
  return [...whole.matchAll(command)].map(({ groups }) => groups?.['verb'] ?? '');
}

describe('every command of the operator’s book', () => {
  test('is typed by a test, or has a reason of the closed list', (context) => {
    assert.ok(fences.length > 20);
    for (const block of unrun)
      context.diagnostic(`not run: ${placeOf(block)}, because ${UNRUN[block.reason].why}`);
    assert.deepEqual([...typed, ...unrun.map(placeOf)].sort(), fences.toSorted());
  });

  test('that is not run is covered by its reason, and none of them is a btcfed command', () => {
    for (const { reason, script, ...block } of unrun)
      assert.deepEqual(uncovered(reason, script), [], placeOf(block));
    const words = Object.values(UNRUN).flatMap((each) => each.words);
    assert.deepEqual(
      words.filter((word) => /btcfed|^node$|^sh$|^bash$/.test(word)),
      [],
    );
  });

  test('is typed by a file of tests that asks for its chapters', () => {
    for (const { runBy } of CHAPTERS) {
      assert.ok(existsSync(join(ROOT, runBy)), runBy);
      assert.ok(readFileSync(join(ROOT, runBy), 'utf8').includes(`chaptersRunBy('${runBy}')`), runBy);
    }
  });

  test('that a sentence names is typed in some block', () => {
    const typedText = CHAPTERS.flatMap(typedBlocks).map(({ script }) => script);
    const known = new Set(verbsIn(typedText.join('\n'), /\bbtcfed(?<verb>(?: [a-z]+\b(?![./=-]))+)/g));
    const prose = pages().map((page) => pageText(page).replaceAll(/^```[\s\S]*?^```$/gm, ''));
    const named = prose.flatMap((text) => verbsIn(text, /`btcfed(?<verb>(?: [a-z]+\b(?![./=-]))+)/g));
    assert.ok(named.length > 0);
    const strange = named.filter((verb) => ![...known].some((own) => `${own} `.startsWith(`${verb} `)));
    assert.deepEqual(strange, []);
  });
});
