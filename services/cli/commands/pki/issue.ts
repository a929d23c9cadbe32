import { Command, Option } from 'commander';
import { type CertificateRequest, issueCertificate } from '#libs/pki/pki.ts';
import { invalidInput } from '#services/launcher/words/errors.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import {
  certificateFiles,
  checkLife,
  describedFile,
  readAuthority,
  writeNewPair,
} from '../../adapters/certificate-files.ts';
import { action, type CommandContext } from '../context.ts';
import { wholeNumber } from '../option-values.ts';
import { certificateText } from './text.ts';

interface IssueOptions {
  readonly ca: string;
  readonly name: string;
  readonly usage: CertificateRequest['usage'];
  readonly out: string;
  readonly dns: readonly string[];
  readonly ip: readonly string[];
  readonly uri: readonly string[];
  readonly days: number;
  readonly json?: boolean;
}

/** A year: long enough for people, short enough that rotation is practised. */
export const ISSUE_DAYS = 365;

export function pkiIssueCommand(context: CommandContext): Command {
  const usage = new Option('--usage <kind>', 'server: the signer; client: who calls it')
    .choices(['server', 'client', 'both'])
    .makeOptionMandatory();
  return new Command('issue')
    .description('make a key and a certificate for it: OUT.pem and OUT.key')
    .requiredOption('--ca <dir>', 'folder of "btcfed pki init"')
    .requiredOption('--name <text>', 'common name: "signer", or the client name that the signer expects')
    .addOption(usage)
    .requiredOption('--out <path>', 'where, without an ending; nothing is written over')
    .option('--dns <name>', 'host name that a server is called by; may be repeated', collected, [])
    .option('--ip <address>', 'IP address that a server is called by; may be repeated', collected, [])
    .option('--uri <uri>', 'such as spiffe://dave.example/signer; may be repeated', collected, [])
    .option('--days <n>', 'how long it is valid', wholeNumber({ min: 1, max: 36_500 }), ISSUE_DAYS)
    .option('--json', 'print one JSON object')
    .action(action(context, (options: IssueOptions) => issue(context, options)));
}

async function issue({ terminal }: CommandContext, options: IssueOptions): Promise<ExitCode> {
  const { ca, name, usage, out, dns, ip, uri, days, json } = options;
  if (usage !== 'client' && dns.length + ip.length === 0) {
    throw invalidInput(
      'a server needs --dns or --ip: clients look for the name that they dial, and for no common name',
    );
  }
  checkLife(ca, days);
  const names = { commonName: name, dnsNames: dns, ipAddresses: ip, uris: uri };
  await writeNewPair(out, issueCertificate(readAuthority(ca), { ...names, usage, days }));
  const file = certificateFiles(out).certificate;
  terminal.out(certificateText(file, describedFile(file), json));
  return EXIT_CODES.ok;
}

function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
