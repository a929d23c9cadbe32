/**
 * Steps of the schema of chain.db, oldest first; `user_version` counts those applied. A step is never changed
 * once released. Digests and hashes are BLOBs of 32 bytes.
 */
export const CHAIN_SCHEMA: readonly string[] = [
  `
  -- One row: which chain this is, and how far its events are published. ever_recorded never goes back to 0:
  -- it tells a member that lost its safety record from one that never had any.
  CREATE TABLE chain (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    chain_digest BLOB NOT NULL,
    event_cursor INTEGER NOT NULL,
    ever_recorded INTEGER NOT NULL
  ) STRICT;

  -- Blocks that are held, final or not. header and transactions are Protobuf; frontier is the state tree up to
  -- and with the block (libs/chain/frontier.ts).
  CREATE TABLE block (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    header BLOB NOT NULL,
    frontier BLOB NOT NULL,
    transactions BLOB NOT NULL
  ) STRICT;

  -- Certificates of the final blocks and of the safety record, by SHA-256 of their content (Protobuf).
  CREATE TABLE certificate (
    digest BLOB PRIMARY KEY NOT NULL,
    content BLOB NOT NULL
  ) STRICT;

  -- The chain. certificate is NULL for a block that became final as an ancestor of another.
  CREATE TABLE final (
    height INTEGER PRIMARY KEY,
    block INTEGER NOT NULL UNIQUE REFERENCES block (id),
    certificate BLOB REFERENCES certificate (digest)
  ) STRICT;
  CREATE INDEX final_certificate ON final (certificate) WHERE certificate IS NOT NULL;

  -- Where each final transaction is.
  CREATE TABLE final_transaction (
    hash BLOB PRIMARY KEY NOT NULL,
    height INTEGER NOT NULL,
    position INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- The safety record: one row. content is JSON that names certificates by digest; checksum is its SHA-256.
  CREATE TABLE safety_record (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    content TEXT NOT NULL,
    checksum BLOB NOT NULL
  ) STRICT;
  `,
  `
  -- Evidence of misbehaviour, for ever, once for each contradiction; id counts in the order of arrival. content is
  -- the canonical encoding (libs/protocols/evidence-codec.ts). view is a u64, big-endian. height is that of the final
  -- block that holds the content as a transaction, or NULL as long as there is none.
  CREATE TABLE evidence (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    member INTEGER NOT NULL,
    kind TEXT NOT NULL,
    view BLOB NOT NULL,
    content BLOB NOT NULL,
    found_ms INTEGER NOT NULL,
    height INTEGER
  ) STRICT;
  CREATE INDEX evidence_member ON evidence (member, view);
  CREATE INDEX evidence_pending ON evidence (id) WHERE height IS NULL;
  `,
  `
  -- The state: SHA-256 of all final transactions, in order. Complete chunks (libs/chain/state-chunks.ts) by number, and
  -- what follows the last of them, by the number of transactions before. Chunks above the tail are of a snapshot.
  CREATE TABLE state_chunk (
    number INTEGER PRIMARY KEY,
    root BLOB NOT NULL,
    hashes BLOB NOT NULL
  ) STRICT;
  CREATE TABLE state_tail (
    first INTEGER PRIMARY KEY,
    hashes BLOB NOT NULL
  ) STRICT;

  -- The snapshot that is being taken, at most one. certificate is Protobuf, of the block. roots are those of its chunks;
  -- last are the hashes of the last chunk when it is short, NULL until it came.
  CREATE TABLE snapshot (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    header BLOB NOT NULL,
    transactions BLOB NOT NULL,
    certificate BLOB NOT NULL,
    size INTEGER NOT NULL,
    roots BLOB NOT NULL,
    last BLOB
  ) STRICT;

  -- Transactions that are known by a snapshot: those of blocks not held yet among them. Empty when there is no gap.
  CREATE TABLE snapshot_transaction (
    hash BLOB PRIMARY KEY NOT NULL
  ) STRICT, WITHOUT ROWID;

  -- A row while the blocks right below the height base are not held: this member began from a snapshot.
  CREATE TABLE gap (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    base INTEGER NOT NULL REFERENCES final (height)
  ) STRICT;
  `,
  `
  -- Final blocks that say something of the membership: a start reads these and no others.
  CREATE TABLE membership_block (
    height INTEGER PRIMARY KEY
  ) STRICT;
  `,
  `
  -- Whose votes the safety record remembers: one row, written when the database is made, or first opened by this version.
  CREATE TABLE owner (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    member TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- The other sections of the state (libs/chain/state-sections.ts) of the snapshot that is being taken, and of the one that the
  -- gap is below: votes that are in blocks that are not held. A frontier of a block ends with their roots.
  ALTER TABLE snapshot ADD COLUMN sections BLOB NOT NULL DEFAULT x'';
  ALTER TABLE gap ADD COLUMN sections BLOB NOT NULL DEFAULT x'';
  `,
  `
  -- Id of the protocol whose record it is; NULL: the one that the chain began with. Where there is one, checksum is of the
  -- id, a line feed, and content.
  ALTER TABLE safety_record ADD COLUMN protocol TEXT;
  `,
  `
  -- The position of evidence whole: its epoch, its instance (0 where views run across heights) and its view, each a u64,
  -- big-endian. Evidence so far was of protocols without instances; its epoch stands behind tag and chain, 18 and 32 bytes.
  ALTER TABLE evidence ADD COLUMN epoch BLOB NOT NULL DEFAULT x'0000000000000000';
  ALTER TABLE evidence ADD COLUMN instance BLOB NOT NULL DEFAULT x'0000000000000000';
  UPDATE evidence SET epoch = substr(content, 51, 8);
  DROP INDEX evidence_member;
  CREATE INDEX evidence_position ON evidence (member, epoch, instance, view);
  `,
  `
  -- How far certificates of final blocks were looked at, and dropped where the one above proves the block as well
  -- (libs/chain/kept-certificates.ts). While there is a gap it is at the gap's base or above.
  ALTER TABLE chain ADD COLUMN certificates_pruned_to INTEGER NOT NULL DEFAULT 0;
  UPDATE chain SET certificates_pruned_to = coalesce((SELECT base FROM gap), 0);
  `,
];
