import { BinaryReader, type BinaryWriter, BinaryWriter as Writer } from '@bufbuild/protobuf/wire';

/** A message of one text, for tests of the transport. */
export interface Text {
  readonly text: string;
}

const FIELD_1_STRING = 10;

/** A codec as ts-proto generates it. A text of `unwritable` breaks in the middle of its encoding. */
export const Text = {
  encode(message: Text, writer: BinaryWriter = new Writer()): BinaryWriter {
    writer.uint32(FIELD_1_STRING).string(message.text);
    if (message.text === 'unwritable') throw new RangeError('cannot be encoded');
    return writer;
  },
  decode(input: BinaryReader | Uint8Array): Text {
    const reader = input instanceof BinaryReader ? input : new BinaryReader(input);
    let text = '';
    while (reader.pos < reader.len) {
      reader.uint32();
      text += reader.string();
    }
    return { text };
  },
};

const texts = { requestType: Text, responseType: Text, options: {} };

/** One method of each shape. */
export const EchoServiceDefinition = {
  name: 'EchoService',
  fullName: 'btcfed.test.v1.EchoService',
  methods: {
    say: { ...texts, name: 'Say', requestStream: false, responseStream: false },
    count: { ...texts, name: 'Count', requestStream: false, responseStream: true },
    talk: { ...texts, name: 'Talk', requestStream: true, responseStream: true },
  },
} as const;
