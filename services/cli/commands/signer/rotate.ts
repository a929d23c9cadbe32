import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { rotateAbandonCommand, rotateActivateCommand, rotateRetireCommand } from './rotate-end.ts';
import { rotatePrepareCommand } from './rotate-prepare.ts';
import { rotateStatusCommand } from './rotate-status.ts';

const EXAMPLES = `
How a member changes its key while the federation goes on:
  1. its operator     $ btcfed signer rotate prepare --home /var/lib/btcfed --out dave-next.json
  2. another member   $ btcfed members propose --home … --leave dave --join dave-next.json
  3. the others       $ btcfed members approve 3f0c91 --home …
  4. nobody           with the first block of the new epoch the signer verifies the handover, retires the old key and
                      destroys it, and signs with the new one. A sealed key is locked then: btcfed signer unlock

A key in a token follows, or is followed, in the same way (rotate prepare --help); the old one you destroy in the token.

"btcfed signer rotate status" says which step is next and what to type. A key that nobody proposed yet is given up by "rotate
abandon". A signer in quarantine takes no handover by itself: it is stopped, prepares, and is told by "rotate activate". A key
that left the federation without another in its place is destroyed by "rotate retire".`;

/** A new key for a member that stays, and the end of one that is not needed. */
export function signerRotateCommand(context: CommandContext): Command {
  return new Command('rotate')
    .description('give a member a new key, from the epoch on whose members know it')
    .addCommand(rotatePrepareCommand(context))
    .addCommand(rotateStatusCommand(context))
    .addCommand(rotateActivateCommand(context))
    .addCommand(rotateAbandonCommand(context))
    .addCommand(rotateRetireCommand(context))
    .addHelpText('after', EXAMPLES);
}
