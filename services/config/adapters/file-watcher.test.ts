import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { until } from '#test/support/within.ts';
import { FileWatcher } from './file-watcher.ts';
import { QUIET_MS } from './limits.ts';

/** Time in which a forbidden event would happen. */
const SETTLED_MS = QUIET_MS * 2;

async function watching(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), 'btcfed-watch-'));
  const log = memoryLogger();
  const triggers: string[] = [];
  const onTrigger = async (trigger: string): Promise<void> => void triggers.push(trigger);
  const watcher = new FileWatcher({ folder, names: ['peers.yaml'], onTrigger, log });
  t.after(async () => {
    await watcher.stop();
    await rm(folder, { recursive: true, force: true });
  });
  await watcher.start();
  await until('the reading after the start', () => triggers.length === 1);
  return { folder, watcher, triggers, log, path: join(folder, 'peers.yaml') };
}

describe('FileWatcher', () => {
  test('asks for one reading after its start, for what changed before it watched', async (t) => {
    const { triggers } = await watching(t);
    assert.deepEqual(triggers, ['file changed']);
  });

  test('P2P-32 notices an edit in place and an atomic rename, each once', async (t) => {
    const { triggers, path } = await watching(t);
    // Writes in one turn of the event loop: on a busy machine the file would otherwise be quiet between them.
    writeFileSync(path, 'a');
    writeFileSync(path, 'ab');
    await until('the edit', () => triggers.length === 2);
    for (const round of [3, 4]) {
      writeFileSync(`${path}.new`, 'abc');
      renameSync(`${path}.new`, path);
      await until('the rename', () => triggers.length === round);
    }
    await sleep(SETTLED_MS);
    assert.equal(triggers.length, 4);
  });

  test('ignores other files', async (t) => {
    const { triggers, folder } = await watching(t);
    await writeFile(join(folder, 'other.yaml'), 'a');
    await sleep(SETTLED_MS);
    assert.equal(triggers.length, 1);
  });

  test('does not wait for ever for a file that is never quiet', async (t) => {
    const { triggers, path } = await watching(t);
    await until('a reading all the same', async () => {
      await writeFile(path, 'a');
      return triggers.length > 1;
    });
  });

  test('P2P-55 passes SIGHUP on, and after its stop nothing', async (t) => {
    const { triggers, watcher, path } = await watching(t);
    const before = process.listenerCount('SIGHUP');
    process.emit('SIGHUP');
    assert.deepEqual(triggers, ['file changed', 'SIGHUP']);
    await writeFile(path, 'a');
    await watcher.stop();
    await sleep(SETTLED_MS);
    assert.equal(triggers.length, 2);
    assert.equal(process.listenerCount('SIGHUP'), before - 1);
  });

  test('goes on without a watch and says so', async (t) => {
    const { folder } = await watching(t);
    const log = memoryLogger();
    const watcher = new FileWatcher({
      folder: join(folder, 'gone'),
      names: [],
      onTrigger: async () => {},
      log,
    });
    t.after(() => watcher.stop());
    await watcher.start();
    assert.deepEqual(
      log.lines.map(({ level, message }) => [level, message]),
      [['error', 'files are not watched, send SIGHUP after an edit']],
    );
  });
});
