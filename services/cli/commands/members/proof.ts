import { resolve } from 'node:path';
import { Command } from 'commander';
import { encodeChainProof } from '#libs/client/chain-proof.ts';
import { withMember } from '#services/launcher/adapters/member-client.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { chainProofOf } from '../../adapters/chain-proof.ts';
import { writeProofFile } from '../../adapters/evidence-file.ts';
import { action, type CommandContext } from '../context.ts';
import { type MemberOptions, targetOf, withMemberOptions } from '../member-options.ts';
import { newFile, wholeNumber } from '../option-values.ts';
import { hashOf } from '../tx-place.ts';

interface ProofOptions extends MemberOptions {
  readonly out: string;
  readonly from: number;
  readonly transaction?: string;
}

const EPOCHS = { min: 0, max: Number.MAX_SAFE_INTEGER } as const;
const NOTES = `
For a signer that reaches nobody: carried to it, the file proves by the members that its record knows who the members are
now, and that a transaction is final. It is not secret, and it need not be believed: the signer verifies all of it.

Examples:
  $ btcfed members proof --out members.proof --home /var/lib/btcfed
  $ btcfed members proof --out nonce.proof --transaction HASH --address 10.0.0.4:7101 --tls-ca ca.pem`;

export function membersProofCommand(context: CommandContext): Command {
  return withMemberOptions(new Command('proof'))
    .description(
      'write the proof of the members to a file, as the members before them decided; exit code 2 when it is not there',
    )
    .requiredOption('--out <file>', 'where to write it; must not exist', newFile)
    .option(
      '--from <epoch>',
      'epoch that the reader knows; without it that of the genesis',
      wholeNumber(EPOCHS),
      0,
    )
    .option('--transaction <hash>', 'prove too that this transaction is final')
    .addHelpText('after', NOTES)
    .action(action(context, (options: ProofOptions) => writeProof(context, options)));
}

async function writeProof({ terminal }: CommandContext, options: ProofOptions): Promise<ExitCode> {
  const out = resolve(options.out);
  const transaction = options.transaction === undefined ? undefined : hashOf(options.transaction);
  return withMember(targetOf(options), async (member) => {
    const from = BigInt(options.from);
    const proof = await chainProofOf(member, { from, transaction });
    writeProofFile(out, encodeChainProof(proof));
    const epoch = from + BigInt(proof.handovers.length);
    const text = `the members from epoch ${from} to ${epoch} are proved in ${out}`;
    terminal.out(
      options.json === true ? jsonText({ out, from, epoch, transaction: transaction ?? null }) : text,
    );
    return EXIT_CODES.ok;
  });
}
