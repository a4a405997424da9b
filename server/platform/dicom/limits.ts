/** What the server allows. Times are in milliseconds. */
export interface Limits {
  /** Connections in all, and from one address. */
  readonly connections: number;
  readonly perAddress: number;
  /** Accepted associations in all: one more is refused by A-ASSOCIATE-RJ, where one connection more is closed. */
  readonly associations: number;
  /** From the connection (its TLS handshake included) to the whole A-ASSOCIATE-RQ. */
  readonly associateMs: number;
  /** For `admit` to decide. */
  readonly admitMs: number;
  /** Without a byte from the peer, while we wait for one. */
  readonly idleMs: number;
  /** For one PDU to arrive whole once it has begun: a peer that sends a byte a minute holds nothing for long. */
  readonly pduMs: number;
  /** For a whole association. */
  readonly associationMs: number;
  /** For the peer to close after a release, a rejection or an abort. */
  readonly closeMs: number;
  /** Longest P-DATA-TF we announce and take. */
  readonly pduBytes: number;
  /** Longest A-ASSOCIATE-RQ: 128 contexts of 64 syntaxes of 64 characters would be 500 KB, real ones are below 30 KB. */
  readonly requestBytes: number;
  readonly commandBytes: number;
}

export const DEFAULT_LIMITS: Limits = {
  connections: 100,
  perAddress: 20,
  associations: 80,
  associateMs: 5000,
  admitMs: 5000,
  idleMs: 300_000,
  pduMs: 60_000,
  associationMs: 24 * 3_600_000,
  closeMs: 5000,
  pduBytes: 131_072,
  requestBytes: 131_072,
  commandBytes: 8192,
};

interface Door {
  readonly address: string;
  /** `silent`: has not asked for an association yet. `leaving`: the last word was said, the peer has to close. */
  standing(): 'silent' | 'talking' | 'leaving';
  drop(): void;
}

/** Who is connected. */
export interface Doorkeeper {
  /**
   * Lets a connection in, or says which limit is reached. At a limit the oldest silent or leaving connection (of that address, or of all) is dropped
   * for the new one: whoever opens connections and says nothing cannot keep others out.
   */
  enter(door: Door): 'entered' | 'connection limit' | 'connection limit of the address';
  leave(door: Door): void;
}

/** Counts connections, in all and by address. */
export function createDoorkeeper(limits: Limits): Doorkeeper {
  const doors = new Set<Door>();

  function makeRoom(among: readonly Door[], limit: number): boolean {
    if (among.length < limit) return true;
    const oldest = among.find((door) => door.standing() !== 'talking'); // a Set keeps the order of arrival: who has just come has the most time to speak
    if (!oldest) return false;
    doors.delete(oldest);
    oldest.drop();
    return true;
  }

  return {
    enter(door) {
      const sameAddress = [...doors].filter((other) => other.address === door.address);
      if (!makeRoom(sameAddress, limits.perAddress)) return 'connection limit of the address';
      if (!makeRoom([...doors], limits.connections)) return 'connection limit';
      doors.add(door);
      return 'entered';
    },
    leave(door) {
      doors.delete(door);
    },
  };
}
