import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { isNewer, isVersion, SOFTWARE_VERSION } from '#libs/chain/software-version.ts';
import type { FoundingProtocols, FoundingTerms, ParameterValues } from '#libs/protocol/parameters.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { chainTag, genesisBytes, genesisDigest } from './genesis.ts';
import { defaultGenesisParameters } from './genesis-parameters.ts';
import { genesisText } from './genesis-text.ts';
import { parseGenesis } from './parse-genesis.ts';

interface Vector {
  readonly name: string;
  readonly genesis: Readonly<Record<string, unknown>>;
  readonly bytes: string;
  readonly digest: string;
  readonly tag: string;
}

const { vectors }: { vectors: readonly Vector[] } = JSON.parse(
  readFileSync(new URL('../../test/vectors/genesis-sections.json', import.meta.url), 'utf8'),
);

const wide = { min: 0, max: Number.MAX_SAFE_INTEGER, default: 1, reason: 'a test' };

/** The terms of a protocol of tests, which runs without faults and wants its numbers in ascending order. */
function termsOf(...names: readonly string[]): FoundingTerms {
  const isAscending = (values: ParameterValues): boolean =>
    names.every((name, at) => at === 0 || (values[names[at - 1] ?? ''] ?? 0) <= (values[name] ?? 0));
  return {
    parameters: {
      bounds: Object.fromEntries(names.map((name) => [name, wide])),
      fault: (values) =>
        isAscending(values) ? undefined : { name: names.at(-1) ?? '', problem: 'must ascend' },
      timing: () => ({ viewTimeoutMs: 1, viewTimeoutMsMax: 1 }),
    },
    runsWithoutFaults: true,
  };
}

const protocols: FoundingProtocols = new Map([
  ...FOUNDING_PROTOCOLS,
  ['example', termsOf('a_number', 'slot_ms', 'rounds_max')],
  ['partial', termsOf('rounds_max', 'view_timeout_ms')],
]);

function parse(genesis: object) {
  return parseGenesis(JSON.stringify(genesis), { protocols });
}

const [plain, , example, partial] = vectors.map(({ genesis }) => genesis);

describe('a genesis with sections', () => {
  for (const { name, genesis, bytes, digest, tag } of vectors) {
    test(`has the bytes of the vector: ${name}`, () => {
      const parsed = parse(genesis);
      assert.equal(toHex(genesisBytes(parsed)), bytes);
      assert.equal(genesisDigest(parsed), digest);
      assert.equal(chainTag(genesisDigest(parsed)), tag);
    });

    test(`comes back as it was written: ${name}`, () => {
      const parsed = parse(genesis);
      assert.deepEqual(parseGenesis(genesisText(parsed), { protocols }), parsed);
    });
  }

  test('has another digest for another number, and for another name of the same number', () => {
    const digests = [{ a_number: 1 }, { slot_ms: 1501 }, { rounds_max: 2 ** 52 }].map((changed) => {
      const own = { ...Object(example?.['protocol_parameters']), ...changed };
      return genesisDigest(parse({ ...example, protocol_parameters: own }));
    });
    assert.equal(new Set([...digests, vectors[2]?.digest]).size, 4);
  });

  const refusals: readonly (readonly [string, object, RegExp])[] = [
    [
      'a number that the protocol does not have',
      { ...example, protocol_parameters: { slot_ms: 1, rounds_max: 1, a_number: 1, speed: 1 } },
      /protocol_parameters: unknown key "speed"; remove it/,
    ],
    [
      'a number of the protocol that is missing: no default could be the same for all versions',
      { ...example, protocol_parameters: { slot_ms: 1, rounds_max: 1 } },
      /protocol_parameters\.a_number: expected a whole number from 0 to .*: a test/,
    ],
    [
      'no numbers where the protocol has some',
      { ...example, protocol_parameters: undefined },
      /protocol_parameters\.a_number: expected a whole number/,
    ],
    [
      'a fraction',
      { ...example, protocol_parameters: { slot_ms: 1.5, rounds_max: 2, a_number: 1 } },
      /protocol_parameters\.slot_ms: expected a whole number/,
    ],
    [
      'numbers that do not fit each other',
      { ...example, protocol_parameters: { slot_ms: 3, rounds_max: 2, a_number: 1 } },
      /protocol_parameters\.rounds_max: must ascend/,
    ],
    [
      'the same of a number that has its place in parameters',
      { ...partial, protocol_parameters: { rounds_max: 251 } },
      /parameters\.view_timeout_ms: must ascend/,
    ],
    [
      'a timeout that the protocol does not have',
      { ...example, parameters: defaultGenesisParameters() },
      /parameters: unknown key "view_timeout_ms"; remove it/,
    ],
    [
      'a timeout of HotStuff in the other section',
      { ...plain, protocol_parameters: { view_timeout_ms: 4_000 } },
      /protocol_parameters: unknown key "view_timeout_ms"; remove it/,
    ],
  ];
  for (const [name, genesis, message] of refusals) {
    test(`is refused with ${name}`, () => {
      assert.throws(() => parse(genesis), { name: 'SettingsError', message });
    });
  }
});

describe('a genesis of a later version', () => {
  test('says which version reads it, whatever else is in it', () => {
    for (const unknown of [{ vrf: {} }, { version: 2 }, { members: 'elsewhere' }, {}]) {
      assert.throws(() => parse({ ...plain, ...unknown, needs: '9.1.0' }), {
        message: `invalid genesis.json: line 1: needs: it needs btcfed 9.1.0 or later, and this is ${SOFTWARE_VERSION}; install that version`,
      });
    }
  });

  test('is read where this version is new enough; unknown keys in it are faults then', () => {
    assert.equal(parse({ ...plain, needs: SOFTWARE_VERSION }).chainId, 'local');
    assert.throws(
      () => parse({ ...plain, needs: '0.1.0', vrf: {} }),
      /unknown key "vrf": .* install the version that wrote it/,
    );
  });

  for (const needs of ['1.0', 'v1.0.0', '1.0.0-beta', '', 1, null, '01.0.0']) {
    test(`is refused when it needs ${JSON.stringify(needs)}`, () => {
      assert.throws(() => parse({ ...plain, needs }), /needs: expected the version of btcfed .* "1\.0\.0"/);
    });
  }
});

describe('a federation without faults', () => {
  const members = (count: number, genesis: object | undefined) => {
    const all: unknown = plain?.['members'];
    assert.ok(Array.isArray(all));
    return { ...genesis, members: all.slice(0, count) };
  };

  test('HS-70 has 1 to 3 members where its protocol runs like that, and its policy says so', () => {
    for (const count of [1, 2, 3]) assert.equal(parse(members(count, example)).members.length, count);
    assert.throws(() => parse(members(0, example)), /members: a federation has 1 to 512 members, got 0$/);
    assert.throws(
      () => parse({ ...members(3, example), membership: undefined }),
      /members: 3 members, and the policy allows 4 to 512; see the section membership/,
    );
  });

  test('HS-70 is refused where its protocol does not, with the reason', () => {
    const few = { ...members(3, plain), membership: { members_min: 3 } };
    assert.throws(
      () => parse(few),
      /membership\.members_min: expected a whole number from 4 to 512.*; 1 more fault|members: .* fewer than 4 bear none that fails, and hotstuff does not run like that/,
    );
    assert.throws(
      () => parse(members(2, plain)),
      /a federation has 4 to 512 members, got 2: fewer than 4 bear none that fails, and hotstuff does not run like that/,
    );
  });

  test('has no member that weighs too much: each can stop the others anyway', () => {
    const heavy = members(2, example).members.map((own: object, at: number) => ({ ...own, weight: at + 1 }));
    assert.equal(parse({ ...example, members: heavy }).members[1]?.weight, 2n);
  });
});

describe('the default protocol', () => {
  test('is one that a genesis may name', () => {
    assert.ok(FOUNDING_PROTOCOLS.has(DEFAULT_PROTOCOL));
  });
});

describe('the version of the software', () => {
  test('is that of package.json', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    assert.equal(SOFTWARE_VERSION, version);
    assert.ok(isVersion(version));
  });

  test('is compared number by number', () => {
    for (const [newer, older] of [
      ['0.10.0', '0.9.0'],
      ['1.0.0', '0.99.99'],
      ['0.2.1', '0.2.0'],
    ] as const) {
      assert.equal(isNewer(newer, older), true);
      assert.equal(isNewer(older, newer), false);
    }
    assert.equal(isNewer('0.2.0', '0.2.0'), false);
  });
});
