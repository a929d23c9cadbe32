import type { SchemeName } from './parameter-sets.ts';
import type { Signing } from './signature-scheme.ts';

/** A request to the worker of the portable implementation. Byte arrays are exact copies, never views. */
export type PortableTask =
  | { readonly kind: 'key-pair'; readonly scheme: SchemeName; readonly seed: Uint8Array }
  | {
      readonly kind: 'sign';
      readonly scheme: SchemeName;
      readonly secretKey: Uint8Array;
      readonly message: Uint8Array;
      readonly context: Uint8Array;
      readonly signing: Signing;
    }
  | {
      readonly kind: 'verify';
      readonly scheme: SchemeName;
      readonly publicKey: Uint8Array;
      readonly message: Uint8Array;
      readonly signature: Uint8Array;
      readonly context: Uint8Array;
    };

/** Its answer. `failed` is a fault in the worker: bad input was refused before it was sent. */
export type PortableResult =
  | { readonly kind: 'key-pair'; readonly publicKey: Uint8Array; readonly secretKey: Uint8Array }
  | { readonly kind: 'sign'; readonly signature: Uint8Array }
  | { readonly kind: 'verify'; readonly ok: boolean }
  | { readonly kind: 'failed'; readonly message: string };
