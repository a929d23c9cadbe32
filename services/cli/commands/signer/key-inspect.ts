import { Command } from 'commander';
import { keyId } from '#libs/crypto/key-id.ts';
import { EXIT_CODES, type ExitCode } from '#services/launcher/words/exit-codes.ts';
import { jsonText } from '#services/launcher/words/json-value.ts';
import { inspectKey } from '#services/signer/ceremony/move-key.ts';
import { action, type CommandContext } from '../context.ts';
import { type PlaceOptions, placeOf, withPlace } from './place.ts';

interface InspectOptions extends PlaceOptions {
  readonly json?: boolean;
}

export function signerKeyInspectCommand(context: CommandContext): Command {
  return withPlace(new Command('inspect'))
    .description('say what the key file says in the clear; no passphrase is needed, nothing secret is shown')
    .option('--json', 'print one JSON object')
    .action(action(context, (options: InspectOptions) => inspect(context, options)));
}

async function inspect({ terminal }: CommandContext, options: InspectOptions): Promise<ExitCode> {
  const { folder } = placeOf(options);
  const {
    scheme,
    publicKey,
    created,
    binding,
    isSealed: sealed,
    isImported: imported,
    token = null,
  } = await inspectKey(folder);
  const { chain = null, protocol = null } = binding ?? {};
  const facts = {
    keyId: keyId(publicKey),
    scheme,
    publicKey,
    created,
    chain,
    protocol,
    sealed,
    imported,
    token,
  };
  const text = [
    `key ${facts.keyId} of ${scheme}, made ${created}${imported ? ' (imported: it came without a history)' : ''}`,
    `public key ${Buffer.from(publicKey).toString('hex')}`,
    chain === null ? 'bound to no chain yet' : `bound to chain ${chain} (${protocol})`,
    stateOf(sealed, token),
  ].join('\n');
  terminal.out(options.json ? jsonText(facts) : text);
  return EXIT_CODES.ok;
}

function stateOf(isSealed: boolean, token: string | null): string {
  if (token !== null) return `in a token: ${token}`;
  return isSealed ? 'sealed' : 'NOT encrypted';
}
