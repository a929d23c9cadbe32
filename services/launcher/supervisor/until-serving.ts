import type { ProcessEnd } from '../adapters/last-words.ts';
import type { ServiceProcess } from '../adapters/service-process.ts';
import { CliError } from '../words/errors.ts';

export interface ServingOptions {
  /** How people call it: "m0 consensus". */
  readonly label: string;
  /** The file with its output, for a person. */
  readonly logFile: string;
  /** Resolves once the service serves; rejects when `signal` says so. */
  readonly serving: (signal: AbortSignal) => Promise<void>;
  readonly startMsMax: number;
  /** Ends a start that is under way. */
  readonly interrupted: AbortSignal;
}

/**
 * Waits until a process that was started serves.
 * @throws CliError when it ends early, does not serve in time, or the start is interrupted.
 */
export async function untilServing(started: ServiceProcess, options: ServingOptions): Promise<void> {
  const { label, interrupted, serving, startMsMax } = options;
  const over = new AbortController();
  const deadline = AbortSignal.timeout(startMsMax);
  const signal = AbortSignal.any([over.signal, deadline, interrupted]);
  const endEarly = async (): Promise<never> => {
    throw endedEarly(label, await started.exited);
  };
  try {
    await Promise.race([serving(signal), endEarly(), abortOf(signal)]);
  } catch (cause) {
    throw deadline.aborted ? servedTooLate(options, cause) : cause;
  } finally {
    over.abort();
  }
}

/** A service that a person wants again of a federation that is stopping. */
export function stopsMeanwhile(service: string): CliError {
  const message = `${service} is not started again: the federation stops`;
  return new CliError(message, { code: 'CLI_SERVICE_FAILED', service });
}

/** A service that ended before it served, with its own last sentence as the reason. */
function endedEarly(service: string, { how, lastLine }: ProcessEnd): CliError {
  const reason = lastLine === '' ? `it ended with ${how} and said nothing` : lastLine;
  return new CliError(`${service} did not start: ${reason}`, { code: 'CLI_SERVICE_FAILED', service });
}

/** A service that runs and does not serve. */
function servedTooLate({ label, startMsMax, logFile }: ServingOptions, cause: unknown): CliError {
  const message = `${label} did not serve within ${startMsMax / 1000} s; its log is ${logFile}`;
  return new CliError(message, { code: 'CLI_SERVICE_FAILED', service: label }, { cause });
}

/** Rejects with the reason of `signal` when it fires, and never resolves. */
function abortOf(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
