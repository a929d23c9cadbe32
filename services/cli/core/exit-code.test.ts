import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { AppError } from '#libs/errors/app-error.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { exitCodeOf } from './exit-code.ts';

function remote(status: string): AppError {
  return new AppError('refused', { code: 'REMOTE_CALL_FAILED', status } as { code: string });
}

test('foreseen errors have the exit codes that the README names', () => {
  assert.equal(exitCodeOf(new CliError('', { code: 'CLI_INVALID_INPUT' })), 1);
  assert.equal(exitCodeOf(new CliError('', { code: 'CLI_NOT_THERE' })), 2);
  assert.equal(exitCodeOf(new CliError('', { code: 'CLI_UNREACHABLE' })), 3);
  assert.equal(exitCodeOf(new CliError('', { code: 'CLI_INTERRUPTED', signal: 'SIGINT' })), 130);
  assert.equal(exitCodeOf(new CliError('', { code: 'CLI_INTERRUPTED', signal: 'SIGTERM' })), 143);
  assert.equal(exitCodeOf(new AppError('', { code: 'ANY' })), 1);
});

test('what a member refuses tells apart: not there, no answer, bad request', () => {
  assert.equal(exitCodeOf(remote('NOT_FOUND')), 2);
  assert.equal(exitCodeOf(remote('OUT_OF_RANGE')), 2);
  assert.equal(exitCodeOf(remote('UNAVAILABLE')), 3);
  assert.equal(exitCodeOf(remote('INVALID_ARGUMENT')), 1);
});

test('what nobody foresaw is a crash', () => {
  assert.equal(exitCodeOf(new TypeError('x is undefined')), 70);
  assert.equal(exitCodeOf('thrown text'), 70);
});

test('the README explains every exit code', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  for (const code of Object.values(EXIT_CODES)) assert.match(readme, new RegExp(`\\| ${code} \\|`));
});
