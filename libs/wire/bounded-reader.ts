import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { WireRefusal } from './refusal.ts';

/**
 * A Protobuf reader that gives up after a number of fields. Every tag and every length goes through `uint32`, so
 * counting there bounds the objects that decoding can make of any bytes. Reading more than `fieldsMax` throws
 * WireRefusal `oversized`.
 */
export class BoundedReader extends BinaryReader {
  constructor(bytes: Uint8Array, fieldsMax: number) {
    super(bytes);
    // `uint32` is a property of each reader, not a method of the class: it is replaced, not overridden.
    const read = this.uint32.bind(this);
    let readsLeft = fieldsMax;
    this.uint32 = () => {
      readsLeft -= 1;
      if (readsLeft < 0) throw new WireRefusal('oversized', 'too many fields');
      return read();
    };
  }

  /** Groups have not been written since proto2, and nest: refused, not skipped. */
  override skip(wireType: WireType, fieldNumber?: number, recursionLimit?: number): Uint8Array {
    if (wireType === WireType.StartGroup) throw new WireRefusal('malformed', 'group');
    return super.skip(wireType, fieldNumber, recursionLimit);
  }
}
