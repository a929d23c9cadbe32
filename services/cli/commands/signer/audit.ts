import { resolve } from 'node:path';
import { Command } from 'commander';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { AppError } from '#libs/errors/app-error.ts';
import { atSignerOrRecord } from '#services/launcher/adapters/signer-admin.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { verifyAuditFile } from '#services/signer/ceremony/audit-file.ts';
import { auditOfRecord, exportAudit } from '#services/signer/ceremony/audit-log.ts';
import { auditOfRunning, exportRunningAudit } from '#services/signer/ceremony/running-audit.ts';
import { plainLines } from '../../core/plain-lines.ts';
import { action, type CommandContext } from '../context.ts';
import { newFile } from '../option-values.ts';
import { type PlaceOptions, placeOf, socketOf, withPlace } from './place.ts';

const NOTES = `
Examples:
  $ btcfed signer audit head --home dave
  $ btcfed signer audit export --home dave --out audit.jsonl
  $ btcfed signer audit verify audit.jsonl --noted 1234:5d0f… --expect-key 3b6a…
  $ btcfed signer audit verify --folder /var/lib/btcfed-signer
  $ btcfed signer audit verify --socket /run/btcfed-signer/admin.sock

A signer that runs is asked on its admin socket (of the home, or --socket) and signs on meanwhile; the record of one that
does not run is read. --noted takes an end that was seen earlier, such as in "btcfed status" of another member: that row,
with that hash, must be in the log. --expect-key takes the audit key that the key ceremony wrote down.
Exit code 1 when the log does not hold. "verdict" of --json then says how: edited, reordered, rows-missing, truncated,
forked, set-back, unsigned, other-key or malformed.`;

interface AuditOptions extends PlaceOptions {
  readonly socket?: string;
  readonly json?: boolean;
  readonly noted?: { readonly sequence: bigint; readonly hash: Uint8Array };
  readonly expectKey?: Uint8Array;
}

type Found = Awaited<ReturnType<typeof verifyAuditFile>>;

/** The log of every decision of a signer. */
export function signerAuditCommand(context: CommandContext): Command {
  const head = withAuditOptions(new Command('head'))
    .description('hash the log again, and show its end, signed by the audit key')
    .action(action(context, (options: AuditOptions) => report(context, options, () => found(options))));
  const verify = withAuditOptions(new Command('verify'))
    .description('hash the log again, or one that was exported')
    .argument('[file]', 'an exported log: checked by itself')
    .option('--noted <row:hash>', 'an end that was seen earlier: it must be in the log', notedHead)
    .action(
      action(context, (file: string | undefined, options: AuditOptions) =>
        report(context, options, () =>
          file === undefined ? found(options) : verifyAuditFile(resolve(file), expectationsOf(options)),
        ),
      ),
    );
  const exported = withAuditOptions(new Command('export'))
    .description('write the whole log to a file that anybody can verify')
    .requiredOption('--out <file>', 'a new file: JSON, one object a line', newFile)
    .action(
      action(context, (options: AuditOptions & { readonly out: string }) =>
        report(context, options, () => exportedTo(resolve(options.out), options)),
      ),
    );
  return new Command('audit')
    .description('verify the log of every decision of a signer, show its head, or export it')
    .addCommand(head)
    .addCommand(verify)
    .addCommand(exported)
    .addHelpText('after', NOTES);
}

function withAuditOptions(command: Command): Command {
  return withPlace(command)
    .option('--socket <file>', 'admin socket of a signer that runs, where it has no home')
    .option('--expect-key <hex>', 'the audit key that must have signed the end', auditKey)
    .option('--json', 'print one JSON object');
}

function found(options: AuditOptions): Promise<Found> {
  const expected = expectationsOf(options);
  return atSignerOrRecord(socketOf(options), options, {
    running: (admin, path) => auditOfRunning(admin, { ...expected, path }),
    record: () => auditOfRecord(placeOf(options), expected),
  });
}

function exportedTo(out: string, options: AuditOptions): Promise<Found> {
  const expected = expectationsOf(options);
  return atSignerOrRecord(socketOf(options), options, {
    running: (admin, path) => exportRunningAudit(admin, out, { ...expected, path }),
    record: () => exportAudit(placeOf(options), out, expected),
  });
}

function expectationsOf({ noted, expectKey: key }: AuditOptions) {
  return { noted, key };
}

/** @param find - The rows asked for. With --json, a log that does not hold is an answer too. */
async function report(
  { terminal }: CommandContext,
  { json }: AuditOptions,
  find: () => Promise<Found>,
): Promise<ExitCode> {
  try {
    const facts = factsOf(await find());
    if (json === true) terminal.out(jsonText(facts));
    else for (const line of plainLines(facts)) terminal.out(line);
    return EXIT_CODES.ok;
  } catch (error) {
    const verdict = error instanceof AppError && 'verdict' in error.detail ? error.detail.verdict : undefined;
    if (json !== true || verdict === undefined) throw error;
    terminal.out(jsonText({ ok: false, verdict, reason: String((error as AppError).message) }));
    return EXIT_CODES.failed;
  }
}

function factsOf({ chain, publicKey, head, after }: Found) {
  return {
    ok: true,
    chain,
    publicKey: toHex(publicKey),
    firstRow: after.sequence + 1n,
    rows: head.sequence,
    hash: toHex(head.hash),
    auditKey: toHex(head.publicKey),
    signature: toHex(head.signature),
  };
}

function notedHead(text: string): AuditOptions['noted'] {
  const { row, hash } = /^(?<row>[1-9]\d{0,18}):(?<hash>[0-9a-f]{64})$/.exec(text)?.groups ?? {};
  const bytes = fromHex(hash ?? '');
  if (row === undefined || bytes === undefined) {
    throw invalidInput('--noted: expected the number of a row, a colon, and its hash of 64 hex digits');
  }
  return { sequence: BigInt(row), hash: bytes };
}

function auditKey(text: string): Uint8Array {
  const bytes = /^[0-9a-f]{64}$/.test(text) ? fromHex(text) : undefined;
  if (bytes === undefined) throw invalidInput('--expect-key: expected the audit key, 64 hex digits');
  return bytes;
}
