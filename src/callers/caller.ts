/** Who is calling, once that is known. Holds no proof of it. */
export interface Caller {
  /** For logs; not necessarily of one caller alone. */
  name: string;
  /** What belongs to the caller is kept under this. No two callers have the same one. */
  callerId: string;
  /** Who presented the token, where that is not the owner: a credential for a platform makes one of its own. */
  principal?: string;
  /** IANA name of the zone the caller's times are meant in. Absent: that of the server. */
  timeZone?: string;
  /** The operator says that its client cannot put a question to its person. */
  twoStep?: true;
  /** Names of the connections that the caller may use. Absent: all there are. */
  connections?: ReadonlySet<string>;
  /** The caller's own for platforms, by connection, where a gateway handed them in. */
  credentials?: ReadonlyMap<string, string>;
}

/** On whom bounds count: credentials for platforms can be made up, and whoever makes one up is nobody new. */
export const principalOf = ({ callerId, principal = callerId }: Caller): string => principal;

/** The same for two callers who may do the same as each other: what they may use can change with their next token. */
export const keyOf = ({ callerId, connections }: Caller): string =>
  JSON.stringify([callerId, connections && [...connections].sort()]);

/** Whoever calls a server that asks nobody who they are: the person at this machine. */
export const localCaller: Caller = { name: 'anybody', callerId: '' };
