import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ControlAnswered, ControlRequest } from '../core/control-messages.ts';
import { controlSocketIn } from '../core/member-home.ts';
import { CliError, invalidInput } from '../words/errors.ts';
import { askControl, isServed } from './control-client.ts';
import { scratchFederations } from './scratch-folders.ts';

/**
 * Asks the federation that runs from a folder, or the only one that runs from a scratch folder of this user.
 * @throws CliError with the sentence of a refusal, or the cure where none runs.
 */
export async function askFederation(
  home: string | undefined,
  request: ControlRequest,
): Promise<ControlAnswered> {
  const folder = home === undefined ? await onlyScratch() : resolve(home);
  return askControl(controlSocketIn(folder), request, absenceText(folder));
}

async function onlyScratch(): Promise<string> {
  const running: string[] = [];
  for (const folder of scratchFederations())
    if (await isServed(controlSocketIn(folder))) running.push(folder);
  const [first, second] = running;
  if (first === undefined) {
    const message =
      'no federation runs without --home: start one with "npm start", or name the --home of one';
    throw new CliError(message, { code: 'CLI_UNREACHABLE' });
  }
  if (second === undefined) return first;
  throw invalidInput(
    `${running.length} federations run: name the --home of one of them: ${running.join(', ')}`,
  );
}

/** The home of one member is a likely mistake: other commands take that. */
function absenceText(folder: string): string {
  const start = `start one with "npm start -- --home ${folder}"`;
  if (!existsSync(join(folder, 'conf.yaml'))) return `no federation runs in ${folder}: ${start}`;
  return `${folder} is the home of one member: name the folder above it, from which "npm start -- --home" runs them all`;
}
