import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { VOTE_TABLES } from './protocols.ts';
import { STATEMENT_WORDS } from './statement-words.ts';
import { wordsOf } from './words-of.ts';

test('the words for the statements of every registered protocol are those of its table', () => {
  assert.deepEqual(STATEMENT_WORDS, wordsOf(VOTE_TABLES));
});

test('a kind is a proposal, a vote or what gives a view up, by its row', () => {
  assert.deepEqual(
    wordsOf(new Map([['rounds', ROUNDS_TABLE]])),
    new Map([
      ['rounds', { proposal: 'proposal', prepare: 'vote', reject: 'vote', commit: 'vote', leave: 'timeout' }],
    ]),
  );
});

test('no two registered protocols share the name of a kind: a client that may sign it in one could in the other (DECISIONS 107)', () => {
  const names = [...STATEMENT_WORDS.values()].flatMap((kinds) => Object.keys(kinds));
  assert.equal(new Set(names).size, names.length);
});
