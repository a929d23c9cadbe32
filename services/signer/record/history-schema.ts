import { z } from 'zod';
import { fromHex } from '#libs/bytes/hex.ts';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import { schemeNames } from '#libs/crypto/parameter-sets.ts';
import { REPEATABLE_SLOTS_MAX } from '#libs/custody/limits.ts';
import { MEMBERS_MAX } from '#libs/membership/limits.ts';
import { slotName } from '#libs/protocol/vote/slot.ts';
import { VIEW_MAX } from '../words/limits.ts';

export const HISTORY_FORMAT = 'btcfed-signing-history';
export const HISTORY_VERSION = 1;
const NAME_MAX = 64;
/** One instance is open at a time. */
const INSTANCES_MAX = 1;

const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`))
    .transform((text) => fromHex(text) ?? new Uint8Array());
const anyHex = z
  .string()
  .regex(/^([0-9a-f]{2}){1,128}$/)
  .transform((text) => fromHex(text) ?? new Uint8Array());
const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform(toDigest);
/** 64-bit numbers are decimal text: JSON readers round large numbers without a word. */
const number = z
  .string()
  .regex(/^(0|[1-9]\d{0,18})$/)
  .transform(BigInt)
  .refine((value) => value <= VIEW_MAX + 1n, 'out of range');
const view = number.transform(toView);
const remembered = z.strictObject({ view, height: number, digest });

const mark = z.strictObject({ instance: number, view, step: z.number().int().min(0).max(255) });
const high = z.strictObject({ instance: number, view, height: number, digest });
const slot = z
  .strictObject({
    epoch: number.transform(toEpoch),
    instance: number,
    view,
    kind: z.string().regex(/^[a-z-]{1,32}$/),
    digest,
  })
  .transform(({ digest: held, ...place }) => [slotName(place), held] as const);
const member = z.strictObject({
  name: z.string().min(1).max(NAME_MAX),
  public_key: anyHex,
  weight: number.refine((weight) => weight > 0n, 'expected a weight above 0'),
});

/** The file as it lies there; its fields in the order in which they are signed. */
export const historySchema = z.strictObject({
  format: z.literal(HISTORY_FORMAT),
  version: z.literal(HISTORY_VERSION),
  chain_digest: digest,
  protocol: z.string().min(1).max(32),
  scheme: z.enum(schemeNames()),
  public_key: anyHex,
  install: hex(16),
  session: number,
  epoch: number.transform(toEpoch),
  members: z.array(member).min(1).max(MEMBERS_MAX),
  root: z.strictObject({ view, height: number.transform(toHeight), digest }),
  open_from: number,
  view_from: view,
  proven: view,
  recovered: z.boolean(),
  lock: remembered.nullable(),
  marks: z.array(mark).max(INSTANCES_MAX),
  highs: z.array(high).max(INSTANCES_MAX),
  slots: z.array(slot).max(REPEATABLE_SLOTS_MAX),
  signature_count: number,
  audit: z.strictObject({ sequence: number, hash: hex(32) }),
  state_hash: z.string().regex(/^[0-9a-f]{64}$/),
  audit_key: hex(32),
  signature: hex(64),
});

export type HistoryText = z.output<typeof historySchema>;
