import type { ProcessEnd } from '../adapters/last-words.ts';
import type { SupervisorEvent } from '../supervisor/supervisor-event.ts';
import { CliError } from '../words/errors.ts';
import type { Terminal } from '../words/terminal.ts';

/** Prints the actions of the supervisor, one line each. */
export function noteEvent(terminal: Terminal, event: SupervisorEvent): void {
  terminal.note(sentenceOf(event));
}

function sentenceOf(event: SupervisorEvent): string {
  switch (event.kind) {
    case 'crashed':
      return `${event.service} ended (${why(event.end)}); it is started again in ${event.pauseMs / 1000} s`;
    case 'restarted':
      return `${event.service} was started again`;
    case 'given-up':
      return `${event.service} ended too often (${why(event.end)}) and stays down: look into its log`;
    case 'disk-away':
      return `${event.service} ended, its disk is full or fails (${why(event.end)}); it is started again until the disk takes what it writes`;
    case 'disk-back':
      return `${event.service} runs again, its disk takes what it writes`;
    case 'page-refused':
      return `${event.service} are not served at ${event.address}, everything else is (${event.reason}): choose another metrics.address in conf.yaml, or free that port`;
    case 'killed':
      return `${event.service} was killed by request and stays down until "restart"`;
    case 'paused':
      return `${event.service} was paused by request and does nothing until "resume"`;
    case 'resumed':
      return `${event.service} goes on by request`;
    case 'restarted-by-request':
      return `${event.service} was restarted by request`;
    case 'stays-down':
      return `${event.service} did not start when it was asked to, and stays down until "restart"`;
  }
}

function why({ how, lastLine }: ProcessEnd): string {
  return lastLine === '' ? how : `${how}: ${lastLine}`;
}

/** Why a command ends after a supervisor gave a service up. */
export function gaveUp(service: string, end: ProcessEnd): CliError {
  const detail = { code: 'CLI_SERVICE_FAILED', service } as const;
  return new CliError(`${service} cannot be kept running (${why(end)}); everything was stopped`, detail);
}
