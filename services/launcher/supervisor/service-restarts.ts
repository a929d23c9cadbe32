import { performance } from 'node:perf_hooks';
import { SERVICE_EXIT } from '#libs/service/service-exit.ts';
import type { ProcessEnd } from '../adapters/last-words.ts';
import { afterCrash, afterDiskFault, type CrashTimes } from '../core/restart-policy.ts';
import { DISK_BACK_MS } from '../words/limits.ts';
import type { SupervisorEvent } from './supervisor-event.ts';

export interface ServiceRestartsOptions {
  /** How people call the service: "m0 consensus". */
  readonly service: string;
  readonly report: (event: SupervisorEvent) => void;
  /** Starts it again. */
  readonly start: () => void;
}

/** Starts a service again after each end of its process, as `core/restart-policy.ts` allows, and reports it. */
export class ServiceRestarts {
  readonly #options: ServiceRestartsOptions;
  #crashes: CrashTimes = [];
  /** Ends for want of a disk, while it lasts; empty once the service runs. */
  #diskFaults: CrashTimes = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ServiceRestartsOptions) {
    this.#options = options;
  }

  /** The process ended by itself. */
  after(end: ProcessEnd): void {
    this.cancel();
    if (end.code === SERVICE_EXIT.disk) return this.#diskAway(end);
    const { service, report, start } = this.#options;
    const { crashes, pauseMs } = afterCrash(this.#crashes, performance.now());
    this.#crashes = crashes;
    if (pauseMs === undefined) return report({ kind: 'given-up', service, end });
    report({ kind: 'crashed', service, end, pauseMs });
    this.#timer = setTimeout(() => {
      start();
      report({ kind: 'restarted', service });
      this.#lookForDisk();
    }, pauseMs);
  }

  /** Starts it no more, and reports no more of the disk. */
  cancel(): void {
    clearTimeout(this.#timer);
  }

  /** A person has taken over: nothing is started by itself, and earlier ends are forgotten. */
  beginAnew(): void {
    this.cancel();
    this.#crashes = [];
    this.#diskFaults = [];
  }

  /** A full disk is no crash: nothing is wrong with the service, and only the disk needs a person. */
  #diskAway(end: ProcessEnd): void {
    const { service, report, start } = this.#options;
    const { faults, pauseMs } = afterDiskFault(this.#diskFaults, performance.now());
    if (this.#diskFaults.length === 0) report({ kind: 'disk-away', service, end });
    this.#diskFaults = faults;
    this.#timer = setTimeout(() => {
      start();
      this.#lookForDisk();
    }, pauseMs);
  }

  /**
   * Reports the disk as back once the service stays up: a service that only looks at the disk and exits again is no
   * news.
   */
  #lookForDisk(): void {
    if (this.#diskFaults.length === 0) return;
    const { service, report } = this.#options;
    this.#timer = setTimeout(() => {
      this.#diskFaults = [];
      report({ kind: 'disk-back', service });
    }, DISK_BACK_MS);
  }
}
