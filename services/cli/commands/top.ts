import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { type MemberTarget, memberClient } from '#services/launcher/adapters/member-client.ts';
import { askFederation } from '#services/launcher/adapters/running-federation.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import { terminalKind } from '#services/launcher/core/terminal-kind.ts';
import { CliError } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { CALL_MS } from '#services/launcher/words/limits.ts';
import { watchMembers } from '../top/watch-members.ts';
import { action, type CommandContext } from './context.ts';
import { targetOf } from './member-options.ts';
import { severalFolders, wholeNumber } from './option-values.ts';

interface TopOptions {
  readonly home?: readonly string[];
  readonly interval: number;
  readonly once?: boolean;
  readonly json?: boolean;
}

const INTERVAL_S = { min: 1, max: 3_600 } as const;

const NOTES = `
A line for each member: the final height, the view and its leader, connected peers, transactions that wait, milliseconds of the newest
commit, the votes of the view that it holds beside those that decide, and its mode. Below them the quorum, as the member sees it
that reaches the fewest. A member tells its state when it is asked, so all are asked in every interval.

"q" or Ctrl-C ends it. Where the output is no terminal one frame is printed; with --json one object a line, until Ctrl-C or, with
--once, one. Colours are for terminals, and NO_COLOR turns them off.

Exit codes: 0 shown   1 a home cannot be read   3 no federation runs, or no member answered the one frame   143 stopped by SIGTERM

Examples:
  $ btcfed top
  $ btcfed top --home federation
  $ btcfed top --home federation/m0 --home federation/m2 --interval 5
  $ btcfed top --once --json | jq -r '.members[] | "\\(.name) \\(.height)"'`;

/** A live view of members. */
export function topCommand(context: CommandContext): Command {
  return new Command('top')
    .description('show members as they go: heights, views, leaders, votes and the quorum, in place until "q"')
    .addOption(
      new Option(
        '--home <dir>',
        'home of a member, or folder of a federation that runs; several may be given; without it the one that "npm start" runs',
      ).argParser(severalFolders),
    )
    .addOption(
      new Option('--interval <seconds>', 'between two questions')
        .argParser(wholeNumber(INTERVAL_S))
        .default(1),
    )
    .option('--once', 'show one frame')
    .option('--json', 'print one JSON object for each frame')
    .addHelpText('after', NOTES)
    .action(action(context, (options: TopOptions) => top(context, options)));
}

async function top(context: CommandContext, options: TopOptions): Promise<ExitCode> {
  const { terminal, env } = context;
  const json = options.json === true;
  const screen = json || options.once === true ? undefined : context.screen;
  const isOnce = options.once === true || (screen === undefined && !json);
  const found = await targets(options.home);
  const members = found.map(({ name, ...target }) => ({
    name,
    address: target.address,
    client: memberClient(target),
  }));
  const signal = isOnce ? new AbortController().signal : context.interruption().signal;
  const isColored = !json && terminalKind(env, context.isOutTerminal === true) === 'color';
  try {
    const code = await watchMembers({
      ...{ members, screen, json, isOnce, isColored, signal },
      out: (line) => terminal.out(line),
      intervalMs: options.interval * 1000,
      callMs: CALL_MS,
      now: () => new Date(),
    });
    return signal.aborted ? codeOf(signal.reason) : code;
  } finally {
    for (const { client } of members) client.close();
  }
}

/** Ctrl-C is the ordinary way to end a view. */
function codeOf(reason: unknown): ExitCode {
  if (!(reason instanceof CliError) || reason.detail.code !== 'CLI_INTERRUPTED') throw reason;
  if (reason.detail.signal === 'SIGINT') return EXIT_CODES.ok;
  throw reason;
}

type NamedTarget = MemberTarget & { readonly name: string };

async function targets(homes: readonly string[] = []): Promise<readonly NamedTarget[]> {
  if (homes.length === 0) return membersOfFederation(undefined);
  const found = (await Promise.all(homes.map(targetsIn))).flat();
  // A member may be named twice, by its home and with its federation.
  return [...new Map(found.map((target) => [target.address, target])).values()];
}

/** A folder without a conf.yaml is that of a federation. */
async function targetsIn(home: string): Promise<readonly NamedTarget[]> {
  if (!existsSync(memberPaths(resolve(home)).conf)) return membersOfFederation(home);
  return [{ name: basename(resolve(home)), ...targetOf({ home }) }];
}

async function membersOfFederation(home: string | undefined): Promise<readonly NamedTarget[]> {
  const answer = await askFederation(home, { verb: 'list' });
  const members = answer.kind === 'listed' ? answer.members : [];
  return members.map(({ name, clientAddress }) => ({ name, address: clientAddress }));
}
