import type { LoggingSection } from '#libs/log/log-section.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { ProcessEnd } from '../adapters/last-words.ts';
import { type ProcessSpec, ServiceProcess } from '../adapters/service-process.ts';
import { CliError } from '../words/errors.ts';
import { SERVICE_STOP_MS } from '../words/limits.ts';
import { ServiceRestarts } from './service-restarts.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

export interface SupervisedServiceOptions {
  /** How people call it: "m0 consensus". */
  readonly label: string;
  readonly process: ProcessSpec;
  /** The file with its output, for a person. */
  readonly logFile: string;
  /** Resolves once the service serves; rejects when `signal` says so. */
  readonly serving: (signal: AbortSignal) => Promise<void>;
  readonly startMsMax: number;
  readonly report: (event: SupervisorEvent) => void;
  /** Ends a start that is under way. */
  readonly interrupted: AbortSignal;
}

/**
 * One service as a process of its own. The first start must succeed; a service that dies later is started again
 * after a pause that grows, until it has died too often; one whose disk is full, until there is room.
 */
export class SupervisedService implements Lifecycle {
  readonly #options: SupervisedServiceOptions;
  #process: ServiceProcess | undefined;
  #logging: LoggingSection | undefined;
  readonly #restarts: ServiceRestarts;
  #phase: 'idle' | 'starting' | 'running' | 'stopped' = 'idle';

  constructor(options: SupervisedServiceOptions) {
    this.#options = options;
    this.#restarts = new ServiceRestarts({
      service: options.label,
      report: options.report,
      start: () => this.#spawn(),
    });
  }

  get label(): string {
    return this.#options.label;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** @throws CliError when the process ends early, does not serve in time, or the start is interrupted. */
  async start(): Promise<void> {
    const { label, interrupted, serving, startMsMax } = this.#options;
    if (this.#phase !== 'idle') throw new Error(`${label} was started before`);
    interrupted.throwIfAborted();
    this.#phase = 'starting';
    const started = this.#spawn();
    const over = new AbortController();
    const deadline = AbortSignal.timeout(startMsMax);
    const signal = AbortSignal.any([over.signal, deadline, interrupted]);
    try {
      await Promise.race([serving(signal), this.#endEarly(started), abortOf(signal)]);
    } catch (cause) {
      await this.stop();
      throw deadline.aborted ? this.#late(cause) : cause;
    } finally {
      over.abort();
    }
    if (this.#phase === 'starting') this.#phase = 'running';
  }

  async stop(): Promise<void> {
    this.#phase = 'stopped';
    this.#restarts.cancel();
    const running = this.#process;
    this.#process = undefined;
    await running?.stop(SERVICE_STOP_MS);
  }

  /** Changes its log, also after it was started again. */
  tellLogging(section: LoggingSection): void {
    this.#logging = section;
    this.#process?.tellLogging(section);
  }

  /** Ends it at once, for a person who does not want to wait. */
  kill(): void {
    this.#phase = 'stopped';
    this.#restarts.cancel();
    this.#process?.kill();
  }

  #spawn(): ServiceProcess {
    const started = ServiceProcess.start(this.#options.process);
    this.#process = started;
    if (this.#logging !== undefined) started.tellLogging(this.#logging);
    started.exited.then((end) => this.#ended(started, end)).catch(rethrowLater);
    return started;
  }

  #ended(ended: ServiceProcess, end: ProcessEnd): void {
    if (this.#process !== ended || this.#phase !== 'running') return;
    this.#process = undefined;
    this.#restarts.after(end);
  }

  async #endEarly(started: ServiceProcess): Promise<never> {
    const { how, lastLine } = await started.exited;
    const { label } = this.#options;
    const reason = lastLine === '' ? `it ended with ${how} and said nothing` : lastLine;
    const detail = { code: 'CLI_SERVICE_FAILED', service: label } as const;
    throw new CliError(`${label} did not start: ${reason}`, detail);
  }

  #late(cause: unknown): CliError {
    const { label, startMsMax, logFile } = this.#options;
    const message = `${label} did not serve within ${startMsMax / 1000} s; its log is ${logFile}`;
    return new CliError(message, { code: 'CLI_SERVICE_FAILED', service: label }, { cause });
  }
}

/** Rejects with the reason of `signal` when it fires, and never resolves. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** A mistake of ours in a callback must end the process, not vanish. */
function rethrowLater(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
