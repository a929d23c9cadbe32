import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const CLI = new URL('../../../services/cli/main.ts', import.meta.url).pathname;
const LOOK_MS = 30;
/** The longest that a test waits for anything; nothing here takes a tenth of it. */
const WAIT_MS = 300_000;

/** `btcfed node` as a stranger runs it, with its output. */
export class NodeProcess {
  readonly home: string;
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  #stdout = '';
  #stderr = '';

  constructor(
    home: string,
    args: readonly string[] = ['--home', home],
    env: Readonly<Record<string, string>> = {},
  ) {
    this.home = home;
    this.child = spawn(process.execPath, [CLI, 'node', ...args], {
      cwd: home,
      env: { PATH: '/nowhere', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exit = once(this.child, 'close').then(([code]) => code);
    this.child.stdout?.on('data', (data) => {
      this.#stdout += data;
    });
    this.child.stderr?.on('data', (data) => {
      this.#stderr += data;
    });
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** The log file of the node, which holds the lines of all its services. */
  get log(): readonly Record<string, unknown>[] {
    const text = readFileSync(join(this.home, 'logs', 'btc-federation.log'), 'utf8');
    return text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  }

  /** How often a message stands in the log. */
  said(message: string, service?: string): number {
    return this.log.filter(
      (line) => line['message'] === message && (service === undefined || line['service'] === service),
    ).length;
  }

  async saysOnStderr(text: string): Promise<void> {
    await until(
      () => this.#stderr.includes(text),
      () => `no «${text}» in:\n${this.#stderr}${this.#stdout}`,
    );
  }

  async logs(message: string, times = 1): Promise<void> {
    await until(
      () => this.said(message) >= times,
      () => `no «${message}» in:\n${this.log.map((line) => JSON.stringify(line)).join('\n')}`,
    );
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.exit;
  }
}

/** Waits until a condition holds; a failure shows the lines seen instead. */
export async function until(
  isTrue: () => boolean | Promise<boolean>,
  complaint: () => string,
): Promise<void> {
  const end = performance.now() + WAIT_MS;
  while (!(await isTrue())) {
    assert.ok(performance.now() < end, complaint());
    await sleep(LOOK_MS);
  }
}

const ESTABLISHED = '01';
const LISTEN = '0A';

/** Whether somebody listens on this port on IPv4. */
export function isListening(port: number): boolean {
  return tcpSockets().some(([local, , state]) => state === LISTEN && local.endsWith(`:${hexPort(port)}`));
}

/** TCP connections of this machine with one of these ports at either end, each as "local remote". */
export function connectionsAt(ports: readonly number[]): readonly string[] {
  const hex = ports.map(hexPort);
  const pairs = tcpSockets()
    .filter(([local, remote, state]) => {
      const isOurs = hex.some((port) => local.endsWith(`:${port}`) || remote.endsWith(`:${port}`));
      return state === ESTABLISHED && isOurs;
    })
    .map(([local, remote]) => `${local} ${remote}`);
  // The kernel writes that file in pieces: a socket may stand in it twice when others come and go meanwhile.
  return [...new Set(pairs)].toSorted();
}

function hexPort(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}

/** Local end, remote end and state of each. */
function tcpSockets(): readonly (readonly [string, string, string])[] {
  const lines = readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1);
  return lines.map((line) => {
    const [, local = '', remote = '', state = ''] = line.trim().split(/\s+/);
    return [local, remote, state] as const;
  });
}
