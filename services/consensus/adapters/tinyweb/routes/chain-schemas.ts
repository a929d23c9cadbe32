const DIGEST = { type: 'string', pattern: '^[0-9a-f]{64}$' } as const;
const HEIGHT = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** Asks for the blocks above a hash. */
export const MISSING_SCHEMA = {
  type: 'object',
  properties: {
    lastHash: { ...DIGEST, description: 'digest of the newest block of the caller' },
    before: { ...HEIGHT, description: 'only blocks below this height: that of the page before' },
  },
  required: ['lastHash'],
  additionalProperties: false,
} as const;

/** Asks for the chain from a height on. */
export const ENTIRE_SCHEMA = {
  type: 'object',
  properties: { fromHeight: { ...HEIGHT, description: 'left out: 1' } },
  additionalProperties: false,
} as const;
