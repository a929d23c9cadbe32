import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toMemberIndex, toView } from '#libs/chain/ids.ts';
import {
  QuorumCertificate as WireCertificate,
  TimeoutCertificate as WireTimeoutCertificate,
} from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import { type Claim, claimsOf, type QuorumCertificate, rootCertificate } from '#libs/protocol/certificate.ts';
import { timeoutCertificateOf, timeoutShareOf } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { type LeaveCertificate, leaveClaimsOf } from '#libs/protocol/leave-certificate.ts';
import { type HeldSignatures, statementText } from '#libs/protocol/named-signatures.ts';
import { blockOn, GENESIS } from '#test/support/hotstuff/hotstuff-harness.ts';
import { certificateFromWire } from './certificate.ts';
import { certificateFrom, certificateIn, leaveIn, timeoutCertificateFrom } from './certificate-reference.ts';
import { WIRE_LIMITS } from './limits.ts';
import { MessageReading } from './message-reading.ts';
import { WireRefusal } from './refusal.ts';

const BLOCK = blockOn(GENESIS, 7);
const SIGNATURE_BYTES = 17_088;

const someMembers = fc
  .uniqueArray(fc.nat({ max: 511 }), { minLength: 1, maxLength: 40 })
  .map((places) => places.toSorted((one, other) => one - other));

function certificateBy(places: readonly number[], signatureBytes = 3): QuorumCertificate {
  const { view, height } = BLOCK.header;
  const signatures = places.map((place) => ({
    member: toMemberIndex(place),
    signature: new Uint8Array(signatureBytes).fill(place),
  }));
  return { kind: 'prepare', instance: 0n, view, height, digest: BLOCK.digest, signatures };
}

function leaveBy(places: readonly number[], high: QuorumCertificate): LeaveCertificate {
  const shares = places.map((place) => {
    const reported = { view: toView(BigInt(place % 8)), digest: high.digest };
    return timeoutShareOf({ member: toMemberIndex(place), signature: Uint8Array.of(place, 1) }, reported);
  });
  return timeoutCertificateOf(toView(9n), shares, high);
}

/** Holds the signatures of these claims, by all that their statements say. */
function holding(claims: readonly Claim[]): HeldSignatures {
  const nameOf = ({ statement, member }: Pick<Claim, 'statement' | 'member'>) =>
    `${member} ${statementText(statement)}`;
  const held = new Map(claims.map((claim) => [nameOf(claim), { signature: claim.signature }]));
  return { signatureOf: (statement, member) => held.get(nameOf({ statement, member })) };
}

const overWire = (wire: WireCertificate) => WireCertificate.decode(WireCertificate.encode(wire).finish());

describe('F-20: a certificate by reference', () => {
  test('is the certificate again for a reader that holds the signatures, and names those that another lacks', () => {
    fc.assert(
      fc.property(someMembers, fc.nat(), (places, lacked) => {
        const certificate = certificateBy(places);
        const claims = claimsOf(certificate);
        const wire = overWire(certificateIn('reference', certificate));
        assert.deepEqual(
          certificateFrom(wire, new MessageReading(WIRE_LIMITS, { signatures: holding(claims) })),
          certificate,
        );
        const without = claims.toSpliced(lacked % claims.length, 1);
        const reading = new MessageReading(WIRE_LIMITS, { signatures: holding(without) });
        certificateFrom(wire, reading);
        const members = claims.filter((claim) => !without.includes(claim)).map(({ member }) => member);
        assert.deepEqual(reading.missing, [{ statement: claims[0]?.statement, members }]);
      }),
    );
  });

  test('of a leave certificate too, each share under its own report, and the prepared one beside it', () => {
    fc.assert(
      fc.property(someMembers, someMembers, (places, voters) => {
        const leave = leaveBy(places, certificateBy(voters));
        const claims = leaveClaimsOf(leave);
        const bytes = WireTimeoutCertificate.encode(leaveIn('reference', leave)).finish();
        const wire = WireTimeoutCertificate.decode(bytes);
        assert.deepEqual(
          timeoutCertificateFrom(wire, new MessageReading(WIRE_LIMITS, { signatures: holding(claims) })),
          leave,
        );
        const nothing = new MessageReading(WIRE_LIMITS);
        timeoutCertificateFrom(wire, nothing);
        const count = nothing.missing.reduce((sum, { members }) => sum + members.length, 0);
        assert.equal(count, claims.length);
      }),
    );
  });

  test('A5-15: of 342 of 512 members takes 160 bytes, where the whole takes 5.8 MB', () => {
    const certificate = certificateBy(
      Array.from({ length: 342 }, (_, place) => place + 170),
      SIGNATURE_BYTES,
    );
    const sizeOf = (form: 'whole' | 'reference') =>
      WireCertificate.encode(certificateIn(form, certificate)).finish().length;
    assert.ok(sizeOf('reference') < 160, `${sizeOf('reference')} bytes`);
    assert.ok(sizeOf('whole') > 342 * SIGNATURE_BYTES);
  });

  test('is refused with more that its reader lacks than all faulty members together could have shown', () => {
    const membersMax = 40;
    const limits = { ...WIRE_LIMITS, membersMax };
    const reading = new MessageReading(limits);
    const named = (view: number, places: readonly number[]): void => {
      const wire = { ...certificateIn('reference', certificateBy(places)), view: BigInt(view) };
      certificateFrom(overWire(wire), reading);
    };
    const all = Array.from({ length: membersMax }, (_, place) => place);
    const faulty = 13;
    // So many signatures may be named, and not one more.
    const whole = Math.floor((16 * membersMax + faulty * membersMax) / membersMax);
    for (let view = 1; view <= whole; view++) named(view, all);
    assert.throws(() => named(whole + 1, all), /too many signatures are named/);
    const statements = new MessageReading(limits);
    const one = (view: number) =>
      certificateFrom(
        overWire({ ...certificateIn('reference', certificateBy([1])), view: BigInt(view) }),
        statements,
      );
    for (let view = 1; view <= 4 * membersMax + faulty * membersMax; view++) one(view);
    assert.throws(() => one(10_000), /certificates of too many statements/);
    assert.equal(statements.missing.length, 4 * membersMax + faulty * membersMax + 1);
  });

  test('of the root has one form, without signatures', () => {
    const root = rootCertificate(HOTSTUFF_TABLE, 'prepare', {
      view: toView(0n),
      height: GENESIS.header.height,
      digest: GENESIS.digest,
    });
    assert.deepEqual(certificateIn('reference', root), certificateIn('whole', root));
    assert.deepEqual(
      certificateFrom(overWire(certificateIn('reference', root)), new MessageReading(WIRE_LIMITS)),
      root,
    );
  });

  test('in the whole form is read by the same reader, and lacks nothing', () => {
    const certificate = certificateBy([1, 5]);
    const reading = new MessageReading(WIRE_LIMITS);
    assert.deepEqual(certificateFrom(overWire(certificateIn('whole', certificate)), reading), certificate);
    assert.deepEqual(reading.missing, []);
  });

  const REFUSED: readonly (readonly [string, Partial<WireCertificate>])[] = [
    ['with signatures beside its signers', { signatures: [{ member: 1, signature: Uint8Array.of(1) }] }],
    ['of nobody', { signers: new Uint8Array() }],
    ['with a byte of zeros at the end', { signers: Uint8Array.of(2, 0) }],
    ['of a member that there is not', { signers: new Uint8Array(65).fill(255) }],
  ];
  for (const [name, change] of REFUSED) {
    test(`is refused ${name}`, () => {
      const wire = { ...certificateIn('reference', certificateBy([1, 5])), ...change };
      assert.throws(() => certificateFrom(wire, new MessageReading(WIRE_LIMITS)), WireRefusal);
    });
  }

  test('is refused where a whole one must stand: in files and for clients', () => {
    const wire = certificateIn('reference', certificateBy([1, 5]));
    assert.throws(() => certificateFromWire(wire, WIRE_LIMITS), /by reference where a whole one must stand/);
  });
});
