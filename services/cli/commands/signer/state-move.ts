import { resolve } from 'node:path';
import { Command } from 'commander';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { exportHistory } from '#services/signer/ceremony/export-history.ts';
import { importHistory } from '#services/signer/ceremony/import-history.ts';
import { action, type CommandContext } from '../context.ts';
import { newFile, readableFile } from '../option-values.ts';
import { type PlaceOptions, placeOf, withPlace } from './place.ts';

const AUDIT_KEY_BYTES = 32;

const EXPORT_NOTES = `
The signer in this folder is retired before the file is written, for good: it signs nothing more, whatever happens to
the file. Asked again it writes the same history again. Move signer.key and the file to the new host, import it there
once, and destroy the key here.`;

const IMPORT_NOTES = `
The history must be of the same chain and the same key. Every mark only rises; two digests for one slot are refused and
named. In a folder with signer.key and no record yet the record is made of it. Import a history on one host alone.`;

interface ExportOptions extends PlaceOptions {
  readonly out: string;
  readonly json?: boolean;
}

interface ImportOptions extends PlaceOptions {
  readonly auditKey?: string;
  readonly json?: boolean;
}

export function signerStateExportCommand(context: CommandContext): Command {
  return withPlace(new Command('export'))
    .description('retire this signer for good, and write the history of its key for the next one')
    .requiredOption('--out <file>', 'where to; never written over', newFile)
    .option('--json', 'print one JSON object')
    .addHelpText('after', EXPORT_NOTES)
    .action(action(context, (options: ExportOptions) => handOn(context, options)));
}

export function signerStateImportCommand(context: CommandContext): Command {
  return withPlace(new Command('import'))
    .description('merge the signatures of the key on another host into this record')
    .argument('<file>', 'written by "state export"', readableFile)
    .option(
      '--audit-key <hex>',
      'audit key that the retired signer published; the one of this folder when left out',
    )
    .option('--json', 'print one JSON object')
    .addHelpText('after', IMPORT_NOTES)
    .action(action(context, (file: string, options: ImportOptions) => takeOver(context, file, options)));
}

async function handOn({ terminal }: CommandContext, options: ExportOptions): Promise<ExitCode> {
  const out = resolve(options.out);
  const { document, auditKey, stateHash } = await exportHistory(placeOf(options), out);
  const { history, publicKey } = document;
  const key = { publicKey: toHex(publicKey), auditKey: toHex(auditKey) };
  const facts = { out, mode: 'retired', chain: history.chain, ...key, epoch: history.epoch, stateHash };
  if (options.json === true) terminal.out(jsonText(facts));
  else {
    terminal.out(`this signer is retired; its history is in ${out}`);
    terminal.out(`audit key that signed it: ${facts.auditKey}`);
  }
  return EXIT_CODES.ok;
}

async function takeOver(
  { terminal }: CommandContext,
  file: string,
  options: ImportOptions,
): Promise<ExitCode> {
  const { mode, raised, isNew } = await importHistory(placeOf(options), resolve(file), auditKeyOf(options));
  if (options.json === true) terminal.out(jsonText({ mode, raised, isNew }));
  else {
    const what = isNew
      ? 'the record was made of it'
      : `raised: ${raised.length === 0 ? 'nothing' : raised.join(', ')}`;
    terminal.out(`the history was taken over; ${what}; this signer is ${mode}`);
  }
  return EXIT_CODES.ok;
}

function auditKeyOf({ auditKey }: ImportOptions): Uint8Array | undefined {
  if (auditKey === undefined) return undefined;
  const bytes = fromHex(auditKey);
  if (bytes?.length === AUDIT_KEY_BYTES) return bytes;
  throw invalidInput(`--audit-key: expected ${AUDIT_KEY_BYTES} bytes in lower-case hex`);
}
