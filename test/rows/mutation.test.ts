import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { mutated, mutationOf, rowMutations } from './mutation.ts';
import { namesRow, testsOfRow } from './row-tests.ts';

const ROOT = join(import.meta.dirname, '../..');
const TEXT = 'row: HS-11\nbreaks: nobody leads\nfile: a.ts\nfind: one\nreplace: two\n';

describe('the mutations of rows', () => {
  test('are read from files that have all fields and no other', () => {
    const mutation = mutationOf('HS-11-leader.yaml', TEXT);
    assert.deepEqual(mutation, {
      name: 'HS-11-leader',
      row: 'HS-11',
      breaks: 'nobody leads',
      file: 'a.ts',
      find: 'one',
      replace: 'two',
    });
    assert.throws(() => mutationOf('HS-11.yaml', `${TEXT}more: 1\n`), /HS-11.yaml: unknown field more/);
    assert.throws(() => mutationOf('HS-11.yaml', TEXT.replace('file: a.ts\n', '')), /file must be a text/);
    assert.throws(() => mutationOf('HS-12.yaml', TEXT), /must begin with the row, HS-11/);
  });

  test('apply where their text stands once', () => {
    const mutation = mutationOf('HS-11.yaml', TEXT);
    assert.equal(mutated('zero one', mutation), 'zero two');
    assert.equal(mutated('zero', mutation), undefined);
    assert.equal(mutated('one one', mutation), undefined);
  });

  for (const mutation of rowMutations()) {
    test(`${mutation.name} applies, changes its file, and has a test of its row`, () => {
      const before = readFileSync(join(ROOT, mutation.file), 'utf8');
      assert.ok(mutated(before, mutation) !== undefined, `${mutation.file} has its text once`);
      assert.notEqual(mutation.find, mutation.replace);
      assert.notDeepEqual(testsOfRow(ROOT, mutation.row), []);
    });
  }
});

test('a row is named by a whole id', () => {
  assert.ok(namesRow('ROW-1').test("test('ROW-1: a'"));
  assert.ok(namesRow('ROW-1').test("test('OTHER-2 ROW-1 a'"));
  for (const other of ['ROW-11', 'XROW-1', 'ROW-1a', 'F-ROW-1'])
    assert.ok(!namesRow('ROW-1').test(other), other);
});
