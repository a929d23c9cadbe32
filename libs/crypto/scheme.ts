import { CryptoError } from './errors.ts';
import { isNativeAvailable, nativeScheme, nativeVersions } from './native-scheme.ts';
import { isSchemeName, type SchemeName, schemeNames } from './parameter-sets.ts';
import { PortablePool } from './portable-pool.ts';
import { portableScheme } from './portable-scheme.ts';
import type { Backend, SignatureScheme, Signing } from './signature-scheme.ts';

export interface SchemeOptions {
  /** `auto` takes the native implementation where there is one. */
  readonly backend?: Backend | 'auto';
  readonly signing?: Signing;
  /** The workers of the portable implementation, to be shared between schemes or to be found elsewhere. */
  readonly pool?: PortablePool;
}

/**
 * The signature scheme of that name.
 * @throws CryptoError `CRYPTO_UNKNOWN_SCHEME`, or `CRYPTO_UNAVAILABLE` where the machine or the options rule it
 * out (SIG-16).
 */
export function schemeByName(name: string, options: SchemeOptions = {}): SignatureScheme {
  const { backend = 'auto', signing = 'hedged', pool = new PortablePool() } = options;
  const known = checkedName(name);
  if (backend === 'portable') return portableScheme(known, { pool, signing });
  if (signing === 'deterministic') {
    if (backend === 'native') {
      throw unavailable(
        known,
        'the native implementation cannot sign deterministically: take the portable one',
      );
    }
    return portableScheme(known, { pool, signing });
  }
  if (isNativeAvailable(known)) return nativeScheme(known, { pool });
  if (backend === 'native') {
    throw unavailable(
      known,
      `${nativeVersions()} has no ${known}: needs Node 24.21 or later with OpenSSL 3.5 or later, or the portable implementation`,
    );
  }
  return portableScheme(known, { pool, signing });
}

/** @throws CryptoError `CRYPTO_UNKNOWN_SCHEME`, naming every scheme there is. */
export function checkedName(name: string): SchemeName {
  if (isSchemeName(name)) return name;
  throw new CryptoError(
    `unknown signature scheme ${JSON.stringify(name)}: expected one of ${schemeNames().join(', ')}`,
    {
      code: 'CRYPTO_UNKNOWN_SCHEME',
      scheme: name,
    },
  );
}

function unavailable(scheme: SchemeName, reason: string): CryptoError {
  return new CryptoError(`signature scheme unavailable: ${reason}`, {
    code: 'CRYPTO_UNAVAILABLE',
    scheme,
    backend: 'native',
  });
}
