/** The first step of the schema of signer.db (ledger-schema.ts); the second drops most of it. */
export const FIRST_STEP = `
  -- Which key and chain this record is of. Written once, by bindSigner.
  CREATE TABLE binding (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    scheme TEXT NOT NULL,
    public_key BLOB NOT NULL,
    chain BLOB NOT NULL CHECK (length(chain) = 32),
    protocol TEXT NOT NULL,
    created TEXT NOT NULL
  ) STRICT;

  -- Highest slot ever signed, NULL before the first; never falls.
  CREATE TABLE mark (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER,
    view INTEGER,
    step INTEGER CHECK (step BETWEEN 0 AND 4),
    signature_count INTEGER NOT NULL CHECK (signature_count >= 0)
  ) STRICT;

  -- What was signed in the views near the mark.
  CREATE TABLE slot (
    epoch INTEGER NOT NULL,
    view INTEGER NOT NULL,
    step INTEGER NOT NULL CHECK (step BETWEEN 0 AND 4),
    digest BLOB NOT NULL CHECK (length(digest) = 32),
    signature BLOB,
    PRIMARY KEY (epoch, view, step)
  ) STRICT;
  `;
