import { Command } from 'commander';
import { toHex } from '#libs/bytes/hex.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { recordFacts } from '#services/signer/ceremony/record-facts.ts';
import { readHistory } from '#services/signer/ceremony/trusted-history.ts';
import { plainLines } from '../../core/plain-lines.ts';
import { recordReport } from '../../core/record-report.ts';
import { action, type CommandContext } from '../context.ts';
import { type PlaceOptions, placeOf, withPlace } from './place.ts';

type ShowOptions = PlaceOptions & { readonly json?: boolean };

export function signerStateShowCommand(context: CommandContext): Command {
  return withPlace(new Command('show'))
    .description('the content of the record: mode, marks, lock, audit head')
    .option('--json', 'print one JSON object')
    .action(action(context, (options: ShowOptions) => show(context, options)));
}

export function signerStateVerifyCommand(context: CommandContext): Command {
  return withPlace(new Command('verify'))
    .description(
      'check every page of the record, every row of its audit log, and its mirror; or a history that was exported',
    )
    .argument('[file]', 'a signing history: checked by itself, for any signer')
    .option('--json', 'print one JSON object')
    .action(
      action(context, (file: string | undefined, options: ShowOptions) => verify(context, file, options)),
    );
}

async function show({ terminal }: CommandContext, options: ShowOptions): Promise<ExitCode> {
  const report = recordReport(await recordFacts(placeOf(options)));
  if (options.json === true) terminal.out(jsonText(report));
  else for (const line of plainLines(report)) terminal.out(line);
  return EXIT_CODES.ok;
}

async function verify(
  context: CommandContext,
  file: string | undefined,
  options: ShowOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  const found = file === undefined ? await recordVerdict(options) : await fileVerdict(file);
  if (options.json === true) terminal.out(jsonText(found));
  else for (const line of plainLines(found)) terminal.out(line);
  return found.ok ? EXIT_CODES.ok : EXIT_CODES.failed;
}

async function recordVerdict(options: ShowOptions) {
  const { mode, fault, auditSequence, auditHash } = recordReport(await recordFacts(placeOf(options)));
  return { ok: fault === null, fault, mode, auditSequence, auditHash };
}

async function fileVerdict(file: string) {
  const { document, auditKey, stateHash } = await readHistory(file);
  const { history, publicKey, scheme } = document;
  const { chain, protocol, epoch, session } = history;
  const key = { publicKey: toHex(publicKey), auditKey: toHex(auditKey) };
  return { ok: true, fault: null, scheme, chain, protocol, epoch, session, ...key, stateHash };
}
