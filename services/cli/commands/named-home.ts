import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { unusable } from '#services/launcher/words/errors.ts';
import { noHome } from '../core/no-home.ts';

/** Commands that make the home that they are given. */
const MAKERS: ReadonlySet<string> = new Set(['init', 'node', 'up']);

/** Commands whose folder may be that of a federation, which has no conf.yaml of its own. */
const OF_A_FEDERATION: ReadonlySet<string> = new Set([
  'top',
  'up list',
  'up kill',
  'up restart',
  'up pause',
  'up resume',
]);

/**
 * Refuses a --home that is none before the command does anything, by one sentence and exit code 64 for all commands: a folder that was
 * mistyped is a fault of the command line, and no answer about a node.
 *
 * @throws CliError CLI_UNUSABLE
 */
export function refuseNoHome(command: Command): void {
  const path = pathOf(command);
  if (MAKERS.has(path)) return;
  for (const home of homesOf(command)) {
    if (OF_A_FEDERATION.has(path)) requireFolder(home);
    else requireHome(home);
  }
}

/** The homes that a command is given; most take one, and `top` several. */
function homesOf(command: Command): readonly string[] {
  const given: unknown = command.getOptionValue('home');
  const homes = Array.isArray(given) ? given : [given];
  return homes.filter((home) => typeof home === 'string').map((home) => resolve(home));
}

function requireHome(home: string): void {
  const paths = memberPaths(home);
  if (!existsSync(paths.conf)) throw noHome(paths);
}

function requireFolder(home: string): void {
  if (statSync(home, { throwIfNoEntry: false })?.isDirectory() === true) return;
  throw unusable(
    `${home} is no home of a node and no folder of a federation: there is no such folder that this user may see; name one by --home, or ` +
      'make a federation with "btcfed up --home DIR"',
  );
}

/** The words of a command behind the program, as a person types them. */
function pathOf(command: Command): string {
  const above = command.parent;
  return above === null || above.parent === null ? command.name() : `${pathOf(above)} ${command.name()}`;
}
