import { connect, type Socket } from 'node:net';
import type { ControlAnswered, ControlRequest } from '../core/control-messages.ts';
import { CliError, invalidInput } from '../words/errors.ts';
import { fileReason } from '../words/file-problem.ts';
import { CONTROL_ANSWER_BYTES_MAX, CONTROL_CALL_MS } from '../words/limits.ts';
import { controlAnswerIn, controlLine } from './control-wire.ts';
import { firstLine } from './first-line.ts';

/**
 * Asks the process that runs a federation.
 *
 * @param unreachable - The sentence for a socket at which nobody answers.
 * @param waitMsMax - How long an order may take.
 * @throws CliError with the sentence of a refusal, or `CLI_UNREACHABLE`.
 */
export async function askControl(
  path: string,
  request: ControlRequest,
  unreachable: string,
  waitMsMax: number = CONTROL_CALL_MS,
): Promise<ControlAnswered> {
  const socket = await connected(path).catch((cause: unknown) => {
    const message = isAbsent(cause) ? unreachable : `${path} cannot be used: ${fileReason(cause)}`;
    throw new CliError(message, { code: 'CLI_UNREACHABLE' }, { cause });
  });
  try {
    socket.write(controlLine(request));
    const bounds = { bytesMax: CONTROL_ANSWER_BYTES_MAX, waitMsMax };
    return accepted(await firstLine(socket, bounds));
  } finally {
    socket.destroy();
  }
}

/** Whether somebody serves the socket. */
export async function isServed(path: string): Promise<boolean> {
  try {
    (await connected(path)).destroy();
    return true;
  } catch {
    return false;
  }
}

function accepted(line: string | undefined): ControlAnswered {
  if (line === undefined) {
    const message = 'the federation gave no answer: it is stopping, or is stuck; "btcfed up list" shows it';
    throw new CliError(message, { code: 'CLI_UNREACHABLE' });
  }
  const answer = controlAnswerIn(line);
  if (answer === undefined)
    throw invalidInput('the answer cannot be read: use the btcfed of the checkout that runs this federation');
  if (answer.kind !== 'refused') return answer;
  const { sentence, service } = answer;
  throw service === undefined
    ? invalidInput(sentence)
    : new CliError(sentence, { code: 'CLI_SERVICE_FAILED', service });
}

/** There is no socket, or the process behind it is gone. */
function isAbsent(cause: unknown): boolean {
  return cause instanceof Error && 'code' in cause && ['ENOENT', 'ECONNREFUSED'].includes(String(cause.code));
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    // It stays: a connection that breaks later ends the wait for its line, and has nobody else to hear of it.
    socket.on('error', reject);
    socket.once('connect', () => resolve(socket));
  });
}
