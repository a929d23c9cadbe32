import type { LoggingSection } from '#libs/log/log-section.ts';
import type { Lifecycle } from '#libs/service/lifecycle.ts';
import type { ProcessEnd } from '../adapters/last-words.ts';
import { type ProcessSpec, ServiceProcess } from '../adapters/service-process.ts';
import type { ServiceState } from '../core/control-messages.ts';
import { SERVICE_STOP_MS } from '../words/limits.ts';
import { ServiceRestarts } from './service-restarts.ts';
import type { SupervisorEvent } from './supervisor-event.ts';
import { type ServingOptions, stopsMeanwhile, untilServing } from './until-serving.ts';

export interface SupervisedServiceOptions extends ServingOptions {
  readonly process: ProcessSpec;
  readonly report: (event: SupervisorEvent) => void;
}

/**
 * One service as a process of its own. The first start must succeed; a service that dies later is started again
 * after a pause that grows, until it has died too often; one whose disk is full, until there is room. A service that a
 * person put down stays down until the person restarts it.
 */
export class SupervisedService implements Lifecycle {
  readonly #options: SupervisedServiceOptions;
  #process: ServiceProcess | undefined;
  #logging: LoggingSection | undefined;
  readonly #restarts: ServiceRestarts;
  #phase: 'idle' | 'starting' | 'running' | 'down' | 'stopped' = 'idle';

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

  get state(): ServiceState {
    if (this.#phase === 'idle') return 'stopped';
    if (this.#phase !== 'running') return this.#phase;
    if (this.#process === undefined) return 'ended';
    return this.#process.isPaused ? 'paused' : 'running';
  }

  /** @throws CliError when the process ends early, does not serve in time, or the start is interrupted. */
  async start(): Promise<void> {
    if (this.#phase !== 'idle') throw new Error(`${this.label} was started before`);
    try {
      await this.#launch();
    } catch (cause) {
      await this.stop();
      throw cause;
    }
  }

  async stop(): Promise<void> {
    await this.#letGo('stopped')?.stop(SERVICE_STOP_MS);
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

  /** Ends it by request, in order or at once. Nothing starts it but `restart`. */
  async putDown(how: 'in order' | 'at once'): Promise<void> {
    const running = this.#letGo('down');
    if (how === 'in order') return running?.stop(SERVICE_STOP_MS);
    running?.kill();
    await running?.exited;
  }

  /**
   * Starts it by request, after `putDown`.
   * @throws CliError as `start` does; it is down then.
   */
  async restart(): Promise<void> {
    if (this.#phase === 'stopped') throw stopsMeanwhile(this.label);
    if (this.#phase !== 'down') throw new Error(`${this.label} is not down but ${this.#phase}`);
    try {
      await this.#launch();
    } catch (cause) {
      // A stop that came meanwhile has ended it already.
      if (this.state !== 'stopped') await this.putDown('in order');
      throw cause;
    }
  }

  /** Holds it by request: it does nothing more, and its connections stand. */
  pause(): void {
    this.#process?.pause();
  }

  resume(): void {
    this.#process?.resume();
  }

  async #launch(): Promise<void> {
    this.#options.interrupted.throwIfAborted();
    this.#phase = 'starting';
    await untilServing(this.#spawn(), this.#options);
    if (this.#phase === 'starting') this.#phase = 'running';
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

  /** The process that ran, whose end is no crash from now on. */
  #letGo(phase: 'down' | 'stopped'): ServiceProcess | undefined {
    this.#phase = phase;
    this.#restarts.beginAnew();
    const running = this.#process;
    this.#process = undefined;
    return running;
  }
}

/** A mistake of ours in a callback must end the process, not vanish. */
function rethrowLater(error: unknown): void {
  setImmediate(() => {
    throw error;
  });
}
