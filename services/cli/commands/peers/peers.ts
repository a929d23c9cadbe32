import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { peersAddCommand } from './add.ts';
import { peersListCommand } from './list.ts';
import { peersRemoveCommand } from './remove.ts';
import { peersShowCommand } from './show.ts';

/** The members that the node of a home calls: in its peers.yaml, and as it sees them now. */
export function peersCommand(context: CommandContext): Command {
  return new Command('peers')
    .description(
      'the peers of a node: added to its peers.yaml and removed, listed and found as it sees them now',
    )
    .addCommand(peersAddCommand(context))
    .addCommand(peersRemoveCommand(context))
    .addCommand(peersListCommand(context))
    .addCommand(peersShowCommand(context));
}
