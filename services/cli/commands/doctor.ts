import { resolve } from 'node:path';
import { Command } from 'commander';
import { readConfiguration, readNodeHome } from '#services/launcher/adapters/read-home.ts';
import { memberPaths } from '#services/launcher/core/member-home.ts';
import type { ExitCode } from '#services/launcher/words/exit-codes.ts';
import { hostFacts } from '../adapters/host-facts.ts';
import { tellChecks } from '../core/doctor-answer.ts';
import { judgeHost } from '../core/host-rules.ts';
import { capacities, type SetCapacity } from '../core/host-signatures.ts';
import { action, type CommandContext } from './context.ts';

interface HostDoctorOptions {
  readonly home: string;
  readonly json?: boolean;
}

const NOTES = `
One line for each check: ok, warning or failure, what was found, and in brackets what to do. A failure must be cured before the
node can be relied on; a warning is for a person to weigh. A fact that cannot be found out
is called unknown, which is a warning.

  clock               is it synchronised, and who says so
  file system, space, inodes, synced write
                      of the folders of the data and the logs; a small file is written into that of the data and removed
  port of …           free, or this node's own while it runs; else the process that has it
  certificate, mode   of the home: days left; private keys and folders that others may reach
  memory, swap, open files, cores
                      of this machine; of the services where they run and this user may see them
  signatures          the time of the signatures of one decision by the terms in genesis.json
  slh-dsa-…           each parameter set: a signature and its verification on these cores, and how many members, each on a
                      machine like this one, decide within 1 s and 10 s by their signatures alone; "about" is computed from
                      the sets that were measured. Lines and disks are in "btcfed sim --model latency"

Type it before the first start, and again when a node that runs is slow. Run it as the user of the node, or as root. Whether the
machine is fit to keep a key is another question: "btcfed signer doctor".

Exit codes: 0 nothing fails   1 a check fails, or the settings are refused   64 the folder is no home of a node

Examples:
  $ btcfed doctor --home /var/lib/btcfed
  $ btcfed doctor --home /var/lib/btcfed | grep -v ^ok
  $ btcfed doctor --home /var/lib/btcfed --json | jq '.checks[] | select(.verdict != "ok")'
  $ runuser -u btcfed -- btcfed doctor --home /var/lib/btcfed && systemctl start btcfed-node`;

/** The doctor of a member's host, before and while its node runs. */
export function doctorCommand(context: CommandContext): Command {
  return new Command('doctor')
    .description('whether this machine is fit to run the node of a home; exit code 1 when a check fails')
    .option('--home <dir>', 'home of the member', '.')
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(action(context, (options: HostDoctorOptions) => examine(context, options)));
}

async function examine({ terminal, env }: CommandContext, options: HostDoctorOptions): Promise<ExitCode> {
  const { conf, home } = memberPaths(resolve(options.home));
  const facts = await hostFacts(readNodeHome(home, env, false), readConfiguration(conf));
  const { isRunning, signatures } = facts;
  return tellChecks(terminal, judgeHost(facts), {
    json: options.json,
    more: { home, isRunning, parameterSets: capacities(signatures).map(rounded) },
  });
}

/** A hundredth of a millisecond is finer than the measurement. */
function rounded({ signMs, verifyMs, ...set }: SetCapacity): SetCapacity {
  return { ...set, signMs: Math.round(signMs * 100) / 100, verifyMs: Math.round(verifyMs * 100) / 100 };
}
