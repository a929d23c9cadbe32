import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { HOTSTUFF_TERMS } from '#libs/protocol/hotstuff/founding-terms.ts';
import { chainTag, genesisBytes, genesisDigest } from './genesis.ts';
import { BLOCK_PARAMETERS, defaultGenesisParameters } from './genesis-parameters.ts';
import { genesisText } from './genesis-text.ts';
import { parseGenesis } from './parse-genesis.ts';
import { SLH_DSA_PUBLIC_KEY_SIZES } from './schemes.ts';

interface FileMember {
  name: string;
  consensus_public_key: string;
  gateway_public_key: string;
  weight: number;
}

function fileMember(index: number, keyBytes = 32): FileMember {
  const tail = index.toString(16).padStart(4, '0');
  return {
    name: `member-${index}`,
    consensus_public_key: 'ab'.repeat(keyBytes - 2) + tail,
    gateway_public_key: Buffer.from('cd'.repeat(30) + tail, 'hex').toString('base64'),
    weight: 1,
  };
}

function file(changes: object = {}, memberCount = 4): Record<string, unknown> & { members: FileMember[] } {
  return {
    version: 1,
    chain_id: 'local',
    protocol: 'hotstuff',
    scheme: 'slh-dsa-sha2-128f',
    genesis_time_ms: 1_795_219_200_000,
    parameters: defaultGenesisParameters(),
    members: Array.from({ length: memberCount }, (_, index) => fileMember(index)),
    ...changes,
  };
}

function withMember(index: number, changes: object): object {
  const whole = file();
  return { ...whole, members: whole.members.map((own, at) => (at === index ? { ...own, ...changes } : own)) };
}

function withParameters(changes: object): object {
  return file({ parameters: { ...defaultGenesisParameters(), ...changes } });
}

function parse(value: object) {
  return parseGenesis(JSON.stringify(value));
}

/** The policy of a genesis without one. */
const OPEN = { members_min: 4, members_max: 512, step: 1, growth_max: 512, epoch_blocks_min: 1 };

describe('parseGenesis', () => {
  test('reads a file of four members', () => {
    const genesis = parse(file());
    assert.equal(genesis.members.length, 4);
    assert.equal(genesis.members[2]?.name, 'member-2');
    assert.equal(genesis.members[2]?.weight, 1n);
    assert.equal(genesis.allowDominantMember, false);
    assert.equal(genesis.genesisTimeMs, 1_795_219_200_000n);
    assert.equal(genesis.parameters.blockBytesMax, BLOCK_PARAMETERS.block_bytes_max.default);
  });

  test('A5-01 HS-70 loads 512 members and refuses 513 and 3', () => {
    assert.equal(parse(file({}, 512)).members.length, 512);
    for (const count of [0, 3, 513]) {
      assert.throws(() => parse(file({}, count)), {
        message:
          `invalid genesis.json: line 1: members: a federation has 4 to 512 members, got ${count}` +
          (count === 3 ? ': fewer than 4 bear none that fails, and hotstuff does not run like that' : ''),
        detail: { code: 'GENESIS_INVALID' },
      });
    }
  });

  test('HS-70 numbers the members from nought by their place, and takes none without a key', () => {
    const { members } = parse(file({}, 5));
    assert.deepEqual(
      members.map(({ name }) => name),
      ['member-0', 'member-1', 'member-2', 'member-3', 'member-4'],
    );
    for (const key of ['', undefined, 'ab'.repeat(31)]) {
      assert.throws(() => parse(withMember(2, { consensus_public_key: key })), {
        message: /members\[2\]\.consensus_public_key: /,
      });
    }
  });

  for (const [scheme, keyBytes] of SLH_DSA_PUBLIC_KEY_SIZES) {
    test(`takes ${keyBytes}-byte keys for ${scheme} and no others`, () => {
      const members = [0, 1, 2, 3].map((index) => fileMember(index, keyBytes));
      assert.equal(parse(file({ scheme, members })).scheme, scheme);
      const longer = [0, 1, 2, 3].map((index) => fileMember(index, keyBytes + 1));
      assert.throws(() => parse(file({ scheme, members: longer })), /members\[0\]\.consensus_public_key/);
    });
  }

  test('FED-11 HotStuff decides in a federation, and what is no protocol of this version is refused', () => {
    assert.equal(parse(file({})).protocol, 'hotstuff');
    assert.throws(() => parse(file({ protocol: undefined })), /protocol: missing or not text/);
    for (const protocol of ['paxos', 'raft', '']) {
      assert.throws(
        () => parse(file({ protocol })),
        /protocol: unknown protocol .*; this version has hotstuff/,
      );
    }
  });

  test('knows the twelve parameter sets of FIPS 205', () => {
    assert.equal(SLH_DSA_PUBLIC_KEY_SIZES.size, 12);
    assert.equal(SLH_DSA_PUBLIC_KEY_SIZES.get('slh-dsa-shake-256s'), 64);
  });

  const refusals: readonly (readonly [string, object, RegExp])[] = [
    ['another version', file({ version: 2 }), /version: expected 1/],
    ['a missing chain id', file({ chain_id: undefined }), /chain_id: missing/],
    ['a chain id that is no subject token', file({ chain_id: 'a.b' }), /chain_id: expected 1 to 48/],
    [
      'a later protocol',
      file({ protocol: 'paxos' }),
      /protocol: unknown protocol "paxos"; this version has hotstuff/,
    ],
    [
      'an unknown protocol',
      file({ protocol: 'raft' }),
      /protocol: unknown protocol "raft"; this version has hotstuff/,
    ],
    [
      'an unknown scheme',
      file({ scheme: 'rsa' }),
      /scheme: unknown scheme "rsa"; use one of slh-dsa-sha2-128s/,
    ],
    ['a time that is a fraction', file({ genesis_time_ms: 1.5 }), /genesis_time_ms: expected milliseconds/],
    ['a time before 1970', file({ genesis_time_ms: -1 }), /genesis_time_ms: must not be before 1970/],
    ['an unknown key', file({ chainid: 'x' }), /unknown key "chainid": .* install the version that wrote it/],
    ['an unknown parameter', withParameters({ speed: 1 }), /parameters: unknown key "speed"; remove it/],
    [
      'a missing parameter',
      withParameters({ block_bytes_max: undefined }),
      /parameters\.block_bytes_max: expected/,
    ],
    [
      'a timeout above its cap',
      withParameters({ view_timeout_ms: 5_000, view_timeout_ms_max: 4_999 }),
      /parameters\.view_timeout_ms_max: must be at least view_timeout_ms/,
    ],
    [
      'a transaction larger than a block',
      withParameters({ block_bytes_max: 2_048, transaction_bytes_max: 2_049 }),
      /parameters\.transaction_bytes_max: must be at most block_bytes_max/,
    ],
    ['a name with a dot', withMember(1, { name: 'a.b' }), /members\[1\]\.name: expected 1 to 32/],
    ['a name used twice', withMember(3, { name: 'member-1' }), /members\[3\]\.name: same as members\[1\]/],
    [
      'a consensus key used twice',
      withMember(2, { consensus_public_key: fileMember(0).consensus_public_key }),
      /members\[2\]\.consensus_public_key: same as members\[0\]/,
    ],
    [
      'a gateway key used twice',
      withMember(2, { gateway_public_key: fileMember(1).gateway_public_key }),
      /members\[2\]\.gateway_public_key: same as members\[1\]/,
    ],
    [
      'upper-case hex',
      withMember(0, { consensus_public_key: 'AB'.repeat(32) }),
      /members\[0\]\.consensus_public_key: expected lower-case hex/,
    ],
    [
      'a gateway key of 31 bytes',
      withMember(0, { gateway_public_key: 'A'.repeat(40) }),
      /base64 of 32 bytes/,
    ],
    [
      'a second text of the same gateway key',
      withMember(0, { gateway_public_key: `${'A'.repeat(42)}B=` }),
      /members\[0\]\.gateway_public_key: expected standard base64/,
    ],
    [
      'a weight of zero',
      withMember(0, { weight: 0 }),
      /members\[0\]\.weight: expected a whole number from 1/,
    ],
    [
      'a weight beyond safe integers',
      withMember(0, { weight: 2 ** 53 }),
      /members\[0\]\.weight: expected a whole/,
    ],
    ['a weight as text', withMember(0, { weight: '1' }), /members\[0\]\.weight: expected a whole/],
    ['a list instead of an object', [], /invalid genesis\.json: expected an object/],
    [
      'FED-02 fewer members than its own policy allows',
      { ...file({}, 4), membership: { ...OPEN, members_min: 5 } },
      /members: 4 members, and the policy allows 5 to 512/,
    ],
    [
      'FED-03 more members than its own policy allows',
      { ...file({}, 6), membership: { ...OPEN, members_max: 5 } },
      /members: 6 members, and the policy allows 4 to 5/,
    ],
    [
      'FED-04 a number of members that is no multiple of its own step',
      { ...file({}, 5), membership: { ...OPEN, step: 2 } },
      /members: 5 members, and the policy allows multiples of 2/,
    ],
    [
      'a policy whose largest size is below its smallest',
      { ...file(), membership: { ...OPEN, members_min: 6, members_max: 5 } },
      /membership\.members_max: must be at least members_min/,
    ],
    [
      'a policy without growth',
      { ...file(), membership: { ...OPEN, growth_max: 0 } },
      /membership\.growth_max: expected a whole number from 1 to 512: by so many members/,
    ],
    [
      'a policy whose key has no value',
      { ...file(), membership: { step: null } },
      /membership\.step: expected a whole number/,
    ],
    [
      'half a policy that founders do not keep',
      { ...file({}, 5), membership: { step: 2 } },
      /members: .*see the section membership/,
    ],
    [
      'half a policy that the rest does not fit',
      { ...file(), membership: { members_max: 3 } },
      /membership\.members_max: expected a whole number from 4/,
    ],
  ];
  for (const [name, value, message] of refusals) {
    test(`refuses ${name}`, () => {
      assert.throws(() => parse(value), { name: 'SettingsError', message });
    });
  }

  test('refuses a value outside the bounds of every parameter, and says why they are there', () => {
    const bounds = { ...HOTSTUFF_TERMS.parameters.bounds, ...BLOCK_PARAMETERS };
    const numbers = Object.entries(bounds).filter(([name]) => name in defaultGenesisParameters());
    for (const [name, { min, max, reason }] of numbers) {
      for (const value of [min - 1, max + 1, min + 0.5, 'x']) {
        assert.throws(
          () => parse(withParameters({ [name]: value })),
          (error: Error) => error.message.includes(`parameters.${name}: `) && error.message.includes(reason),
        );
      }
    }
  });

  test('refuses a member that alone can stall the federation, unless that is allowed', () => {
    const dominant = withMember(0, { weight: 8 });
    assert.throws(
      () => parse(dominant),
      /members\[0\]\.weight: member-0 weighs 8, more than the 3 that may be faulty/,
    );
    assert.equal(parse({ ...dominant, allow_dominant_member: true }).allowDominantMember, true);
  });

  test('accepts a member that weighs exactly what may be faulty', () => {
    assert.equal(parse(withMember(0, { weight: 1 })).members.length, 4);
    assert.throws(() => parse(withMember(0, { weight: 2 })), /more than the 1 that may be faulty/);
  });

  test('refuses what is not JSON and what is too large', () => {
    assert.throws(() => parseGenesis('{'), /invalid genesis\.json: line 1, column 2: not JSON/);
    assert.throws(() => parseGenesis(' '.repeat(2 * 1024 * 1024 + 1)), /larger than/);
  });

  test('counts further problems', () => {
    assert.throws(() => parse(file({ version: 2, protocol: 'x' })), /version: .*; 1 more fault$/);
  });

  test('takes the schemes it is given', () => {
    const text = JSON.stringify(file({ scheme: 'toy' }));
    assert.equal(parseGenesis(text, { publicKeySizes: new Map([['toy', 32]]) }).scheme, 'toy');
  });
});

describe('genesisDigest', () => {
  const path = new URL('../../test/vectors/genesis.json', import.meta.url);
  const vectors: { name: string; genesis: object; bytes: string; digest: string; tag: string }[] = JSON.parse(
    readFileSync(path, 'utf8'),
  ).vectors;

  for (const { name, genesis, bytes, digest, tag } of vectors) {
    test(`agrees with the vector «${name}»`, () => {
      const parsed = parse(genesis);
      assert.equal(toHex(genesisBytes(parsed)), bytes);
      assert.equal(genesisDigest(parsed), digest);
      assert.equal(chainTag(genesisDigest(parsed)), tag);
    });
  }

  test('does not depend on the layout of the file, and survives being written', () => {
    const genesis = parse({ ...withMember(0, { weight: 3 }), allow_dominant_member: true });
    assert.equal(genesisDigest(parseGenesis(genesisText(genesis))), genesisDigest(genesis));
    assert.deepEqual(parseGenesis(genesisText(genesis)), genesis);
  });

  test('F-35: is that of the defaults for keys of the policy that are left out', () => {
    const whole = genesisDigest(parse({ ...file(), membership: OPEN }));
    for (const membership of [
      undefined,
      {},
      ...Object.entries(OPEN).map(([key, value]) => ({ [key]: value })),
    ])
      assert.equal(genesisDigest(parse({ ...file(), membership })), whole);
    assert.equal(
      genesisDigest(parse({ ...file(), membership: { growth_max: 2 } })),
      genesisDigest(parse({ ...file(), membership: { ...OPEN, growth_max: 2 } })),
    );
    assert.deepEqual(parse({ ...file(), membership: { growth_max: 2 } }).membership, {
      membersMin: 4,
      membersMax: 512,
      step: 1,
      growthMax: 2,
      epochBlocksMin: 1,
    });
  });

  test('changes with every field', () => {
    const parameters = Object.entries(defaultGenesisParameters()).map(([name, value]) =>
      withParameters({ [name]: value - 1 }),
    );
    const all = [
      file(),
      file({ chain_id: 'other' }),
      file({ scheme: 'slh-dsa-sha2-128s' }),
      file({ genesis_time_ms: 1 }),
      file({ allow_dominant_member: true }),
      file({}, 5),
      withMember(0, { name: 'x' }),
      withMember(0, { consensus_public_key: '00'.repeat(32) }),
      withMember(0, { gateway_public_key: Buffer.alloc(32).toString('base64') }),
      { ...withMember(0, { weight: 2 }), allow_dominant_member: true },
      { ...file(), members: file().members.toReversed() },
      ...parameters,
      ...[{ members_max: 511 }, { step: 2 }, { growth_max: 2 }, { epoch_blocks_min: 2 }].map((own) => ({
        ...file(),
        membership: { ...OPEN, ...own },
      })),
      { ...file({}, 6), membership: { ...OPEN, members_min: 6 } },
    ];
    const digests = new Set<string>(all.map((value) => genesisDigest(parse(value))));
    assert.equal(digests.size, all.length);
  });
});
