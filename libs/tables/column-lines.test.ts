import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { columnLines } from './column-lines.ts';

describe('lines of columns', () => {
  test('are as wide as their widest cells, with two spaces between and none at the end', () => {
    const rows = [
      ['m0', 'consensus', 'runs'],
      ['member-1', '', 'is down'],
      ['m2', 'signer', ''],
    ];
    assert.deepEqual(columnLines(rows), [
      'm0        consensus  runs',
      'member-1             is down',
      'm2        signer',
    ]);
  });

  test('have numbers at the right where they are told to', () => {
    const rows = [
      ['0', 'a'],
      ['511', 'b'],
    ];
    assert.deepEqual(columnLines(rows, { right: [0] }), ['  0  a', '511  b']);
  });

  test('measure a cell by what a terminal shows of it', () => {
    const rows = [
      ['\u001b[32mgood\u001b[0m', '1'],
      ['資料', '2'],
    ];
    assert.deepEqual(columnLines(rows), ['\u001b[32mgood\u001b[0m  1', '資料  2']);
  });

  test('are none without rows, and one of one cell', () => {
    assert.deepEqual([columnLines([]), columnLines([['alone']]), columnLines([['']])], [[], ['alone'], ['']]);
  });
});
