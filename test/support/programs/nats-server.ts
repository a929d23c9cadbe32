import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceProcess } from '#services/launcher/adapters/service-process.ts';
import { until } from '#test/support/within.ts';
import { untilGone } from './processes.ts';

const START_MS_MAX = 300_000;

/** A server that has taken the connection greets at once. */
const GREETING_MS_MAX = 10_000;

/** A nats-server of our own on a free port, that can go away and come back with its store. */
export class NatsServer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'btcfed-nats-'));
  readonly #withStore: boolean;
  #port = 0;
  #process: ServiceProcess | undefined;

  constructor({ withStore }: { withStore: boolean }) {
    this.#withStore = withStore;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#port}`;
  }

  /** Chooses the port without starting: for a bus that is there first. */
  async choosePort(): Promise<void> {
    const probe = createServer((guest) => guest.destroy()).listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    this.#port = address.port;
    await new Promise((resolve) => probe.close(resolve));
  }

  async up(): Promise<void> {
    if (this.#port === 0) await this.choosePort();
    const store = this.#withStore ? ['--jetstream', '--store_dir', this.#folder] : [];
    const started = ServiceProcess.start({
      command: 'nats-server',
      args: ['--addr', '127.0.0.1', '--port', String(this.#port), ...store],
      cwd: this.#folder,
      env: { PATH: process.env['PATH'] ?? '' },
      output: join(this.#folder, 'out.log'),
      errorFile: join(this.#folder, 'error.log'),
      tether: 'guard',
    });
    this.#process = started;
    if (started.pid === undefined)
      throw new Error('nats-server is not on the PATH: apt-get install nats-server');
    await until('the start of nats-server', () => greets(this.#port), START_MS_MAX);
  }

  async down(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    running?.kill();
    await untilGone(running?.pid);
  }

  async remove(): Promise<void> {
    await this.down();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answered: boolean) => {
      resolve(answered);
      socket.destroy();
    };
    socket.setTimeout(GREETING_MS_MAX, () => end(false));
    socket.once('data', () => end(true));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
