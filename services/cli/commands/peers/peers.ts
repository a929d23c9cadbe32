import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { peersAddCommand } from './add.ts';

/** peers.yaml of a home: the members that its node calls. */
export function peersCommand(context: CommandContext): Command {
  return new Command('peers')
    .description('add peers to the peers.yaml of a home')
    .addCommand(peersAddCommand(context));
}
