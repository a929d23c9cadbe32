import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { composeSigner } from '#services/signer/compose.ts';
import { runCommandLine } from '#test/support/programs/command-line.ts';
import { type SignerHome, signerHome } from '#test/support/signer/signer-home.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-status-'));
after(() => rmSync(base, { recursive: true, force: true }));

async function jsonOf(...args: readonly string[]) {
  const { code, out, notes } = await runCommandLine('signer', ...args, '--json');
  return { code, facts: JSON.parse(out === '' ? 'null' : out), notes };
}

describe('btcfed signer status and doctor', () => {
  let home: SignerHome;
  let folder = '';
  const socket = join(base, 'admin.sock');
  before(async () => {
    home = await signerHome('slh-dsa-sha2-128f');
    folder = home.config.SIGNER_FOLDER;
  });
  after(() => home[Symbol.asyncDispose]());

  test('F-48 read the record of a signer that does not run, with exit code 5', async () => {
    const { code, facts } = await jsonOf('status', '--folder', folder, '--socket', socket);
    assert.equal(code, 5);
    assert.deepEqual(
      [facts.running, facts.signs, facts.wouldSign, facts.mode],
      [false, false, true, 'active'],
    );
    assert.deepEqual([facts.markView, facts.lockView, facts.session], [0, 0, 0]);
  });

  test('F-48 ask one that runs, and tell when it is locked, with exit code 5', async () => {
    const signer = await composeSigner({ ...home.config, SIGNER_ADMIN_SOCKET: socket }, memoryLogger());
    await signer.start();
    try {
      const { code, facts } = await jsonOf('status', '--folder', folder, '--socket', socket);
      assert.deepEqual([code, facts.running, facts.signs, facts.locked], [0, true, true, false]);
      assert.equal(facts.publicKey, Buffer.from(home.publicKey).toString('hex'));
      assert.equal(facts.auditSequence, 2);
      assert.match(`${facts.auditHash} ${facts.auditKey}`, /^[0-9a-f]{64} [0-9a-f]{64}$/);
      await runCommandLine('signer', 'lock', '--socket', socket);
      const locked = await jsonOf('status', '--socket', socket);
      assert.deepEqual([locked.code, locked.facts.signs, locked.facts.locked], [5, false, true]);
      assert.deepEqual(
        [facts.todo, locked.facts.todo],
        ['nothing', `btcfed signer unlock --socket ${socket}`],
      );
    } finally {
      await signer.stop();
    }
  });

  test('F-43: rotate status asks a running signer whether its key is locked, and says the command that unlocks it', async () => {
    const signer = await composeSigner({ ...home.config, SIGNER_ADMIN_SOCKET: socket }, memoryLogger());
    await signer.start();
    try {
      const at = ['rotate', 'status', '--folder', folder, '--socket', socket];
      assert.equal((await jsonOf(...at)).facts.step, 'none');
      await runCommandLine('signer', 'lock', '--socket', socket);
      const { facts } = await jsonOf(...at);
      assert.equal(facts.step, 'locked');
      assert.ok(String(facts.todo).startsWith(`btcfed signer unlock --socket ${socket}, `), facts.todo);
    } finally {
      await signer.stop();
    }
  });

  test('say that nobody answers where there is nothing else to read', async () => {
    const { code, notes } = await jsonOf('status', '--socket', join(base, 'nobody.sock'));
    assert.deepEqual([code, /no signer answers/.test(notes)], [3, true]);
  });

  test('judge the process of a signer that runs, and say so when none does', async () => {
    const process = async () => {
      const { facts } = await jsonOf('doctor', '--folder', folder, '--socket', socket);
      return facts.checks.filter(({ name }: { name: string }) => ['process', 'node'].includes(name));
    };
    const [none] = await process();
    assert.deepEqual([none.verdict, none.found], ['warning', 'no core answers']);
    assert.match(none.cure, /--socket/);
    const core = await startCore();
    try {
      const [judged, node] = await process();
      assert.deepEqual([judged.verdict, judged.found], ['ok', `the core that runs, ${core.pid}`]);
      assert.equal(node.verdict, 'ok');
      const { facts } = await jsonOf('doctor', '--folder', folder, '--socket', socket);
      const verdicts = Object.fromEntries(
        facts.checks.map(({ name, found }: { name: string; found: string }) => [name, found]),
      );
      assert.equal(verdicts['core dumps'], '4096', 'its limit, not that of this process');
      assert.equal(verdicts['memory on swap'], '0 KiB');
      assert.equal(verdicts['memory to write and execute'], 'some', 'it runs with a compiler');
      assert.match(verdicts['thread pool'], /^9 threads/);
    } finally {
      const gone = once(core, 'exit');
      core.kill('SIGKILL');
      await gone;
    }
  });

  /** A core with limits of its own. */
  async function startCore(): Promise<ChildProcess> {
    const main = fileURLToPath(new URL('../../../signer/main-core.ts', import.meta.url));
    const command = ['ulimit -c 8; exec "$0" "$1"', process.execPath, main];
    const core = spawn('sh', ['-c', ...command], {
      env: {
        SIGNER_CORE_SOCKET: join(base, 'core.sock'),
        SIGNER_CORE_ADMIN_SOCKET: socket,
        SIGNER_CORE_FOLDER: folder,
        UV_THREADPOOL_SIZE: '9',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise<void>((resolve, reject) => {
      core.stdout.on('data', (text: Buffer) => {
        if (text.includes('service started')) resolve();
      });
      core.once('exit', (code) => reject(new Error(`the core ended with code ${code}`)));
    });
    return core;
  }

  test('find what is wrong with a folder, each with its cure, and exit code 1', async () => {
    const named = (facts: { checks: { name: string; verdict: string; cure: string }[] }, verdict: string) =>
      facts.checks.filter((each) => each.verdict === verdict).map(({ name }) => name);
    const before = (await jsonOf('doctor', '--folder', folder)).facts;
    assert.ok(!named(before, 'failure').includes('mode'));
    assert.ok(['mirror', 'key'].every((name) => named(before, 'warning').includes(name)));
    chmodSync(join(folder, 'signer.key'), 0o644);
    const { code, facts } = await jsonOf('doctor', '--folder', folder);
    assert.equal(code, 1);
    assert.ok(named(facts, 'failure').includes('mode'));
    const { out } = await runCommandLine('signer', 'doctor', '--folder', folder);
    assert.match(out, /^failure {2}mode: .*signer\.key 644 \(chmod go= /m);
    chmodSync(join(folder, 'signer.key'), 0o600);
    rmSync(join(folder, 'signer.mirror'));
    assert.ok(named((await jsonOf('doctor', '--folder', folder)).facts, 'failure').includes('mirror'));
  });
});
