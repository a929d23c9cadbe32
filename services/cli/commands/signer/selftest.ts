import { Command, Option } from 'commander';
import { CryptoError } from '#libs/crypto/errors.ts';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import { PortablePool } from '#libs/crypto/portable-pool.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { testSigning, testVerifying } from '#libs/crypto/self-test.ts';
import type { Backend, Signing } from '#libs/crypto/signature-scheme.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { action, type CommandContext } from '../context.ts';

interface SelftestOptions {
  readonly scheme?: string;
  readonly backend: Backend;
  readonly json?: boolean;
}

interface Result {
  readonly scheme: string;
  readonly backend: Backend;
  readonly ok: boolean;
  readonly ms: number;
  /** Empty when it is well. */
  readonly fault: string;
}

export function signerSelftestCommand(context: CommandContext): Command {
  const backend = new Option(
    '--backend <name>',
    'OpenSSL in Node, or JavaScript (up to a minute for all sets)',
  )
    .choices(['native', 'portable'])
    .default('native');
  return new Command('selftest')
    .description('check signing and verifying on this machine against what NIST published; needs no key')
    .option('--scheme <name>', 'one parameter set; without it all twelve')
    .addOption(backend)
    .option('--json', 'print one JSON object')
    .action(action(context, (options: SelftestOptions) => testMachine(context, options)));
}

async function testMachine(context: CommandContext, options: SelftestOptions): Promise<ExitCode> {
  const { terminal } = context;
  const results: Result[] = [];
  const pool = new PortablePool();
  for (const name of options.scheme === undefined ? schemeNames() : [options.scheme]) {
    const result = await testScheme(context, name, options.backend, pool);
    results.push(result);
    if (options.json !== true) terminal.out(lineOf(result));
  }
  await pool.close();
  const ok = results.every((each) => each.ok);
  const { node, openssl } = process.versions;
  if (options.json === true) terminal.out(jsonText({ ok, node, openssl, results }));
  return ok ? EXIT_CODES.ok : EXIT_CODES.failed;
}

/** @throws CryptoError for a name that does not exist; a scheme that is missing or wrong here is a result. */
async function testScheme(
  { sinceStartMs }: CommandContext,
  name: string,
  backend: Backend,
  pool: PortablePool,
): Promise<Result> {
  const signing: Signing = backend === 'portable' ? 'deterministic' : 'hedged';
  const startMs = sinceStartMs();
  const result = (fault: string): Result => {
    return { scheme: name, backend, ok: fault === '', ms: Math.round(sinceStartMs() - startMs), fault };
  };
  try {
    const scheme = schemeByName(name, { backend, signing, pool });
    await testVerifying(scheme);
    await testSigning(scheme, signing);
    return result('');
  } catch (error) {
    if (!(error instanceof CryptoError) || error.detail.code === 'CRYPTO_UNKNOWN_SCHEME') throw error;
    return result(error.message);
  }
}

function lineOf({ scheme, backend, ok, ms, fault }: Result): string {
  return `${ok ? 'ok    ' : 'FAILED'}  ${scheme.padEnd(18)}  ${backend}  ${ms} ms${ok ? '' : `: ${fault}`}`;
}
