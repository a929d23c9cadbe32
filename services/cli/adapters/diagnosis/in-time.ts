import { CliError } from '#services/launcher/words/errors.ts';
import { CALL_MS } from '#services/launcher/words/limits.ts';

/**
 * The result of `work`, where it comes in time: somebody who asks what is wrong must not wait for a process that hangs.
 * @throws CliError `CLI_UNREACHABLE`
 */
export async function inTime<Result>(work: Promise<Result>, waitMsMax: number = CALL_MS): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const message = `it takes connections and gave no answer within ${waitMsMax / 1_000} s: it is paused or stuck`;
  const timer = setTimeout(() => late.reject(new CliError(message, { code: 'CLI_UNREACHABLE' })), waitMsMax);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
