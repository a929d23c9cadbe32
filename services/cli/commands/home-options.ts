import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type MemberPaths, memberPaths } from '#services/launcher/core/member-home.ts';

/** The options of a command for the operator of a node that runs on this machine. */
export interface NodeHomeOptions {
  readonly home: string;
  readonly json?: boolean;
}

export function withNodeHomeOptions(command: Command): Command {
  return command.option('--home <dir>', 'home of the member', '.').option('--json', 'print one JSON object');
}

export function nodePathsOf({ home }: NodeHomeOptions): MemberPaths {
  return memberPaths(resolve(home));
}
