import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { grpcClient } from '#libs/grpc/client.ts';
import { ConfigServiceDefinition } from '#libs/proto/btcfed/config/v1/config_service.ts';
import { peersYaml } from '#libs/settings/peers-yaml.ts';
import { within } from '#test/support/within.ts';

const MAIN = new URL('../../../services/config/main.ts', import.meta.url).pathname;
/** The longest that a test waits for anything: a busy machine takes many seconds to start a process. */
export const WAIT_MS = 300_000;

/** peers.yaml with one peer for each number, whose key is that byte. */
export function peersText(...fills: readonly number[]): string {
  const address = '/ip4/127.0.0.1/tcp/9000';
  return peersYaml(fills.map((fill) => ({ publicKey: new Uint8Array(32).fill(fill), addresses: [address] })));
}

export interface Running {
  readonly child: ChildProcess;
  readonly output: { all: string };
  /** Waits for its end; fails when that takes too long. */
  readonly exit: () => Promise<number | null>;
}

/** The config service as its own process, with its home and its output; killed when the test ends. */
export async function configProcess(t: TestContext) {
  const home = await mkdtemp(join(tmpdir(), 'btcfed-member-'));
  const address = `unix:${join(home, 'run', 'config.sock')}`;
  const children: ChildProcess[] = [];
  t.after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(home, { recursive: true, force: true });
  });
  const run = (more: Readonly<Record<string, string>> = {}): Running => {
    const env = { CONFIG_HOME: home, CONFIG_LISTEN: address, CONFIG_LOG_LEVEL: 'debug', ...more };
    const child = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    const closed = once(child, 'close').then(([code]) => code);
    const output = { all: '' };
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output.all += data;
      });
    }
    const exit = () => within('the end of the config service', closed);
    return { child, output, exit };
  };
  const client = grpcClient(ConfigServiceDefinition, { address, deadlineMs: WAIT_MS });
  t.after(() => client.close());
  return { home, run, client, conf: join(home, 'conf.yaml'), peers: join(home, 'peers.yaml') };
}

/** Waits until the process has printed `text` so many times. */
export async function says(running: Running, text: string, times = 1): Promise<void> {
  const end = performance.now() + WAIT_MS;
  while (running.output.all.split(text).length <= times) {
    assert.ok(performance.now() < end, `no «${text}» in:\n${running.output.all}`);
    await sleep(20);
  }
}

/** Waits until a question has the answer yes. */
export async function untilTrue(question: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + WAIT_MS;
  while (!(await question())) {
    assert.ok(performance.now() < end, 'it never came true');
    await sleep(20);
  }
}
