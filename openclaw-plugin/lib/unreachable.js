/** The server is away, slow or too busy: what was asked of it may succeed later. */
export class Unreachable extends Error {}
