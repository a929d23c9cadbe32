import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { onRecordedDisk } from '#test/support/disk/recorded-disk.ts';
import { openDatabase, openDurably, transaction, unsyncedTransaction } from './database.ts';

const folder = mkdtempSync(join(tmpdir(), 'btcfed-sqlite-'));
after(() => rmSync(folder, { recursive: true }));
const schema = ['CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT'];
const options = { schema, fileMode: 0o600 };
let count = 0;
const freshPath = () => join(folder, `${count++}.db`);

describe('openDatabase', () => {
  test('creates a durable database of the given mode, and opens it again with its content', () => {
    const path = freshPath();
    const first = openDatabase(path, options);
    first.exec(`INSERT INTO note (text) VALUES ('kept')`);
    assert.equal(first.prepare('PRAGMA journal_mode').get()?.['journal_mode'], 'wal');
    assert.equal(first.prepare('PRAGMA synchronous').get()?.['synchronous'], 2);
    first.close();
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const second = openDatabase(path, options);
    assert.equal(second.prepare('SELECT text FROM note').get()?.['text'], 'kept');
    second.close();
  });

  test('applies the schema steps that are missing, each once', () => {
    const path = freshPath();
    openDatabase(path, options).close();
    const grown = openDatabase(path, {
      ...options,
      schema: [...schema, 'ALTER TABLE note ADD COLUMN more TEXT'],
    });
    assert.equal(grown.prepare('PRAGMA user_version').get()?.['user_version'], 2);
    grown.close();
    assert.throws(() => openDatabase(path, options), { detail: { code: 'DATABASE_NEWER', path } });
  });

  test('refuses a second holder', () => {
    const path = freshPath();
    const first = openDatabase(path, options);
    assert.throws(() => openDatabase(path, options), { detail: { code: 'DATABASE_LOCKED', path } });
    first.close();
    openDatabase(path, options).close();
  });

  test('refuses a damaged file and leaves it as it is', () => {
    const path = freshPath();
    const database = openDatabase(path, options);
    for (let i = 0; i < 500; i++) database.exec(`INSERT INTO note (text) VALUES ('${'x'.repeat(100)}')`);
    database.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 4096, 8192);
    writeFileSync(path, bytes);
    assert.throws(() => openDatabase(path, options), { detail: { code: 'DATABASE_CORRUPT', path } });
    assert.deepEqual(readFileSync(path), bytes);
  });

  test('refuses a file that is no database', () => {
    const path = freshPath();
    writeFileSync(path, 'not a database, but long enough to look at '.repeat(100));
    assert.throws(() => openDatabase(path, options), { detail: { code: 'DATABASE_CORRUPT', path } });
  });

  test('refuses a file that another process holds, and takes it when that process has died', async () => {
    const path = freshPath();
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', holding(path)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(holder.stdout, 'data');
      assert.throws(() => openDatabase(path, options), { detail: { code: 'DATABASE_LOCKED', path } });
      assert.throws(() => openDatabase(path, options), { detail: { code: 'DATABASE_LOCKED', path } });
    } finally {
      holder.kill('SIGKILL');
      await once(holder, 'exit');
    }
    const database = openDatabase(path, options);
    assert.equal(database.prepare('SELECT text FROM note').get()?.['text'], 'committed');
    database.close();
  });

  test('keeps other processes out after a second open in this one was refused', async () => {
    const path = freshPath();
    const database = openDatabase(path, options);
    assert.throws(() => openDatabase(path, options), { name: 'DatabaseError' });
    const other = spawn(process.execPath, ['--input-type=module', '--eval', holding(path)], {
      stdio: 'ignore',
    });
    assert.deepEqual(await once(other, 'exit'), [1, null]);
    database.close();
  });

  test('gives the file and its log the mode from the beginning, and corrects an old one', () => {
    const path = freshPath();
    const database = openDatabase(path, options);
    assert.equal(statSync(`${path}-wal`).mode & 0o777, 0o600);
    database.close();
    chmodSync(path, 0o644);
    openDatabase(path, options).close();
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  test('reads integers as bigint when asked', () => {
    const path = freshPath();
    const database = openDatabase(path, { ...options, readBigInts: true });
    database.prepare('INSERT INTO note (id, text) VALUES (?, ?)').run(2n ** 62n, 'x');
    assert.equal(database.prepare('SELECT id FROM note').get()?.['id'], 2n ** 62n);
    database.close();
  });

  test('checks foreign keys', () => {
    const child = 'CREATE TABLE child (note INTEGER NOT NULL REFERENCES note (id)) STRICT';
    const database = openDatabase(freshPath(), { ...options, schema: [...schema, child] });
    assert.throws(() => database.exec('INSERT INTO child (note) VALUES (7)'), /FOREIGN KEY/);
    database.close();
  });

  test('leaves a database as it was when a schema step fails', () => {
    const path = freshPath();
    openDatabase(path, options).close();
    const broken = { ...options, schema: [...schema, 'CREATE TABLE a (b TEXT) STRICT; nonsense'] };
    assert.throws(() => openDatabase(path, broken), /nonsense/);
    const database = openDatabase(path, options);
    assert.equal(database.prepare('PRAGMA user_version').get()?.['user_version'], 1);
    assert.throws(() => database.exec('SELECT * FROM a'), /no such table/);
    database.close();
  });

  test('refuses a schema whose tables are not STRICT', () => {
    const loose = { ...options, schema: ['CREATE TABLE loose (a TEXT)'] };
    assert.throws(() => openDatabase(freshPath(), loose), /must be STRICT: loose/);
  });

  test('does not create what must exist', () => {
    const path = freshPath();
    assert.throws(() => openDatabase(path, { ...options, mustExist: true }), {
      detail: { code: 'DATABASE_MISSING', path },
    });
  });
});

/** Source of a process that holds the database and dies without closing it. */
function holding(path: string): string {
  return `
    import { openDatabase } from ${JSON.stringify(new URL('database.ts', import.meta.url).href)};
    const database = openDatabase(${JSON.stringify(path)}, ${JSON.stringify(options)});
    database.exec("INSERT INTO note (text) VALUES ('committed')");
    console.log('held');
    setInterval(() => {}, 1000);`;
}

describe('transaction', () => {
  test('refuses work that waits, and keeps nothing of it', () => {
    const database = openDatabase(freshPath(), options);
    const work = async () => database.exec(`INSERT INTO note (text) VALUES ('late')`);
    assert.throws(() => transaction(database, work), /must not wait/);
    assert.equal(database.prepare('SELECT count(*) AS n FROM note').get()?.['n'], 0);
    database.close();
  });

  test('does all or nothing', () => {
    const database = openDatabase(freshPath(), options);
    const insert = (text: string) => database.prepare('INSERT INTO note (text) VALUES (?)').run(text);
    transaction(database, () => insert('one'));
    assert.throws(() =>
      transaction(database, () => {
        insert('two');
        throw new Error('on the way');
      }),
    );
    assert.deepEqual(
      database
        .prepare('SELECT text FROM note')
        .all()
        .map((row) => row['text']),
      ['one'],
    );
    database.close();
  });

  test('survives the statement that breaks it', () => {
    const database = new DatabaseSync(':memory:');
    assert.throws(() => transaction(database, () => database.exec('nonsense')));
    assert.equal(database.isTransaction, false);
  });
});

describe('unsyncedTransaction', () => {
  test('does all or nothing, and leaves the database synced', () => {
    const database = openDatabase(freshPath(), options);
    const insert = (text: string) => database.prepare('INSERT INTO note (text) VALUES (?)').run(text);
    const synchronous = () => database.prepare('PRAGMA synchronous').get()?.['synchronous'];
    unsyncedTransaction(database, () => {
      assert.equal(synchronous(), 1);
      insert('one');
    });
    assert.equal(synchronous(), 2);
    assert.throws(() =>
      unsyncedTransaction(database, () => {
        insert('two');
        throw new Error('on the way');
      }),
    );
    assert.equal(synchronous(), 2);
    assert.equal(database.prepare('SELECT count(*) AS count FROM note').get()?.['count'], 1);
    database.close();
  });
});

describe('a disk that fails, or a power cut', () => {
  const write = (path: string) => async () => {
    const database = await openDurably(path, options);
    transaction(database, () => database.exec("INSERT INTO note (text) VALUES ('kept')"));
  };

  test('a power cut takes neither the names of file and log nor what was committed, whatever SQLite syncs of its own', async () => {
    const root = mkdtempSync(join(folder, 'power-'));
    const { images, failure } = await onRecordedDisk(
      root,
      { fault: 'kill', at: -1 },
      write(join(root, 'a.db')),
    );
    assert.equal(failure, undefined);
    const database = openDatabase(join(images.synced, 'a.db'), { ...options, mustExist: true });
    assert.equal(database.prepare('SELECT text FROM note').get()?.['text'], 'kept');
    database.close();
    for (const image of Object.values(images)) rmSync(image, { recursive: true });
  });

  /** The error of opening a new database when one of its steps fails; undefined: there are no more steps. */
  async function saidAt(fault: 'EIO' | 'ENOSPC', at: number) {
    const root = mkdtempSync(join(folder, 'fails-'));
    const path = join(root, 'a.db');
    const { steps, failure, images } = await onRecordedDisk(root, { fault, at }, async () =>
      (await openDurably(path, options)).close(),
    );
    for (const image of Object.values(images)) rmSync(image, { recursive: true });
    const isOver = steps[at] === undefined || steps[at] === 'close the database';
    return isOver ? undefined : { path, failure: failure as Error & { detail?: object } };
  }

  for (const fault of ['EIO', 'ENOSPC'] as const) {
    test(`a disk that gives ${fault} at any step is said to do so, and never to be damaged`, async () => {
      let at = 0;
      for (let said = await saidAt(fault, at); said !== undefined; said = await saidAt(fault, ++at)) {
        assert.deepEqual({ ...said.failure.detail }, { code: 'DATABASE_DISK', path: said.path });
        assert.match(said.failure.message, /Free space on its disk/);
      }
      assert.ok(at > 5, `only ${at} steps`);
    });
  }
});
