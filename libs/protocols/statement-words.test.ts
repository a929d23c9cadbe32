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

test('a kind that several protocols have is of one share in all of them: a rule of a share means the same (DECISIONS 107, 122)', () => {
  const shares = new Map<string, string>();
  for (const kinds of STATEMENT_WORDS.values()) {
    for (const [kind, share] of Object.entries(kinds)) {
      assert.equal(shares.get(kind) ?? share, share, kind);
      shares.set(kind, share);
    }
  }
});
