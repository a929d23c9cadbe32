import { Command } from 'commander';
import type { CommandContext } from '../context.ts';
import { cryptoKeygenCommand } from './keygen.ts';
import { cryptoSignCommand } from './sign.ts';
import { cryptoVerifyCommand } from './verify.ts';

const NOTES = `
Examples:
  $ btcfed crypto keygen --scheme slh-dsa-sha2-128f --out test.key
  $ btcfed crypto sign --scheme slh-dsa-sha2-128f --key test.key --message-hex 68656c6c6f --json
  $ btcfed crypto verify --scheme slh-dsa-sha2-128f --public-key 9b… --message-hex 68656c6c6f --signature-hex 3f…

Exit codes:
  0 done, or valid   1 the signature is not valid   64 the input cannot be used   70 a fault of btcfed or of the machine

These are plain FIPS 205 (pure mode), for checks against other implementations and published vectors. They know
nothing of a chain: the key of a member is the signer's alone.`;

/** SLH-DSA by hand: the same code that signs and verifies for the federation. */
export function cryptoCommand(context: CommandContext): Command {
  return new Command('crypto')
    .description('make keys, sign and verify with SLH-DSA (FIPS 205), to check it against others')
    .addCommand(cryptoKeygenCommand(context))
    .addCommand(cryptoSignCommand(context))
    .addCommand(cryptoVerifyCommand(context))
    .addHelpText('after', NOTES);
}
