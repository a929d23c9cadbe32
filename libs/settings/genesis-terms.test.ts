import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fromHex, toHex } from '#libs/bytes/hex.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { ed25519FromSeed, ed25519Sign } from '#libs/crypto/ed25519.ts';
import { possessionBytes } from '#libs/membership/key-rules.ts';
import { keyFor } from '#libs/membership/member-keys.ts';
import {
  applicationBytes,
  applicationFrom,
  type NamedApplication,
  schemeBytes,
  schemeFrom,
} from '#libs/membership/term-sections.ts';
import type { FoundingProtocols } from '#libs/protocol/parameters.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { chainTag, genesisBytes, genesisDigest } from './genesis.ts';
import { foundingOf } from './genesis-membership.ts';
import { genesisText } from './genesis-text.ts';
import { parseGenesis } from './parse-genesis.ts';

interface VectorFile {
  readonly vectors: readonly {
    readonly name: string;
    readonly protocolVersion: number;
    readonly genesis: { readonly members: readonly object[]; readonly application?: NamedApplication };
    readonly bytes: string;
    readonly digest: string;
    readonly tag: string;
  }[];
  readonly sections: readonly {
    readonly name: string;
    readonly scheme?: string;
    readonly application?: NamedApplication;
    readonly content: string;
  }[];
  readonly refused: readonly { readonly name: string; readonly tag: number; readonly content: string }[];
}

const { vectors, sections, refused }: VectorFile = JSON.parse(
  readFileSync(new URL('../../test/vectors/genesis-terms.json', import.meta.url), 'utf8'),
);
const wide = { min: 0, max: Number.MAX_SAFE_INTEGER, default: 1, reason: 'a test' };
const example = {
  parameters: {
    bounds: { a_number: wide, slot_ms: wide, rounds_max: wide },
    fault: () => undefined,
    timing: () => ({ viewTimeoutMs: 1, viewTimeoutMsMax: 1 }),
  },
  runsWithoutFaults: true,
};
const protocols: FoundingProtocols = new Map([...FOUNDING_PROTOCOLS, ['example', example]]);

/** The knowledge of a later version: the applications that a genesis of the vectors names. */
function knowledgeOf({ protocolVersion, genesis: { application } }: (typeof vectors)[number]) {
  const bounds = Object.fromEntries(Object.keys(application?.parameters ?? {}).map((name) => [name, wide]));
  const known = application && ([application.id, { version: application.version, bounds }] as const);
  return { protocols, protocolVersion, ...(known && { applications: new Map([known]) }) };
}

const plain = vectors[0]?.genesis ?? assert.fail('no vector');
const audited = vectors[1]?.genesis ?? assert.fail('no vector');
const parse = (genesis: object) => parseGenesis(JSON.stringify(genesis));

describe('a genesis with terms and keys', () => {
  for (const vector of vectors) {
    test(`has the bytes of the vector, and comes back as it was written: ${vector.name}`, () => {
      const parsed = parseGenesis(JSON.stringify(vector.genesis), knowledgeOf(vector));
      assert.equal(toHex(genesisBytes(parsed)), vector.bytes);
      assert.equal(genesisDigest(parsed), vector.digest);
      assert.equal(chainTag(genesisDigest(parsed)), vector.tag);
      assert.deepEqual(parseGenesis(genesisText(parsed), knowledgeOf(vector)), parsed);
    });
  }

  test('that says what holds without it is written without it', () => {
    assert.doesNotMatch(genesisText(parse(plain)), /protocol_version|application|keys/);
  });

  test('founds members with the keys that it names', () => {
    const { digest } = genesisBlock({ genesisTimeMs: 0n });
    const { roster } = foundingOf(parse(audited), digest);
    const known = roster.map((member) => keyFor(member, 'audit') !== undefined);
    assert.deepEqual(known, [false, false, true, false]);
  });
});

/** The genesis with these keys of its first member. */
function withKeys(...keys: readonly object[]): object {
  return { ...plain, members: plain.members.map((member, at) => (at === 0 ? { ...member, keys } : member)) };
}

function auditKey(part: object = {}, member = nameOf(0), seed = 1): object {
  const { publicKey, secretKey } = ed25519FromSeed(new Uint8Array(32).fill(seed));
  const proof = ed25519Sign(secretKey, possessionBytes(member, { purpose: 5, scheme: 'ed25519', publicKey }));
  return { purpose: 'audit', scheme: 'ed25519', public_key: toHex(publicKey), proof: toHex(proof), ...part };
}

function nameOf(index: number): string {
  return parse(plain).members[index]?.name ?? assert.fail('no such member');
}

describe('a genesis with further keys', () => {
  test('is read where each is proven', () => {
    assert.equal(parse(withKeys(auditKey())).members[0]?.keys?.length, 1);
  });

  const REFUSED: readonly (readonly [string, () => object, RegExp])[] = [
    [
      'a proof by another member',
      () => withKeys(auditKey({}, nameOf(1))),
      /members: the audit key of .*did not sign its proof of possession; take the member\.json/,
    ],
    [
      'a proof that is none',
      () => withKeys(auditKey({ proof: '00'.repeat(64) })),
      /of a form that no honest signer makes/,
    ],
    [
      'no proof',
      () => withKeys(auditKey({ proof: undefined })),
      /members\.?\[0\]\.keys\[0\]\.proof: missing or not text/,
    ],
    ['a short proof', () => withKeys(auditKey({ proof: '00' })), /a proof of possession of 1 bytes/],
    ['a short key', () => withKeys(auditKey({ public_key: '00' })), /1 bytes, and ed25519 keys have 32/],
    ['another scheme', () => withKeys(auditKey({ scheme: 'x' })), /scheme "x", and this version has ed25519/],
    [
      'a reserved purpose',
      () => withKeys(auditKey({ purpose: 'vrf' })),
      /keys\[0\]\.purpose: unknown purpose "vrf"; this version has audit/,
    ],
    [
      'a purpose that has its own place',
      () => withKeys(auditKey({ purpose: 'gateway' })),
      /unknown purpose "gateway"; this version has audit/,
    ],
    [
      'a purpose that is none',
      () => withKeys(auditKey({ purpose: 'constructor' })),
      /unknown purpose "constructor"/,
    ],
    [
      'a key twice',
      () => withKeys(auditKey(), auditKey()),
      /keys: expected keys in the order of their purposes, each purpose once/,
    ],
    [
      'an unknown fact of a key',
      () => withKeys(auditKey({ use: 1 })),
      /keys\[0\]: unknown key "use"; remove it/,
    ],
    [
      'one key of two members',
      () => ({
        ...plain,
        members: plain.members.map((member, at) => ({
          ...member,
          ...(at < 2 && { keys: [auditKey({}, nameOf(at))] }),
        })),
      }),
      /the audit key of .* is also a key of .*; every key has one purpose and one member/,
    ],
  ];
  for (const [name, genesis, message] of REFUSED) {
    test(`is refused with ${name}`, () => {
      assert.throws(() => parse(genesis()), { name: 'SettingsError', message });
    });
  }
});

describe('a genesis that names its terms', () => {
  const REFUSED: readonly (readonly [string, object, RegExp])[] = [
    [
      'another version of the protocol',
      { protocol_version: 2 },
      /protocol_version: version 2 of hotstuff; this version of btcfed has version 1$/,
    ],
    [
      'a version that is none',
      { protocol_version: 0 },
      /protocol_version: expected a whole number from 1 to 4294967295/,
    ],
    [
      'an application that is none',
      { application: { id: 'coins', version: 1 } },
      /application\.id: unknown application "coins"; this version has log/,
    ],
    [
      'another version of the log',
      { application: { id: 'log', version: 2 } },
      /application\.version: version 2 of log; this version of btcfed has version 1/,
    ],
    [
      'an application without a version',
      { application: { id: 'log' } },
      /application\.version: expected a whole number/,
    ],
    [
      'a number that the log does not have',
      { application: { id: 'log', version: 1, parameters: { speed: 1 } } },
      /application\.parameters\.speed: unknown; remove it/,
    ],
    [
      'another fact of the application',
      { application: { id: 'log', version: 1, state: 1 } },
      /application: unknown key "state"; remove it/,
    ],
    ['an application that is a word', { application: 'log' }, /application: expected an object/],
  ];
  for (const [name, changes, message] of REFUSED) {
    test(`is refused with ${name}`, () => {
      assert.throws(() => parse({ ...plain, ...changes }), { name: 'SettingsError', message });
    });
  }

  test('is refused with a number of an application that is out of its bounds, or missing', () => {
    const applications = new Map([['coins', { version: 1, bounds: { fee: { ...wide, max: 9 } } }]]);
    for (const parameters of [{ fee: 10 }, { fee: 1.5 }, { fee: -1 }, {}]) {
      const genesis = { ...plain, application: { id: 'coins', version: 1, parameters } };
      assert.throws(
        () => parseGenesis(JSON.stringify(genesis), { applications }),
        /application\.parameters\.fee: expected a whole number from 0 to 9: a test/,
      );
    }
  });
});

describe('the sections scheme and application of new terms', () => {
  for (const { name, scheme, application, content } of sections) {
    test(`have the bytes of the vector: ${name}`, () => {
      const bytes = fromHex(content) ?? assert.fail('not hex');
      if (scheme !== undefined) {
        assert.equal(toHex(schemeBytes(scheme)), content);
        assert.equal(schemeFrom(bytes), scheme);
      }
      if (application !== undefined) {
        assert.equal(toHex(applicationBytes(application)), content);
        assert.deepEqual(applicationFrom(bytes), application);
      }
      assert.notEqual(scheme === undefined, application === undefined);
    });
  }

  for (const { name, tag, content } of refused) {
    test(`are not read with ${name}`, () => {
      const bytes = fromHex(content) ?? assert.fail('not hex');
      assert.equal(tag === 3 ? schemeFrom(bytes) : applicationFrom(bytes), undefined);
    });
  }
});
