import { Command } from 'commander';
import { genesisDigest } from '#libs/settings/genesis.ts';
import { readGenesis } from '#services/launcher/adapters/read-home.ts';
import { firstEpochOf } from '#services/launcher/core/first-epoch.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { remakeRecord } from '#services/signer/ceremony/remake-record.ts';
import { action, type CommandContext } from '../context.ts';
import { readableFile } from '../option-values.ts';
import { type PlaceOptions, placeOf, withPlace } from './place.ts';

interface RemakeOptions extends PlaceOptions {
  readonly genesis: string;
  readonly json?: boolean;
}

const NOTES = `
For a key whose signer.db is gone for good, disk and all. The new record knows nothing of what the key signed, so the key is in
quarantine: give the member a new key ("btcfed signer rotate --help"), or recover this one ("btcfed signer state recover --help").
Refused while anything of the old record is there. Other members will complain of the audit log for good: it was begun anew.`;

/** A record for a key that lost its own (libs/custody/README.md 3.5). */
export function signerStateRemakeCommand(context: CommandContext): Command {
  return withPlace(new Command('remake'))
    .description('make the record of a key anew that was lost altogether: in quarantine, from the genesis')
    .requiredOption('--genesis <file>', 'the genesis that the key was bound with', readableFile)
    .option('--json', 'print one JSON object')
    .addHelpText('after', NOTES)
    .action(action(context, (options: RemakeOptions) => remake(context, options)));
}

async function remake({ terminal }: CommandContext, options: RemakeOptions): Promise<ExitCode> {
  const genesis = readGenesis(options.genesis);
  const place = placeOf(options);
  const chainDigest = genesisDigest(genesis);
  await remakeRecord(place, { chainDigest, first: firstEpochOf(genesis) });
  const mode = 'quarantined';
  const text = `the record was made anew from ${options.genesis}; the key is in quarantine and signs nothing`;
  terminal.out(options.json === true ? jsonText({ folder: place.folder, mode, chainDigest }) : text);
  return EXIT_CODES.ok;
}
