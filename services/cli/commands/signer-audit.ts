import { resolve } from 'node:path';
import { Command } from 'commander';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { signerAudits } from '../adapters/signer-audits.ts';
import { invalidInput } from '../core/errors.ts';
import { jsonText } from '../core/json-value.ts';
import { plainLines } from '../core/plain-lines.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { action, type CommandContext } from './context.ts';
import { type PlaceOptions, placeOf, withPlace } from './signer-place.ts';

const NOTES = `
Examples:
  $ btcfed signer audit head --home dave
  $ btcfed signer audit export --home dave --out audit.jsonl
  $ btcfed signer audit verify audit.jsonl --noted 1234:5d0f…
  $ btcfed signer audit verify --folder /var/lib/btcfed-signer

Stop the signer first: its record belongs to one process. The end of the log of a signer that runs is in "btcfed status",
of every member that it was told to. --noted takes such an end: that row, with that hash, must be in the log. Exit code 1
when the log does not hold.`;

type AuditOptions = PlaceOptions & { readonly json?: boolean; readonly noted?: Noted };
type Noted = Parameters<typeof signerAudits.verifyFile>[1];

/** The log of every decision of a signer. */
export function signerAuditCommand(context: CommandContext): Command {
  const head = withPlace(new Command('head'))
    .description('hash the log again, and show its end, signed by the audit key')
    .option('--json', 'print one JSON object')
    .action(action(context, (options: AuditOptions) => show(context, options)));
  const verify = withPlace(new Command('verify'))
    .description('hash the log again, or one that was exported')
    .argument('[file]', 'an exported log: checked by itself')
    .option('--noted <row:hash>', 'an end that was seen earlier: it must be in the log', notedHead)
    .option('--json', 'print one JSON object')
    .action(
      action(context, (file: string | undefined, options: AuditOptions) => show(context, options, file)),
    );
  const exported = withPlace(new Command('export'))
    .description('write the whole log to a file that anybody can verify')
    .requiredOption('--out <file>', 'a new file: JSON, one object a line')
    .option('--json', 'print one JSON object')
    .action(
      action(context, (options: AuditOptions & { readonly out: string }) => exportLog(context, options)),
    );
  return new Command('audit')
    .description('verify, show or export the log of every decision of a signer')
    .addCommand(head)
    .addCommand(verify)
    .addCommand(exported)
    .addHelpText('after', NOTES);
}

async function show(context: CommandContext, options: AuditOptions, file?: string): Promise<ExitCode> {
  const { noted } = options;
  const found =
    file === undefined
      ? await signerAudits.ofRecord(placeOf(options), noted)
      : await signerAudits.verifyFile(resolve(file), noted);
  return report(context, options, found);
}

async function exportLog(
  context: CommandContext,
  options: AuditOptions & { readonly out: string },
): Promise<ExitCode> {
  return report(context, options, await signerAudits.export(placeOf(options), resolve(options.out)));
}

function report(
  { terminal }: CommandContext,
  { json }: AuditOptions,
  { chain, publicKey, head, after }: Awaited<ReturnType<typeof signerAudits.verifyFile>>,
): ExitCode {
  const facts = {
    ok: true,
    chain,
    publicKey: toHex(publicKey),
    firstRow: after.sequence + 1n,
    rows: head.sequence,
    hash: toHex(head.hash),
    auditKey: toHex(head.publicKey),
    signature: toHex(head.signature),
  };
  if (json === true) terminal.out(jsonText(facts));
  else for (const line of plainLines(facts)) terminal.out(line);
  return EXIT_CODES.ok;
}

function notedHead(text: string): Noted {
  const { row, hash } = /^(?<row>[1-9]\d{0,18}):(?<hash>[0-9a-f]{64})$/.exec(text)?.groups ?? {};
  const bytes = fromHex(hash ?? '');
  if (row === undefined || bytes === undefined) {
    throw invalidInput('--noted: expected the number of a row, a colon, and its hash of 64 hex digits');
  }
  return { sequence: BigInt(row), hash: bytes };
}
