import { Worker } from 'node:worker_threads';
import { CryptoError } from './errors.ts';
import { WORKER_QUEUE_MAX } from './limits.ts';
import type { PortableResult, PortableTask } from './portable-task.ts';

export interface PortablePoolOptions {
  /** The most threads; each is started when it is first needed. */
  readonly workersMax?: number;
  /** Tasks that may wait for a thread. */
  readonly queueMax?: number;
  /** The file of the worker, where a bundle put it elsewhere. */
  readonly workerUrl?: URL;
}

interface Job {
  readonly task: PortableTask;
  resolve(result: PortableResult): void;
  reject(error: Error): void;
}

/**
 * Worker threads that run the portable implementation, so that seconds of hashing never hold up the event
 * loop. Idle threads do not keep the process alive.
 */
export class PortablePool {
  readonly #workersMax: number;
  readonly #queueMax: number;
  readonly #workerUrl: URL;
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Job>();
  readonly #waiting: Job[] = [];

  constructor({
    workersMax = 1,
    queueMax = WORKER_QUEUE_MAX,
    workerUrl = defaultWorkerUrl(),
  }: PortablePoolOptions = {}) {
    this.#workersMax = workersMax;
    this.#queueMax = queueMax;
    this.#workerUrl = workerUrl;
  }

  /** @throws CryptoError `CRYPTO_OVERLOADED` when too much waits, `CRYPTO_WORKER_FAILED` when the worker is gone. */
  run(task: PortableTask): Promise<PortableResult> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.length >= this.#queueMax) {
        const detail = { code: 'CRYPTO_OVERLOADED', waiting: this.#waiting.length } as const;
        reject(new CryptoError('too many signatures wait for the portable implementation', detail));
        return;
      }
      this.#waiting.push({ task, resolve, reject });
      this.#dispatch();
    });
  }

  /** Ends all threads; work that was under way fails. */
  async close(): Promise<void> {
    const workers = [...this.#idle, ...this.#busy.keys()];
    for (const job of this.#waiting.splice(0)) job.reject(workerFailed('it was closed'));
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  #dispatch(): void {
    if (this.#waiting.length === 0) return;
    const worker = this.#idle.pop() ?? this.#started();
    if (worker === undefined) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    this.#busy.set(worker, job);
    worker.ref();
    worker.postMessage(job.task);
  }

  #started(): Worker | undefined {
    if (this.#busy.size + this.#idle.length >= this.#workersMax) return undefined;
    const worker = new Worker(this.#workerUrl);
    worker.on('message', (result: PortableResult) => this.#finish(worker, result));
    worker.on('error', (cause) => this.#lose(worker, cause));
    worker.on('exit', () => this.#lose(worker, undefined));
    return worker;
  }

  #finish(worker: Worker, result: PortableResult): void {
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    worker.unref();
    this.#idle.push(worker);
    if (result.kind === 'failed') job?.reject(workerFailed(result.message));
    else job?.resolve(result);
    this.#dispatch();
  }

  /** Called once by the error and once more by the exit that follows it. */
  #lose(worker: Worker, cause: unknown): void {
    const job = this.#busy.get(worker);
    this.#busy.delete(worker);
    const index = this.#idle.indexOf(worker);
    if (index >= 0) this.#idle.splice(index, 1);
    job?.reject(workerFailed('its thread ended; a bundle must have portable-worker.js beside it', cause));
    this.#dispatch();
  }
}

/** Beside this file, or beside the bundle that this file went into, with the same ending (.ts, .js, .mjs). */
function defaultWorkerUrl(): URL {
  const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'));
  return ending === '.ts'
    ? new URL('./portable-worker.ts', import.meta.url)
    : new URL(`./portable-worker${ending}`, import.meta.url);
}

function workerFailed(reason: string, cause?: unknown): CryptoError {
  const message = `the portable signature implementation failed: ${reason}`;
  return new CryptoError(message, { code: 'CRYPTO_WORKER_FAILED' }, { cause });
}
