/**
 * Every error that Millrace raises on purpose, by code: the HTTP status where a client can meet it, the title of its
 * RFC 9457 problem, and the exit code where it ends a command. A code is part of the contract: never rename one.
 */
export const catalogue = {
  // What a client meets, by the wire contract.
  invalid_request: { status: 400, title: 'The request is not valid', exit: 2 },
  unauthenticated: { status: 401, title: 'A valid token is needed', exit: 4 },
  forbidden: { status: 403, title: 'This is not allowed to you', exit: 4 },
  not_found: { status: 404, title: 'There is no such thing', exit: 5 },
  conflict: { status: 409, title: 'The state of things does not allow this', exit: 6 },
  too_large: { status: 413, title: 'The request is too large', exit: 2 },
  rate_limited: { status: 429, title: 'Too many requests', exit: 7 },
  not_implemented: { status: 501, title: 'This installation does not do that', exit: 1 },
  unavailable: { status: 503, title: 'A part that this needs is not available', exit: 8 },
  internal: { status: 500, title: 'Something broke on our side', exit: 1 },
  // What an operator meets.
  config_invalid: { status: 500, title: 'The configuration is not valid', exit: 78 },
  topology_invalid: { status: 500, title: 'The topology files have errors', exit: 3 },
  schema_unknown: { status: 500, title: 'A record names a schema that is not here', exit: 1 },
  port_in_use: { status: 500, title: 'The port is taken', exit: 10 },
  data_folder_in_use: { status: 500, title: 'Another process uses the data folder', exit: 11 },
  data_folder_not_writable: { status: 500, title: 'The data folder can not be written', exit: 12 },
  not_running: { status: 500, title: 'No process is running on this data folder', exit: 13 },
  data_newer: { status: 500, title: 'The data was written by a newer version', exit: 16 },
  data_key_wrong: { status: 500, title: 'The data was encrypted with another key', exit: 17 },
  data_damaged: { status: 500, title: 'The data was changed on the disk', exit: 18 },
  export_invalid: { status: 500, title: 'The Slack export can not be read', exit: 14 },
  tests_failed: { status: 500, title: 'A test of a topology failed', exit: 15 },
} as const satisfies { [code: string]: { status: number; title: string; exit: number } };

export type ErrorCode = keyof typeof catalogue;
