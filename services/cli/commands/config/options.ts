import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type MemberPaths, memberPaths } from '#services/launcher/core/member-home.ts';

/** The options of every `btcfed config` command. */
export interface ConfigOptions {
  readonly home: string;
  readonly json?: boolean;
}

export function withConfigOptions(command: Command): Command {
  return command
    .option('--home <dir>', 'folder of conf.yaml and peers.yaml', '.')
    .option('--json', 'print one JSON object');
}

export function pathsOf({ home }: ConfigOptions): MemberPaths {
  return memberPaths(resolve(home));
}
