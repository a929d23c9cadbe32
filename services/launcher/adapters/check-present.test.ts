import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkPresent } from './check-present.ts';

const failing = (code: string) => () => {
  throw Object.assign(new Error(code), { code });
};

describe('checkPresent', () => {
  test('lets pass what is there, and names the cure for what is not', () => {
    checkPresent(import.meta.dirname, '; make it');
    assert.throws(
      () => checkPresent('/nowhere/x', '; make it'),
      /^CliError: there is no \/nowhere\/x; make it$/,
    );
  });

  test('does not call missing what this user may not look at', () => {
    for (const code of ['EACCES', 'EPERM']) {
      assert.throws(() => checkPresent('/x', '; make it', failing(code)), /\/x is not open to this user/);
    }
    assert.throws(() => checkPresent('/x', '; make it', failing('ENOTDIR')), /there is no \/x; make it/);
  });
});
