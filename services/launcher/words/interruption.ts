import { performance } from 'node:perf_hooks';
import { CliError } from './errors.ts';

/** A person or a supervisor wants this process to stop. */
export interface Interruption {
  /** Fires at the first request, with a CliError `CLI_INTERRUPTED` as its reason. */
  readonly signal: AbortSignal;
  /** Called when a second request shows that the ordered stop takes too long; the process ends right after it. */
  onImpatience(kill: () => void): void;
  /** SIGHUP then means "read the settings again", as daemons have it. Otherwise it is a request to stop. */
  onHangUp(reload: () => void): void;
}

/** npm, a shell and a terminal may each pass on the same Ctrl-C: within this it is one request. */
const ONE_REQUEST_MS = 1_000;

/** Listens for requests from now on. */
export function listenForInterruption(host: NodeJS.Process): Interruption {
  const controller = new AbortController();
  const kills: (() => void)[] = [];
  const reloads: (() => void)[] = [];
  let firstMs: number | undefined;
  const request = (signal: 'SIGINT' | 'SIGTERM'): void => {
    firstMs ??= performance.now();
    controller.abort(new CliError('stopped on request', { code: 'CLI_INTERRUPTED', signal }));
    if (performance.now() - firstMs < ONE_REQUEST_MS) return;
    for (const kill of kills) kill();
    host.exit(signal === 'SIGINT' ? 130 : 143);
  };
  host.on('SIGINT', () => request('SIGINT'));
  host.on('SIGTERM', () => request('SIGTERM'));
  host.on('SIGHUP', () => {
    if (reloads.length === 0) request('SIGTERM');
    for (const reload of reloads) reload();
  });
  // The launcher holds a channel open: when it is killed, nobody is left to stop us.
  host.once('disconnect', () => request('SIGTERM'));
  host.channel?.unref();
  return {
    signal: controller.signal,
    onImpatience: (kill) => kills.push(kill),
    onHangUp: (reload) => reloads.push(reload),
  };
}
