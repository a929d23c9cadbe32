import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

const base = mkdtempSync(join(tmpdir(), 'btcfed-orphans-'));
after(() => rmSync(base, { recursive: true, force: true }));

const SERVICE_PROCESS = new URL('../adapters/service-process.ts', import.meta.url).href;
const STEP_MS = 20;
const PATIENCE_MS = 120_000;

/** A supervisor that starts one child and prints its process id. */
function supervisorSource(tether: 'channel' | 'guard', command: readonly string[], then: string): string {
  const [program, ...args] = command;
  return `
    import { ServiceProcess } from ${JSON.stringify(SERVICE_PROCESS)};
    const child = ServiceProcess.start({
      command: ${JSON.stringify(program)}, args: ${JSON.stringify(args)}, cwd: '.', env: {},
      output: 'out.log', errorFile: 'error.log', tether: ${JSON.stringify(tether)},
    });
    ${then}
    console.log(child.pid);
    setInterval(() => {}, 1000);`;
}

/** Whether the process runs; an ended process that waits for its parent does not. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** The wait ends long before the program would exit by itself. */
async function ends(pid: number): Promise<void> {
  for (let waitedMs = 0; runs(pid); waitedMs += STEP_MS) {
    assert.ok(waitedMs < PATIENCE_MS, `process ${pid} lives on`);
    await sleep(STEP_MS);
  }
}

async function survivorOf(
  tether: 'channel' | 'guard',
  command: readonly string[],
  then = '',
): Promise<number> {
  const folder = mkdtempSync(join(base, 'f-'));
  const script = join(folder, 'supervisor.mjs');
  writeFileSync(script, supervisorSource(tether, command, then));
  const supervisor = spawn(process.execPath, [script], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((resolve) => {
    supervisor.stdout.once('data', (text: Buffer) => resolve(Number(text.toString())));
  });
  assert.ok(runs(pid));
  supervisor.kill('SIGKILL');
  return pid;
}

describe('a supervisor that is killed outright', () => {
  test('takes a service of ours with it', async () => {
    const service = "process.on('disconnect', () => process.exit()); setInterval(() => {}, 1000);";
    const pid = await survivorOf('channel', [process.execPath, '-e', service]);
    await ends(pid);
  });

  test('takes a service with it that was paused, and so hears of nothing', async () => {
    const service = "process.on('disconnect', () => process.exit()); setInterval(() => {}, 1000);";
    const pid = await survivorOf('channel', [process.execPath, '-e', service], 'child.pause();');
    await ends(pid);
  });

  test('takes a foreign program with it', async () => {
    const pid = await survivorOf('guard', ['/bin/sleep', '600']);
    await ends(pid);
  });
});
