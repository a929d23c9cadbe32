import { Command } from 'commander';
import { SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import type { ExitCode } from '#services/launcher/words/exit-codes.ts';
import { blockCommand } from './commands/block.ts';
import { configCommand } from './commands/config/config.ts';
import { conformCommand } from './commands/conform.ts';
import { consensusCommand } from './commands/consensus/consensus.ts';
import type { CommandContext, CommandFactory } from './commands/context.ts';
import { cryptoCommand } from './commands/crypto/crypto.ts';
import { debugCommand } from './commands/debug/debug.ts';
import { diagnoseCommand } from './commands/diagnose.ts';
import { doctorCommand } from './commands/doctor.ts';
import { evidenceCommand } from './commands/evidence/evidence.ts';
import { genesisCommand } from './commands/genesis.ts';
import { initCommand } from './commands/init.ts';
import { keygenCommand, withTwoDashes } from './commands/keygen.ts';
import { maintenanceCommand } from './commands/maintenance/maintenance.ts';
import { completionCommand } from './commands/manual/completion.ts';
import { manCommand } from './commands/manual/man.ts';
import { membersCommand } from './commands/members/members.ts';
import { refuseNoHome } from './commands/named-home.ts';
import { nodeCommand } from './commands/node.ts';
import { peersCommand } from './commands/peers/peers.ts';
import { pkiCommand } from './commands/pki/pki.ts';
import { signerCommand } from './commands/signer/signer.ts';
import { simCommand } from './commands/sim.ts';
import { statusCommand } from './commands/status.ts';
import { testnetCommand } from './commands/testnet.ts';
import { topCommand } from './commands/top.ts';
import { txCommand } from './commands/tx/tx.ts';
import { upCommand } from './commands/up/up.ts';
import { validatorsCommand } from './commands/validators.ts';
import { watchCommand } from './commands/watch.ts';
import { runCommandLine } from './run-command-line.ts';

/** Every command, in the order of the help. A new one is a file in `commands/`, or in the folder of its noun there, and a line here or in the command of its noun. */
const COMMANDS: readonly CommandFactory[] = [
  upCommand,
  initCommand,
  genesisCommand,
  testnetCommand,
  nodeCommand,
  doctorCommand,
  debugCommand,
  configCommand,
  peersCommand,
  keygenCommand,
  txCommand,
  blockCommand,
  statusCommand,
  topCommand,
  diagnoseCommand,
  maintenanceCommand,
  consensusCommand,
  validatorsCommand,
  membersCommand,
  evidenceCommand,
  watchCommand,
  signerCommand,
  pkiCommand,
  cryptoCommand,
  simCommand,
  conformCommand,
  completionCommand,
  manCommand,
];

const EXIT_CODES_HELP = `
Exit codes:
  0 done   1 refused or failed, one sentence on stderr   2 not there, or not yet
  3 the member does not answer   4 it reaches no quorum   5 it, or its signer, signs nothing
  64 the command line is wrong   70 a fault of btcfed itself   130, 143 stopped by Ctrl-C, SIGTERM

In a checkout type "npx btcfed" where these texts say "btcfed". The whole description is in services/cli/README.md.`;

/** Runs one command line and returns the exit code. Problems go to the terminal as one sentence. */
export function runProgram(args: readonly string[], context: Omit<CommandContext, 'end'>): Promise<ExitCode> {
  return runCommandLine(
    withTwoDashes(args),
    { name: 'btcfed', make: (made) => withHomesChecked(programOf(made)) },
    context,
  );
}

/** All commands, for one command line. */
export function programOf(context: CommandContext): Command {
  const program = new Command('btcfed')
    .description('A federation node: members agree, with finality, on one chain of transactions.')
    .version(SOFTWARE_VERSION, '--version', 'show the version of this program')
    .addHelpText('after', EXIT_CODES_HELP)
    // A group that acts by itself, as "up", must not take the options of the commands below it.
    .enablePositionalOptions();
  for (const make of COMMANDS) program.addCommand(make(context));
  for (const command of program.commands) sayVersion(command);
  return program;
}

/** A person who asks for the version behind a command is answered too; the help of the program alone offers it. */
function sayVersion(command: Command): void {
  command.version(SOFTWARE_VERSION, '--version', 'show the version of this program');
  command.options.at(-1)?.hideHelp();
  for (const child of command.commands) sayVersion(child);
}

/** Hooked at each command itself: those of the program come before, and one of them knows whether the refusal is wanted as JSON. */
function withHomesChecked(command: Command): Command {
  command.hook('preAction', (hooked, acting) => {
    if (hooked === acting) refuseNoHome(acting);
  });
  for (const child of command.commands) withHomesChecked(child);
  return command;
}
