import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { prepareAll, type Reloadable } from './reloadable.ts';

function part(name: string, notes: string[], refuses = false): Reloadable<number> {
  return {
    prepare: async (proposal) => {
      if (refuses) throw new Error(`${name} refuses`);
      notes.push(`${name} prepare ${proposal}`);
      return {
        commit: () => void notes.push(`${name} commit`),
        rollBack: () => void notes.push(`${name} rollBack`),
      };
    },
  };
}

describe('prepareAll', () => {
  test('P2P-57 prepares in order and commits in order', async () => {
    const notes: string[] = [];
    const ready = await prepareAll([part('a', notes), part('b', notes)], 7);
    await ready.commit();
    assert.deepEqual(notes, ['a prepare 7', 'b prepare 7', 'a commit', 'b commit']);
  });

  test('P2P-57 rolls back in reverse', async () => {
    const notes: string[] = [];
    const ready = await prepareAll([part('a', notes), part('b', notes)], 7);
    await ready.rollBack();
    assert.deepEqual(notes.slice(2), ['b rollBack', 'a rollBack']);
  });

  test('P2P-57 one refusal rolls back those before it and asks none behind it', async () => {
    const notes: string[] = [];
    const parts = [part('a', notes), part('b', notes), part('c', notes, true), part('d', notes)];
    await assert.rejects(prepareAll(parts, 7), /c refuses/);
    assert.deepEqual(notes, ['a prepare 7', 'b prepare 7', 'b rollBack', 'a rollBack']);
  });
});
