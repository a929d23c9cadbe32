import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { writeFileAtomic } from '#libs/files/atomic-file.ts';
import { fileProblem, fileReason } from './file-problem.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-file-problem-'));
after(() => rmSync(base, { recursive: true, force: true }));

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return assert.fail('nothing was refused');
}

describe('what the system refuses of a file', () => {
  test('is said in words, once with the path and once without', () => {
    const missing = join(base, 'missing');
    const error = thrown(() => readFileSync(missing));
    assert.equal(fileReason(error), 'there is no such file, or no folder for it');
    assert.equal(fileProblem(error), `${missing} cannot be used: there is no such file, or no folder for it`);
    assert.equal(fileReason(thrown(() => readFileSync(base))), 'it is a folder');
    writeFileSync(join(base, 'file'), '');
    const below = join(base, 'file', 'below');
    assert.equal(
      fileProblem(thrown(() => mkdirSync(below))),
      `${below} cannot be used: what should be a folder on its path is a file`,
    );
  });

  test('is said of the file that was meant, not of the one that is renamed to it', async () => {
    const out = join(base, 'nowhere', 'genesis.json');
    await assert.rejects(writeFileAtomic(out, '{}', 0o600), (error) => {
      assert.equal(fileProblem(error), `${out} cannot be used: there is no such file, or no folder for it`);
      return true;
    });
  });

  test('is not made of a fault of ours', () => {
    assert.equal(fileProblem(new TypeError('x is undefined')), undefined);
    assert.equal(fileProblem(Object.assign(new Error('odd'), { code: 'EODD', path: '/x' })), undefined);
    assert.equal(fileProblem('ENOENT'), undefined);
    assert.equal(fileReason(new Error('the text itself')), 'the text itself');
  });
});
