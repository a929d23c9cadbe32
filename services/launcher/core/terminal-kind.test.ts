import assert from 'node:assert/strict';
import { test } from 'node:test';
import { terminalKind } from './terminal-kind.ts';

test('F-45 colours are for terminals, unless a person asks otherwise', () => {
  assert.equal(terminalKind({}, true), 'color');
  assert.equal(terminalKind({}, false), 'pipe');
  assert.equal(terminalKind({ NO_COLOR: '1' }, true), 'plain');
  assert.equal(terminalKind({ NO_COLOR: '1' }, false), 'pipe');
  assert.equal(terminalKind({ FORCE_COLOR: '1' }, false), 'color');
  for (const FORCE_COLOR of ['', '0']) assert.equal(terminalKind({ FORCE_COLOR }, false), 'pipe');
});
