import { join } from 'node:path';
import type { Digest } from '#libs/chain/ids.ts';
import { proveKey } from '#libs/crypto/key-proof.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { testVerifying } from '#libs/crypto/self-test.ts';
import type { Backend, SignatureScheme, SigningKey } from '#libs/crypto/signature-scheme.ts';
import type { SlotRegister } from '#libs/custody/slot-register.ts';
import { type KeyBinding, type KeyFile, readKeyFile } from './adapters/key-file.ts';
import { openLedger } from './adapters/ledger-files.ts';
import { passphraseFrom } from './adapters/passphrase.ts';
import { CustodyError } from './core/errors.ts';
import type { SlotLedger } from './ports.ts';

export const KEY_FILE_NAME = 'signer.key';
export const LEDGER_FILE_NAME = 'signer.db';

export interface CustodyOptions {
  readonly folder: string;
  readonly protocol: string;
  readonly backend: Backend | 'auto';
  /** Where the passphrase of a sealed key is read from: a file of its owner alone, or a pipe. */
  readonly passphraseFile?: string | undefined;
}

/** A key that may sign: proven to work, with the record of all that it signed. */
export interface Custody {
  readonly scheme: SignatureScheme;
  readonly key: SigningKey;
  readonly chain: Digest;
  /** Whether the key lies encrypted on disk. */
  readonly isSealed: boolean;
  readonly ledger: SlotLedger;
  readonly register: SlotRegister;
}

/**
 * Takes key and record out of their folder, and everything that could make signing unsafe for a reason to refuse.
 * Never creates anything.
 * @throws CustodyError that says what is wrong and what to do, CryptoError when the scheme is not to be had.
 */
export async function openCustody(options: CustodyOptions): Promise<Custody> {
  const { folder, protocol, backend } = options;
  const file = await readKeyFile(join(folder, KEY_FILE_NAME), passphraseFrom(options.passphraseFile));
  try {
    const scheme = schemeByName(file.scheme, { backend });
    const binding = checkedBinding(join(folder, KEY_FILE_NAME), file, protocol);
    const { ledger, register } = openLedger(join(folder, LEDGER_FILE_NAME), { ...file, binding });
    try {
      await testVerifying(scheme);
      const key = scheme.loadKey(file.secretKey);
      await proveKey(scheme, key);
      return { scheme, key, chain: binding.chain, isSealed: file.isSealed, ledger, register };
    } catch (cause) {
      ledger.close();
      throw cause;
    }
  } finally {
    file.secretKey.fill(0);
  }
}

function checkedBinding(path: string, { binding }: KeyFile, protocol: string): KeyBinding {
  if (binding === undefined) {
    const detail = { code: 'CUSTODY_KEY_UNBOUND', path } as const;
    throw new CustodyError(
      `key file ${path}: it is not bound to a genesis yet: finish "btcfed init"`,
      detail,
    );
  }
  if (binding.protocol === protocol) return binding;
  const detail = { code: 'CUSTODY_RECORD_FOREIGN', path } as const;
  const reason = `it signs for protocol ${binding.protocol}, and SIGNER_PROTOCOL says ${protocol}`;
  throw new CustodyError(`key file ${path}: ${reason}`, detail);
}
