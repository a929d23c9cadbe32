import { Command } from 'commander';
import { issueCertificate } from '#libs/pki/pki.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import {
  certificateFiles,
  checkLife,
  describedFile,
  readAuthority,
  readPair,
  writePair,
} from '../../adapters/certificate-files.ts';
import { action, type CommandContext } from '../context.ts';
import { wholeNumber } from '../option-values.ts';
import { ISSUE_DAYS } from './issue.ts';

interface RotateOptions {
  readonly ca: string;
  readonly days: number;
  readonly json?: boolean;
}

export function pkiRotateCommand(context: CommandContext): Command {
  return new Command('rotate')
    .description('replace a certificate and its key by new ones of the same names and usage')
    .argument(
      '<path>',
      'as given to "btcfed pki issue --out"; the replaced pair is kept as <path>.previous.*',
    )
    .requiredOption('--ca <dir>', 'folder of "btcfed pki init"')
    .option('--days <n>', 'how long the new one is valid', wholeNumber({ min: 1, max: 36_500 }), ISSUE_DAYS)
    .option('--json', 'print one JSON object')
    .action(action(context, (path: string, options: RotateOptions) => rotate(context, path, options)));
}

async function rotate(
  { terminal }: CommandContext,
  path: string,
  { ca, days, json }: RotateOptions,
): Promise<ExitCode> {
  const authority = readAuthority(ca);
  checkLife(ca, days);
  const previous = readPair(path);
  const file = certificateFiles(path).certificate;
  const { commonName, usage, dnsNames, ipAddresses, uris, pin: previousPin } = describedFile(file);
  if (usage === undefined) throw invalidInput(`${file} is no certificate of a server or client`);
  const next = issueCertificate(authority, { commonName, usage, dnsNames, ipAddresses, uris, days });
  await writePair(`${path}.previous`, previous);
  await writePair(path, next);
  const { pin, notAfter } = describedFile(file);
  if (json === true) terminal.out(jsonText({ file, pin, previousPin, notAfter: notAfter.toISOString() }));
  else {
    terminal.out(`${file}: valid until ${notAfter.toISOString()}`);
    terminal.out(
      `pin  ${pin}\nwas  ${previousPin}: let the other side accept both until it has seen the new one`,
    );
  }
  return EXIT_CODES.ok;
}
