import assert from 'node:assert/strict';
import { test } from 'node:test';
import { paragraphsIn } from './paragraphs.ts';

/** Each passage as its first line, a colon and its text, lines joined by a bar. */
const passages = (...lines: readonly string[]): readonly string[] =>
  paragraphsIn(lines.join('\n')).map(({ line, lines: own }) => `${line}:${own.join('|')}`);

test('the prose of a page is its paragraphs, without headings and code', () => {
  assert.deepEqual(
    passages(
      '# What to do',
      'One',
      'goes on',
      '',
      '> Two',
      '```sh',
      'What runs',
      '',
      '```',
      'Three',
      '~~~',
      'no',
      '~~~',
    ),
    ['2:One|goes on', '5:Two', '10:Three'],
  );
  assert.deepEqual(passages('- one', '  goes on', '- two'), ['1:- one|  goes on|- two']);
});

test('a cell of a table is a passage, and a head row is none', () => {
  assert.deepEqual(
    passages('Before', '| Who may | What |', '|:--|---|', '| one | Two. Three |', '|  | four |', 'After'),
    ['1:Before', '4:one', '4:Two. Three', '5:four', '6:After'],
  );
});

test('a code block without an end hides the rest, tables too', () => {
  assert.deepEqual(passages('One', '  ```', 'What is here', '| one |'), ['1:One']);
});
