import { Argument, Command } from 'commander';
import { EXIT_CODES } from '#services/launcher/words/exit-codes.ts';
import { bashCompletion } from '../../manual/bash-completion.ts';
import type { CommandPage } from '../../manual/command-page.ts';
import { fishCompletion } from '../../manual/fish-completion.ts';
import { zshCompletion } from '../../manual/zsh-completion.ts';
import { action, type CommandContext } from '../context.ts';
import { pageOfProgram } from './page-of-program.ts';

const EXAMPLES = `
Examples:
  $ btcfed completion bash > ~/.local/share/bash-completion/completions/btcfed
  $ btcfed completion zsh > "\${fpath[1]}/_btcfed"
  $ btcfed completion fish > ~/.config/fish/completions/btcfed.fish
  $ source <(btcfed completion bash)      for this shell alone

It completes the command "btcfed": in a checkout put one into your path, such as
  $ sudo ln -s "$PWD/services/cli/btcfed.mjs" /usr/local/bin/btcfed
Write the script anew after an update: it has the commands of the version that made it.`;

const SHELLS: Record<string, (program: CommandPage) => string> = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
};

/** Completion of commands, options and their values, for three shells. */
export function completionCommand(context: CommandContext): Command {
  return new Command('completion')
    .description('print the script that completes btcfed in a shell')
    .addArgument(new Argument('<shell>', 'shell that will read it').choices(Object.keys(SHELLS)))
    .addHelpText('after', EXAMPLES)
    .action(
      action(context, async (shell: string, _options: object, command: Command) => {
        context.terminal.out((SHELLS[shell] ?? bashCompletion)(pageOfProgram(command)).trimEnd());
        return EXIT_CODES.ok;
      }),
    );
}
