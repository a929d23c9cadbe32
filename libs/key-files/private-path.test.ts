import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { checkPrivateKey, FileExposedError, folderExposure, readPrivateKey } from './private-path.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-private-'));
after(() => rmSync(base, { recursive: true, force: true }));

/** A key in two folders, as in the home of a member. */
function home() {
  const folder = mkdtempSync(join(base, 'h-'));
  const inner = join(folder, 'tls');
  const key = join(inner, 'x.key');
  mkdirSync(inner, { mode: 0o700 });
  writeFileSync(key, 'secret', { mode: 0o600 });
  return { folder, inner, key };
}

/** Both ways of asking give the same answer. */
function refusal(key: string, readers?: 'group-of-root'): string {
  const said = [() => checkPrivateKey(key, readers), () => readPrivateKey(key, readers)].map((work) => {
    try {
      work();
      return '';
    } catch (error) {
      assert.ok(error instanceof FileExposedError);
      assert.deepEqual(error.detail, { code: 'FILE_EXPOSED', path: key });
      assert.doesNotMatch(error.message, /secret/);
      return error.message;
    }
  });
  assert.equal(said[0], said[1]);
  return said[0] ?? '';
}

describe('a private key', () => {
  for (const mode of [0o644, 0o640, 0o604, 0o666, 0o610, 0o601, 0o620, 0o602]) {
    const text = `0${mode.toString(8)}`;
    test(`F-08: is refused with mode ${text}, with the command that cures it`, () => {
      const { key } = home();
      chmodSync(key, mode);
      assert.equal(
        refusal(key),
        `${key} has mode ${text}, others may read it: run chmod 600 ${key}, and if somebody may have read it, make a new one`,
      );
      chmodSync(key, 0o600);
      assert.equal(refusal(key), '');
    });
  }

  for (const mode of [0o600, 0o400, 0o700]) {
    test(`F-08: is read with mode 0${mode.toString(8)}`, () => {
      const { key } = home();
      chmodSync(key, mode);
      assert.equal(refusal(key), '');
      assert.equal(readPrivateKey(key).toString(), 'secret');
    });
  }

  for (const mode of [0o777, 0o770, 0o720, 0o702, 0o775]) {
    const text = `0${mode.toString(8)}`;
    test(`F-08: is refused in a folder with mode ${text}`, () => {
      const { inner, key } = home();
      chmodSync(inner, mode);
      assert.equal(
        refusal(key),
        `${inner} has mode ${text}, others may put another file in place of ${key}: run chmod go-w ${inner}`,
      );
      chmodSync(inner, mode & ~0o022);
      assert.equal(refusal(key), '');
    });
  }

  test('F-08: is refused below a folder in which everybody may write, however far up, but for one as /tmp', () => {
    const { folder, key } = home();
    chmodSync(folder, 0o777);
    assert.match(refusal(key), new RegExp(`^${folder} has mode 0777, .*: run chmod go-w ${folder}$`));
    chmodSync(folder, 0o1777);
    assert.equal(refusal(key), '');
    // A group of one is common, and does not reach through the folder of the key.
    chmodSync(folder, 0o775);
    assert.equal(refusal(key), '');
    chmodSync(folder, 0o755);
    assert.equal(refusal(key), '');
  });

  test('F-08: is refused behind a link that leads through an open folder', () => {
    const [open, own] = [home(), home()];
    chmodSync(open.inner, 0o777);
    const link = join(own.inner, 'link.key');
    symlinkSync(open.key, link);
    assert.match(refusal(link), new RegExp(`^${open.inner} has mode 0777`));
    const through = join(own.folder, 'through');
    symlinkSync(open.inner, through);
    assert.match(refusal(join(through, 'x.key')), /has mode 0777/);
    chmodSync(open.inner, 0o700);
    assert.deepEqual([refusal(link), refusal(join(through, 'x.key'))], ['', '']);
  });

  test('F-08: may be read by the group that root gave it to, where that is allowed', (t) => {
    if (process.getuid?.() !== 0) return t.skip('needs root, to own a file');
    const { key } = home();
    for (const [mode, isOpen] of [
      [0o640, false],
      [0o440, false],
      [0o660, true],
      [0o644, true],
    ] as const) {
      chmodSync(key, mode);
      assert.equal(refusal(key, 'group-of-root') !== '', isOpen, mode.toString(8));
    }
    // The mode in which systemd hands out a credential.
    chmodSync(key, 0o440);
    assert.equal(refusal(key), '');
  });

  test('F-08: is no matter where there is none, nor in a folder that is still to be made', () => {
    const { folder } = home();
    checkPrivateKey(join(folder, 'none'));
    assert.equal(folderExposure(join(folder, 'none', 'conf.yaml')), undefined);
    assert.throws(() => readPrivateKey(join(folder, 'none')), { code: 'ENOENT' });
    assert.equal(readPrivateKey('/dev/null').length, 0);
  });
});
