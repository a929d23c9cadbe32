const NAMES_TOKEN = ['token', 'serial'];
const NAMES_KEY = ['object', 'id'];
const NAMES_MORE = ['type', 'manufacturer', 'model', 'slot-id', 'slot-manufacturer', 'slot-description'];
const ATTRIBUTES = [...NAMES_TOKEN, ...NAMES_KEY, ...NAMES_MORE];
const CHARACTERS_MAX = 512;
const SCHEME = 'pkcs11:';

/**
 * The fault of a name of a key in a token (RFC 7512); undefined: the text names one token, one key in it, and no PIN.
 * For a less exact name a token would use the first key that it finds. The text is never repeated: it may have a PIN
 * in it.
 */
export function tokenUriFault(text: string): string | undefined {
  if (!text.startsWith(SCHEME) || text.length > CHARACTERS_MAX || !/^[\x21-\x7e]+$/.test(text)) {
    return `expected a URI of at most ${CHARACTERS_MAX} characters, such as pkcs11:token=btcfed;object=consensus`;
  }
  if (/pin-(?:value|source)/i.test(text)) {
    return 'a PIN never stands in the name of a key: it comes as a passphrase does. Take it out, and change it if others may have seen it';
  }
  if (text.includes('?')) return 'nothing follows a "?": the module of the token is named in OPENSSL_CONF';
  return attributesFault(text.slice(SCHEME.length).split(';'));
}

function attributesFault(parts: readonly string[]): string | undefined {
  const values = new Map<string, string>();
  for (const part of parts) {
    const [name = '', value = ''] = part.split('=', 2);
    if (!ATTRIBUTES.includes(name)) return `expected of name=value only ${ATTRIBUTES.join(', ')}`;
    if (value === '' || values.has(name)) return `expected ${name}= once, with a value`;
    values.set(name, value);
  }
  if (!NAMES_TOKEN.some((name) => values.has(name))) return 'it names no token: add token= or serial=';
  if (!NAMES_KEY.some((name) => values.has(name))) return 'it names no key: add object= or id=';
  const type = values.get('type') ?? 'private';
  return type === 'private' ? undefined : 'expected type=private, or none';
}

/** The part that names the token: two keys in one token have it in common. */
export function tokenOf(uri: string): string {
  const parts = uri.slice(SCHEME.length).split(';');
  return parts
    .filter((part) => NAMES_TOKEN.some((name) => part.startsWith(`${name}=`)))
    .toSorted()
    .join(';');
}
