import { FIRST_STEP } from './first-step.ts';

/**
 * Steps of the schema of signer.db, each applied once and never changed afterwards. The constraints are a second belt:
 * the rules are in libs/custody.
 */
export const LEDGER_SCHEMA: readonly string[] = [
  FIRST_STEP,
  `
  -- A record of the first version knows no lock, so that its key cannot be judged for: what it held is dropped, and
  -- without a row in custody it is refused.
  DROP TABLE slot;
  DROP TABLE mark;

  -- The members of an epoch, by position; the one with the key of this record is this member.
  CREATE TABLE member (
    epoch INTEGER NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0),
    name TEXT NOT NULL,
    public_key BLOB NOT NULL,
    weight TEXT NOT NULL,
    PRIMARY KEY (epoch, position)
  ) STRICT;

  -- The final block that an epoch starts from.
  CREATE TABLE root (
    epoch INTEGER PRIMARY KEY,
    view INTEGER NOT NULL,
    height INTEGER NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32)
  ) STRICT;

  -- All that custody remembers beside marks and slots. Nothing in it falls.
  CREATE TABLE custody (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    install BLOB NOT NULL CHECK (length(install) = 16),
    mode TEXT NOT NULL CHECK (mode IN ('active', 'quarantined', 'retired')),
    epoch INTEGER NOT NULL,
    session INTEGER NOT NULL,
    open_from INTEGER NOT NULL,
    view_from INTEGER NOT NULL,
    proven INTEGER NOT NULL,
    lock_view INTEGER,
    lock_height INTEGER,
    lock_digest BLOB CHECK (lock_digest IS NULL OR length(lock_digest) = 32),
    signature_count INTEGER NOT NULL CHECK (signature_count >= 0)
  ) STRICT;

  -- How far the key has come in each open instance.
  CREATE TABLE mark (
    instance INTEGER PRIMARY KEY,
    view INTEGER NOT NULL,
    step INTEGER NOT NULL
  ) STRICT;

  -- Highest prepared certificate of each open instance that the key acted on.
  CREATE TABLE high (
    instance INTEGER PRIMARY KEY,
    view INTEGER NOT NULL,
    height INTEGER NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32)
  ) STRICT;

  -- What was signed last.
  CREATE TABLE slot (
    sequence INTEGER PRIMARY KEY,
    epoch INTEGER NOT NULL,
    instance INTEGER NOT NULL,
    view INTEGER NOT NULL,
    kind TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    signature BLOB,
    UNIQUE (epoch, instance, view, kind)
  ) STRICT;

  -- One row for each decision, refusals too, each with the hash over itself and the row before.
  CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    session INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    instance INTEGER NOT NULL,
    view INTEGER NOT NULL,
    kind TEXT NOT NULL,
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    hash BLOB NOT NULL CHECK (length(hash) = 32)
  ) STRICT;

  -- The last row that was dropped from the log because it had grown too long.
  CREATE TABLE audit_anchor (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL CHECK (length(hash) = 32)
  ) STRICT;

  -- The log is only ever added to, and cut at its beginning.
  CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'audit rows do not change'); END;
  `,
  `
  -- Drawn in quarantine: a final block must carry it before the key signs again.
  ALTER TABLE custody ADD COLUMN nonce BLOB CHECK (nonce IS NULL OR length(nonce) = 32);
  -- Whether the key ever came back from a quarantine in this epoch.
  ALTER TABLE custody ADD COLUMN recovered INTEGER NOT NULL DEFAULT 0 CHECK (recovered IN (0, 1));
  `,
  `
  -- What the genesis says; a record that was made before has no row, and then no node votes by itself.
  CREATE TABLE policy (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    members_min INTEGER NOT NULL CHECK (members_min > 0)
  ) STRICT;

  -- The change that the key voted for without a person, one an epoch; zeros where that is not known.
  CREATE TABLE automatic_vote (
    epoch INTEGER PRIMARY KEY,
    digest BLOB NOT NULL CHECK (length(digest) = 32)
  ) STRICT;
  CREATE TRIGGER automatic_vote_stays BEFORE UPDATE ON automatic_vote
    BEGIN SELECT RAISE(ABORT, 'a vote that was given stays'); END;
  CREATE TRIGGER automatic_vote_is_kept BEFORE DELETE ON automatic_vote
    BEGIN SELECT RAISE(ABORT, 'a vote that was given stays'); END;
  `,
  `
  -- SHA-256 of the certified key that made the signature; NULL: the key of this record, as for all signatures before.
  ALTER TABLE slot ADD COLUMN key BLOB CHECK (key IS NULL OR (length(key) = 32 AND signature IS NOT NULL));
  `,
  `
  -- The protocol of the epoch; NULL: that of the binding, as of all epochs before.
  ALTER TABLE root ADD COLUMN protocol TEXT CHECK (protocol IS NULL OR length(protocol) BETWEEN 1 AND 32);
  `,
];
