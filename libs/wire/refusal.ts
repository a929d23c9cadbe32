import { AppError } from '#libs/errors/app-error.ts';
import type { Fault, RefusalCause } from '#libs/protocol/module.ts';

export interface WireRefusalDetail {
  readonly code: 'WIRE_REFUSED';
  /** The cause that the refusal is counted under. */
  readonly refusal: RefusalCause;
  readonly fault?: Fault | undefined;
}

/** Bytes from outside that say nothing valid. The message names the field and never holds data of the sender. */
export class WireRefusal extends AppError<WireRefusalDetail> {
  override readonly name = 'WireRefusal';

  constructor(refusal: RefusalCause, message: string, fault?: Fault) {
    super(message, { code: 'WIRE_REFUSED', refusal, ...(fault === undefined ? {} : { fault }) });
  }
}

/** @throws WireRefusal `malformed` unless `condition` holds. */
export function demand(condition: boolean, message: string, fault?: Fault): asserts condition {
  if (!condition) throw new WireRefusal('malformed', message, fault);
}

/** @throws WireRefusal `malformed` when a message field is absent. */
export function present<Value>(value: Value | undefined, field: string): Value {
  if (value === undefined) throw new WireRefusal('malformed', `${field} is missing`);
  return value;
}
