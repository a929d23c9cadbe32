import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const START_MS_MAX = 5_000;

/** A nats-server of our own on a free port, that can go away and come back with what it has stored. */
export class NatsServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'btcfed-nats-'));
  readonly #withStore: boolean;
  #port = 0;
  #process: ChildProcess | undefined;

  constructor({ withStore }: { withStore: boolean }) {
    this.#withStore = withStore;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Chooses the port without starting: for a bus that is there first. */
  async choosePort(): Promise<void> {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#port = address.port;
    await new Promise((resolve) => probe.close(resolve));
  }

  async up(): Promise<void> {
    if (this.#port === 0) await this.choosePort();
    const store = this.#withStore ? ['--jetstream', '--store_dir', this.#folder] : [];
    const args = ['--addr', '127.0.0.1', '--port', String(this.#port), ...store];
    const child = spawn('nats-server', args, { stdio: 'ignore' });
    child.on('error', () => undefined);
    this.#process = child;
    for (const giveUpAt = Date.now() + START_MS_MAX; !(await answers(this.#port)); await sleep(10)) {
      if (child.pid === undefined)
        throw new Error('nats-server is not on the PATH: apt-get install nats-server');
      if (Date.now() > giveUpAt) throw new Error('nats-server does not start');
    }
  }

  async down(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async remove(): Promise<void> {
    await this.down();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
  });
}
