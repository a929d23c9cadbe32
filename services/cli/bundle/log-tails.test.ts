import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { BUNDLE_LIMITS } from './limits.ts';
import { logTails } from './log-tails.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-tails-'));
after(() => rmSync(base, { recursive: true, force: true }));

const folder = (): string => mkdtempSync(join(base, 'f-'));
const LINE = `${'x'.repeat(99)}\n`;

describe('logTails', () => {
  test('has the logs of a folder, the newest first, and no other file', () => {
    const logs = folder();
    const names = ['node.log.1', 'node.log', 'signer.stderr.log', 'main', 'main.2', 'signer.key', 'a b.log'];
    for (const [at, name] of names.entries()) {
      writeFileSync(join(logs, name), name);
      utimesSync(join(logs, name), 1_000 + at, 1_000 + at);
    }
    assert.deepEqual(logTails(logs, 'main'), [
      { path: 'logs/main.2', text: 'main.2' },
      { path: 'logs/main', text: 'main' },
      { path: 'logs/signer.stderr.log', text: 'signer.stderr.log' },
      { path: 'logs/node.log', text: 'node.log' },
      { path: 'logs/node.log.1', text: 'node.log.1' },
    ]);
    assert.ok(logTails(logs, undefined).every(({ path }) => !path.includes('main')));
    assert.equal(logTails(logs, '').length, 3, 'no name is the beginning of no name');
  });

  test('has whole lines from the end of a long log, and says so', () => {
    const logs = folder();
    const lines = 1 + Math.ceil(BUNDLE_LIMITS.logTailBytesMax / LINE.length);
    writeFileSync(join(logs, 'a.log'), LINE.repeat(lines));
    const [tail] = logTails(logs, undefined);
    assert.ok(tail !== undefined && tail.text.length <= BUNDLE_LIMITS.logTailBytesMax);
    assert.equal(tail.text, LINE.repeat(tail.text.length / LINE.length));
    assert.equal(tail.cut, `the last ${tail.text.length} of ${lines * LINE.length} bytes`);
  });

  test('is bounded over all logs', () => {
    const logs = folder();
    const text = LINE.repeat(Math.floor(BUNDLE_LIMITS.logTailBytesMax / LINE.length));
    for (let at = 0; at < 8; at++) writeFileSync(join(logs, `${at}.log`), text);
    const tails = logTails(logs, undefined);
    const bytes = tails.reduce((sum, tail) => sum + tail.text.length, 0);
    assert.ok(bytes <= BUNDLE_LIMITS.logBytesMax && bytes > BUNDLE_LIMITS.logBytesMax - text.length);
  });

  test('follows no link: neither a log that is one, nor a folder', () => {
    const [logs, elsewhere] = [folder(), folder()];
    writeFileSync(join(elsewhere, 'signer.log'), 'a key');
    symlinkSync(join(elsewhere, 'signer.log'), join(logs, 'b.log'));
    mkdirSync(join(logs, 'c.log'));
    assert.deepEqual(logTails(logs, undefined), []);
    const link = join(base, 'link');
    symlinkSync(elsewhere, link);
    assert.throws(() => logTails(link, undefined), { message: `${link} is a link, which is not followed` });
  });
});
