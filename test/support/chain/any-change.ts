import fc from 'fast-check';
import type { Digest, Epoch } from '#libs/chain/ids.ts';
import type { MembershipChange } from '#libs/membership/change.ts';
import type { MemberKey } from '#libs/membership/member-keys.ts';
import type { NewTerms } from '#libs/membership/new-terms.ts';
import { memberOf } from './membership.ts';

const anyBytes = (maxLength: number) => fc.uint8Array({ maxLength });
const anyVersion = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(99_999)).map((parts) => parts.join('.'));

const anyKeys: fc.Arbitrary<readonly MemberKey[]> = fc
  .uniqueArray(
    fc.record({
      purpose: fc.oneof(fc.constantFrom(3, 4, 5), fc.integer({ min: 3, max: 65_535 })),
      scheme: fc.oneof(fc.constant('ed25519'), fc.stringMatching(/^[a-z0-9-]{0,32}$/)),
      publicKey: anyBytes(60),
      proof: anyBytes(64),
    }),
    { selector: ({ purpose }) => purpose, maxLength: 3 },
  )
  .map((keys) => keys.toSorted((one, other) => one.purpose - other.purpose));

/** Members with keys of any purpose, in a list that says any version. */
const anyJoin = fc.tuple(fc.array(anyKeys, { maxLength: 3 }), anyVersion).map(([all, needs]) =>
  all.map((keys, at) => {
    // Some have the name of a member that stays.
    const member = memberOf(2 + 3 * at);
    return keys.length === 0 ? member : { ...member, keys: keys.map((key) => ({ ...key, needs })) };
  }),
);

const anyProtocol = fc.record({
  id: fc.constantFrom('hotstuff', 'later', 'stranger', ''),
  version: fc.integer({ min: 0, max: 3 }),
});
const anyParameters = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9_]{0,9}$/), fc.nat(), { maxKeys: 4 });
const anySections = fc
  .uniqueArray(fc.record({ tag: fc.integer({ min: 3, max: 65_535 }), content: anyBytes(40) }), {
    selector: ({ tag }) => tag,
    maxLength: 3,
  })
  .map((sections) => sections.toSorted((one, other) => one.tag - other.tag));

const anyTerms: fc.Arbitrary<NewTerms | undefined> = fc
  .tuple(
    anyVersion,
    fc.option(anyProtocol, { nil: undefined }),
    fc.option(anyParameters, { nil: undefined }),
    anySections,
  )
  .map(([needs, protocol, parameters, others]) => {
    if (protocol === undefined && parameters === undefined && others.length === 0) return undefined;
    return { needs, ...(protocol && { protocol }), ...(parameters && { parameters }), others };
  });

/** Changes of a chain that can be encoded: some may be in force, some in a later version, and most in none. */
export function anyChange(of: {
  readonly chain: Digest;
  readonly epoch: Epoch;
}): fc.Arbitrary<MembershipChange> {
  return fc
    .tuple(fc.array(fc.constantFrom('m0', 'm1', 'nobody'), { maxLength: 4 }), anyJoin, anyTerms)
    .map(([leave, join, terms]) => ({ ...of, leave, join, ...(terms && { terms }) }));
}
