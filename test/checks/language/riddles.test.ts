import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { riddlesIn } from './riddles.ts';

/** The riddles of a passage that begins in line 5, as "line text". */
const found = (...lines: readonly string[]): readonly string[] =>
  riddlesIn({ line: 5, lines }).map(({ line, text }) => `${line} ${text}`);

describe('a sentence is a riddle', () => {
  const riddles: readonly (readonly [text: string, riddle: string])[] = [
    ['What is left waits.', 'What is left waits.'],
    ['Whatever comes was verified.', 'Whatever comes was verified.'],
    ['Who joins later needs them.', 'Who joins later needs them.'],
    ['Whoever asks is answered.', 'Whoever asks is answered.'],
    ['One that is refused is told.', 'One that is refused is told.'],
    ['One who asks is told.', 'One who asks is told.'],
    ['That which is kept stays.', 'That which is kept stays.'],
    ['What a member finds wrong', 'What a member finds wrong'],
    ['All is well. What is left waits. So it is.', 'What is left waits.'],
    ['It ends (see `a.ts`). Who asks is told.', 'Who asks is told.'],
    ['It has two ends: What is left waits.', 'What is left waits.'],
    ['Frames wait; what is left is dropped.', 'what is left is dropped.'],
    ['Frames wait; who asks is told.', 'who asks is told.'],
    ['Requests are judged: one that is refused is told.', 'one that is refused is told.'],
    ['It has a port: whoever listens there has it.', 'whoever listens there has it.'],
    ['- What is left waits.', 'What is left waits.'],
    ['2. **What is left** waits.', 'What is left** waits.'],
    ['@param find - What was asked for.', 'What was asked for.'],
    ['@throws - Whoever asks.', 'Whoever asks.'],
    ['Is it so? Who asks is told.', 'Who asks is told.'],
  ];
  for (const [text, riddle] of riddles) {
    test(text, () => assert.deepEqual(found(text), [`5 ${riddle}`]));
  }

  test('with the line on which it begins, also where it goes on in the next one', () => {
    assert.deepEqual(found('All is well, and the rest', 'is too. What is', 'left waits. Fine.'), [
      '6 What is left waits.',
    ]);
    assert.deepEqual(found('Two things:', '', '- the first', '- Who asks is told'), ['8 Who asks is told']);
  });

  test('each of several', () => {
    assert.deepEqual(found('What is left waits; one that waits is told.'), [
      '5 What is left waits;',
      '5 one that waits is told.',
    ]);
  });
});

describe('a sentence is no riddle', () => {
  const plain: readonly string[] = [
    'Transactions that wait, whoever gave them.',
    'The sender is told what is left.',
    'A member, who asks, is told. It waits.',
    'What do orchestrators ask?',
    'What do they take, and what is left: memory; one that is closed?',
    'It asks: "What is left?" Then it waits.',
    'A finding: what it is, who shows it.',
    'One of them is told.',
    'One thatched roof.',
    'Whose key it is follows from the roster.',
    'Whether it waits is said.',
    'See e.g. what is left.',
    'The rest, at 0.5 s. whatever it costs',
    'what is left',
    '`what`; `who`: names of fields',
    '',
  ];
  for (const text of plain) test(text || 'of nothing', () => assert.deepEqual(found(text), []));
});
